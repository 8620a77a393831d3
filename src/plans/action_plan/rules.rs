//! What holds for action plans, and how they are written.

use std::collections::HashSet;

use entity::id::{ActionPlanId, DelegationId};
use entity::vocabulary::{
    ActionPlanStatus, ClaimProperty, ClaimRank, DelegationStatus, Vocabulary,
};
use entity::{action_plan, claim, delegation};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Changes, Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::{Phrase, say};
use crate::rule::history::{reasoned, status_before};
use crate::rule::{self, check, optional, required, tidy_optional};

/// Enters an action plan, or changes it.
///
/// It is that of a delegation that attended: by its accepted status or, as long as none is
/// accepted, by at least one claim. It sorts by the day on which it is due; a plan without one is
/// never overdue.
pub async fn enter(
    w: &mut Write,
    existing: Option<&action_plan::Model>,
    draft: action_plan::ActiveModel,
) -> Result<Put<action_plan::Model>, WriteError> {
    let delegation = required!(draft, existing, delegation_id);
    let delegation = rule::row_of::<delegation::Entity>(w, "delegation_id", delegation).await?;
    w.lock_batches(&[delegation.batch_id]).await?;
    let put = enter_unchecked(w, existing, draft).await?;
    w.checked(put.row.id.0);
    match check_attended(w, &[put.row.id]).await?.into_iter().next() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(put),
    }
}

/// [`enter`], but for the attendance: for plans that come together with the claims that say who
/// attended, to be followed by [`check_attended`] once these are reconciled.
pub async fn enter_unchecked(
    w: &mut Write,
    existing: Option<&action_plan::Model>,
    mut draft: action_plan::ActiveModel,
) -> Result<Put<action_plan::Model>, WriteError> {
    tidy_optional(&mut draft.title, "title")?;
    draft.sort_date =
        ActiveValue::Set(optional!(draft, existing, due_on).unwrap_or(check::LAST_DAY));
    let status = required!(draft, existing, status);
    let put = rule::put::<action_plan::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let delegation =
            rule::row_of::<delegation::Entity>(w, "delegation_id", put.row.delegation_id).await?;
        w.check_later(put.row.id.0);
        w.mark_dirty(delegation.batch_id);
        if let Some(former) = existing.filter(|row| row.delegation_id != delegation.id) {
            w.mark_dirty(
                rule::row_of::<delegation::Entity>(w, "delegation_id", former.delegation_id)
                    .await?
                    .batch_id,
            );
        }
        if status == ActionPlanStatus::Expected && put.change.is_new() {
            // Nothing has been handed in: that it is expected is news of the delegation.
            let changes = Changes::from_iter([(
                "action_plan".to_owned(),
                serde_json::json!([null, put.row.key]),
            )]);
            let event =
                Event::about::<delegation::Entity>(EventKind::DelegationUpdated, &delegation);
            w.record(event.of_party(&delegation).changing(changes));
            return Ok(put);
        }
        let kind = match status {
            _ if existing.is_some_and(|row| row.status == status) => {
                EventKind::ActionPlanProgressed
            }
            _ if existing.is_some_and(|row| has_ended(row.status) && !has_ended(status)) => {
                EventKind::ActionPlanReopened
            }
            ActionPlanStatus::Submitted => EventKind::ActionPlanSubmitted,
            ActionPlanStatus::Expected | ActionPlanStatus::InProgress => {
                EventKind::ActionPlanProgressed
            }
            ActionPlanStatus::Completed => EventKind::ActionPlanCompleted,
            ActionPlanStatus::Abandoned => EventKind::ActionPlanAbandoned,
        };
        let event = Event::about::<action_plan::Entity>(kind, &put.row).of_party(&delegation);
        w.record(event.changing(rule::public_changes::<action_plan::Entity>(changes)));
    }
    Ok(put)
}

/// Whether a plan was carried out or given up.
fn has_ended(status: ActionPlanStatus) -> bool {
    matches!(status, ActionPlanStatus::Completed | ActionPlanStatus::Abandoned)
}

/// Where a plan may go: it is handed in, carried out, and completed or given up.
pub fn moves(from: ActionPlanStatus) -> &'static [ActionPlanStatus] {
    use ActionPlanStatus::*;
    match from {
        Expected => &[Submitted, Abandoned],
        Submitted => &[InProgress, Completed, Abandoned],
        InProgress => &[Completed, Abandoned],
        Completed | Abandoned => &[],
    }
}

