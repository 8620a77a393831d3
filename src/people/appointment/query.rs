//! How appointments are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which appointments.
    AppointmentFilter / AppointmentListFilter of appointment {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order appointments are listed.
    AppointmentOrder / AppointmentOrderField of appointment by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The first day; appointments without one stand before all others.
        ValidFrom => SortDate,
    }
}
