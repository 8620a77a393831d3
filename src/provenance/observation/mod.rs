//! Values of indicators, as sources state them.

mod object;
mod query;
pub mod rules;

pub use object::Observation;
pub use query::{ObservationFilter, ObservationListFilter, ObservationOrder, ObservationOrderField};