/// Says where a plan stands, with what else is set in `draft`. It moves as [`moves`] says.
pub async fn advance(
    w: &mut Write,
    row: &action_plan::Model,
    status: ActionPlanStatus,
    draft: action_plan::ActiveModel,
) -> Result<Put<action_plan::Model>, WriteError> {
    if !moves(row.status).contains(&status) {
        let help = way(row.status);
        return Err(check::no_move("action_plan_id", &row.key, row.status, status, help).into());
    }
    enter(w, Some(row), action_plan::ActiveModel { status: ActiveValue::Set(status), ..draft })
        .await
}

/// What helps whoever wants a plan to go where it cannot go from where it stands.
fn way(from: ActionPlanStatus) -> Phrase {
    match from {
        ActionPlanStatus::Expected => say!("submitActionPlan hands it in first"),
        ActionPlanStatus::Submitted | ActionPlanStatus::InProgress => {
            say!("addActionItem and updateActionItem change what it undertakes")
        }
        ActionPlanStatus::Completed | ActionPlanStatus::Abandoned => {
            say!("reopenActionPlan opens it again")
        }
    }
}

/// Opens a plan again that had been completed or given up, for a reason: it is what it was before.
/// One that came in so is being carried out or, where it was never handed in, still expected.
pub async fn reopen(w: &mut Write, row: &action_plan::Model) -> Result<(), WriteError> {
    let kind = match row.status {
        ActionPlanStatus::Completed => EventKind::ActionPlanCompleted,
        ActionPlanStatus::Abandoned => EventKind::ActionPlanAbandoned,
        status => {
            let message = say!(
                "\"{key}\" is {status}, and only what is COMPLETED or ABANDONED can be reopened",
                key = &row.key,
                status
            );
            return Err(Refusal::new(RefusalCode::IllegalMove, "action_plan_id", message).into());
        }
    };
    reasoned(w)?;
    let was = status_before::<action_plan::Entity>(w, row, kind).await?;
    let status = match was.and_then(|was| ActionPlanStatus::parse(&was).ok()) {
        Some(was) => was,
        None if row.submitted_on.is_none() && row.status == ActionPlanStatus::Abandoned => {
            ActionPlanStatus::Expected
        }
        None => ActionPlanStatus::InProgress,
    };
    let draft = action_plan::ActiveModel { status: ActiveValue::Set(status), ..rule::unset() };
    enter(w, Some(row), draft).await.map(|_| ())
}

/// Which of these plans are those of delegations that did not attend.
pub async fn check_attended(
    w: &Write,
    ids: &[ActionPlanId],
) -> Result<Vec<(ActionPlanId, Refusal)>, DbErr> {
    let mut refusals = Vec::new();
    for ids in ids.chunks(crate::db::IDS_PER_QUERY) {
        let rows = action_plan::Entity::find()
            .filter(action_plan::Column::Id.is_in(ids.iter().copied()))
            .find_also_related(delegation::Entity)
            .all(w.read())
            .await?;
        let open = rows
            .iter()
            .filter_map(|row| row.1.as_ref())
            .filter(|row| row.status.is_none())
            .map(|row| row.id);
        let claimed = claimed_to_have_attended(w, open.collect()).await?;
        for (plan, delegation) in rows {
            let Some(delegation) = delegation else { continue };
            let key = &delegation.key;
            let message = match delegation.status {
                Some(DelegationStatus::Attended) => continue,
                Some(status) => {
                    say!(
                        "\"{key}\" is {status}: only a delegation that ATTENDED has a plan",
                        key,
                        status
                    )
                }
                None if claimed.contains(&delegation.id) => continue,
                None => say!("no source says that \"{key}\" ATTENDED, so it has no plan", key),
            };
            refusals.push((plan.id, check::invalid("delegation_id", message)));
        }
    }
    Ok(refusals)
}

/// Which of these delegations attended by at least one claim that is not deprecated.
async fn claimed_to_have_attended(
    w: &Write,
    ids: Vec<DelegationId>,
) -> Result<HashSet<DelegationId>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let claimed: Vec<DelegationId> = claim::Entity::find()
        .select_only()
        .column(claim::Column::DelegationId)
        .filter(claim::Column::DelegationId.is_in(ids))
        .filter(claim::Column::Property.eq(ClaimProperty::Attendance))
        .filter(claim::Column::Status.eq(DelegationStatus::Attended))
        .filter(claim::Column::Rank.ne(ClaimRank::Deprecated))
        .into_tuple()
        .all(w.read())
        .await?;
    Ok(claimed.into_iter().collect())
}
