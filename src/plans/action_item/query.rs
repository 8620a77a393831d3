//! How action items are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::plans::action_plan::ActionPlanFilter;
use crate::plans::progress_note::ProgressNoteListFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which action items.
    ActionItemFilter / ActionItemListFilter of action_item {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By where it stands.
        status: ActionItemStatusFilter => column(Status);
        /// By the day by which it is to be done.
        due_on: DateFilter => column(DueOn);
        /// By its plan.
        plan: ActionPlanFilter => one(ActionPlanId in action_plan);
        /// By what came of it.
        notes: ProgressNoteListFilter => many(progress_note.ActionItemId);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order action items are listed.
    ActionItemOrder / ActionItemOrderField of action_item by Position Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The place within the plan.
        Position => Position,
    }
}
