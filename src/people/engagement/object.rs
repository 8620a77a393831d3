//! What it shows.

use super::EngagementFilter;
use crate::graphql::object::object;

object! {
    /// What people do at batches and workshops.
    Engagement of engagement, chosen by EngagementFilter {
    } {
    }
}
