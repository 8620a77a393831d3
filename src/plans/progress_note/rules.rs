//! What holds for progress notes, and how they are written.

use entity::{action_item, progress_note};
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::plans::action_item::rules as item;
use crate::rule;
use crate::text;

/// Enters a progress note, or changes it.
///
/// It says something; it may have paragraphs. Its text may name people, so no event repeats it.
pub async fn enter(
    w: &mut Write,
    existing: Option<&progress_note::Model>,
    mut draft: progress_note::ActiveModel,
) -> Result<Put<progress_note::Model>, WriteError> {
    if let ActiveValue::Set(text) = &mut draft.text {
        *text = paragraphs(text);
        if text.is_empty() {
            let message = say!("{field} is empty", field = "text");
            return Err(Refusal::new(RefusalCode::Required, "text", message).into());
        }
    }
    let put = rule::put::<progress_note::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let item = rule::row_of::<action_item::Entity>(w, "action_item_id", put.row.action_item_id)
            .await?;
        let event =
            Event::about::<progress_note::Entity>(EventKind::ActionPlanProgressed, &put.row)
                .changing(rule::public_changes::<progress_note::Entity>(changes));
        let event = item::of_plan(w, event, item.action_plan_id).await?;
        w.record(event);
    }
    Ok(put)
}

/// A text of several lines, each of them tidied.
pub fn paragraphs(prose: &str) -> String {
    let lines: Vec<String> = prose.lines().map(text::tidy).collect();
    lines.join("\n").trim().to_owned()
}
