//! What is accepted, case by case and in general.

mod properties;

use entity::id::SourceId;
use entity::vocabulary::ClaimProperty::{EndsOn, Headcount, Participants, StartsOn};
use entity::vocabulary::DelegationStatus::{
    Attended, Confirmed, Declined, Invited, NoShow, Nominated, NotSent, Withdrawn,
};
use entity::vocabulary::{
    ActionPlanStatus, ClaimRank, Comparator, CountBasis, CountScope, CountUnit, DatePrecision,
    DelegationStatus, FindingRule, Severity,
};
use sea_orm::prelude::Uuid;

use super::accepted::{
    AcceptedBatch, accepted_batch, accepted_delegation, corroboration, count_range, date_range,
    deciding,
};
use super::kept::{keep_dates_in_order, keep_plans_with_attendance};
use crate::provenance::fixtures::{BatchFixture, claim_id, day};

fn title(register: &BatchFixture) -> Option<String> {
    accepted_batch(&register.stated()).title.map(|(text, _)| text)
}

fn people(register: &BatchFixture) -> Option<(Option<i32>, Option<i32>, Comparator)> {
    accepted_batch(&register.stated())
        .participants
        .map(|count| (count.min, count.max, count.comparator))
}

fn status(register: &mut BatchFixture, of: &str) -> Option<DelegationStatus> {
    let delegation = register.delegation(of);
    accepted_delegation(&register.stated(), delegation).status
}

#[test]
fn nothing_stated_nothing_accepted() {
    assert_eq!(accepted_batch(&[]), AcceptedBatch::default());
    assert_eq!(count_range(&[], None), None);
    assert_eq!(date_range(&[], StartsOn), None);
}

/// Preferred before owner before agreement before nothing.
#[test]
fn the_order_of_decision() {
    let mut register = BatchFixture::new();
    register.title(1, "A", "id");
    assert_eq!(title(&register).as_deref(), Some("A"));
    register.title(2, "B", "id");
    assert_eq!(title(&register), None);
    register.title(0, "C", "id");
    register.title(0, "D", "en");
    assert_eq!(
        accepted_batch(&register.stated()).title,
        Some(("D".to_owned(), Some("en".to_owned())))
    );
    register.claims[0].rank = ClaimRank::Preferred;
    assert_eq!(title(&register).as_deref(), Some("A"));
    register.claims[0].rank = ClaimRank::Deprecated;
    assert_eq!(title(&register).as_deref(), Some("D"));
    register.claims[3].rank = ClaimRank::Deprecated;
    assert_eq!(title(&register).as_deref(), Some("C"), "the owner took the newer statement back");
    register.claims[2].rank = ClaimRank::Deprecated;
    assert_eq!(title(&register).as_deref(), Some("B"));
}

/// A month agrees with its days, and the day is accepted; a month is given by its first or its last
/// day.
#[test]
fn the_finer_date_is_accepted() {
    let mut register = BatchFixture::new();
    for property in [StartsOn, EndsOn] {
        register.date(1, property, "2023-11-12").precision = Some(DatePrecision::Month);
        register.date(2, property, "2023-01-01").precision = Some(DatePrecision::Year);
    }
    let accepted = accepted_batch(&register.stated());
    assert_eq!(accepted.starts_on, Some((day("2023-11-01"), DatePrecision::Month)));
    assert_eq!(accepted.ends_on, Some((day("2023-11-30"), DatePrecision::Month)));
    register.date(3, EndsOn, "2023-11-27");
    assert_eq!(
        accepted_batch(&register.stated()).ends_on,
        Some((day("2023-11-27"), DatePrecision::Day))
    );
    register.date(4, EndsOn, "2023-12-01").precision = Some(DatePrecision::Month);
    let statements = register.stated();
    assert_eq!(accepted_batch(&statements).ends_on, None);
    let range = date_range(&statements, EndsOn).expect("a range");
    assert_eq!((range.min, range.max), (Some(day("2023-01-01")), Some(day("2023-12-31"))));
    assert_eq!(range.claims.len(), 4);
}

#[test]
fn a_printed_date_goes_before_an_inferred_one() {
    let mut register = BatchFixture::new();
    register.date(1, StartsOn, "2018-11-16").basis = Some(CountBasis::Inferred);
    register.date(2, StartsOn, "2018-11-17");
    assert_eq!(
        accepted_batch(&register.stated()).starts_on,
        Some((day("2018-11-17"), DatePrecision::Day))
    );
}

