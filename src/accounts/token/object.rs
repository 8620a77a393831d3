//! What a token shows: never itself.

use chrono::{DateTime, Utc};
use entity::vocabulary::{TokenScope, Vocabulary};

use super::ApiTokenFilter;
use crate::accounts::account::Account;
use crate::graphql::object::object;

object! {
    /// A secret that stands for an account. The secret itself is kept nowhere. Seen by administrators and auditors, and by the
    /// account.
    ApiToken of api_token, chosen by ApiTokenFilter {
        /// For whom it stands.
        one account: Account by account_id;
    } {
        /// What it is for.
        async fn name(&self) -> &str {
            &self.0.name
        }

        /// How it begins.
        async fn prefix(&self) -> &str {
            &self.0.prefix
        }

        /// What it may be used for.
        async fn scopes(&self) -> Vec<TokenScope> {
            let names = self.0.scopes.as_array().into_iter().flatten();
            names.filter_map(|name| TokenScope::parse(name.as_str()?).ok()).collect()
        }

        /// From when on it is good for nothing; null where it does not expire.
        async fn expires_at(&self) -> Option<DateTime<Utc>> {
            self.0.expires_at
        }

        /// When it was last used, to within five minutes; null where it never was.
        async fn last_used_at(&self) -> Option<DateTime<Utc>> {
            self.0.last_used_at
        }

        /// Since when it has been revoked; null where it has not.
        async fn revoked_at(&self) -> Option<DateTime<Utc>> {
            self.0.revoked_at
        }
    }
}
