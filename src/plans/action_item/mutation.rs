//! What is done to the items of action plans.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::vocabulary::ActionItemStatus;
use entity::{action_item, action_plan};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{ActionItem, rules};
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, changed, given, mutations};
use crate::rule::{made_key, unset};

mutations! {
    /// Mutations of action items.
    ACTION_ITEM_MUTATIONS {
        /// Adds one thing that an action plan undertakes.
        add_action_item(AddActionItemInput)
            -> AddActionItemPayload { action_item: ActionItem }, a KeepPlan {
            /// The plan.
            action_plan_id: IdOf<action_plan::Entity>,
            /// What is undertaken.
            title: String,
            /// By when.
            due_on: Option<Date>,
        }

        /// Changes an item of an action plan, or says where it stands. What is left out stays as it
        /// is.
        update_action_item(UpdateActionItemInput)
            -> UpdateActionItemPayload { action_item: ActionItem }, a KeepPlan {
            /// The item.
            action_item_id: IdOf<action_item::Entity>,
            /// What is undertaken.
            title: Option<String>,
            /// Where it stands.
            status: Option<ActionItemStatus>,
            /// By when; null where by no day.
            due_on: MaybeUndefined<Date>,
        }
    }
}

async fn add_action_item(
    w: &mut Write,
    by: &Authorizer,
    input: &AddActionItemInput,
) -> Result<Uuid, WriteError> {
    let (_, plan) =
        by.batch_scoped::<action_plan::Entity>(w, "action_plan_id", input.action_plan_id.0).await?;
    let there = action_item::Entity::find().filter(action_item::Column::ActionPlanId.eq(plan.id));
    let there = there.count(w.read()).await?;
    let position = i32::try_from(there).unwrap_or(i32::MAX - 1) + 1;
    let draft = action_item::ActiveModel {
        key: Set(made_key(w, rules::key_stem(&plan.key, position)).await?),
        action_plan_id: Set(plan.id),
        position: Set(position),
        title: Set(input.title.clone()),
        status: Set(ActionItemStatus::Planned),
        due_on: Set(input.due_on.as_ref().map(|day| day.0)),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn update_action_item(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateActionItemInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<action_item::Entity>(w, "action_item_id", input.action_item_id.0).await?;
    let draft = action_item::ActiveModel {
        title: given(input.title.clone()),
        status: given(input.status),
        due_on: changed(input.due_on.clone(), |day| day.0),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}
