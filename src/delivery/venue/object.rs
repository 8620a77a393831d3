//! What it shows.

use super::VenueFilter;
use crate::graphql::object::object;

object! {
    /// Places.
    Venue of venue, chosen by VenueFilter {
    } {
    }
}
