//! How programmes are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which programmes.
    ProgrammeFilter / ProgrammeListFilter of programme {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order programmes are listed.
    ProgrammeOrder / ProgrammeOrderField of programme by SortTitle Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The title.
        Title => SortTitle,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}
