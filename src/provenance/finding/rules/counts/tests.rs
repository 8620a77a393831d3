//! Each rule about numbers by example.

use entity::vocabulary::ClaimProperty::{Countries, EndsOn, Participants, StartsOn};
use entity::vocabulary::DelegationStatus::{Attended, NotSent};
use entity::vocabulary::{
    ClaimRank, Comparator, Completeness, CountBasis, CountScope, CountUnit, DatePrecision, Severity,
};
use serde_json::json;

use super::*;
use crate::provenance::fixtures::{BatchFixture, day};

/// One finding for all that is confused in a batch.
#[test]
fn units_are_confused_once_per_batch() {
    let mut register = BatchFixture::new();
    register.people(1, 700);
    register.count(2, Participants, 700, CountUnit::Enterprise);
    register.count(3, Countries, 700, CountUnit::Country);
    register.count(4, Participants, 30, CountUnit::Organisation);
    let found = register.evaluate(unit_confusion).expect("a finding");
    assert_eq!(
        found.detail["sameNumber"],
        json!([{ "number": 700, "units": ["PERSON", "COUNTRY", "ENTERPRISE"] }])
    );
    assert_eq!((found.property, found.claims.len()), (Some(Countries), 3));
}

/// Another basis, another scope, an approximation, or a claim that a curator settled, is no
/// confusion.
#[test]
fn not_every_equal_number_is_a_confusion() {
    let mut register = BatchFixture::new();
    register.people(1, 30);
    register.count(1, Participants, 30, CountUnit::Enterprise).basis = Some(CountBasis::Planned);
    register.count(1, Participants, 30, CountUnit::Organisation).scope = Some(CountScope::PerDay);
    register.count(2, Participants, 30, CountUnit::Organisation).comparator =
        Some(Comparator::About);
    register.count(3, Participants, 30, CountUnit::Organisation).rank = ClaimRank::Deprecated;
    assert_eq!(register.evaluate(unit_confusion), None);
    register.people(2, 30).basis = Some(CountBasis::Planned);
    assert!(register.evaluate(unit_confusion).is_some(), "both planned");
    register.count(4, Participants, 12, CountUnit::Enterprise).basis = Some(CountBasis::Planned);
    register.claims.last_mut().expect("a claim").rank = ClaimRank::Preferred;
    assert_eq!(register.evaluate(unit_confusion), None);
}

/// One person per country: the list shows it.
#[test]
fn as_many_people_as_countries_may_be_so() {
    let mut register = BatchFixture::new();
    register.people(1, 3);
    register.count(1, Countries, 3, CountUnit::Country);
    assert!(register.evaluate(unit_confusion).is_some());
    register.attendances(1, &["ID", "TH", "VN"], Attended);
    assert_eq!(register.evaluate(unit_confusion), None);
}

/// Examples are not a list; a list that names half is; a closed list always is. Who has no list is
/// held against all others'.
#[test]
fn more_countries_than_named() {
    let with = |completeness: Completeness, counted: i32, counting: usize| {
        let mut register = BatchFixture::new();
        register.count(counting, Countries, counted, CountUnit::Country);
        register.list(1, completeness);
        register.attendances(1, &["ID", "TH", "VN"], Attended);
        register.attendance(1, "MY", NotSent);
        register.attendance(1, "association", Attended);
        register
            .evaluate(unit_confusion)
            .map(|found| (found.detail["moreThanNamed"].clone(), found.claims.len()))
    };
    let more =
        |claimed, closed| Some((json!([{ "claimed": claimed, "named": 3, "closed": closed }]), 5));
    assert_eq!(with(Completeness::NonExhaustive, 3, 1), None);
    assert_eq!(with(Completeness::NonExhaustive, 6, 1), more(6, false));
    assert_eq!(with(Completeness::NonExhaustive, 7, 1), None);
    assert_eq!(with(Completeness::Exhaustive, 7, 1), more(7, true));
    assert_eq!(with(Completeness::Exhaustive, 7, 2), more(7, true));
    assert_eq!(with(Completeness::Exhaustive, 2, 2), None);
}

fn five_days(total: i32, per_day: i32, comparator: Comparator) -> BatchFixture {
    let mut register = BatchFixture::new();
    register.date(1, StartsOn, "2020-09-28");
    register.date(1, EndsOn, "2020-10-02");
    register.people(1, total);
    let claim = register.people(1, per_day);
    (claim.comparator, claim.scope) = (Some(comparator), Some(CountScope::PerDay));
    register
}

#[test]
fn days_add_up_or_not() {
    let found = |total, per_day, comparator| {
        five_days(total, per_day, comparator).evaluate(sum_mismatch).len()
    };
    assert_eq!(found(500, 100, Comparator::Exact), 0);
    assert_eq!(found(501, 100, Comparator::Exact), 1);
    assert_eq!(found(600, 100, Comparator::About), 0);
    assert_eq!(found(601, 100, Comparator::About), 1);
    assert_eq!(found(399, 100, Comparator::About), 1);
    assert_eq!(found(22, 22, Comparator::Exact), 0, "the same people every day");

    let mut register = five_days(700, 100, Comparator::About);
    register.claims[3].basis = Some(CountBasis::Planned);
    assert_eq!(register.evaluate(sum_mismatch), [], "another basis");
    let mut register = five_days(700, 100, Comparator::About);
    register.claims[1].precision = Some(DatePrecision::Month);
    assert_eq!(register.evaluate(sum_mismatch), [], "how many days is not known");
    let mut register = five_days(700, 100, Comparator::About);
    register.claims[3].comparator = Some(Comparator::Tens);
    assert_eq!(register.evaluate(sum_mismatch), [], "no number was stated");
}

