//! The rule about claims of one property that disagree.

use std::collections::{BTreeMap, BTreeSet};

use entity::id::{DelegationId, VenueId};
use entity::vocabulary::{ClaimProperty, ClaimRank, DatePrecision, FindingRule, VenueKind};
use entity::{claim, venue};
use serde_json::{Value as Json, json};

use super::{BatchFacts, Found, Subject, counts, lists};
use crate::provenance::claim::stated::Stated;
use crate::provenance::claim::value::contradicts;

/// `VALUE_CONFLICT`: normal claims of one property disagree; one finding per property of the batch
/// or of a delegation.
///
/// - Titles: the text differs. Dates: no day satisfies both, printed or inferred. Counts of one
///   unit, basis and scope: no number satisfies both. Status of a delegation: neither can have
///   followed from the other; where it is a country's, and two sources contradict each other, that
///   is a conflict of lists and not told twice.
/// - Venues: one source names a place that no place of another source agrees with. A place agrees
///   with itself and with the city in which it lies.
/// - Organisers: one source names others than another.
///
/// A preferred claim settles its property, and counts of its unit, basis and scope. The owner's
/// statement decides what is accepted, yet that another source says otherwise remains to be seen.
pub fn value_conflict(facts: &BatchFacts<'_>) -> Vec<Found> {
    let mut by_property: BTreeMap<_, Vec<Stated<'_>>> = BTreeMap::new();
    for s in facts.standing() {
        by_property.entry((s.claim.delegation_id, s.claim.property)).or_default().push(s);
    }
    let countries = facts.countries();
    let mut found = Vec::new();
    for ((delegation, property), claims) in by_property {
        let is_told_as_list = property == ClaimProperty::Attendance
            && delegation.is_some_and(|id| countries.contains_key(&id))
            && lists::differs_between_sources(&claims);
        let conflict = match property {
            _ if is_told_as_list => None,
            ClaimProperty::Venue => different_venues(&claims, facts.venues),
            ClaimProperty::Organiser => different_organisers(&claims),
            _ => different_values(&claims),
        };
        if let Some((behind, values)) = conflict {
            let subject = subject(facts, delegation);
            let detail = json!({ "values": values });
            found.push(
                Found::new(FindingRule::ValueConflict, subject)
                    .about(property)
                    .behind(&behind)
                    .with(detail),
            );
        }
    }
    found
}

fn subject(facts: &BatchFacts<'_>, delegation: Option<DelegationId>) -> Subject {
    delegation.map_or_else(|| Subject::batch(facts.batch.id), Subject::delegation)
}

/// The claims behind a conflict, and the values between which it is.
type Conflict<'a> = Option<(Vec<Stated<'a>>, Json)>;

fn different_values<'a>(claims: &[Stated<'a>]) -> Conflict<'a> {
    let is_contradicted =
        |one: &&Stated<'_>| claims.iter().any(|other| contradicts(one.claim, other.claim));
    let behind: Vec<_> = claims.iter().filter(is_contradicted).copied().collect();
    let values = values(&behind)?;
    Some((behind, values))
}

/// The different values of claims of one property. `None` where there are no claims.
fn values(claims: &[Stated<'_>]) -> Option<Json> {
    let distinct = |text: fn(&claim::Model) -> Option<String>| -> Json {
        let texts: BTreeSet<_> = claims.iter().filter_map(|s| text(s.claim)).collect();
        json!(texts)
    };
    Some(match claims.first()?.claim.property {
        ClaimProperty::Title => distinct(|c| c.text.clone()),
        ClaimProperty::Attendance => distinct(|c| c.status.map(|s| s.to_string())),
        ClaimProperty::StartsOn | ClaimProperty::EndsOn => {
            let dates: BTreeSet<_> = claims
                .iter()
                .filter_map(|s| {
                    Some((s.claim.date?, s.claim.precision.unwrap_or(DatePrecision::Day)))
                })
                .collect();
            dates
                .into_iter()
                .map(|(date, precision)| json!({ "date": date, "precision": precision }))
                .collect()
        }
        _ => counts::numbers(claims),
    })
}

/// Claims by who makes them; `None` where a preferred one settles the matter.
fn by_voice<'a, T: Ord>(
    claims: &[Stated<'a>],
    value: impl Fn(&claim::Model) -> Option<T>,
) -> Option<(Vec<Stated<'a>>, Vec<BTreeSet<T>>)> {
    if claims.iter().any(|s| s.claim.rank == ClaimRank::Preferred) {
        return None;
    }
    let mut sets: BTreeMap<_, BTreeSet<T>> = BTreeMap::new();
    let mut behind = Vec::new();
    for s in claims {
        if let Some(value) = value(s.claim) {
            sets.entry(s.voice()).or_default().insert(value);
            behind.push(*s);
        }
    }
    Some((behind, sets.into_values().collect()))
}

fn different_organisers<'a>(claims: &[Stated<'a>]) -> Conflict<'a> {
    let holder = |c: &claim::Model| match (c.institution_id, c.regional_group_id) {
        (None, None) => None,
        holder => Some(holder),
    };
    let (behind, sets) = by_voice(claims, holder)?;
    if sets.windows(2).all(|two| two[0] == two[1]) {
        return None;
    }
    let everybody: BTreeSet<_> = sets.iter().flatten().copied().collect();
    let disputed =
        everybody.into_iter().filter(|holder| !sets.iter().all(|set| set.contains(holder)));
    let values = disputed.map(|(institution, group)| match institution {
        Some(institution) => json!({ "institution": institution }),
        None => json!({ "group": group }),
    });
    let values = values.collect();
    Some((behind, values))
}

fn different_venues<'a>(claims: &[Stated<'a>], venues: &[venue::Model]) -> Conflict<'a> {
    let (behind, sets) = by_voice(claims, |c| c.venue_id)?;
    let mut disputed: BTreeSet<VenueId> = BTreeSet::new();
    for (set, other) in sets.iter().flat_map(|set| sets.iter().map(move |other| (set, other))) {
        disputed.extend(
            set.iter().filter(|one| !other.iter().any(|place| agree(**one, *place, venues))),
        );
    }
    (!disputed.is_empty()).then(|| (behind, json!(disputed)))
}

/// Whether two venues are one, or one is the city of the other.
fn agree(one: VenueId, other: VenueId, venues: &[venue::Model]) -> bool {
    let of = |id| venues.iter().find(|venue| venue.id == id);
    one == other
        || of(one)
            .zip(of(other))
            .is_some_and(|(one, other)| is_city_of(one, other) || is_city_of(other, one))
}

fn is_city_of(city: &venue::Model, place: &venue::Model) -> bool {
    let name = |venue: &venue::Model| {
        let of_city = (venue.kind == VenueKind::City).then_some(&venue.name);
        venue.city.as_ref().or(of_city).map(|name| name.trim().to_lowercase())
    };
    let elsewhere =
        city.country_code.as_ref().zip(place.country_code.as_ref()).is_some_and(|(a, b)| a != b);
    city.kind == VenueKind::City && name(city).is_some() && name(city) == name(place) && !elsewhere
}
