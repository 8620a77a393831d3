//! Claims together with the sources that state them, and which of them count.

use std::collections::BTreeMap;

use entity::id::{DelegationId, InstitutionId, SourceId};
use entity::vocabulary::{
    ClaimProperty, ClaimRank, CountBasis, CountScope, CountUnit, DelegationCategory, SourceKind,
};
use entity::{claim, source};

/// A claim and the source that states it.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    /// What is stated.
    pub claim: &'a claim::Model,
    /// Who states it.
    pub source: &'a source::Model,
    /// Whose record it is of which it is stated.
    pub owner: InstitutionId,
}

impl Stated<'_> {
    /// The root of what the source reprints or rests on; the source itself where it rests on
    /// nothing.
    pub fn origin(&self) -> SourceId {
        self.source.origin_id.unwrap_or(self.source.id)
    }

    /// Whether the owner of the record states it of its own record. What a body states of another's
    /// is a source like any other.
    pub fn is_owners(&self) -> bool {
        self.source.kind == SourceKind::OwnerStatement
            && self.source.publisher_id == Some(self.owner)
    }

    /// Whether a country states it of its delegation.
    pub(crate) fn is_countrys(&self) -> bool {
        self.source.kind == SourceKind::CountryStatement
    }

    /// Who speaks: the owner with one voice, whatever number of statements it has filed, and every
    /// other source for itself.
    pub(crate) fn voice(&self) -> Option<SourceId> {
        (!self.is_owners()).then_some(self.source.id)
    }

    pub(crate) fn is_preferred(&self) -> bool {
        self.claim.rank == ClaimRank::Preferred
    }

    /// Whether the claim is about this property of the batch (`None`) or of one of its delegations.
    pub(crate) fn is_about(
        &self,
        delegation: Option<DelegationId>,
        property: ClaimProperty,
    ) -> bool {
        self.claim.property == property && self.claim.delegation_id == delegation
    }
}

/// Claims in one slot answer the same question, so they can contradict or supersede each other: the
/// same property of the same batch or delegation and, for counts, in the same unit, on the same
/// basis, of the same scope and of the same category of delegations.
pub(crate) type Slot = (
    Option<DelegationId>,
    ClaimProperty,
    Option<CountUnit>,
    Option<CountBasis>,
    Option<CountScope>,
    Option<DelegationCategory>,
);

/// The slot of a claim.
pub(crate) fn slot(claim: &claim::Model) -> Slot {
    let of = (claim.delegation_id, claim.property);
    match claim.property {
        ClaimProperty::Participants | ClaimProperty::Countries => {
            (of.0, of.1, claim.unit, claim.basis, claim.scope, claim.category)
        }
        // The party of one country is all that a delegation's headcount can cover, so "the whole
        // batch" says the same.
        ClaimProperty::Headcount => {
            let scope = match claim.scope {
                None | Some(CountScope::WholeBatch | CountScope::PerCountry) => {
                    CountScope::PerCountry
                }
                Some(other) => other,
            };
            (of.0, of.1, claim.unit, claim.basis, Some(scope), None)
        }
        // The basis of a date says that it was inferred: that is how it is known, not another
        // question.
        _ => (of.0, of.1, None, None, None, None),
    }
}

/// The claims that are current, in the order of their ids whatever the order given: deprecated ones
/// never count, and of the statements of the owner, and of those of a country, in one slot the
/// newest (ids sort by time of entry) supersedes the older ones, except one that a curator prefers.
/// Organisers, venues and amounts are several at once, so there a further statement of the owner
/// adds to the earlier; it withdraws one by deprecating it.
pub fn current<'a>(statements: &[Stated<'a>]) -> Vec<Stated<'a>> {
    let mut current: Vec<_> =
        statements.iter().copied().filter(|s| s.claim.rank != ClaimRank::Deprecated).collect();
    current.sort_by_key(|s| s.claim.id);
    current.dedup_by_key(|s| s.claim.id);
    let single = |s: &Stated| {
        use ClaimProperty::{Amount, Organiser, Venue};
        (s.is_owners() || s.is_countrys())
            && !matches!(s.claim.property, Organiser | Venue | Amount)
    };
    let said = |s: &Stated| (s.voice(), slot(s.claim));
    let newest: BTreeMap<_, _> =
        current.iter().filter(|s| single(s)).map(|s| (said(s), s.claim.id)).collect();
    current.retain(|s| !single(s) || s.is_preferred() || newest.get(&said(s)) == Some(&s.claim.id));
    current
}

/// The current claims that still stand: where one claim of a slot is preferred, the others of that
/// slot are settled by it.
pub(crate) fn standing<'a>(statements: &[Stated<'a>]) -> Vec<Stated<'a>> {
    let mut standing = current(statements);
    let preferred: BTreeMap<_, _> =
        standing.iter().filter(|s| s.is_preferred()).map(|s| (slot(s.claim), s.claim.id)).collect();
    standing.retain(|s| preferred.get(&slot(s.claim)).is_none_or(|id| *id == s.claim.id));
    standing
}
