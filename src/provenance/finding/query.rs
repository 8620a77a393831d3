//! How findings are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which findings.
    FindingFilter / FindingListFilter of finding {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order findings are listed.
    FindingOrder / FindingOrderField of finding by SortSeverity Desc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// How grave it is.
        Severity => SortSeverity,
    }
}
