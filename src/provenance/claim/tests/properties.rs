//! What holds of whatever is claimed.

use entity::vocabulary::ClaimProperty::{Attendance, Headcount, Participants, StartsOn, Title};
use entity::vocabulary::DelegationStatus::{Attended, Declined, Invited, NoShow, NotSent};
use entity::vocabulary::{ClaimRank, Comparator};
use proptest::prelude::*;

use super::{people, title};
use crate::provenance::claim::accepted::{
    AcceptedBatch, AcceptedDelegation, accepted_batch, accepted_delegation, corroboration, deciding,
};
use crate::provenance::fixtures::{BatchFixture, claim_id};

/// Claims of few values, so that they agree and disagree; source 0 is the owner.
fn registers() -> impl Strategy<Value = BatchFixture> {
    let rank = prop_oneof![
        8 => Just(ClaimRank::Normal),
        1 => Just(ClaimRank::Deprecated),
        1 => Just(ClaimRank::Preferred),
    ];
    let claim = (0..6_usize, 0..5_usize, 1..4_u32, rank);
    proptest::collection::vec(claim, 0..14).prop_map(|claims| {
        let mut register = BatchFixture::new();
        for (source, kind, value, rank) in claims {
            let number = i32::try_from(value).expect("small");
            let claim = match kind {
                0 => register.title(source, ["", "A", "B", "C"][value as usize], "id"),
                1 => register.date(source, StartsOn, &format!("2023-11-0{value}")),
                2 => {
                    let claim = register.people(source, number * 10);
                    claim.comparator =
                        Some(if value == 2 { Comparator::About } else { Comparator::Exact });
                    claim
                }
                3 => register.attendance(
                    source,
                    "ID",
                    [Invited, Attended, NotSent, Declined][value as usize],
                ),
                _ => register.headcount(source, "ID", number),
            };
            claim.rank = rank;
        }
        register
    })
}

fn accepted(register: &mut BatchFixture) -> (AcceptedBatch, AcceptedDelegation) {
    let delegation = register.delegation("ID");
    let statements = register.stated();
    (accepted_batch(&statements), accepted_delegation(&statements, delegation))
}

proptest! {
    #[test]
    fn order_does_not_matter(mut register in registers(), by in any::<prop::sample::Index>()) {
        let before = accepted(&mut register);
        register.claims.reverse();
        prop_assert_eq!(&accepted(&mut register), &before);
        if !register.claims.is_empty() {
            let by = by.index(register.claims.len());
            register.claims.rotate_left(by);
        }
        prop_assert_eq!(&accepted(&mut register), &before);
    }

    #[test]
    fn a_deprecated_claim_changes_nothing(mut register in registers(), source in 0..6_usize) {
        let before = accepted(&mut register);
        register.title(source, "Z", "id").rank = ClaimRank::Deprecated;
        register.people(source, 99).rank = ClaimRank::Deprecated;
        register.attendance(source, "ID", NoShow).rank = ClaimRank::Deprecated;
        prop_assert_eq!(accepted(&mut register), before);
    }

    #[test]
    fn the_preferred_claim_wins(mut register in registers(), source in 0..6_usize) {
        register.title(source, "Z", "id").rank = ClaimRank::Preferred;
        register.people(source, 99).rank = ClaimRank::Preferred;
        register.attendance(source, "ID", NoShow).rank = ClaimRank::Preferred;
        let (batch, delegation) = accepted(&mut register);
        prop_assert_eq!(batch.title.map(|(text, _)| text), Some("Z".to_owned()));
        prop_assert_eq!(batch.participants.and_then(|count| count.max), Some(99));
        prop_assert_eq!(delegation.status, Some(NoShow));
    }

    #[test]
    fn what_the_owner_states_last_stands_but_for_a_curator(mut register in registers()) {
        register.claims.retain(|claim| claim.rank != ClaimRank::Preferred);
        let claims = register.claims.len();
        register.title(0, "Z", "id").id = claim_id(1000 + claims);
        prop_assert_eq!(title(&register), Some("Z".to_owned()));
    }

    /// No value is accepted that no claim states, and none where one claim of its kind contradicts.
    #[test]
    fn what_is_accepted_is_stated(mut register in registers()) {
        let (batch, _) = accepted(&mut register);
        let statements = register.stated();
        if let Some((text, _)) = &batch.title {
            prop_assert!(register.claims.iter().any(|c| c.text.as_ref() == Some(text)));
        }
        for property in [Title, StartsOn, Participants, Attendance, Headcount] {
            if let Some(decides) = deciding(&statements, None, property) {
                prop_assert!(decides.claim.rank != ClaimRank::Deprecated);
                prop_assert!(corroboration(&statements, decides.claim) >= 1);
            }
        }
    }

    #[test]
    fn all_agree_so_it_is_accepted(
        sources in proptest::collection::vec(0..6_usize, 1..6),
        number in 1..500,
    ) {
        let mut register = BatchFixture::new();
        for source in sources {
            register.people(source, number);
            register.title(source, "A", "id");
        }
        prop_assert_eq!(people(&register), Some((Some(number), Some(number), Comparator::Exact)));
        prop_assert_eq!(title(&register), Some("A".to_owned()));
    }
}