/// Places, plans and registrations say nothing of who came; what was stated of those who came goes
/// before a list of names.
#[test]
fn only_who_came_is_accepted() {
    let mut register = BatchFixture::new();
    for basis in [CountBasis::Planned, CountBasis::Capacity, CountBasis::Registered] {
        register.people(1, 30).basis = Some(basis);
    }
    register.people(1, 10).scope = Some(CountScope::PerDay);
    register.count(1, Participants, 9, CountUnit::Enterprise);
    assert_eq!(people(&register), None);
    register.people(1, 21).basis = Some(CountBasis::Named);
    assert_eq!(people(&register), Some((Some(21), Some(21), Comparator::Exact)));
    register.people(1, 22);
    assert_eq!(
        people(&register),
        Some((Some(22), Some(22), Comparator::Exact)),
        "another basis is no contradiction"
    );
    register.people(2, 24);
    assert_eq!(people(&register), None, "and does not paper over one");
    let range = count_range(&register.stated(), None).expect("a range");
    assert_eq!((range.min, range.max, range.claims.len()), (Some(22), Some(24), 2));
}

#[test]
fn comparators_keep_their_meaning() {
    let mut register = BatchFixture::new();
    let tens = register.people(1, 0);
    (tens.comparator, tens.number_min, tens.number_max) = (Some(Comparator::Tens), None, None);
    assert_eq!(people(&register), Some((None, None, Comparator::Tens)), "no number is made up");
    let least = register.people(2, 20);
    (least.comparator, least.number_max) = (Some(Comparator::AtLeast), None);
    assert_eq!(
        people(&register),
        None,
        "tens may be fewer than 20, and at least 20 more than tens"
    );
    register.people(3, 20).comparator = Some(Comparator::About);
    assert_eq!(people(&register), None);
    register.people(4, 22);
    assert_eq!(people(&register), Some((Some(22), Some(22), Comparator::Exact)));
    register.people(5, 25);
    assert_eq!(people(&register), None);
}

/// A claim without the numbers that its comparator needs states nothing.
#[test]
fn a_count_without_a_number_is_not_heard() {
    let mut register = BatchFixture::new();
    register.people(0, 5).number_min = None;
    register.people(1, 22);
    assert_eq!(people(&register), Some((Some(22), Some(22), Comparator::Exact)));
}

/// An early report of an invitation does not contradict what came of it.
#[test]
fn a_status_agrees_with_what_went_before_it() {
    let mut register = BatchFixture::new();
    register.attendances(1, &["ID", "TH", "VN", "MY"], Invited);
    register.attendance(2, "ID", Attended);
    register.attendance(3, "ID", Confirmed);
    register.attendance(2, "TH", NotSent);
    register.attendance(3, "TH", Declined);
    register.attendance(2, "VN", Attended);
    register.attendance(3, "VN", NoShow);
    assert_eq!(status(&mut register, "ID"), Some(Attended));
    assert_eq!(status(&mut register, "TH"), Some(Declined));
    assert_eq!(status(&mut register, "VN"), None);
    assert_eq!(status(&mut register, "MY"), Some(Invited));
    assert_eq!(status(&mut register, "SG"), None);
    register.attendance(0, "MY", Attended);
    register.attendance(0, "MY", Confirmed);
    assert_eq!(status(&mut register, "MY"), Some(Confirmed), "the owner's word is taken as it is");
}

#[test]
fn a_plan_does_not_hide_an_outcome() {
    let mut register = BatchFixture::new();
    register.attendances(0, &["ID", "TH", "VN", "MY", "SG"], Invited);
    register.attendance(1, "ID", Attended);
    register.attendance(2, "ID", Confirmed);
    assert_eq!(
        status(&mut register, "ID"),
        Some(Attended),
        "whatever the owner and others planned"
    );
    register.attendance(1, "TH", Attended);
    register.attendance(2, "TH", NotSent);
    assert_eq!(
        status(&mut register, "TH"),
        Some(Invited),
        "others contradict each other: the owner's plan stands"
    );
    register.attendance(1, "VN", Confirmed);
    assert_eq!(status(&mut register, "VN"), Some(Invited), "nobody knows what came of it");
    register.attendance(0, "MY", NotSent);
    register.attendance(1, "MY", Attended);
    assert_eq!(
        status(&mut register, "MY"),
        Some(NotSent),
        "the owner's outcome goes before that of others"
    );
    register.attendance(1, "SG", Declined);
    register.attendance(0, "SG", Confirmed);
    assert_eq!(status(&mut register, "SG"), Some(Declined), "also before a plan that is newer");
}

#[test]
fn a_headcount_covers_the_whole_delegation() {
    let mut register = BatchFixture::new();
    register.headcount(1, "ID", 3);
    register.headcount(2, "ID", 3).scope = Some(CountScope::WholeBatch);
    register.headcount(2, "TH", 2);
    let delegation = register.delegation("ID");
    let accepted = accepted_delegation(&register.stated(), delegation);
    assert_eq!(accepted.headcount.and_then(|count| count.max), Some(3));
    let decides = deciding(&register.stated(), Some(delegation), Headcount).map(|s| s.claim.id);
    assert_eq!(decides, Some(claim_id(1)), "the oldest of those that say the same");
}

