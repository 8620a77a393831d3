//! How memberships are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which memberships.
    MembershipFilter / MembershipListFilter of membership {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order memberships are listed.
    MembershipOrder / MembershipOrderField of membership by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The first day; memberships without one stand before all others.
        ValidFrom => SortDate,
    }
}
