//! What a token shows: never itself.

use chrono::{DateTime, Utc};
use entity::vocabulary::{TokenScope, Vocabulary};

use super::ApiTokenFilter;
use super::query::ApiTokenOrder;
use crate::accounts::account::Account;
use crate::engine::object::object;

object! {
    /// A secret that stands for an account. The secret itself is kept nowhere. Seen by
    /// administrators and auditors, and by the account.
    ApiToken of api_token, chosen by ApiTokenFilter, ordered by ApiTokenOrder {
        /// For whom it stands.
        one account: Account by account_id;

        /// What it is for.
        column name: &str;
        /// How it begins.
        column prefix: &str;
        /// From when on it is good for nothing; null where it does not expire.
        column expires_at: Option<DateTime<Utc>>;
        /// When it was last used, to within five minutes; null where it never was.
        column last_used_at: Option<DateTime<Utc>>;
        /// Since when it has been revoked; null where it has not.
        column revoked_at: Option<DateTime<Utc>>;
    } {
        /// What it may be used for.
        async fn scopes(&self) -> Vec<TokenScope> {
            let names = self.0.scopes.as_array().into_iter().flatten();
            names.filter_map(|name| TokenScope::parse(name.as_str()?).ok()).collect()
        }
    }
}
