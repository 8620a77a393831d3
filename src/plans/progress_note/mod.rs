//! What came of an action item.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::ProgressNoteMutations;
pub use object::ProgressNote;
pub use query::{ProgressNoteFilter, ProgressNoteListFilter, ProgressNoteOrder, ProgressNoteOrderField};
