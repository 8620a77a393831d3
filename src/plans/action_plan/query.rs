//! How action plans are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which action plans.
    ActionPlanFilter / ActionPlanListFilter of action_plan {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
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
