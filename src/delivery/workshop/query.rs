//! How workshops are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which workshops.
    WorkshopFilter / WorkshopListFilter of workshop {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order workshops are listed.
    WorkshopOrder / WorkshopOrderField of workshop by SortDate Asc, Position Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The first day, else the last day, else the date of the batch.
        Date => SortDate,
        /// The key.
        Key => Key,
        /// The place within the batch.
        Position => Position,
    }
}
