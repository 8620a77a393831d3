//! How partnerships are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which partnerships.
    PartnershipFilter / PartnershipListFilter of partnership {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order partnerships are listed.
    PartnershipOrder / PartnershipOrderField of partnership by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
