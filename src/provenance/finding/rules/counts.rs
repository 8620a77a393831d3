//! Rules about numbers.

use std::collections::{BTreeMap, BTreeSet};

use entity::id::SourceId;
use entity::vocabulary::{
    ClaimProperty, Comparator, Completeness, CountBasis, CountScope, CountUnit, DelegationStatus,
    FindingRule,
};
use entity::{claim, delegation};
use serde_json::{Value as Json, json};

use super::{BatchFacts, Found, List, Subject, lists, members};
use crate::provenance::claim::accepted::{ACCEPTED_BASES, deciding, is_number_of_people};
use crate::provenance::claim::people::days_of;
use crate::provenance::claim::stated::Stated;
use crate::provenance::claim::value::Span;

/// `UNIT_CONFUSION`: a unit was printed for another. At most one finding per batch, for any of
/// these reasons:
///
/// - One number stands under two units: as many countries as people, 700 enterprises and 700
///   people. Not where the list of countries names exactly as many: then one person per country
///   came.
/// - More countries are counted than the list names: the counting source's own list or, where it
///   has none, that of all sources together. A closed list ("namely") is held against any greater
///   number. An open one ("among others") is held against it only where it names at least half, as
///   12 of 22: who names three of 22 gives examples, who names twelve gives the list.
///
/// Only exact numbers of the whole batch are compared, and of those that count who came only with
/// each other; planned numbers, places and registrations each with their like.
pub fn unit_confusion(facts: &BatchFacts<'_>) -> Option<Found> {
    let lists = lists(facts);
    let mut behind = Vec::new();
    let mut by_number: BTreeMap<(Option<CountBasis>, i32), Vec<Stated<'_>>> = BTreeMap::new();
    let mut more_than_named = BTreeSet::new();
    for s in facts.standing() {
        let Some((unit, number)) = exact(s.claim) else { continue };
        let came = s.claim.basis.is_none_or(|basis| ACCEPTED_BASES.contains(&basis));
        let list = if came && unit == CountUnit::Country {
            list_against(&s, &lists)
        } else {
            List::default()
        };
        let named = i32::try_from(list.countries.len()).unwrap_or(i32::MAX);
        if named != number {
            by_number.entry((s.claim.basis.filter(|_| !came), number)).or_default().push(s);
        }
        let names_them = list.is_closed || named >= number - named;
        if 0 < named && named < number && names_them {
            more_than_named.insert((number, named, list.is_closed));
            behind.push(s);
            behind.extend(list.claims);
        }
    }

    let unit = |s: &Stated<'_>| exact(s.claim).map(|(unit, _)| unit);
    let mut same_number = Vec::new();
    for ((_, number), claims) in by_number {
        let units: BTreeSet<_> = claims.iter().filter_map(unit).collect();
        if units.len() > 1 {
            same_number.push(json!({ "number": number, "units": units }));
            behind.extend(claims);
        }
    }

    if behind.is_empty() {
        return None;
    }
    let of_countries = behind.iter().any(|s| unit(s) == Some(CountUnit::Country));
    let property =
        if of_countries { ClaimProperty::Countries } else { ClaimProperty::Participants };
    let more_than_named: Json = more_than_named
        .into_iter()
        .map(|(claimed, named, closed)| {
            json!({
                "claimed": claimed, "named": named, "closed": closed
            })
        })
        .collect();
    let detail = json!({ "sameNumber": same_number, "moreThanNamed": more_than_named });
    let subject = Subject::batch(facts.batch.id);
    Some(
        Found::new(FindingRule::UnitConfusion, subject)
            .about(property)
            .behind(&behind)
            .with(detail),
    )
}

/// The unit and number of a claim that counts something over the whole batch exactly.
fn exact(claim: &claim::Model) -> Option<(CountUnit, i32)> {
    let unit = match claim.property {
        ClaimProperty::Participants => claim.unit?,
        ClaimProperty::Countries => claim.unit.unwrap_or(CountUnit::Country),
        _ => return None,
    };
    let whole = matches!(claim.scope, None | Some(CountScope::WholeBatch));
    let number =
        claim.number_min.filter(|_| claim.comparator == Some(Comparator::Exact) && whole)?;
    (number > 0 && claim.delegation_id.is_none()).then_some((unit, number))
}

