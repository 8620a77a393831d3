//! What it shows.

use super::ProgressNoteFilter;
use crate::graphql::object::object;

object! {
    /// What came of an action item.
    ProgressNote of progress_note, chosen by ProgressNoteFilter {
    } {
    }
}
