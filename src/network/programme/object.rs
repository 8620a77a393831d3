//! What it shows.

use super::ProgrammeFilter;
use crate::graphql::object::object;

object! {
    /// Designs that are run again and again.
    Programme of programme, chosen by ProgrammeFilter {
    } {
    }
}
