//! How grants are chosen and ordered.

use crate::accounts::account::AccountFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;

filter! {
    /// Which grants.
    GrantFilter / GrantListFilter of access_grant {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By who may.
        account: AccountFilter => one(AccountId in account);
        /// By the role.
        role: GrantRoleFilter => column(Role);
        /// By the institution for which it is.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By the country for which it is.
        country: CountryCodeFilter => column(CountryCode);
        /// By when it was revoked.
        revoked_at: DateTimeFilter => column(RevokedAt);
    }
}

order! {
    /// In which order grants are listed.
    GrantOrder / GrantOrderField of access_grant by Id Asc {
        /// When it was granted.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
