//! The accepted value: one pure function of the claims.
//!
//! What is accepted is, in this order: the preferred claim; else the owner's current statement;
//! else the value on which all normal claims of the same unit, basis and scope agree; else nothing,
//! with the range that is stated. Deprecated claims never count, and the order in which claims are
//! given does not matter.
//!
//! Where a delegation stands is said twice: what was to be (`INVITED`, `NOMINATED`, `CONFIRMED`),
//! and what came of it. A plan does not hide an outcome: the owner's outcome goes first, then the
//! outcome on which all others agree, and what the owner planned stands only as long as no outcome
//! is known.
//!
//! Heads belong to those who were there: where the accepted status says that nobody was
//! (`DECLINED`, `WITHDRAWN`, `NO_SHOW`, `NOT_SENT`), no number of people is accepted, whoever
//! states one. The claims stay, and their number is accepted again once the status is another one.
//! A plan empties nothing: it does not say who came, and a count of the people may come in before
//! the record of attendance.
//!
//! Agreement is read with care for how exactly something is stated: a day agrees with the month in
//! which it lies, "22" with "at least 20", an invitation with a later attendance, and the finer of
//! them is accepted. No value is ever accepted that no claim states.

use std::collections::BTreeSet;

use entity::claim;
use entity::id::{ClaimId, DelegationId, SourceId};
use entity::vocabulary::{
    ClaimProperty, Comparator, CountBasis, CountScope, CountUnit, CountryPosition, DatePrecision,
    DelegationStatus,
};
use sea_orm::prelude::Date;

pub use super::people::BySex;
use super::stated::slot;
pub use super::stated::{Stated, current};
use super::value::{agreed, contradicts, is_absence, is_comparable, is_plan, period, settles};

/// On what an accepted number of people may rest, best first. What somebody stated of those who
/// came outranks a count of names, since a list of names is often not complete, and that outranks a
/// conclusion. A number that was planned, a number of places or of people who signed up says
/// nothing of who took part: it is shown as a claim and never accepted.
pub const ACCEPTED_BASES: [CountBasis; 3] =
    [CountBasis::Reported, CountBasis::Named, CountBasis::Inferred];

/// What is accepted of a batch; `None` where nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedBatch {
    /// The title and its BCP 47 tag.
    pub title: Option<(String, Option<String>)>,
    /// The first day, or the first of the month or year in which it lies.
    pub starts_on: Option<(Date, DatePrecision)>,
    /// The last day, or the last of the month or year in which it lies.
    pub ends_on: Option<(Date, DatePrecision)>,
    /// How many people took part over the whole batch.
    pub participants: Option<AcceptedCount>,
}

/// What is accepted of a delegation; `None` where nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedDelegation {
    /// Where it stands.
    pub status: Option<DelegationStatus>,
    /// How many people it had; nothing where the status says that nobody was there.
    pub headcount: Option<AcceptedCount>,
}

/// An accepted number of people, as the claim states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedCount {
    /// At least; `None` with `AT_MOST` and `TENS`.
    pub min: Option<i32>,
    /// At most; `None` with `AT_LEAST` and `TENS`.
    pub max: Option<i32>,
    /// How the number is meant.
    pub comparator: Comparator,
    /// What it rests on: one of [`ACCEPTED_BASES`].
    pub basis: CountBasis,
    /// Of which sex they are, as far as the claim tells. Nothing where the number is accepted since
    /// sources agree, and they do not agree in this.
    pub by_sex: BySex,
}

impl AcceptedCount {
    /// At least and at most.
    pub(crate) fn bounds(count: Option<Self>) -> (Option<i32>, Option<i32>) {
        (count.and_then(|count| count.min), count.and_then(|count| count.max))
    }
}

/// All that is stated, for where nothing of it is accepted: from the least to the most that any
/// claim says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range<T> {
    /// The least that is stated; `None` where no claim states a number ("tens of").
    pub min: Option<T>,
    /// The most that is stated; `None` likewise.
    pub max: Option<T>,
    /// The claims, sorted.
    pub claims: Vec<ClaimId>,
}

