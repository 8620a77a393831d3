//! What a progress note shows.

use entity::citation;

use super::ProgressNoteFilter;
use super::query::ProgressNoteOrder;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::plans::action_item::ActionItem;
use crate::provenance::citation::Citation;

object! {
    /// What came of an action item, as of a day.
    ProgressNote of progress_note, chosen by ProgressNoteFilter, ordered by ProgressNoteOrder {
        /// The item that it tells of.
        one item: ActionItem by action_item_id;

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The day of which it tells.
        column noted_on: Date;
        /// The note as written.
        column text: &str;
    } {}
}
