//! Places.

mod object;
mod query;
pub mod rules;

pub use object::Venue;
pub use query::{VenueFilter, VenueListFilter, VenueOrder, VenueOrderField};
