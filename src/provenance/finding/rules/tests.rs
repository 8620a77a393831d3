//! Each rule by example.

use entity::vocabulary::ClaimProperty::{
    Attendance, Countries, EndsOn, Headcount, Organiser, Participants, StartsOn, Title, Venue,
};
use entity::vocabulary::DelegationStatus::{
    Attended, Confirmed, Declined, Invited, NoShow, NotSent, Withdrawn,
};
use entity::vocabulary::{
    ActionPlanStatus, ClaimProperty, ClaimRank, Comparator, Completeness, CountBasis, CountScope,
    CountUnit, DatePrecision, FindingRule, RecordKind, VenueKind,
};
use serde_json::json;

use super::*;
use crate::provenance::fixtures::{BatchFixture, claim_id, day};

fn rules(register: &mut BatchFixture) -> Vec<FindingRule> {
    register.findings().into_iter().map(|found| found.rule).collect()
}

#[test]
fn an_empty_batch_has_no_findings() {
    let mut register = BatchFixture::new();
    assert_eq!(register.findings(), []);
    register.members(&["ID", "TH"]);
    assert_eq!(register.findings(), []);
}

/// What is certain comes before what is suspected, and what is grave before all.
#[test]
fn certain_findings_come_first() {
    let mut register = BatchFixture::new();
    register.date(1, StartsOn, "2020-09-28");
    register.date(1, EndsOn, "2020-10-02");
    register.people(1, 700);
    register.people(1, 100).scope = Some(CountScope::PerDay);
    register.count(1, Countries, 700, CountUnit::Country);
    register.title(1, "A", "id");
    register.title(2, "B", "id");
    register.attendances(1, &["ID", "TH"], Attended);
    register.count(2, Countries, 1, CountUnit::Country);
    let rules: Vec<_> = register.findings().iter().map(|found| found.rule).collect();
    assert_eq!(rules[..2], [FindingRule::FewerCountriesThanAttended, FindingRule::UnitConfusion]);
    let place = |rule| rules.iter().position(|one| *one == rule);
    assert!(place(FindingRule::ValueConflict) < place(FindingRule::SumMismatch), "{rules:?}");
    assert!(place(FindingRule::ValueConflict).is_some(), "{rules:?}");
}

/// To leave out is not to deny.
#[test]
fn open_lists_do_not_conflict() {
    let mut register = BatchFixture::new();
    for source in [1, 2] {
        register.list(source, Completeness::NonExhaustive);
    }
    register.attendances(1, &["ID", "TH"], Attended);
    register.attendances(2, &["ID", "VN"], Attended);
    register.attendance(3, "MY", Invited);
    register.attendance(4, "MY", Attended);
    assert_eq!(register.evaluate(list_conflict), None);
    register.claims[0].completeness = Some(Completeness::Exhaustive);
    let found = register.evaluate(list_conflict).expect("a finding");
    assert_eq!(found.detail["contradicted"], json!([]));
    assert_eq!(found.detail["notOnClosedList"], json!(["MY", "VN"]));
    let closed = register.sources[1].id;
    let left_out = [("MY", register.sources[4].id), ("VN", register.sources[2].id)];
    let left_out = left_out
        .map(|(country, named)| json!({ "country": country, "named": named, "closed": closed }));
    assert_eq!(found.detail["leftOut"], json!(left_out));
    let vietnam = register.claims.iter_mut().find(|c| c.id == claim_id(6)).expect("a claim");
    vietnam.rank = ClaimRank::Preferred;
    let found = register.evaluate(list_conflict).expect("a finding");
    assert_eq!(found.detail["notOnClosedList"], json!(["MY"]));
}

