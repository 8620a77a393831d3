//! What a grant shows.

use chrono::{DateTime, Utc};
use entity::vocabulary::GrantRole;

use super::GrantFilter;
use super::query::GrantOrder;
use crate::accounts::account::Account;
use crate::engine::object::object;
use crate::network::country::Country;
use crate::network::institution::Institution;

object! {
    /// What an account may do. Seen by administrators and auditors, and by the account.
    Grant of access_grant, chosen by GrantFilter, ordered by GrantOrder {
        /// Who may.
        one account: Account by account_id;

        /// Of an officer: for which institution; null for any other role.
        maybe institution: Institution by institution_id;

        /// Of a focal point: for which country; null for any other role.
        maybe country: Country by country_code;

        /// In which role.
        column role: GrantRole;
        /// Since when it has not been in force any more; null while it is.
        column revoked_at: Option<DateTime<Utc>>;
    } {}
}
