//! What it shows.

use super::OutcomeFilter;
use crate::graphql::object::object;

object! {
    /// Aims, results and follow-up of a batch.
    Outcome of outcome, chosen by OutcomeFilter {
    } {
    }
}
