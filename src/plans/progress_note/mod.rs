//! What came of an action item.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::PROGRESS_NOTE_MUTATIONS;
pub use object::ProgressNote;
pub use query::{
    ProgressNoteFilter, ProgressNoteListFilter, ProgressNoteOrder, ProgressNoteOrderField,
};
