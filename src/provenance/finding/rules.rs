//! The rules: what does not fit in the facts of one batch, and in names.
//!
//! Every rule is a pure function: the day is an argument, the facts are given, and their order does
//! not matter. Deprecated claims and superseded statements of the owner are nowhere heard; where a
//! curator prefers one claim, the others that answer the same question are settled by it. An empty
//! batch has no findings.

mod counts;
mod dates;
mod lists;
mod members;
mod names;
mod presence;
mod values;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use entity::id::{CountryCode, DelegationId, SourceId};
use entity::vocabulary::{
    ClaimProperty, Completeness, CountBasis, DelegationStatus, Representation,
};
use entity::{action_plan, batch, delegation, venue};
use sea_orm::prelude::Date;

pub use self::counts::{
    fewer_countries_than_attended, fewer_people_than_delegations, sum_mismatch, unit_confusion,
};
pub use self::dates::{plan_overdue, reported_before_end, weekday_mismatch};
pub use self::lists::list_conflict;
pub use self::members::{not_a_member, partition};
pub use self::names::{
    NamedInstitution, NamedPerson, PrintedName, name_out_of_period, possible_same_institution,
    possible_same_person,
};
pub use self::presence::heads_without_presence;
pub use self::values::value_conflict;
pub use super::found::{Found, Subject, is_certain, rank, severity};
use crate::provenance::claim::stated::{Stated, standing};

/// All that the rules ask about one batch. The accepted values stand in `batch` and `delegations`,
/// as recomputed before.
#[derive(Clone, Debug)]
pub struct BatchFacts<'a> {
    /// The batch, with what is accepted of it.
    pub batch: &'a batch::Model,
    /// The day on which the question is asked.
    pub today: Date,
    /// The members of the programme's group as at the start of the batch, or its end where the
    /// start is not known. `None` where the programme has no group or the batch no date.
    pub members: Option<Vec<CountryCode>>,
    /// All its delegations, with what is accepted of them.
    pub delegations: &'a [delegation::Model],
    /// All claims about it and its delegations, with their sources.
    pub statements: &'a [Stated<'a>],
    /// The venues that its `VENUE` claims name.
    pub venues: &'a [venue::Model],
    /// The action plans of its delegations.
    pub plans: &'a [action_plan::Model],
}

impl<'a> BatchFacts<'a> {
    /// The claims that still stand, in the order of their ids.
    fn standing(&self) -> Vec<Stated<'a>> {
        standing(self.statements)
    }

    /// The country of each delegation that represents one.
    fn countries(&self) -> BTreeMap<DelegationId, &'a CountryCode> {
        self.country_delegations().map(|(delegation, country)| (delegation.id, country)).collect()
    }

    /// The delegations that represent a country, with that country.
    fn country_delegations(
        &self,
    ) -> impl Iterator<Item = (&'a delegation::Model, &'a CountryCode)> {
        let countries = self.delegations.iter().filter(|d| d.represents == Representation::Country);
        countries.filter_map(|d| Some((d, d.country_code.as_ref()?)))
    }

    /// The delegations that attended, of countries and of institutions.
    fn attending(&self) -> impl Iterator<Item = &'a delegation::Model> {
        self.delegations.iter().filter(|d| d.status == Some(DelegationStatus::Attended))
    }
}

/// Every finding about one batch, its delegations and action plans, in the order of [`sort`].
pub fn all(facts: &BatchFacts<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    found.extend(unit_confusion(facts));
    found.extend(sum_mismatch(facts));
    found.extend(list_conflict(facts));
    found.extend(value_conflict(facts));
    found.extend(not_a_member(facts));
    found.extend(partition(facts));
    found.extend(fewer_people_than_delegations(facts));
    found.extend(fewer_countries_than_attended(facts));
    found.extend(heads_without_presence(facts));
    found.extend(weekday_mismatch(facts));
    found.extend(reported_before_end(facts));
    found.extend(plan_overdue(facts));
    sort(&mut found);
    found
}

/// Gravest first, and of these the certain ones first, in an order that the facts alone decide.
pub fn sort(found: &mut [Found]) {
    found.sort_by_cached_key(|f| {
        let certain_first = Reverse((f.severity, is_certain(f.rule)));
        (certain_first, f.rule, f.subject.clone(), f.property, f.fingerprint())
    });
}

/// A source's list of countries: whom it says to have attended, and whether it says that there was
/// nobody else.
#[derive(Clone, Debug, Default)]
struct List<'a> {
    countries: BTreeSet<&'a CountryCode>,
    is_closed: bool,
    /// What states it: the claims of attendance, and the one that says how complete they are.
    claims: Vec<Stated<'a>>,
}

impl List<'_> {
    /// Whether the claim is the one that says how complete a source's list is.
    fn is_heading(s: &Stated<'_>) -> bool {
        s.claim.completeness.is_some() && s.claim.basis == Some(CountBasis::Named)
    }
}

/// The list of each voice: `None` is the owner. A list of which nothing is said is open.
fn lists<'a>(facts: &BatchFacts<'a>) -> BTreeMap<Option<SourceId>, List<'a>> {
    let countries = facts.countries();
    let mut lists: BTreeMap<_, List<'a>> = BTreeMap::new();
    for s in facts.standing() {
        let country = s.claim.delegation_id.and_then(|id| countries.get(&id).copied());
        if s.claim.property == ClaimProperty::Attendance
            && s.claim.status == Some(DelegationStatus::Attended)
        {
            let Some(country) = country else { continue };
            let list = lists.entry(s.voice()).or_default();
            list.countries.insert(country);
            list.claims.push(s);
        } else if s.is_about(None, ClaimProperty::Countries) && List::is_heading(&s) {
            let list = lists.entry(s.voice()).or_default();
            list.is_closed |= s.claim.completeness == Some(Completeness::Exhaustive);
            list.claims.push(s);
        }
    }
    lists
}
