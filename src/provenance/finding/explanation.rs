//! Explaining a finding: somebody says why what does not fit is as it is.

use entity::finding;
use entity::vocabulary::FindingState;
use sea_orm::ActiveValue::Set;

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, tidy_optional, unset};

/// Explains a finding, or explains it otherwise.
///
/// An explanation says something. What a finding rested on is not gone. The explanation may name
/// people, so no event repeats it.
pub async fn explain(
    w: &mut Write,
    row: &finding::Model,
    text: String,
) -> Result<Put<finding::Model>, WriteError> {
    if row.state == FindingState::Resolved {
        let message = say!("\"{key}\" is RESOLVED: what it rested on is gone", key = &row.key);
        return Err(Refusal::new(RefusalCode::IllegalMove, "finding_id", message).into());
    }
    let mut draft = finding::ActiveModel {
        state: Set(FindingState::Explained),
        explanation: Set(Some(text)),
        ..unset()
    };
    tidy_optional(&mut draft.explanation, "explanation")?;
    if draft.explanation == Set(None) {
        let message = say!("{field} is empty", field = "explanation");
        return Err(Refusal::new(RefusalCode::Required, "explanation", message).into());
    }
    let put = rule::put::<finding::Entity>(w, Some(row), draft).await?;
    if let Some(changes) = put.change.changes() {
        let event = Event::about::<finding::Entity>(EventKind::FindingExplained, &put.row);
        w.record(event.changing(rule::public_changes::<finding::Entity>(changes)));
    }
    Ok(put)
}
