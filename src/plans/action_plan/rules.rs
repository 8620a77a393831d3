//! What holds for action plans, and how they are written.

use std::collections::HashSet;

use entity::id::{ActionPlanId, DelegationId};
use entity::vocabulary::{ActionPlanStatus, ClaimProperty, ClaimRank, DelegationStatus};
use entity::{action_plan, claim, delegation};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Changes, Put, Write};
use crate::error::{Refusal, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
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
        return Err(check::no_move(
            "action_plan_id",
            &row.key,
            row.status,
            status,
            moves(row.status),
        )
        .into());
    }
    enter(w, Some(row), action_plan::ActiveModel { status: ActiveValue::Set(status), ..draft })
        .await
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
