//! What is done to action plans.

use async_graphql::MaybeUndefined;
use entity::vocabulary::{ActionItemStatus, ActionPlanStatus};
use entity::{action_item, action_plan, delegation};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{ActionPlan, rules};
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::input::input;
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, changed, mutations};
use crate::plans::action_item::rules as items;
use crate::rule::{Stem, check, key_or, made_keys, unset};

mutations! {
    /// Mutations of action plans.
    ACTION_PLAN_MUTATIONS {
        /// Asks a delegation that attended for an action plan. For officers of the owner, the
        /// organisers and the hosts of the batch.
        expect_action_plan(ExpectActionPlanInput)
            -> ExpectActionPlanPayload { action_plan: ActionPlan }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The day on which it is due; a plan without one is never overdue.
            due_on: Option<Date>,
        }

        /// Hands in the action plan that is expected of a delegation. For officers of the sender,
        /// of the institution that nominates for its country, and of the owner, organisers and
        /// hosts of the batch.
        submit_action_plan(SubmitActionPlanInput)
            -> SubmitActionPlanPayload { action_plan: ActionPlan }, a KeepPlan {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
            /// Its title.
            title: Option<String>,
            /// The day on which it was handed in; today unless given.
            submitted_on: Option<Date>,
            /// What it undertakes, at most 100.
            items: Option<Vec<ActionItemInput>>,
        }

        /// Says that an action plan is being carried out.
        start_action_plan(StartActionPlanInput)
            -> StartActionPlanPayload { action_plan: ActionPlan }, a KeepPlan {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
        }

        /// Says that an action plan has been carried out.
        complete_action_plan(CompleteActionPlanInput)
            -> CompleteActionPlanPayload { action_plan: ActionPlan }, a KeepPlan {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
        }

        /// Says that an action plan has been given up.
        abandon_action_plan(AbandonActionPlanInput)
            -> AbandonActionPlanPayload { action_plan: ActionPlan }, a KeepPlan {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
        }

        /// Opens an action plan again that had been completed or given up: it is what it was
        /// before. Needs a reason.
        reopen_action_plan(ReopenActionPlanInput)
            -> ReopenActionPlanPayload { action_plan: ActionPlan }, a KeepPlan {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
        }

        /// Changes the day on which an action plan is due. For officers of the owner, the
        /// organisers and the hosts of the batch.
        change_due_date(ChangeDueDateInput)
            -> ChangeDueDatePayload { action_plan: ActionPlan }, a KeepDelegations {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
            /// The day on which it is due; null where it is due on none.
            due_on: MaybeUndefined<Date>,
        }
    }
}

async fn expect_action_plan(
    w: &mut Write,
    by: &Authorizer,
    input: &ExpectActionPlanInput,
) -> Result<Uuid, WriteError> {
    let (_, party) = by.delegation(w, input.delegation_id.0).await?;
    let draft = action_plan::ActiveModel {
        key: key_or(w, input.key.as_ref(), Stem::<action_plan::Entity>::of(&party.key, "plan"))
            .await?,
        delegation_id: Set(party.id),
        status: Set(ActionPlanStatus::Expected),
        due_on: Set(input.due_on.as_ref().map(|day| day.0)),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn submit_action_plan(
    w: &mut Write,
    by: &Authorizer,
    input: &SubmitActionPlanInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<action_plan::Entity>(w, "action_plan_id", input.action_plan_id.0).await?;
    let items = input.items.as_deref().unwrap_or_default();
    check::at_most("items", items.len(), MOST_ITEMS)?;
    let draft = action_plan::ActiveModel {
        title: Set(input.title.clone().or(row.title.clone())),
        submitted_on: Set(Some(input.submitted_on.as_ref().map_or(w.today(), |day| day.0))),
        ..unset()
    };
    let put = rules::advance(w, &row, ActionPlanStatus::Submitted, draft).await?;
    let keys = (1..).zip(items).map(|(position, _)| (None, items::key_stem(&row.key, position)));
    let keys = made_keys(w, keys.collect()).await?;
    for ((position, item), key) in (1..).zip(items).zip(keys) {
        let draft = action_item::ActiveModel {
            key: Set(key),
            action_plan_id: Set(row.id),
            position: Set(position),
            title: Set(item.title.clone()),
            status: Set(ActionItemStatus::Planned),
            due_on: Set(item.due_on.as_ref().map(|day| day.0)),
            ..unset()
        };
        let put = items::enter(w, None, draft).await;
        put.map_err(|error| error.within(position - 1).within("items"))?;
    }
    Ok(put.row.id.0)
}

async fn start_action_plan(
    w: &mut Write,
    by: &Authorizer,
    input: &StartActionPlanInput,
) -> Result<Uuid, WriteError> {
    advance(w, by, input.action_plan_id, ActionPlanStatus::InProgress).await
}

async fn complete_action_plan(
    w: &mut Write,
    by: &Authorizer,
    input: &CompleteActionPlanInput,
) -> Result<Uuid, WriteError> {
    advance(w, by, input.action_plan_id, ActionPlanStatus::Completed).await
}

async fn abandon_action_plan(
    w: &mut Write,
    by: &Authorizer,
    input: &AbandonActionPlanInput,
) -> Result<Uuid, WriteError> {
    advance(w, by, input.action_plan_id, ActionPlanStatus::Abandoned).await
}

async fn reopen_action_plan(
    w: &mut Write,
    by: &Authorizer,
    input: &ReopenActionPlanInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<action_plan::Entity>(w, "action_plan_id", input.action_plan_id.0).await?;
    rules::reopen(w, &row).await?;
    Ok(row.id.0)
}

async fn change_due_date(
    w: &mut Write,
    by: &Authorizer,
    input: &ChangeDueDateInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<action_plan::Entity>(w, "action_plan_id", input.action_plan_id.0).await?;
    let draft =
        action_plan::ActiveModel { due_on: changed(input.due_on.clone(), |day| day.0), ..unset() };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

/// Items that one plan may have.
const MOST_ITEMS: usize = 100;

input! {
    /// One thing that a plan undertakes.
    pub struct ActionItemInput {
        /// What is undertaken.
        title: String,
        /// By when.
        due_on: Option<Date>,
    }
}

async fn advance(
    w: &mut Write,
    by: &Authorizer,
    id: IdOf<action_plan::Entity>,
    status: ActionPlanStatus,
) -> Result<Uuid, WriteError> {
    let (_, row) = by.batch_scoped::<action_plan::Entity>(w, "action_plan_id", id.0).await?;
    // To say again where it stands changes nothing.
    if row.status != status {
        rules::advance(w, &row, status, unset()).await?;
    }
    Ok(row.id.0)
}
