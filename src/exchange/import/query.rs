//! How imports are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which imports.
    ImportFilter / ImportListFilter of import {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By how far it has come.
        state: ImportStateFilter => column(State);
        /// By what its rows are to become.
        table: ImportTableFilter => column(IntoTable);
        /// By when the record last changed.
        updated_at: DateTimeFilter => column(UpdatedAt);
    }
}

order! {
    /// In which order imports are listed.
    ImportOrder / ImportOrderField of import by Id Asc {
        /// When it was handed in.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
