//! How progress notes are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which progress notes.
    ProgressNoteFilter / ProgressNoteListFilter of progress_note {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order progress notes are listed.
    ProgressNoteOrder / ProgressNoteOrderField of progress_note by NotedOn Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The day of the note.
        NotedOn => NotedOn,
    }
}
