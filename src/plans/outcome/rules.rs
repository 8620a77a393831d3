//! What holds for outcomes, and how they are written.

use entity::{batch, outcome};

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, check, required, tidy, tidy_optional};

/// Enters an outcome, or changes it.
///
/// It has a label in English. It stays with the batch with which it was entered.
pub async fn enter(
    w: &mut Write,
    existing: Option<&outcome::Model>,
    mut draft: outcome::ActiveModel,
) -> Result<Put<outcome::Model>, WriteError> {
    tidy(&mut draft.label_en, "label_en")?;
    tidy_optional(&mut draft.label_id, "label_id")?;
    let batch = required!(draft, existing, batch_id);
    if let Some(row) = existing
        && row.batch_id != batch
    {
        let was = rule::key_of::<batch::Entity>(w, row.batch_id).await?;
        let message =
            say!("\"{key}\" is an outcome of \"{was}\" and stays there", key = &row.key, was);
        return Err(check::invalid("batch_id", message).into());
    }
    let put = rule::put::<outcome::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let event = Event::about::<outcome::Entity>(EventKind::OutcomeRecorded, &put.row)
            .changing(rule::public_changes::<outcome::Entity>(changes));
        w.record(event);
    }
    Ok(put)
}
