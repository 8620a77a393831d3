//! Rules about the members of the programme's group.

use std::collections::{BTreeMap, BTreeSet};

use entity::id::CountryCode;
use entity::vocabulary::{DelegationStatus, FindingRule};
use serde_json::json;

use super::{BatchFacts, Found, Subject};

/// `NOT_A_MEMBER`: a country's delegation comes from outside the programme's group, as that was at
/// the start of the batch (at its end where the start is not known). One finding per delegation.
/// Not of one that declined or sent nobody, and not where its status is not known.
pub fn not_a_member(facts: &BatchFacts<'_>) -> Vec<Found> {
    let Some(members) = &facts.members else { return Vec::new() };
    let came = |status| !matches!(status, DelegationStatus::NotSent | DelegationStatus::Declined);
    let mut outside: Vec<_> = facts
        .country_delegations()
        .filter(|(delegation, country)| {
            delegation.status.is_some_and(came) && !members.contains(country)
        })
        .collect();
    outside.sort_by_key(|(delegation, _)| delegation.id);
    let found = outside.into_iter().map(|(delegation, country)| {
        Found::new(FindingRule::NotAMember, Subject::delegation(delegation.id))
            .with(json!({ "country": country, "status": delegation.status }))
            .resting_on(json!([country]))
    });
    found.collect()
}

/// `PARTITION_COMPLETE` and `PARTITION_OPEN`: whether those that attended, sent nobody (`NOT_SENT`,
/// `NO_SHOW`, `WITHDRAWN`) or declined are all the members that the programme's group had at the
/// start of the batch (its end where the start is not known), or of which members nothing final is
/// recorded. Only where the batch has a country's delegation at all.
pub fn partition(facts: &BatchFacts<'_>) -> Option<Found> {
    let partition = Partition::of(facts)?;
    let rule = if partition.is_complete() {
        FindingRule::PartitionComplete
    } else {
        FindingRule::PartitionOpen
    };
    let Partition { attended, sent_nobody, declined, unknown } = partition;
    let essentials = json!([attended, sent_nobody, declined, unknown]);
    let detail = json!({
        "attended": attended, "sentNobody": sent_nobody, "declined": declined, "unknown": unknown
    });
    Some(Found::new(rule, Subject::batch(facts.batch.id)).with(detail).resting_on(essentials))
}

/// The members by what is known of them.
pub(super) struct Partition<'a> {
    attended: BTreeSet<&'a CountryCode>,
    sent_nobody: BTreeSet<&'a CountryCode>,
    declined: BTreeSet<&'a CountryCode>,
    unknown: BTreeSet<&'a CountryCode>,
}

impl<'a> Partition<'a> {
    /// `None` where there are no members, or no delegation represents a country.
    pub(super) fn of(facts: &'a BatchFacts<'_>) -> Option<Self> {
        let members = facts.members.as_ref().filter(|members| !members.is_empty())?;
        let mut known: BTreeMap<&CountryCode, BTreeSet<DelegationStatus>> = BTreeMap::new();
        for (delegation, country) in facts.country_delegations() {
            known.entry(country).or_default().extend(delegation.status);
        }
        if known.is_empty() {
            return None;
        }
        let mut partition = Self {
            attended: BTreeSet::new(),
            sent_nobody: BTreeSet::new(),
            declined: BTreeSet::new(),
            unknown: BTreeSet::new(),
        };
        for member in members {
            use DelegationStatus::{Attended, Declined, NoShow, NotSent, Withdrawn};
            // Of a country with two parties, one that came is enough.
            let is = |any: &[DelegationStatus]| {
                known
                    .get(member)
                    .is_some_and(|statuses| any.iter().any(|status| statuses.contains(status)))
            };
            let part = match () {
                () if is(&[Attended]) => &mut partition.attended,
                () if is(&[NotSent, NoShow, Withdrawn]) => &mut partition.sent_nobody,
                () if is(&[Declined]) => &mut partition.declined,
                () => &mut partition.unknown,
            };
            part.insert(member);
        }
        Some(partition)
    }

    /// Whether something final is known of every member.
    pub(super) fn is_complete(&self) -> bool {
        self.unknown.is_empty()
    }
}
