//! Places.

mod merge;
mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::VENUE_MUTATIONS;
pub use object::Venue;
pub use query::{VenueFilter, VenueListFilter, VenueOrder, VenueOrderField};
