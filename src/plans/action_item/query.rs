//! How action items are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which action items.
    ActionItemFilter / ActionItemListFilter of action_item {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
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