/// Two sources that contradict each other on a country are told once, as lists; of an association,
/// as a value.
#[test]
fn a_denied_attendance_is_told_once() {
    let mut register = BatchFixture::new();
    register.attendance(1, "VN", Attended);
    register.attendance(2, "VN", NotSent);
    register.attendance(1, "association", Attended);
    register.attendance(2, "association", Declined);
    let found = register.findings();
    let told: Vec<_> = found.iter().map(|f| (f.rule, f.subject.kind, f.property)).collect();
    assert_eq!(
        told,
        [
            (FindingRule::ListConflict, RecordKind::Batch, Some(Countries)),
            (FindingRule::ValueConflict, RecordKind::Delegation, Some(Attendance)),
        ]
    );
    assert_eq!(found[0].detail["contradicted"], json!(["VN"]));
    let says = [("ATTENDED", register.sources[1].id), ("NOT_SENT", register.sources[2].id)];
    let says =
        says.map(|(status, source)| json!({ "country": "VN", "status": status, "source": source }));
    assert_eq!(found[0].detail["says"], json!(says));
    assert_eq!(found[1].detail["values"], json!(["ATTENDED", "DECLINED"]));
    register.claims[1].rank = ClaimRank::Preferred;
    assert_eq!(rules(&mut register), [FindingRule::ValueConflict]);
}

fn conflicts(register: &mut BatchFixture) -> Vec<Option<ClaimProperty>> {
    register.evaluate(value_conflict).into_iter().map(|found| found.property).collect()
}

#[test]
fn values_conflict_by_property() {
    let mut register = BatchFixture::new();
    register.title(1, "A", "id");
    register.title(2, "A", "en");
    register.date(1, StartsOn, "2023-11-20");
    register.date(2, StartsOn, "2023-11-01").precision = Some(DatePrecision::Month);
    register.people(1, 22);
    register.people(2, 20).comparator = Some(Comparator::About);
    register.people(3, 30).basis = Some(CountBasis::Registered);
    register.headcount(1, "ID", 2);
    assert_eq!(conflicts(&mut register), []);

    register.title(3, "B", "id");
    register.date(3, StartsOn, "2023-12-01").precision = Some(DatePrecision::Month);
    register.people(3, 25);
    register.headcount(2, "ID", 3);
    assert_eq!(
        conflicts(&mut register),
        [Some(Title), Some(StartsOn), Some(Participants), Some(Headcount)]
    );
    let found = register.evaluate(value_conflict);
    assert_eq!(found[0].detail["values"], json!(["A", "B"]));
    assert_eq!(found[2].claims.len(), 3, "not the number of those who signed up");
    assert_eq!(found[3].subject.kind, RecordKind::Delegation);

    register.title(0, "A", "id");
    assert!(
        conflicts(&mut register).contains(&Some(Title)),
        "the owner decides, and the other title remains to be seen"
    );
    register.claims[0].rank = ClaimRank::Preferred;
    assert!(!conflicts(&mut register).contains(&Some(Title)));
}

/// A hotel agrees with its city, and not with another hotel.
#[test]
fn venues_conflict_unless_one_is_the_city() {
    let mut register = BatchFixture::new();
    let city = register.venue(VenueKind::City, "YOGYAKARTA", None);
    let hotel = register.venue(VenueKind::Site, "Hotel", Some("Yogyakarta "));
    let other = register.venue(VenueKind::Site, "Other", Some("Yogyakarta"));
    let malang = register.venue(VenueKind::City, "Malang", Some("Malang"));
    register.held_at(1, hotel);
    register.held_at(2, city);
    assert_eq!(conflicts(&mut register), []);
    register.held_at(1, other);
    assert_eq!(conflicts(&mut register), [], "one source may name two places");
    register.held_at(3, hotel);
    assert_eq!(conflicts(&mut register), [Some(Venue)], "another names one of them alone");
    register.held_at(3, other);
    assert_eq!(conflicts(&mut register), []);
    register.held_at(4, malang);
    assert_eq!(conflicts(&mut register), [Some(Venue)]);
    register.claims[0].rank = ClaimRank::Preferred;
    assert_eq!(conflicts(&mut register), []);
}

#[test]
fn organisers_are_compared_as_sets() {
    let mut register = BatchFixture::new();
    register.institution(1, 1);
    register.institution(1, 2);
    register.institution(2, 2);
    assert_eq!(conflicts(&mut register), [Some(Organiser)]);
    register.institution(2, 1);
    assert_eq!(conflicts(&mut register), []);
    register.institution(0, 1);
    register.institution(0, 2);
    assert_eq!(conflicts(&mut register), [], "the owner's statements are one voice");
    register.group(3, 1);
    let found = register.evaluate(value_conflict);
    assert_eq!(found[0].detail["values"].as_array().map(Vec::len), Some(3));
}

