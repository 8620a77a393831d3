//! What it shows.

use super::PartnershipFilter;
use crate::graphql::object::object;

object! {
    /// Roles in programmes, batches and workshops.
    Partnership of partnership, chosen by PartnershipFilter {
    } {
    }
}
