//! A rule about the people of delegations that were not there.

use entity::vocabulary::{ClaimProperty, Comparator, FindingRule};
use serde_json::json;

use super::counts::{counts_who_came, numbers};
use super::{BatchFacts, Found, Subject};
use crate::provenance::claim::stated::Stated;
use crate::provenance::claim::value::{Span, is_absence};

/// `HEADS_WITHOUT_PRESENCE`: the accepted status of a delegation says that nobody of it was there,
/// and people of it are counted. One finding per delegation; behind it are the counts and the
/// claims of such a status. A number that was planned or registered is no contradiction, nor is one
/// that leaves room for nobody, such as 0 or "at most 5".
pub fn heads_without_presence(facts: &BatchFacts<'_>) -> Vec<Found> {
    let Some(nobody) = Span::of(Comparator::Exact, Some(0), Some(0)) else { return Vec::new() };
    let standing = facts.standing();
    let somebody = |s: &Stated<'_>| {
        counts_who_came(s) && Span::stated(s.claim).is_some_and(|stated| !stated.meets(nobody))
    };
    let mut absent: Vec<_> =
        facts.delegations.iter().filter(|d| d.status.is_some_and(is_absence)).collect();
    absent.sort_by_key(|delegation| delegation.id);
    let mut found = Vec::new();
    for delegation in absent {
        let of = |property| {
            standing.iter().filter(move |s| s.is_about(Some(delegation.id), property)).copied()
        };
        let heads: Vec<_> = of(ClaimProperty::Headcount).filter(somebody).collect();
        if heads.is_empty() {
            continue;
        }
        let absence =
            of(ClaimProperty::Attendance).filter(|s| s.claim.status.is_some_and(is_absence));
        found.push(
            Found::new(FindingRule::HeadsWithoutPresence, Subject::delegation(delegation.id))
                .about(ClaimProperty::Headcount)
                .behind(&heads)
                .behind(&absence.collect::<Vec<_>>())
                .with(json!({ "status": delegation.status, "heads": numbers(&heads) }))
                .resting_on(json!([delegation.status])),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use entity::vocabulary::DelegationStatus::{
        Attended, Confirmed, Declined, Invited, NoShow, NotSent, Withdrawn,
    };
    use entity::vocabulary::{ClaimRank, CountBasis, CountScope, Severity};

    use super::*;
    use crate::provenance::fixtures::{BatchFixture, claim_id};

    /// The one finding of the rule, if there is one.
    fn found(register: &mut BatchFixture) -> Option<Found> {
        let mut found = register.evaluate(heads_without_presence);
        assert!(found.len() < 2, "{found:?}");
        found.pop()
    }

    #[test]
    fn people_are_counted_where_nobody_was() {
        let mut register = BatchFixture::new();
        register.headcount(1, "LA", 3);
        register.attendance(0, "LA", NotSent);
        register.attendance(2, "LA", Invited);
        let delegation = register.delegation("LA");
        let one = found(&mut register).expect("a finding");
        assert_eq!(
            (one.severity, &one.subject),
            (Severity::Warning, &Subject::delegation(delegation))
        );
        assert_eq!(one.property, Some(ClaimProperty::Headcount));
        assert_eq!(
            one.claims,
            [claim_id(1), claim_id(2)],
            "the number, and who says that nobody came"
        );
        assert_eq!(
            (&one.detail["status"], &one.detail["heads"][0]["min"]),
            (&json!("NOT_SENT"), &json!(3))
        );
        assert_eq!(register.delegations[0].headcount_comparator, None);

        register.headcount(2, "LA", 5);
        let both = found(&mut register).expect("a finding");
        assert_ne!(both.fingerprint(), one.fingerprint(), "another number asks anew");
        assert_eq!(
            both.detail["heads"].as_array().map(Vec::len),
            Some(2),
            "also where they contradict each other"
        );
    }

    #[test]
    fn the_status_decides() {
        let mut register = BatchFixture::new();
        register.headcount(1, "LA", 3);
        assert_eq!(found(&mut register), None, "nothing is known of the status");
        register.attendance(0, "LA", Invited);
        for (status, is_found) in [
            (Invited, false),
            (Confirmed, false),
            (Attended, false),
            (Declined, true),
            (Withdrawn, true),
            (NoShow, true),
            (NotSent, true),
        ] {
            register.claims[1].status = Some(status);
            assert_eq!(found(&mut register).is_some(), is_found, "{status}");
        }
        register.claims[0].rank = ClaimRank::Deprecated;
        assert_eq!(found(&mut register), None, "nobody counts anybody");
    }

    /// Who was expected is no contradiction, nor is a number that leaves room for nobody.
    #[test]
    fn not_every_number_contradicts() {
        let mut register = BatchFixture::new();
        register.attendance(0, "LA", NoShow);
        register.headcount(1, "LA", 3).basis = Some(CountBasis::Planned);
        register.headcount(1, "LA", 3).basis = Some(CountBasis::Registered);
        register.headcount(1, "LA", 3).scope = Some(CountScope::PerDay);
        register.headcount(2, "LA", 0);
        let at_most = register.headcount(3, "LA", 5);
        (at_most.comparator, at_most.number_min) = (Some(Comparator::AtMost), None);
        assert_eq!(found(&mut register), None);
        let tens = register.headcount(4, "LA", 0);
        (tens.comparator, tens.number_min, tens.number_max) = (Some(Comparator::Tens), None, None);
        assert!(found(&mut register).is_some(), "tens are some");
        register.claims[4].rank = ClaimRank::Preferred;
        assert_eq!(found(&mut register), None, "a curator found that it was nobody");
    }
}
