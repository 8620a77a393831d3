//! How observations are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which observations.
    ObservationFilter / ObservationListFilter of observation {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order observations are listed.
    ObservationOrder / ObservationOrderField of observation by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The first day of the period; observations without one stand behind all others.
        Period => SortDate,
    }
}
