//! What holds for the items of action plans, and how they are written.

use entity::{action_item, action_plan, delegation};
use sea_orm::EntityTrait;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::{self, Stem, check, required, tidy};

/// What the key of an item is made of: the key of its plan, and its place there.
pub fn key_stem(plan_key: &str, position: i32) -> Stem<action_item::Entity> {
    Stem::of(plan_key, &format!("item {position}"))
}

/// Enters an action item, or changes it.
///
/// It has a title, and a place in its plan, counted from 1.
pub async fn enter(
    w: &mut Write,
    existing: Option<&action_item::Model>,
    mut draft: action_item::ActiveModel,
) -> Result<Put<action_item::Model>, WriteError> {
    tidy(&mut draft.title, "title")?;
    check::at_least("position", required!(draft, existing, position), 1)?;
    let put = rule::put::<action_item::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let event = Event::about::<action_item::Entity>(EventKind::ActionPlanProgressed, &put.row)
            .changing(rule::public_changes::<action_item::Entity>(changes));
        let event = of_plan(w, event, put.row.action_plan_id).await?;
        w.record(event);
    }
    Ok(put)
}

/// The event with the batch and country of the plan that it is about.
pub(crate) async fn of_plan(
    w: &Write,
    event: Event,
    plan: entity::id::ActionPlanId,
) -> Result<Event, WriteError> {
    let plan = action_plan::Entity::find_by_id(plan)
        .find_also_related(delegation::Entity)
        .one(w.read())
        .await?;
    Ok(match plan.and_then(|plan| plan.1) {
        Some(delegation) => event.of_party(&delegation),
        None => event,
    })
}