/// The list of countries against which a number of countries is held: the source's own or, where it
/// names none, all that any source names.
fn list_against<'a>(s: &Stated<'a>, lists: &BTreeMap<Option<SourceId>, List<'a>>) -> List<'a> {
    if let Some(own) = lists.get(&s.voice()).filter(|own| !own.countries.is_empty()) {
        return own.clone();
    }
    let mut together = List::default();
    for list in lists.values() {
        together.countries.extend(&list.countries);
        together.is_closed |= list.is_closed;
        together.claims.extend(&list.claims);
    }
    together
}

/// `SUM_MISMATCH`: the parts do not add up to the total in the same unit, where `ABOUT` allows 20
/// per cent either way.
///
/// - So many a day, times the days of the batch, is not the total that is claimed on the same
///   basis. Both dates must be known to the day. Where the total is what came on one day, the same
///   people came every day, and nothing is wrong.
/// - The accepted headcounts of all delegations that attended do not add up to the accepted number
///   of people. All must have one, on the basis of the total: a list of names is often shorter than
///   a count. The sum may fall short of the total unless the list of delegations is closed: a
///   source says so and none denies it, or all members are accounted for. It may never exceed the
///   total, since a delegation that is not known would only add to it.
/// - The same for each category of delegations of which a source counts the people. Where
///   categories are told apart, a number of all people is only held against a sum that exceeds it:
///   whoever lists the parties leaves out the press.
pub fn sum_mismatch(facts: &BatchFacts<'_>) -> Vec<Found> {
    let mut found = per_day_mismatches(facts);
    found.extend(headcount_mismatch(facts));
    found.extend(category_mismatches(facts));
    found
}

fn per_day_mismatches(facts: &BatchFacts<'_>) -> Vec<Found> {
    let Some(days) = days_of(facts.batch).map(i64::from) else { return Vec::new() };
    let mut by_unit: BTreeMap<_, (Vec<Stated<'_>>, Vec<Stated<'_>>)> = BTreeMap::new();
    // The countries of one day are those of the next: their number does not add up.
    let adds_up = |s: &Stated<'_>| {
        s.is_about(None, ClaimProperty::Participants) && s.claim.unit != Some(CountUnit::Country)
    };
    for s in facts.standing().into_iter().filter(adds_up) {
        let (parts, totals) =
            by_unit.entry((s.claim.unit, s.claim.basis, s.claim.category)).or_default();
        match s.claim.scope {
            Some(CountScope::PerDay) if numbered(s.claim) => parts.push(s),
            Some(CountScope::WholeBatch) if numbered(s.claim) => totals.push(s),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (parts, totals) in by_unit.into_values() {
        let mismatched = |part: &Stated<'_>, total: &Stated<'_>| {
            Span::stated(part.claim)
                .zip(Span::stated(total.claim))
                .is_some_and(|(part, total)| !part.times(days).meets(total) && !part.meets(total))
        };
        let part_fails = |part: &&Stated<'_>| totals.iter().any(|total| mismatched(part, total));
        let total_fails = |total: &&Stated<'_>| parts.iter().any(|part| mismatched(part, total));
        let parts: Vec<_> = parts.iter().filter(part_fails).copied().collect();
        let totals: Vec<_> = totals.iter().filter(total_fails).copied().collect();
        if !parts.is_empty() {
            let detail =
                json!({ "days": days, "perDay": numbers(&parts), "total": numbers(&totals) });
            found.push(
                mismatch(facts)
                    .behind(&parts)
                    .behind(&totals)
                    .with(detail)
                    .resting_on(json!(["days", days])),
            );
        }
    }
    found
}

fn headcount_mismatch(facts: &BatchFacts<'_>) -> Option<Found> {
    let batch = facts.batch;
    let total =
        span(batch.participants_comparator, batch.participants_min, batch.participants_max)?;
    let sum = heads_of(facts.attending())?;
    let apart = facts.attending().any(|d| d.category.is_some());
    let may_fall_short = apart || !is_closed(facts);
    if sum.meets(total) || (sum.is_below(total) && may_fall_short) || !on_one_basis(facts) {
        return None;
    }
    let attending: BTreeSet<_> = facts.attending().map(|d| d.id).collect();
    let is_part = |s: &&Stated<'_>| {
        counts_who_came(s) && s.claim.delegation_id.is_none_or(|id| attending.contains(&id))
    };
    let behind: Vec<_> = facts.standing().iter().filter(is_part).copied().collect();
    let detail = json!({
        "delegations": attending.len(),
        "sum": sum_of(facts.attending()),
        "total": {
            "min": batch.participants_min, "max": batch.participants_max,
            "comparator": batch.participants_comparator,
        },
    });
    Some(mismatch(facts).behind(&behind).with(detail))
}

