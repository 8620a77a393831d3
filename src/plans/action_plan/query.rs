//! How action plans are chosen and ordered.

use crate::delivery::delegation::DelegationFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::plans::action_item::ActionItemListFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::finding::FindingListFilter;

filter! {
    /// Which action plans.
    ActionPlanFilter / ActionPlanListFilter of action_plan {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By where it stands.
        status: ActionPlanStatusFilter => column(Status);
        /// By the day by which it is to be carried out.
        due_on: DateFilter => column(DueOn);
        /// By the day on which it was handed in.
        submitted_on: DateFilter => column(SubmittedOn);
        /// By whose plan it is.
        delegation: DelegationFilter => one(DelegationId in delegation);
        /// By the single things that it undertakes.
        items: ActionItemListFilter => many(action_item.ActionPlanId);
        /// By the findings about it.
        findings: FindingListFilter => many(finding.SubjectId);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order action plans are listed.
    ActionPlanOrder / ActionPlanOrderField of action_plan by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The due date; plans without one stand behind all others.
        DueOn => SortDate,
        /// The key.
        Key => Key,
    }
}
