//! What it shows.

use super::RegionalGroupFilter;
use crate::graphql::object::object;

object! {
    /// Groups of countries: organisations and treaties.
    RegionalGroup of regional_group, chosen by RegionalGroupFilter {
    } {
    }
}
