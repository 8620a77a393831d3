//! How venues are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which venues.
    VenueFilter / VenueListFilter of venue {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order venues are listed.
    VenueOrder / VenueOrderField of venue by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The name.
        Name => SortName,
    }
}