#[test]
fn members_and_others() {
    let mut register = BatchFixture::new();
    register.attendances(1, &["ID", "FJ", "association"], Attended);
    register.attendance(1, "TH", NoShow);
    register.attendance(1, "MY", Declined);
    register.attendance(1, "AU", NotSent);
    assert_eq!(rules(&mut register), [], "without a group there are no members");
    register.members(&["ID", "TH", "MY"]);
    let found = register.findings();
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].rule, &found[0].detail["country"]),
        (FindingRule::NotAMember, &json!("FJ"))
    );
    assert_eq!(found[0].subject, Subject::delegation(register.delegation("FJ")));
    let detail =
        json!({ "attended": ["ID"], "sentNobody": ["TH"], "declined": ["MY"], "unknown": [] });
    assert_eq!((found[1].rule, &found[1].detail), (FindingRule::PartitionComplete, &detail));

    register.members(&["ID", "TH", "MY", "VN", "FJ"]);
    register.attendance(1, "VN", Confirmed);
    let found = register.findings();
    assert_eq!(
        (found[0].rule, &found[0].detail["unknown"]),
        (FindingRule::PartitionOpen, &json!(["VN"]))
    );
    register.attendance(2, "VN", Withdrawn);
    assert_eq!(rules(&mut register), [FindingRule::PartitionComplete]);
}

#[test]
fn weekdays_are_checked() {
    let mut register = BatchFixture::new();
    register.date(1, StartsOn, "2018-11-16").printed_weekday = Some(5);
    register.date(1, EndsOn, "2018-11-01").printed_weekday = Some(5);
    register.claims[1].precision = Some(DatePrecision::Month);
    assert_eq!(register.evaluate(weekday_mismatch), []);
    register.claims[0].printed_weekday = Some(4);
    let found = register.evaluate(weekday_mismatch);
    assert_eq!(found[0].detail, json!({ "date": "2018-11-16", "weekday": 5, "printed": 4 }));
}

#[test]
fn early_reports_are_told_once() {
    let mut register = BatchFixture::new();
    register.date(1, EndsOn, "2023-11-30").precision = Some(DatePrecision::Month);
    for source in [2, 3] {
        register.attendances(source, &["ID", "TH"], Attended);
        register.attendance(source, "VN", NotSent);
    }
    assert_eq!(register.evaluate(reported_before_end), None, "not known when they were published");
    register.published(2, "2023-11-01");
    register.published(3, "2023-10-31");
    let found = register.evaluate(reported_before_end).expect("a finding");
    assert_eq!(found.detail, json!({ "publishedOn": ["2023-10-31"], "endsOn": "2023-11-30" }));
    assert_eq!(found.claims.len(), 2);
    register.sources[3].precision = DatePrecision::Month;
    assert_eq!(register.evaluate(reported_before_end), None);
}

#[test]
fn plans_are_overdue_after_their_day() {
    let mut register = BatchFixture::new();
    register.today = day("2026-06-01");
    register.plan("ID", ActionPlanStatus::Expected, None);
    register.plan("TH", ActionPlanStatus::Expected, Some("2026-06-01"));
    register.plan("VN", ActionPlanStatus::Completed, Some("2026-05-31"));
    register.plan("MY", ActionPlanStatus::Abandoned, Some("2026-05-31"));
    let late = register.plan("PH", ActionPlanStatus::InProgress, Some("2026-05-31"));
    let found = register.evaluate(plan_overdue);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject, Subject::action_plan(late));
    register.today = day("2026-06-02");
    let later = register.evaluate(plan_overdue);
    assert_eq!(later.len(), 2);
    assert_eq!(later[1].fingerprint(), found[0].fingerprint(), "a day that passes changes nothing");
    register.plans[4].due_on = Some(day("2026-06-01"));
    assert_ne!(register.evaluate(plan_overdue)[1].fingerprint(), found[0].fingerprint());
}

/// The same hash for ever: explanations are stored under it.
#[test]
fn the_fingerprint_is_fixed() {
    let mut register = BatchFixture::new();
    register.title(1, "A", "id");
    register.title(2, "B", "id");
    let fingerprint = register.findings()[0].fingerprint();
    let batch = "00000000-0000-0000-0000-000000000001";
    assert_eq!(
        fingerprint,
        format!("VALUE_CONFLICT:BATCH:{batch}:TITLE:69713f79897cd3e3d3e31e4aa3090506")
    );
}
