//! The tables of outcomes, action plans and their steps.

use entity::*;

use super::{check, record};
use crate::exchange::package::records::records;
use crate::exchange::package::table::Table;
use crate::plans::{
    action_item as items, action_plan as plans, outcome as outcomes, progress_note as notes,
};
use crate::rule::unset;

/// In their order.
pub(super) fn all() -> Vec<Box<dyn Table>> {
    vec![
        Box::new(records::<outcome::Entity>(
            "outcomes",
            |row| outcome::ActiveModel {
                batch_id: row.reference::<batch::Entity>("batch"),
                kind: row.vocabulary("kind"),
                label_en: row.text("label_en"),
                label_id: row.optional_text("label_id"),
                occurred_on: row.optional_date("occurred_on"),
                institution_id: row.optional_reference::<institution::Entity>("institution"),
                stated_by_id: row.optional_reference::<person::Entity>("stated_by"),
                ..unset()
            },
            record!(outcomes::rules::enter),
        )),
        Box::new(
            records::<action_plan::Entity>(
                "action_plans",
                |row| action_plan::ActiveModel {
                    delegation_id: row.reference::<delegation::Entity>("delegation"),
                    status: row.vocabulary("status"),
                    title: row.optional_text("title"),
                    due_on: row.optional_date("due_on"),
                    submitted_on: row.optional_date("submitted_on"),
                    ..unset()
                },
                record!(plans::rules::enter_unchecked),
            )
            .checked_at_the_end(check!(plans::rules::check_attended, id::ActionPlanId)),
        ),
        Box::new(records::<action_item::Entity>(
            "action_items",
            |row| action_item::ActiveModel {
                action_plan_id: row.reference::<action_plan::Entity>("plan"),
                position: row.integer("position"),
                title: row.text("title"),
                status: row.vocabulary("status"),
                due_on: row.optional_date("due_on"),
                ..unset()
            },
            record!(items::rules::enter),
        )),
        Box::new(records::<progress_note::Entity>(
            "progress_notes",
            |row| progress_note::ActiveModel {
                action_item_id: row.reference::<action_item::Entity>("item"),
                noted_on: row.date("noted_on"),
                text: row.prose("text"),
                ..unset()
            },
            record!(notes::rules::enter),
        )),
    ]
}
