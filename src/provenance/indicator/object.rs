//! What it shows.

use super::IndicatorFilter;
use crate::graphql::object::object;

object! {
    /// Sector statistics.
    Indicator of indicator, chosen by IndicatorFilter {
    } {
    }
}
