//! How institutions are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which institutions.
    InstitutionFilter / InstitutionListFilter of institution {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order institutions are listed.
    InstitutionOrder / InstitutionOrderField of institution by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The present common name.
        Name => SortName,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}
