//! What may stand of newly accepted values: where they would break an invariant, the row stays as
//! it was, and a finding says so.

use entity::id::{ActionPlanId, BatchId};
use entity::vocabulary::{ClaimProperty, DatePrecision, DelegationStatus, FindingRule};
use entity::{batch, delegation, workshop};
use serde_json::{Value as Json, json};

use super::accepted::{AcceptedBatch, AcceptedDelegation, heads};
use super::stated::{Stated, current};
use super::value::Period;
use crate::provenance::finding::found::{Found, Subject};
use crate::rule::dates::outside;

/// What may stand of newly accepted dates: a batch does not start after it ends. Where it would,
/// both dates stay as they were in `previous`, the row as it is, and the finding says which dates
/// the claims add up to. Title and participants are not touched.
pub fn keep_dates_in_order(
    previous: &batch::Model,
    next: AcceptedBatch,
    statements: &[Stated<'_>],
) -> (AcceptedBatch, Option<Found>) {
    let Some(((starts, starts_precision), (ends, ends_precision))) =
        next.starts_on.zip(next.ends_on)
    else {
        return (next, None);
    };
    if Period::of(starts, starts_precision).first <= Period::of(ends, ends_precision).last {
        return (next, None);
    }
    let detail = json!({
        "startsOn": starts, "startsPrecision": starts_precision,
        "endsOn": ends, "endsPrecision": ends_precision,
    });
    (with_dates_of(previous, next), Some(dates_would_break(previous.id, statements, detail)))
}

/// What may stand of newly accepted dates: the workshops of a batch lie within it. Where one of
/// `workshops` that lies within the dates of `previous` would lie outside, both dates stay as they
/// were, and the finding says which workshops and dates do not go together.
pub fn keep_workshops_within<'a>(
    previous: &batch::Model,
    next: AcceptedBatch,
    statements: &[Stated<'_>],
    workshops: impl IntoIterator<Item = &'a workshop::Model>,
) -> (AcceptedBatch, Option<Found>) {
    let (starts, ends) = (next.starts_on.map(|date| date.0), next.ends_on.map(|date| date.0));
    let leaves = |row: &&workshop::Model| {
        outside(row, starts, ends).is_some()
            && outside(row, previous.starts_on, previous.ends_on).is_none()
    };
    let mut left: Vec<_> = workshops.into_iter().filter(leaves).collect();
    if left.is_empty() {
        return (next, None);
    }
    left.sort_by_key(|row| row.id);
    let ids: Vec<_> = left.iter().map(|row| row.id).collect();
    let left: Vec<_> = left
        .iter()
        .map(|row| json!({ "workshop": row.id, "startsOn": row.starts_on, "endsOn": row.ends_on }))
        .collect();
    let detail = json!({
        "startsOn": starts, "startsPrecision": next.starts_on.map(|date| date.1),
        "endsOn": ends, "endsPrecision": next.ends_on.map(|date| date.1),
        "workshops": left,
    });
    let found = dates_would_break(previous.id, statements, detail).resting_on(json!(ids));
    (with_dates_of(previous, next), Some(found))
}

/// What may stand of a newly accepted status: a delegation that has an action plan attended, by its
/// status or, where none is accepted, by a claim. Where it would not have, the status stays as it
/// was, with the number of people that goes with it, and the finding says which plans stand against
/// which status.
pub fn keep_plans_with_attendance(
    previous: &delegation::Model,
    next: AcceptedDelegation,
    statements: &[Stated<'_>],
    plans: &[ActionPlanId],
) -> (AcceptedDelegation, Option<Found>) {
    let claims = current(statements);
    let about: Vec<_> = claims
        .iter()
        .filter(|s| s.is_about(Some(previous.id), ClaimProperty::Attendance))
        .copied()
        .collect();
    let attended = |status: Option<DelegationStatus>| match status {
        Some(status) => status == DelegationStatus::Attended,
        None => about.iter().any(|s| s.claim.status == Some(DelegationStatus::Attended)),
    };
    let may_stay = matches!(previous.status, None | Some(DelegationStatus::Attended));
    if plans.is_empty() || attended(next.status) || !may_stay {
        return (next, None);
    }
    let detail = json!({ "status": next.status, "kept": previous.status, "plans": plans });
    let found = Found::new(FindingRule::InvariantWouldBreak, Subject::delegation(previous.id))
        .about(ClaimProperty::Attendance)
        .behind(&about)
        .with(detail)
        .resting_on(json!(plans));
    let status = previous.status;
    (AcceptedDelegation { status, headcount: heads(statements, previous.id, status) }, Some(found))
}

/// What is accepted, but for the dates, which are those of `previous`.
fn with_dates_of(previous: &batch::Model, next: AcceptedBatch) -> AcceptedBatch {
    AcceptedBatch {
        starts_on: previous
            .starts_on
            .map(|date| (date, previous.starts_precision.unwrap_or(DatePrecision::Day))),
        ends_on: previous
            .ends_on
            .map(|date| (date, previous.ends_precision.unwrap_or(DatePrecision::Day))),
        ..next
    }
}

fn dates_would_break(batch: BatchId, statements: &[Stated<'_>], detail: Json) -> Found {
    let dates = |s: &&Stated<'_>| {
        s.is_about(None, ClaimProperty::StartsOn) || s.is_about(None, ClaimProperty::EndsOn)
    };
    let claims: Vec<_> = current(statements).iter().filter(dates).copied().collect();
    invariant_would_break(batch, ClaimProperty::StartsOn, &claims, detail)
}

/// `INVARIANT_WOULD_BREAK`: what the claims add up to would break an invariant, so the accepted
/// value stayed as it was. `claims` are those behind the refused value, `detail` the values that do
/// not go together.
pub fn invariant_would_break(
    batch: BatchId,
    property: ClaimProperty,
    claims: &[Stated<'_>],
    detail: Json,
) -> Found {
    Found::new(FindingRule::InvariantWouldBreak, Subject::batch(batch))
        .about(property)
        .behind(claims)
        .with(detail)
}
