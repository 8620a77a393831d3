//! What is done to progress notes.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use entity::{action_item, progress_note};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{ProgressNote, rules};
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, mutations};
use crate::rule::{Stem, made_key, unset};

mutations! {
    /// Mutations of progress notes.
    PROGRESS_NOTE_MUTATIONS {
        /// Says what came of an item of an action plan.
        note_progress(NoteProgressInput)
            -> NoteProgressPayload { progress_note: ProgressNote }, a KeepPlan {
            /// The item.
            action_item_id: IdOf<action_item::Entity>,
            /// What came of it; it may have paragraphs.
            text: String,
            /// Of which day the note is; of today unless given.
            noted_on: Option<Date>,
        }
    }
}

async fn note_progress(
    w: &mut Write,
    by: &Authorizer,
    input: &NoteProgressInput,
) -> Result<Uuid, WriteError> {
    let (_, item) =
        by.batch_scoped::<action_item::Entity>(w, "action_item_id", input.action_item_id.0).await?;
    let draft = progress_note::ActiveModel {
        key: Set(made_key(w, Stem::<progress_note::Entity>::of(&item.key, "note")).await?),
        action_item_id: Set(item.id),
        noted_on: Set(input.noted_on.as_ref().map_or(w.today(), |day| day.0)),
        text: Set(input.text.clone()),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}
