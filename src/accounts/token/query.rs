//! How tokens are chosen and ordered.

use crate::accounts::account::AccountFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which tokens.
    ApiTokenFilter / ApiTokenListFilter of api_token {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By whom it stands for.
        account: AccountFilter => one(AccountId in account);
        /// By when it expires.
        expires_at: DateTimeFilter => column(ExpiresAt);
        /// By when it was last used.
        last_used_at: DateTimeFilter => column(LastUsedAt);
        /// By when it was revoked.
        revoked_at: DateTimeFilter => column(RevokedAt);
    }
}

order! {
    /// In which order tokens are listed.
    ApiTokenOrder / ApiTokenOrderField of api_token by Id Asc {
        /// When it was made.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
