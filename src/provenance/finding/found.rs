//! One thing that a rule found, and its identity.

use std::collections::BTreeMap;
use std::fmt::Write;

use entity::claim;
use entity::id::{ActionPlanId, BatchId, ClaimId, DelegationId, InstitutionId, PersonId};
use entity::vocabulary::{ClaimProperty, DatePrecision, FindingRule, RecordKind, Severity};
use serde_json::{Value as Json, json};

use crate::provenance::claim::stated::Stated;

/// The record that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// What kind of record it is.
    pub kind: RecordKind,
    /// Its id, as text.
    pub id: String,
}

impl Subject {
    /// Any record, by its kind and id.
    pub fn new(kind: RecordKind, id: impl ToString) -> Self {
        Self { kind, id: id.to_string() }
    }

    /// A batch.
    pub fn batch(id: BatchId) -> Self {
        Self::new(RecordKind::Batch, id)
    }

    /// A delegation.
    pub fn delegation(id: DelegationId) -> Self {
        Self::new(RecordKind::Delegation, id)
    }

    /// An action plan.
    pub fn action_plan(id: ActionPlanId) -> Self {
        Self::new(RecordKind::ActionPlan, id)
    }

    /// A person.
    pub fn person(id: PersonId) -> Self {
        Self::new(RecordKind::Person, id)
    }

    /// An institution.
    pub fn institution(id: InstitutionId) -> Self {
        Self::new(RecordKind::Institution, id)
    }
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The rule.
    pub rule: FindingRule,
    /// How grave it is: [`severity`] of the rule.
    pub severity: Severity,
    /// The record that it is about.
    pub subject: Subject,
    /// The property that it is about, if one.
    pub property: Option<ClaimProperty>,
    /// The claims behind it, sorted.
    pub claims: Vec<ClaimId>,
    /// The values behind it: numbers, codes, dates, ids and printed titles; never a person's name.
    pub detail: Json,
    /// What the claims state, by claim.
    stated: BTreeMap<ClaimId, String>,
    /// What else makes it this finding and no other.
    essentials: Json,
}

/// How grave what a rule finds is.
pub fn severity(rule: FindingRule) -> Severity {
    match rule {
        FindingRule::UnitConfusion
        | FindingRule::FewerPeopleThanDelegations
        | FindingRule::FewerCountriesThanAttended => Severity::Severe,
        FindingRule::SumMismatch
        | FindingRule::ListConflict
        | FindingRule::ValueConflict
        | FindingRule::NotAMember
        | FindingRule::HeadsWithoutPresence
        | FindingRule::WeekdayMismatch
        | FindingRule::PlanOverdue
        | FindingRule::InvariantWouldBreak => Severity::Warning,
        FindingRule::PartitionComplete
        | FindingRule::PartitionOpen
        | FindingRule::NameOutOfPeriod
        | FindingRule::PossibleSamePerson
        | FindingRule::PossibleSameInstitution
        | FindingRule::ReportedBeforeEnd => Severity::Info,
    }
}

/// Whether what a rule finds is certain: two things that are stated cannot both be true, or
/// something is plainly due. The others suspect something, and may be explained otherwise.
pub fn is_certain(rule: FindingRule) -> bool {
    match rule {
        FindingRule::FewerPeopleThanDelegations
        | FindingRule::FewerCountriesThanAttended
        | FindingRule::ListConflict
        | FindingRule::ValueConflict
        | FindingRule::HeadsWithoutPresence
        | FindingRule::WeekdayMismatch
        | FindingRule::PlanOverdue
        | FindingRule::InvariantWouldBreak
        | FindingRule::PartitionComplete
        | FindingRule::PartitionOpen => true,
        FindingRule::UnitConfusion
        | FindingRule::SumMismatch
        | FindingRule::NotAMember
        | FindingRule::NameOutOfPeriod
        | FindingRule::PossibleSamePerson
        | FindingRule::PossibleSameInstitution
        | FindingRule::ReportedBeforeEnd => false,
    }
}

