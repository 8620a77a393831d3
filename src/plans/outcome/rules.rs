//! What holds for outcomes, and how they are written.

use entity::outcome;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::{self, tidy, tidy_optional};

/// Enters an outcome, or changes it.
///
/// It has a label in English.
pub async fn enter(
    w: &mut Write,
    existing: Option<&outcome::Model>,
    mut draft: outcome::ActiveModel,
) -> Result<Put<outcome::Model>, WriteError> {
    tidy(&mut draft.label_en, "label_en")?;
    tidy_optional(&mut draft.label_id);
    let put = rule::put::<outcome::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let event = Event::about::<outcome::Entity>(EventKind::OutcomeRecorded, &put.row)
            .of_batch(put.row.batch_id)
            .changing(rule::told::<outcome::Entity>(changes));
        w.record(event);
    }
    Ok(put)
}
