//! What holds of all findings, whatever the claims.

use entity::vocabulary::DelegationStatus::{Attended, Declined, Invited, NotSent};
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, Completeness, CountScope, CountUnit, DatePrecision,
    FindingRule, VenueKind,
};
use proptest::prelude::*;

use super::{Found, severity};
use crate::provenance::fixtures::BatchFixture;

/// Claims of every property, with few values, so that they agree and disagree; source 0 is the
/// owner.
fn registers() -> impl Strategy<Value = BatchFixture> {
    let rank = prop_oneof![
        8 => Just(ClaimRank::Normal),
        1 => Just(ClaimRank::Deprecated),
        1 => Just(ClaimRank::Preferred),
    ];
    let claim = (0..6_usize, 0..12_usize, 0..3_u8, rank);
    proptest::collection::vec(claim, 0..24).prop_map(|claims| {
        let mut register = BatchFixture::new();
        let city = register.venue(VenueKind::City, "Yogyakarta", None);
        let hotel = register.venue(VenueKind::Site, "Hotel", Some("Yogyakarta"));
        let other = register.venue(VenueKind::Site, "Resto", Some("Malang"));
        register.members(&["ID", "TH", "VN"]);
        register.published(3, "2023-11-01");
        for (source, kind, value, rank) in claims {
            let (at, number) = (usize::from(value), i32::from(value) + 2);
            let of = ["ID", "TH", "FJ"][at];
            let claim = match kind {
                0 => register.title(source, ["A", "B", "C"][at], "id"),
                1 => register.date(
                    source,
                    ClaimProperty::StartsOn,
                    ["2023-11-01", "2023-11-02", "2023-12-01"][at],
                ),
                2 => {
                    let claim = register.date(source, ClaimProperty::EndsOn, "2023-12-31");
                    claim.precision =
                        Some([DatePrecision::Day, DatePrecision::Month, DatePrecision::Year][at]);
                    claim.printed_weekday = Some(i32::from(value) + 6);
                    claim
                }
                3 => register.people(source, number),
                4 => register.count(
                    source,
                    ClaimProperty::Participants,
                    number,
                    CountUnit::Enterprise,
                ),
                5 => register.count(source, ClaimProperty::Countries, number, CountUnit::Country),
                6 => {
                    let claim = register.people(source, number * 10);
                    (claim.comparator, claim.scope) =
                        (Some(Comparator::About), Some(CountScope::PerDay));
                    claim
                }
                7 => register.list(
                    source,
                    if value == 0 { Completeness::Exhaustive } else { Completeness::NonExhaustive },
                ),
                8 => register.attendance(source, of, if source == 5 { NotSent } else { Attended }),
                9 => register.attendance(source, "association", [Invited, Attended, Declined][at]),
                10 => register.held_at(source, [city, hotel, other][at]),
                _ => register.headcount(source, of, number),
            };
            claim.rank = rank;
        }
        register
    })
}

fn fingerprints(found: &[Found]) -> Vec<String> {
    found.iter().map(Found::fingerprint).collect()
}