/// Heads belong to those who were there, and come back with them; a plan empties nothing.
#[test]
fn nobody_is_counted_where_nobody_was() {
    let mut register = BatchFixture::new();
    register.headcount(1, "ID", 3);
    let delegation = register.delegation("ID");
    let heads = |register: &BatchFixture| {
        accepted_delegation(&register.stated(), delegation)
            .headcount
            .map(|count| (count.min, count.max))
    };
    let three = Some((Some(3), Some(3)));
    assert_eq!(heads(&register), three, "nothing is known of the status");
    register.attendance(0, "ID", Invited);
    for (status, expected) in [
        (Invited, three),
        (Nominated, three),
        (Confirmed, three),
        (Attended, three),
        (Declined, None),
        (Withdrawn, None),
        (NoShow, None),
        (NotSent, None),
        (Attended, three),
    ] {
        register.claims[1].status = Some(status);
        assert_eq!(heads(&register), expected, "{status}");
    }
    register.claims[1].status = Some(NotSent);
    register.claims[0].rank = ClaimRank::Preferred;
    assert_eq!(heads(&register), None, "also where a curator prefers the number");
    register.headcount(0, "ID", 0);
    assert_eq!(heads(&register), None, "no number is accepted, not even 0");
    register.claims[1].rank = ClaimRank::Deprecated;
    register.attendance(1, "ID", Attended);
    register.attendance(2, "ID", NotSent);
    assert_eq!(heads(&register), three, "it is not known whether they were there");
}

/// A plan keeps the status ATTENDED, and the number of people that goes with it.
#[test]
fn heads_stay_with_a_status_that_stays() {
    let mut register = BatchFixture::new();
    register.attendance(1, "ID", Attended);
    register.headcount(1, "ID", 3);
    let plan = register.plan("ID", ActionPlanStatus::Expected, None);
    register.accept();
    register.attendance(0, "ID", NoShow);
    let (statements, delegation) = (register.stated(), &register.delegations[0]);
    let next = accepted_delegation(&statements, delegation.id);
    assert_eq!((next.status, next.headcount), (Some(NoShow), None));
    let (kept, found) = keep_plans_with_attendance(delegation, next, &statements, &[plan]);
    assert_eq!(
        (kept.status, kept.headcount.and_then(|count| count.max)),
        (Some(Attended), Some(3))
    );
    assert_eq!(found.map(|found| found.rule), Some(FindingRule::InvariantWouldBreak));
}

/// Reprints corroborate nothing; a coarser statement supports the finer.
#[test]
fn corroboration_counts_origins() {
    let mut register = BatchFixture::new();
    for source in 1..=4 {
        register.people(source, 22);
    }
    register.sources[2].origin_id = Some(register.sources[1].id);
    register.claims[2].rank = ClaimRank::Deprecated;
    register.people(5, 20).comparator = Some(Comparator::About);
    register.sources[5].origin_id = Some(SourceId(Uuid::from_u128(77)));
    let count = |register: &BatchFixture, claim: usize| {
        corroboration(&register.stated(), &register.claims[claim])
    };
    assert_eq!(count(&register, 0), 3, "sources 1 with 2, 4, and 5");
    assert_eq!(count(&register, 4), 1);
    register.institution(1, 5);
    register.institution(2, 5);
    register.institution(3, 5);
    register.institution(4, 6);
    assert_eq!(count(&register, 5), 2);
}

/// A batch cannot end before it starts: the dates stay as they were, and a finding says why.
#[test]
fn dates_stay_where_they_would_run_backwards() {
    let mut register = BatchFixture::new();
    register.batch.ends_on = Some(day("2023-11-27"));
    register.batch.ends_precision = Some(DatePrecision::Day);
    register.title(1, "A", "id");
    register.date(1, StartsOn, "2023-11-28");
    register.date(1, EndsOn, "2023-11-20");
    let statements = register.stated();
    let (kept, found) =
        keep_dates_in_order(&register.batch, accepted_batch(&statements), &statements);
    assert_eq!(
        (kept.starts_on, kept.ends_on),
        (None, Some((day("2023-11-27"), DatePrecision::Day)))
    );
    assert_eq!(kept.title.map(|(text, _)| text).as_deref(), Some("A"));
    let found = found.expect("a finding");
    assert_eq!((found.rule, found.severity), (FindingRule::InvariantWouldBreak, Severity::Warning));
    assert_eq!(found.claims, [claim_id(2), claim_id(3)]);

    register.claims[2].date = Some(day("2023-11-01"));
    register.claims[2].precision = Some(DatePrecision::Month);
    let statements = register.stated();
    let next = accepted_batch(&statements);
    assert_eq!(
        keep_dates_in_order(&register.batch, next.clone(), &statements),
        (next, None),
        "it may end on the 30th"
    );
}