/// Of each category, whether the people of its delegations are those that a source counts of it.
fn category_mismatches(facts: &BatchFacts<'_>) -> Vec<Found> {
    let totals = facts.standing().into_iter().filter(|s| {
        s.is_about(None, ClaimProperty::Participants)
            && s.claim.scope == Some(CountScope::WholeBatch)
            && s.claim.unit == Some(CountUnit::Person)
            && s.claim.basis.is_some_and(|basis| ACCEPTED_BASES.contains(&basis))
    });
    let mut by_category: BTreeMap<_, Vec<Stated<'_>>> = BTreeMap::new();
    for s in totals {
        if let Some(category) = s.claim.category {
            by_category.entry((category, s.claim.basis)).or_default().push(s);
        }
    }
    let basis_of = |d: &delegation::Model| {
        deciding(facts.statements, Some(d.id), ClaimProperty::Headcount).and_then(|s| s.claim.basis)
    };
    let mut found = Vec::new();
    for ((category, basis), totals) in by_category {
        let of_it = || facts.attending().filter(move |d| d.category == Some(category));
        let Some(sum) = heads_of(of_it()).filter(|_| of_it().all(|d| basis_of(d) == basis)) else {
            continue;
        };
        let is_denied = |s: &&Stated<'_>| {
            Span::stated(s.claim).is_some_and(|total| {
                total.is_below(sum) || (sum.is_below(total) && is_closed(facts))
            })
        };
        let totals: Vec<_> = totals.iter().filter(is_denied).copied().collect();
        if totals.is_empty() {
            continue;
        }
        let detail = json!({
            "category": category, "delegations": of_it().count(), "sum": sum_of(of_it()),
            "total": numbers(&totals),
        });
        let resting = json!(["category", category, basis]);
        found.push(mismatch(facts).behind(&totals).with(detail).resting_on(resting));
    }
    found
}

/// A number of people as a span; "tens of" adds up to nothing.
fn span(comparator: Option<Comparator>, min: Option<i32>, max: Option<i32>) -> Option<Span> {
    comparator.filter(|c| *c != Comparator::Tens).and_then(|c| Span::of(c, min, max))
}

/// The accepted headcounts of delegations together; `None` where one has none, or there is none.
fn heads_of<'a>(parties: impl Iterator<Item = &'a delegation::Model>) -> Option<Span> {
    let heads: Option<Vec<_>> =
        parties.map(|d| span(d.headcount_comparator, d.headcount_min, d.headcount_max)).collect();
    heads?.into_iter().reduce(Span::plus)
}

/// The same, for the detail of a finding.
fn sum_of<'a>(parties: impl Iterator<Item = &'a delegation::Model>) -> Json {
    let (min, max): (Vec<_>, Vec<_>) =
        parties.map(|d| (d.headcount_min.map(i64::from), d.headcount_max.map(i64::from))).unzip();
    let all = |bounds: Vec<Option<i64>>| bounds.into_iter().sum::<Option<i64>>();
    json!({ "min": all(min), "max": all(max) })
}

/// Whether no other delegation attended than those on record: a source says so and none denies it,
/// or every member is accounted for.
fn is_closed(facts: &BatchFacts<'_>) -> bool {
    let says = |completeness| {
        let heading =
            move |s: &Stated<'_>| List::is_heading(s) && s.claim.completeness == Some(completeness);
        lists(facts).values().flat_map(|list| &list.claims).any(heading)
    };
    (says(Completeness::Exhaustive) && !says(Completeness::NonExhaustive))
        || members::Partition::of(facts).is_some_and(|partition| partition.is_complete())
}

/// Whether the accepted number of people and the accepted headcounts rest on the same basis.
fn on_one_basis(facts: &BatchFacts<'_>) -> bool {
    let basis = |delegation, property| {
        deciding(facts.statements, delegation, property).and_then(|s| s.claim.basis)
    };
    let total = basis(None, ClaimProperty::Participants);
    facts.attending().all(|d| basis(Some(d.id), ClaimProperty::Headcount) == total)
}

fn mismatch(facts: &BatchFacts<'_>) -> Found {
    Found::new(FindingRule::SumMismatch, Subject::batch(facts.batch.id))
        .about(ClaimProperty::Participants)
}

/// Whether the claim is of those from which a number of people is accepted.
pub(super) fn counts_who_came(s: &Stated<'_>) -> bool {
    is_number_of_people(s.claim)
        && s.claim.basis.is_some_and(|basis| ACCEPTED_BASES.contains(&basis))
}

