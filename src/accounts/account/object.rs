//! What an account shows, to administrators, auditors and itself.

use chrono::{DateTime, Utc};
use entity::{access_grant, api_token};

use super::AccountFilter;
use super::query::AccountOrder;
use crate::accounts::grant::Grant;
use crate::accounts::token::ApiToken;
use crate::engine::object::object;
use crate::graphql::edge::Edge;

object! {
    /// Somebody who may ask or write. Seen by administrators and auditors, and by itself.
    Account of account, chosen by AccountFilter, ordered by AccountOrder {
        /// What it has been allowed, also what it is not allowed any more.
        list grants: Grant => Edge::by(access_grant::Column::AccountId);
        /// Its tokens, also those that are of no use any more.
        list tokens: ApiToken => Edge::by(api_token::Column::AccountId);

        /// The name of the person or the service.
        column name: &str;
        /// The OpenID Connect provider that vouches for it; null where none does.
        column issuer: Option<&str>;
        /// Its name at that provider; null where there is none.
        column subject: Option<&str>;
        /// Since when it has been closed; null while it is open.
        column disabled_at: Option<DateTime<Utc>>;
    } {}
}
