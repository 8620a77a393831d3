//! What it shows.

use super::WorkshopFilter;
use crate::graphql::object::object;

object! {
    /// Activities of a batch.
    Workshop of workshop, chosen by WorkshopFilter {
    } {
    }
}
