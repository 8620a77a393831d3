//! How progress notes are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::plans::action_item::ActionItemFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which progress notes.
    ProgressNoteFilter / ProgressNoteListFilter of progress_note {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By the day of which it tells.
        noted_on: DateFilter => column(NotedOn);
        /// By the item that it tells of.
        item: ActionItemFilter => one(ActionItemId in action_item);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
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
