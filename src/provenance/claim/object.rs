//! What it shows.

use super::ClaimFilter;
use crate::graphql::object::object;

object! {
    /// What a source states about a batch or delegation.
    Claim of claim, chosen by ClaimFilter {
    } {
    }
}
