//! What is common to the view of all who oversee the register.

use entity::vocabulary::GrantRole;
use sea_orm::Condition;

use super::{Scoped, SignedIn};

/// What all who oversee the register may see, whether they keep records or not: of people those
/// with a public role, also at drafts.
pub fn seen_by_all_who_oversee<E: Scoped>() -> Condition {
    let roles = [GrantRole::Auditor].into();
    E::visibility_filter(&SignedIn { roles, ..SignedIn::default() })
}