/// What is accepted of a batch. `statements` are the claims of one batch; those of its delegations
/// may be among them.
pub fn accepted_batch(statements: &[Stated<'_>]) -> AcceptedBatch {
    let decided = |property| deciding(statements, None, property).map(|s| s.claim);
    AcceptedBatch {
        title: decided(ClaimProperty::Title)
            .and_then(|c| Some((c.text.clone()?, c.language.clone()))),
        starts_on: decided(ClaimProperty::StartsOn)
            .and_then(|c| Some((period(c)?.first, c.precision.unwrap_or(DatePrecision::Day)))),
        ends_on: decided(ClaimProperty::EndsOn)
            .and_then(|c| Some((period(c)?.last, c.precision.unwrap_or(DatePrecision::Day)))),
        participants: count(statements, None, ClaimProperty::Participants),
    }
}

/// What is accepted of one delegation. `statements` are the claims of its batch, those of all
/// delegations among them.
pub fn accepted_delegation(
    statements: &[Stated<'_>],
    delegation: DelegationId,
) -> AcceptedDelegation {
    let status = deciding(statements, Some(delegation), ClaimProperty::Attendance)
        .and_then(|s| s.claim.status);
    AcceptedDelegation { status, headcount: heads(statements, delegation, status) }
}

/// How many people are accepted of a delegation with this status.
pub(super) fn heads(
    statements: &[Stated<'_>],
    delegation: DelegationId,
    status: Option<DelegationStatus>,
) -> Option<AcceptedCount> {
    if status.is_some_and(is_absence) {
        return None;
    }
    count(statements, Some(delegation), ClaimProperty::Headcount)
}

fn count(
    statements: &[Stated<'_>],
    delegation: Option<DelegationId>,
    property: ClaimProperty,
) -> Option<AcceptedCount> {
    let decided = deciding(statements, delegation, property)?;
    let claim = decided.claim;
    let (comparator, basis) = (claim.comparator?, claim.basis?);
    let said = BySex::of(claim);
    let is_denied = || {
        let others = comparable(statements, delegation, property);
        let mut others = others.iter().filter(|s| slot(s.claim) == slot(claim));
        others.any(|s| said.contradicts(BySex::of(s.claim)))
    };
    let is_ruled = decided.is_preferred() || decided.is_owners();
    let by_sex = if is_ruled || !is_denied() { said } else { BySex::default() };
    let (min, max) = (claim.number_min, claim.number_max);
    Some(AcceptedCount { min, max, comparator, basis, by_sex })
}

/// The claim whose value is accepted for a property of the batch (`None`) or of one of its
/// delegations.
///
/// For numbers of people the better basis decides first, in each step ([`ACCEPTED_BASES`]); where
/// the claims on the best basis disagree, nothing is accepted, rather than a weaker basis instead.
/// A date that is printed goes before one that was inferred where the two disagree. Venues,
/// organisers, amounts and lists of countries are several at once: no claim decides them.
pub fn deciding<'a>(
    statements: &[Stated<'a>],
    delegation: Option<DelegationId>,
    property: ClaimProperty,
) -> Option<Stated<'a>> {
    match property {
        ClaimProperty::Participants | ClaimProperty::Headcount => {
            let by_basis = counted(statements, delegation, property);
            let preferred = by_basis.iter().find_map(|claims| newest(claims, |s| s.is_preferred()));
            preferred
                .or_else(|| by_basis.iter().find_map(|claims| newest(claims, |s| s.is_owners())))
                .or_else(|| agreed(by_basis.iter().find(|claims| !claims.is_empty())?))
        }
        ClaimProperty::Attendance => {
            let claims = comparable(statements, delegation, property);
            let (plans, outcomes): (Vec<_>, Vec<_>) =
                claims.iter().copied().partition(|s| s.claim.status.is_some_and(is_plan));
            newest(&claims, |s| s.is_preferred())
                .or_else(|| newest(&outcomes, |s| s.is_owners()))
                .or_else(|| agreed(&outcomes))
                .or_else(|| newest(&plans, |s| s.is_owners()))
                .or_else(|| agreed(&claims))
        }
        ClaimProperty::Title | ClaimProperty::StartsOn | ClaimProperty::EndsOn => {
            let claims = comparable(statements, delegation, property);
            let printed =
                claims.iter().filter(|s| s.claim.basis != Some(CountBasis::Inferred)).copied();
            newest(&claims, |s| s.is_preferred())
                .or_else(|| newest(&claims, |s| s.is_owners()))
                .or_else(|| agreed(&claims))
                .or_else(|| agreed(&printed.collect::<Vec<_>>()))
        }
        ClaimProperty::Venue
        | ClaimProperty::Organiser
        | ClaimProperty::Countries
        | ClaimProperty::Amount => None,
    }
}

/// What the country of a delegation says of what is accepted of it; `None` where it says nothing of
/// it. To say otherwise where nothing is accepted is to contest as well: sources contradict each
/// other then, and the country is one of them.
pub fn country_position(
    statements: &[Stated<'_>],
    delegation: DelegationId,
) -> Option<CountryPosition> {
    let of_it = |s: &&Stated<'_>| s.claim.delegation_id == Some(delegation) && s.is_countrys();
    // Few countries say anything, and this is asked of each delegation.
    if !statements.iter().any(|s| of_it(&s)) {
        return None;
    }
    let said: Vec<_> = current(statements).into_iter().filter(|s| of_it(&s)).collect();
    let agrees = |s: &Stated<'_>| {
        let accepted = deciding(statements, Some(delegation), s.claim.property);
        accepted.is_some_and(|accepted| {
            // Whatever a number rests on, it is that of the same people.
            let stated = claim::Model { basis: accepted.claim.basis, ..s.claim.clone() };
            !contradicts(accepted.claim, &stated)
        })
    };
    match said.iter().all(agrees) {
        _ if said.is_empty() => None,
        true => Some(CountryPosition::Agrees),
        false => Some(CountryPosition::Contests),
    }
}

fn newest<'a>(claims: &[Stated<'a>], wanted: impl Fn(&Stated<'a>) -> bool) -> Option<Stated<'a>> {
    claims.iter().copied().filter(wanted).max_by_key(|s| s.claim.id)
}

/// The current claims about one property that state a value.
fn comparable<'a>(
    statements: &[Stated<'a>],
    delegation: Option<DelegationId>,
    property: ClaimProperty,
) -> Vec<Stated<'a>> {
    let mut claims = current(statements);
    claims.retain(|s| {
        s.claim.property == property
            && s.claim.delegation_id == delegation
            && is_comparable(s.claim)
    });
    claims
}

/// The current claims that count people over the whole batch, or the whole of a delegation, by
/// basis, best first.
fn counted<'a>(
    statements: &[Stated<'a>],
    delegation: Option<DelegationId>,
    property: ClaimProperty,
) -> [Vec<Stated<'a>>; ACCEPTED_BASES.len()] {
    let claims = comparable(statements, delegation, property);
    ACCEPTED_BASES.map(|basis| {
        let eligible =
            |s: &&Stated<'_>| s.claim.basis == Some(basis) && is_number_of_people(s.claim);
        claims.iter().filter(eligible).copied().collect()
    })
}

/// Whether the claim counts people over the whole of what it is about, of whatever category.
pub(crate) fn is_number_of_people(claim: &claim::Model) -> bool {
    let whole = match claim.property {
        ClaimProperty::Participants => {
            claim.scope == Some(CountScope::WholeBatch) && claim.category.is_none()
        }
        ClaimProperty::Headcount => {
            matches!(claim.scope, None | Some(CountScope::WholeBatch | CountScope::PerCountry))
        }
        _ => false,
    };
    whole && claim.unit == Some(CountUnit::Person)
}

/// From the fewest to the most people that any current claim states on the best basis there is;
/// `None` where none does. For `PARTICIPANTS` of the batch (`None`) and for the `HEADCOUNT` of a
/// delegation.
pub fn count_range(
    statements: &[Stated<'_>],
    delegation: Option<DelegationId>,
) -> Option<Range<i32>> {
    let property =
        if delegation.is_some() { ClaimProperty::Headcount } else { ClaimProperty::Participants };
    let claims =
        counted(statements, delegation, property).into_iter().find(|claims| !claims.is_empty())?;
    // "At most 30" is a number that is stated, though not the least that there may have been.
    let numbers = || claims.iter().flat_map(|s| [s.claim.number_min, s.claim.number_max]).flatten();
    Some(Range {
        min: numbers().min(),
        max: numbers().max(),
        claims: claims.iter().map(|s| s.claim.id).collect(),
    })
}

/// From the first to the last day that any current claim leaves possible for `STARTS_ON` or
/// `ENDS_ON`; `None` where none does.
pub fn date_range(statements: &[Stated<'_>], property: ClaimProperty) -> Option<Range<Date>> {
    let claims = comparable(statements, None, property);
    let periods = || claims.iter().filter_map(|s| period(s.claim));
    let (min, max) = (periods().map(|p| p.first).min()?, periods().map(|p| p.last).max());
    Some(Range { min: Some(min), max, claims: claims.iter().map(|s| s.claim.id).collect() })
}

/// How many independent origins support what a claim states: the distinct roots of what the sources
/// reprint or rest on.
///
/// A claim supports another when it states the same, or less exactly what the other states: a month
/// supports the day. Deprecated claims and superseded statements support nothing.
pub fn corroboration(statements: &[Stated<'_>], value: &claim::Model) -> usize {
    let supports = |s: &Stated<'_>| settles(value, s.claim) || states_the_same(value, s.claim);
    let origins: BTreeSet<SourceId> =
        current(statements).iter().filter(|s| supports(s)).map(Stated::origin).collect();
    origins.len()
}

/// Whether two claims name the same venue or the same organiser.
fn states_the_same(one: &claim::Model, other: &claim::Model) -> bool {
    let (of, property) = (one.delegation_id == other.delegation_id, one.property == other.property);
    let same_venue = one.venue_id.is_some() && one.venue_id == other.venue_id;
    let holder = |c: &claim::Model| (c.institution_id, c.regional_group_id);
    let same_holder = holder(one) != (None, None) && holder(one) == holder(other);
    match one.property {
        ClaimProperty::Venue => of && property && same_venue,
        ClaimProperty::Organiser => of && property && same_holder,
        _ => false,
    }
}