/// By what findings are ordered, greatest first: by severity, and of one severity the certain ones
/// first.
pub fn rank(severity: Severity, is_certain: bool) -> i32 {
    let severity = match severity {
        Severity::Info => 0,
        Severity::Warning => 2,
        Severity::Severe => 4,
    };
    severity + i32::from(is_certain)
}

impl Found {
    /// A finding of a rule about a record, with nothing behind it yet.
    pub(crate) fn new(rule: FindingRule, subject: Subject) -> Self {
        Self {
            rule,
            severity: severity(rule),
            subject,
            property: None,
            claims: Vec::new(),
            detail: Json::Null,
            stated: BTreeMap::new(),
            essentials: Json::Null,
        }
    }

    pub(crate) fn about(mut self, property: ClaimProperty) -> Self {
        self.property = Some(property);
        self
    }

    pub(crate) fn behind(mut self, claims: &[Stated<'_>]) -> Self {
        self.stated.extend(claims.iter().map(|s| (s.claim.id, statement(s.claim))));
        self.claims = self.stated.keys().copied().collect();
        self
    }

    /// The values behind it.
    pub(crate) fn with(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }

    /// What, besides the claims, makes it this finding: where it changes, the finding is another
    /// one.
    pub(crate) fn resting_on(mut self, essentials: Json) -> Self {
        self.essentials = essentials;
        self
    }

    /// Whether it rests on nothing that the delegations of the batch could change.
    pub(crate) fn rests_on_the_batch(&self) -> bool {
        rests_on_the_batch(self.rule, self.subject.kind)
    }

    /// Its identity: rule, subject, property and a hash of what is behind it, the claims with what
    /// each states. The same facts give the same fingerprint for ever, so an explanation survives
    /// recomputation; a claim that is added, taken away or changed gives another, so the finding
    /// asks anew. How the detail is worded, the rank, the locator and the key of a claim do not
    /// enter. It is short, whatever the number of claims, as it is indexed.
    pub fn fingerprint(&self) -> String {
        let mut behind = self.essentials.to_string();
        for (id, stated) in &self.stated {
            // Writing to a string cannot fail.
            let _ = write!(behind, "\n{id} {stated}");
        }
        let property = self.property.map(|p| p.to_string()).unwrap_or_default();
        let Subject { kind, id } = &self.subject;
        format!("{}:{kind}:{id}:{property}:{:032x}", self.rule, fnv1a(behind.as_bytes()))
    }
}

/// Whether what a rule finds about a record of this kind rests on nothing that the delegations of a
/// batch could change.
pub(crate) fn rests_on_the_batch(rule: FindingRule, subject: RecordKind) -> bool {
    rule == FindingRule::NameOutOfPeriod
        || (rule == FindingRule::InvariantWouldBreak && subject == RecordKind::Batch)
}

/// What a claim states, in one line that is the same for ever. Columns that are null are left out,
/// so that a column that is added later changes no fingerprint.
fn statement(claim: &claim::Model) -> String {
    // A date without a precision is known to the day: both spellings state the same.
    let precision = claim.date.map(|_| claim.precision.unwrap_or(DatePrecision::Day));
    let all = json!({
        "property": claim.property, "text": claim.text, "language": claim.language,
        "date": claim.date, "precision": precision, "weekday": claim.printed_weekday,
        "min": claim.number_min, "max": claim.number_max, "comparator": claim.comparator,
        "unit": claim.unit, "basis": claim.basis, "scope": claim.scope,
        "completeness": claim.completeness, "status": claim.status,
        "venue": claim.venue_id, "institution": claim.institution_id,
        "group": claim.regional_group_id,
    });
    let stated: BTreeMap<_, _> =
        all.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
    json!(stated).to_string()
}

/// FNV-1a, 128 bits: a published hash that gives the same on every machine and release, unlike the
/// hashers of the standard library. It guards against accidents, not against forgers.
pub(crate) fn fnv1a(bytes: &[u8]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}