/// The days are part of the finding: where the batch turns out longer, it asks anew.
#[test]
fn a_sum_rests_on_the_days() {
    let mut register = five_days(700, 100, Comparator::Exact);
    let five = register.evaluate(sum_mismatch).remove(0);
    register.claims[1].date = Some(day("2020-10-03"));
    let six = register.evaluate(sum_mismatch).remove(0);
    assert_eq!((five.detail["days"].clone(), six.detail["days"].clone()), (json!(5), json!(6)));
    assert_ne!(five.fingerprint(), six.fingerprint());
}

#[test]
fn headcounts_add_up_or_not() {
    let mut register = BatchFixture::new();
    register.people(1, 5);
    register.attendances(1, &["ID", "TH", "association"], Attended);
    register.attendance(1, "VN", NotSent);
    register.headcount(1, "ID", 2);
    register.headcount(1, "TH", 2);
    assert_eq!(register.evaluate(sum_mismatch), [], "the association's is not known");
    register.headcount(1, "association", 1);
    assert_eq!(register.evaluate(sum_mismatch), []);
    register.claims[0].number_min = Some(6);
    register.claims[0].number_max = Some(6);
    assert_eq!(register.evaluate(sum_mismatch), [], "nobody says that no others came");
    register.list(1, Completeness::Exhaustive);
    let found = register.evaluate(sum_mismatch);
    assert_eq!(found[0].detail["sum"], json!({ "min": 5, "max": 5 }));
    assert_eq!(found[0].claims.len(), 4);

    register.claims[0].basis = Some(CountBasis::Named);
    assert_eq!(register.evaluate(sum_mismatch), [], "names are not the heads that are counted");
    register.claims[0].basis = Some(CountBasis::Reported);
    register.list(2, Completeness::NonExhaustive);
    assert_eq!(register.evaluate(sum_mismatch), [], "others may have come");
    register.members(&["ID", "TH", "VN"]);
    assert_eq!(register.evaluate(sum_mismatch).len(), 1, "no others are left");
    register.members = None;
    register.claims[0].number_min = Some(4);
    register.claims[0].number_max = Some(4);
    assert_eq!(register.evaluate(sum_mismatch).len(), 1, "more came than came");
}

/// Countries are counted once however many parties they send; "about" and plans bind nobody.
#[test]
fn fewer_countries_than_attended_cannot_be() {
    let mut register = BatchFixture::new();
    register.attendances(1, &["ID", "TH", "VN", "association"], Attended);
    register.attendance(1, "LA", NotSent);
    register.count(2, Countries, 2, CountUnit::Country);
    let found = register.evaluate(fewer_countries_than_attended).expect("a finding");
    assert_eq!((found.severity, found.claims.len()), (Severity::Severe, 4));
    assert_eq!(found.detail["attended"], json!(["ID", "TH", "VN"]));
    let count = register.claims.len() - 1;
    for (comparator, min, max, is_found) in [
        (Comparator::AtMost, None, Some(2), true),
        (Comparator::Range, Some(1), Some(2), true),
        (Comparator::Exact, Some(3), Some(3), false),
        (Comparator::About, Some(2), Some(2), false),
        (Comparator::AtLeast, Some(2), None, false),
        (Comparator::Tens, None, None, false),
    ] {
        let claim = &mut register.claims[count];
        (claim.comparator, claim.number_min, claim.number_max) = (Some(comparator), min, max);
        let found = register.evaluate(fewer_countries_than_attended);
        assert_eq!(found.is_some(), is_found, "{comparator}");
    }
    let claim = &mut register.claims[count];
    (claim.comparator, claim.number_min, claim.number_max) =
        (Some(Comparator::Exact), Some(2), Some(2));
    claim.basis = Some(CountBasis::Planned);
    assert_eq!(register.evaluate(fewer_countries_than_attended), None, "two were expected");
}

#[test]
fn fewer_people_than_delegations_cannot_be() {
    let mut register = BatchFixture::new();
    register.people(1, 2);
    register.attendances(1, &["ID", "TH", "association"], Attended);
    let found = register.evaluate(fewer_people_than_delegations).expect("a finding");
    assert_eq!(found.detail["delegations"], 3);
    assert_eq!(found.claims.len(), 4);
    register.claims[0].comparator = Some(Comparator::AtLeast);
    register.claims[0].number_max = None;
    assert_eq!(register.evaluate(fewer_people_than_delegations), None);
    register.claims[0].comparator = Some(Comparator::AtMost);
    register.claims[0].number_min = None;
    register.claims[0].number_max = Some(3);
    assert_eq!(register.evaluate(fewer_people_than_delegations), None);
}
