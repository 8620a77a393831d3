//! How groups are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which groups.
    RegionalGroupFilter / RegionalGroupListFilter of regional_group {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order groups are listed.
    RegionalGroupOrder / RegionalGroupOrderField of regional_group by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The English name.
        Name => SortName,
    }
}
