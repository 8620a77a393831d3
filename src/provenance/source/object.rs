//! What it shows.

use super::SourceFilter;
use crate::graphql::object::object;

object! {
    /// Documents that state facts.
    Source of source, chosen by SourceFilter {
    } {
    }
}
