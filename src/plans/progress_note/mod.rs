//! What came of an action item.

mod object;
mod query;
pub mod rules;

pub use object::ProgressNote;
pub use query::{ProgressNoteFilter, ProgressNoteListFilter, ProgressNoteOrder, ProgressNoteOrderField};
