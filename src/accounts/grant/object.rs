//! What a grant shows.

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::vocabulary::GrantRole;

use super::GrantFilter;
use crate::accounts::account::Account;
use crate::graphql::context::{Nullable, Reading, nullable};
use crate::graphql::loader::Key;
use crate::graphql::object::object;
use crate::network::institution::Institution;

object! {
    /// What an account may do. Seen by administrators and auditors, and by the account.
    Grant of access_grant, chosen by GrantFilter {} {
        /// Who may.
        async fn account(&self, ctx: &Context<'_>) -> Result<Account> {
            ctx.required(Key::Id(self.0.account_id.0)).await
        }

        /// In which role.
        async fn role(&self) -> GrantRole {
            self.0.role
        }

        /// For which institution; null where the role is one for the register.
        async fn institution(&self, ctx: &Context<'_>) -> Nullable<Institution> {
            nullable(ctx.one(self.0.institution_id.map(|id| Key::Id(id.0)))).await
        }

        /// Since when it has not been in force any more; null while it is.
        async fn revoked_at(&self) -> Option<DateTime<Utc>> {
            self.0.revoked_at
        }
    }
}
