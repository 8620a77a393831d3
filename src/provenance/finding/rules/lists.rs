//! Rules about lists of countries.

use std::collections::BTreeSet;

use entity::vocabulary::{ClaimProperty, ClaimRank, FindingRule};
use serde_json::json;

use super::{BatchFacts, Found, List, Subject, lists};
use crate::provenance::claim::stated::Stated;
use crate::provenance::claim::value::contradicts;

/// `LIST_CONFLICT`: sources name different countries. At most one finding per batch, for either
/// reason:
///
/// - Of one country's delegation, one source says what another denies: attended, and sent nobody.
/// - A source closes its list ("namely"), and another source names a country that is not on it.
///
/// That an open list ("among others") leaves out a country is no conflict, and a preferred claim
/// settles its delegation.
pub fn list_conflict(facts: &BatchFacts<'_>) -> Option<Found> {
    let standing = facts.standing();
    let mut behind = Vec::new();

    let mut contradicted = BTreeSet::new();
    let mut says = BTreeSet::new();
    for (delegation, country) in facts.country_delegations() {
        let of_it = |s: &&Stated<'_>| s.is_about(Some(delegation.id), ClaimProperty::Attendance);
        let claims: Vec<_> = standing.iter().filter(of_it).copied().collect();
        if differs_between_sources(&claims) {
            contradicted.insert(country);
            says.extend(
                claims.iter().filter_map(|s| {
                    Some((country, s.claim.status?.to_string(), s.claim.source_id))
                }),
            );
            behind.extend(claims);
        }
    }

    let lists = lists(facts);
    let countries = facts.countries();
    let mut not_on_closed_list = BTreeSet::new();
    let mut left_out = BTreeSet::new();
    for (voice, closed) in
        lists.iter().filter(|(_, list)| list.is_closed && !list.countries.is_empty())
    {
        for other in
            lists.iter().filter(|(other, _)| *other != voice).flat_map(|(_, list)| &list.claims)
        {
            let country = other.claim.delegation_id.and_then(|id| countries.get(&id).copied());
            let Some(country) = country.filter(|c| !closed.countries.contains(c)) else { continue };
            if other.claim.rank != ClaimRank::Preferred {
                not_on_closed_list.insert(country);
                behind.push(*other);
                for heading in closed.claims.iter().filter(|s| List::is_heading(s)) {
                    left_out.insert((country, other.claim.source_id, heading.claim.source_id));
                    behind.push(*heading);
                }
            }
        }
    }

    if behind.is_empty() {
        return None;
    }
    let says = says.into_iter().map(|(country, status, source)| {
        json!({ "country": country, "status": status, "source": source })
    });
    let left_out = left_out.into_iter().map(
        |(country, named, closed)| json!({ "country": country, "named": named, "closed": closed }),
    );
    let detail = json!({
        "contradicted": contradicted, "says": says.collect::<Vec<_>>(),
        "notOnClosedList": not_on_closed_list, "leftOut": left_out.collect::<Vec<_>>(),
    });
    let subject = Subject::batch(facts.batch.id);
    Some(
        Found::new(FindingRule::ListConflict, subject)
            .about(ClaimProperty::Countries)
            .behind(&behind)
            .with(detail),
    )
}

/// Whether two different sources contradict each other.
pub(super) fn differs_between_sources(claims: &[Stated<'_>]) -> bool {
    claims.iter().any(|one| {
        claims
            .iter()
            .any(|other| one.voice() != other.voice() && contradicts(one.claim, other.claim))
    })
}
