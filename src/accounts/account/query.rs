//! How accounts are chosen and ordered.

use crate::accounts::grant::GrantListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which accounts.
    AccountFilter / AccountListFilter of account {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By when it was closed.
        disabled_at: DateTimeFilter => column(DisabledAt);
        /// By what it has been allowed.
        grants: GrantListFilter => many(access_grant.AccountId);
    }
}

order! {
    /// In which order accounts are listed.
    AccountOrder / AccountOrderField of account by Key Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
