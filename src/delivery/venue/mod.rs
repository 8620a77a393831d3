//! Places.

mod object;
mod query;

pub use object::Venue;
pub use query::{VenueFilter, VenueListFilter, VenueOrder, VenueOrderField};
