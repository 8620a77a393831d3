//! What it shows.

use super::FindingFilter;
use crate::graphql::object::object;

object! {
    /// Disagreements and gaps.
    Finding of finding, chosen by FindingFilter {
    } {
    }
}
