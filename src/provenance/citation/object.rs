//! What it shows.

use super::CitationFilter;
use crate::graphql::object::object;

object! {
    /// Which source documents which record.
    Citation of citation, chosen by CitationFilter {
    } {
    }
}
