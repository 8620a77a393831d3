//! What a grant shows.

use chrono::{DateTime, Utc};
use entity::vocabulary::GrantRole;

use super::GrantFilter;
use super::query::GrantOrder;
use crate::accounts::account::Account;
use crate::engine::object::object;
use crate::network::institution::Institution;

object! {
    /// What an account may do. Seen by administrators and auditors, and by the account.
    Grant of access_grant, chosen by GrantFilter, ordered by GrantOrder {
        /// Who may.
        one account: Account by account_id;

        /// For which institution; null where the role is one for the register.
        maybe institution: Institution by institution_id;

        /// In which role.
        column role: GrantRole;
        /// Since when it has not been in force any more; null while it is.
        column revoked_at: Option<DateTime<Utc>>;
    } {}
}
