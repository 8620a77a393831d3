//! What a grant shows.

use chrono::{DateTime, Utc};
use entity::vocabulary::GrantRole;

use super::GrantFilter;
use crate::accounts::account::Account;
use crate::graphql::loader::Key;
use crate::graphql::object::object;
use crate::network::institution::Institution;

object! {
    /// What an account may do. Seen by administrators and auditors, and by the account.
    Grant of access_grant, chosen by GrantFilter {
        /// Who may.
        one account: Account => |it| Key::Id(it.0.account_id.0);

        /// For which institution; null where the role is one for the register.
        maybe institution: Institution => |it| it.0.institution_id.map(|id| Key::Id(id.0));
    } {
        /// In which role.
        async fn role(&self) -> GrantRole {
            self.0.role
        }

        /// Since when it has not been in force any more; null while it is.
        async fn revoked_at(&self) -> Option<DateTime<Utc>> {
            self.0.revoked_at
        }
    }
}
