//! Places.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::VenueMutations;
pub use object::Venue;
pub use query::{VenueFilter, VenueListFilter, VenueOrder, VenueOrderField};