/// Whether a number was stated: "tens of" adds up to nothing.
fn numbered(claim: &claim::Model) -> bool {
    claim.comparator != Some(Comparator::Tens) && Span::stated(claim).is_some()
}

/// The different numbers that claims state, for the detail of a finding.
pub(super) fn numbers(claims: &[Stated<'_>]) -> Json {
    let numbers: BTreeMap<_, _> = claims
        .iter()
        .map(|s| {
            let claim = s.claim;
            let number = json!({
                "min": claim.number_min, "max": claim.number_max, "comparator": claim.comparator,
                "unit": claim.unit, "basis": claim.basis, "scope": claim.scope,
            });
            ((claim.number_min, claim.number_max, number.to_string()), number)
        })
        .collect();
    numbers.into_values().collect()
}

/// `FEWER_PEOPLE_THAN_DELEGATIONS`: at most so many people are accepted to have taken part, and
/// more delegations than that attended.
pub fn fewer_people_than_delegations(facts: &BatchFacts<'_>) -> Option<Found> {
    let batch = facts.batch;
    let people =
        Span::of(batch.participants_comparator?, batch.participants_min, batch.participants_max)?;
    let attending: BTreeSet<_> = facts.attending().map(|d| d.id).collect();
    let delegations = i32::try_from(attending.len()).ok()?;
    if !people.is_below(Span::of(Comparator::Exact, Some(delegations), Some(delegations))?) {
        return None;
    }
    let is_behind = |s: &&Stated<'_>| match s.claim.delegation_id {
        None => counts_who_came(s),
        Some(id) => s.claim.property == ClaimProperty::Attendance && attending.contains(&id),
    };
    let behind: Vec<_> = facts.standing().iter().filter(is_behind).copied().collect();
    let detail = json!({
        "people": {
            "min": batch.participants_min, "max": batch.participants_max,
            "comparator": batch.participants_comparator,
        },
        "delegations": delegations,
    });
    let subject = Subject::batch(batch.id);
    Some(
        Found::new(FindingRule::FewerPeopleThanDelegations, subject)
            .about(ClaimProperty::Participants)
            .behind(&behind)
            .with(detail),
    )
}

/// `FEWER_COUNTRIES_THAN_ATTENDED`: a source counts the countries of the whole batch, and more
/// countries than that attended. Only numbers with an upper bound that is stated as such: "about
/// ten" may be eleven. Planned countries and those that registered may be fewer than came.
pub fn fewer_countries_than_attended(facts: &BatchFacts<'_>) -> Option<Found> {
    let attended: BTreeMap<_, _> = facts
        .country_delegations()
        .filter(|(delegation, _)| delegation.status == Some(DelegationStatus::Attended))
        .map(|(delegation, country)| (delegation.id, country))
        .collect();
    let countries: BTreeSet<_> = attended.values().collect();
    let number = i32::try_from(countries.len()).ok()?;
    let came = Span::of(Comparator::Exact, Some(number), Some(number))?;
    let is_fewer = |s: &&Stated<'_>| {
        s.is_about(None, ClaimProperty::Countries)
            && s.claim.comparator != Some(Comparator::About)
            && s.claim.comparator != Some(Comparator::Tens)
            && matches!(s.claim.scope, None | Some(CountScope::WholeBatch))
            && s.claim.basis.is_none_or(|basis| ACCEPTED_BASES.contains(&basis))
            && Span::stated(s.claim).is_some_and(|stated| stated.is_below(came))
    };
    let standing = facts.standing();
    let fewer: Vec<_> = standing.iter().filter(is_fewer).copied().collect();
    if fewer.is_empty() {
        return None;
    }
    let attendance = |s: &&Stated<'_>| {
        s.claim.property == ClaimProperty::Attendance
            && s.claim.status == Some(DelegationStatus::Attended)
            && s.claim.delegation_id.is_some_and(|id| attended.contains_key(&id))
    };
    let behind: Vec<_> = standing.iter().filter(attendance).copied().collect();
    let detail = json!({ "counted": numbers(&fewer), "attended": countries });
    let subject = Subject::batch(facts.batch.id);
    Some(
        Found::new(FindingRule::FewerCountriesThanAttended, subject)
            .about(ClaimProperty::Countries)
            .behind(&fewer)
            .behind(&behind)
            .with(detail),
    )
}

#[cfg(test)]
mod tests;
