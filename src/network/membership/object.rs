//! What it shows.

use super::MembershipFilter;
use crate::graphql::object::object;

object! {
    /// Which country belonged to which group, and when.
    Membership of membership, chosen by MembershipFilter {
    } {
    }
}
