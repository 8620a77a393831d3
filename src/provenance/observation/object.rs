//! What it shows.

use super::ObservationFilter;
use crate::graphql::object::object;

object! {
    /// Values of indicators, as sources state them.
    Observation of observation, chosen by ObservationFilter {
    } {
    }
}
