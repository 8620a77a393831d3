//! What an account shows, to administrators, auditors and itself.

use chrono::{DateTime, Utc};
use entity::{access_grant, api_token};

use super::AccountFilter;
use crate::accounts::grant::Grant;
use crate::accounts::token::ApiToken;
use crate::graphql::edge::Edge;
use crate::graphql::object::object;

object! {
    /// Somebody who may ask or write. Seen by administrators and auditors, and by itself.
    Account of account, chosen by AccountFilter {
        /// What it has been allowed, also what it is not allowed any more.
        list grants: Grant => Edge::by(access_grant::Column::AccountId);
        /// Its tokens, also those that are of no use any more.
        list tokens: ApiToken => Edge::by(api_token::Column::AccountId);
    } {
        /// The name of the person or the service.
        async fn name(&self) -> &str {
            &self.0.name
        }

        /// The OpenID Connect provider that vouches for it; null where none does.
        async fn issuer(&self) -> Option<&str> {
            self.0.issuer.as_deref()
        }

        /// Its name at that provider; null where there is none.
        async fn subject(&self) -> Option<&str> {
            self.0.subject.as_deref()
        }

        /// Since when it has been closed; null while it is open.
        async fn disabled_at(&self) -> Option<DateTime<Utc>> {
            self.0.disabled_at
        }
    }
}
