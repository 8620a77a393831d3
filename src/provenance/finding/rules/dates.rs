//! Rules about dates.

use std::collections::BTreeSet;

use chrono::Datelike;
use entity::vocabulary::{
    ActionPlanStatus, ClaimProperty, DatePrecision, DelegationStatus, FindingRule,
};
use serde_json::json;

use super::{BatchFacts, Found, Subject};
use crate::provenance::claim::stated::Stated;
use crate::provenance::claim::value::Period;

/// `WEEKDAY_MISMATCH`: the weekday that a source prints with a date is not that date's. One finding
/// per claim; only of dates known to the day.
pub fn weekday_mismatch(facts: &BatchFacts<'_>) -> Vec<Found> {
    let mismatch = |s: Stated<'_>| {
        let (date, printed) = (s.claim.date?, s.claim.printed_weekday?);
        let weekday = date.weekday().number_from_monday();
        let is_exact = s.claim.precision.unwrap_or(DatePrecision::Day) == DatePrecision::Day;
        (is_exact && i64::from(printed) != i64::from(weekday)).then(|| {
            Found::new(FindingRule::WeekdayMismatch, Subject::batch(facts.batch.id))
                .about(s.claim.property)
                .behind(&[s])
                .with(json!({ "date": date, "weekday": weekday, "printed": printed }))
        })
    };
    facts.standing().into_iter().filter_map(mismatch).collect()
}

/// `REPORTED_BEFORE_END`: a source that was published before the batch ended says who attended;
/// such stories are often told on the opening day. One finding per batch. The source's date must be
/// known to the day, and lie before every day on which the batch may have ended.
pub fn reported_before_end(facts: &BatchFacts<'_>) -> Option<Found> {
    let ends =
        Period::of(facts.batch.ends_on?, facts.batch.ends_precision.unwrap_or(DatePrecision::Day));
    let published =
        |s: &Stated<'_>| s.source.published_on.filter(|_| s.source.precision == DatePrecision::Day);
    let is_early = |s: &&Stated<'_>| {
        s.claim.property == ClaimProperty::Attendance
            && s.claim.status == Some(DelegationStatus::Attended)
            && published(s).is_some_and(|date| date < ends.first)
    };
    let behind: Vec<_> = facts.standing().iter().filter(is_early).copied().collect();
    if behind.is_empty() {
        return None;
    }
    let dates: BTreeSet<_> = behind.iter().filter_map(published).collect();
    Some(
        Found::new(FindingRule::ReportedBeforeEnd, Subject::batch(facts.batch.id))
            .about(ClaimProperty::Attendance)
            .behind(&behind)
            .with(json!({ "publishedOn": dates, "endsOn": facts.batch.ends_on })),
    )
}

/// `PLAN_OVERDUE`: an action plan is past its due date and neither completed nor abandoned. One
/// finding per plan, about the plan; on the due date itself it is not overdue, and without one
/// never. A due date that is moved and passes again asks anew.
pub fn plan_overdue(facts: &BatchFacts<'_>) -> Vec<Found> {
    let mut overdue: Vec<_> = facts
        .plans
        .iter()
        .filter(|plan| {
            !matches!(plan.status, ActionPlanStatus::Completed | ActionPlanStatus::Abandoned)
        })
        .filter_map(|plan| Some((plan, plan.due_on.filter(|due| *due < facts.today)?)))
        .collect();
    overdue.sort_by_key(|(plan, _)| plan.id);
    let found = overdue.into_iter().map(|(plan, due)| {
        Found::new(FindingRule::PlanOverdue, Subject::action_plan(plan.id))
            .with(json!({ "dueOn": due, "status": plan.status, "delegation": plan.delegation_id }))
            .resting_on(json!([due]))
    });
    found.collect()
}