proptest! {
    #[test]
    fn order_does_not_matter(mut register in registers(), by in any::<prop::sample::Index>()) {
        let before = register.findings();
        register.claims.reverse();
        register.delegations.reverse();
        register.sources.reverse();
        register.venues.reverse();
        prop_assert_eq!(&register.findings(), &before);
        if !register.claims.is_empty() {
            let by = by.index(register.claims.len());
            register.claims.rotate_left(by);
        }
        prop_assert_eq!(fingerprints(&register.findings()), fingerprints(&before));
    }

    #[test]
    fn a_deprecated_claim_changes_nothing(mut register in registers(), source in 0..6_usize) {
        let before = register.findings();
        register.title(source, "Z", "id").rank = ClaimRank::Deprecated;
        register.people(source, 1).rank = ClaimRank::Deprecated;
        register.count(source, ClaimProperty::Countries, 99, CountUnit::Country).rank =
            ClaimRank::Deprecated;
        register.list(source, Completeness::Exhaustive).rank = ClaimRank::Deprecated;
        register.institution(source, 9).rank = ClaimRank::Deprecated;
        if !register.delegations.is_empty() {
            let of = register.delegations[0].key.clone();
            register.attendance(source, &of, Declined).rank = ClaimRank::Deprecated;
        }
        prop_assert_eq!(register.findings(), before);
    }

    /// Each finding has an identity of its own; it is grave as its rule is, and its claims are
    /// sorted and not deprecated.
    #[test]
    fn findings_are_well_formed(mut register in registers()) {
        let found = register.findings();
        let mut distinct = fingerprints(&found);
        distinct.sort();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), found.len());
        // No delegation has heads and a status that says that nobody was there.
        for party in &register.delegations {
            prop_assert!(
                !matches!(party.status, Some(NotSent | Declined))
                    || party.headcount_comparator.is_none()
            );
        }
        for found in &found {
            prop_assert_eq!(found.severity, severity(found.rule));
            prop_assert!(found.claims.is_sorted());
            prop_assert!(found.detail.is_object());
            for id in &found.claims {
                let claim =
                    register.claims.iter().find(|c| c.id == *id).expect("a claim of the register");
                prop_assert!(claim.rank != ClaimRank::Deprecated);
            }
        }
    }

    /// Sources that disagree leave the title open, and a finding says so, until a curator prefers
    /// one.
    #[test]
    fn disagreement_is_found(
        texts in proptest::collection::vec(0..3_usize, 1..5),
        preferred in any::<prop::sample::Index>(),
    ) {
        let mut register = BatchFixture::new();
        for (source, text) in texts.iter().enumerate() {
            register.title(source + 1, ["A", "B", "C"][*text], "id");
            register.people(source + 1, [10, 11, 12][*text]);
        }
        let disagree = texts.iter().any(|text| *text != texts[0]);
        let found = register.warnings();
        let conflict = |property| (FindingRule::ValueConflict, Some(property));
        for property in [ClaimProperty::Title, ClaimProperty::Participants] {
            prop_assert_eq!(found.contains(&conflict(property)), disagree);
        }
        prop_assert_eq!(register.batch.title.is_none(), disagree);
        prop_assert_eq!(register.batch.participants_comparator.is_none(), disagree);

        let preferred = preferred.index(texts.len());
        register.claims[2 * preferred].rank = ClaimRank::Preferred;
        prop_assert!(!register.warnings().contains(&conflict(ClaimProperty::Title)));
        prop_assert!(register.batch.title.is_some());
    }

    /// Recomputation keeps the identity; a claim that changes, comes or goes gives another.
    #[test]
    fn fingerprints_follow_the_claims(mut register in registers()) {
        let before = register.findings();
        prop_assert_eq!(fingerprints(&register.findings()), fingerprints(&before));
        for claim in &mut register.claims {
            claim.locator = Some("paragraph 4".to_owned());
            claim.version += 1;
        }
        prop_assert_eq!(
            fingerprints(&register.findings()),
            fingerprints(&before),
            "not what it states"
        );

        let title = before.iter().find(|f| f.property == Some(ClaimProperty::Title)).cloned();
        if let Some(found) = title {
            let id = found.claims[0];
            let claim =
                register.claims.iter_mut().find(|c| c.id == id).expect("a claim of the register");
            claim.text = Some("Z".to_owned());
            prop_assert!(!fingerprints(&register.findings()).contains(&found.fingerprint()));
            register.title(4, "Y", "id");
            let with_it = register.findings();
            register.claims.retain(|c| c.id != id);
            prop_assert!(with_it.iter().all(|f| !f.claims.contains(&id)
                || !fingerprints(&register.findings()).contains(&f.fingerprint())));
        }
    }
}
