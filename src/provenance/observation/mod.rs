//! Values of indicators, as sources state them.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::OBSERVATION_MUTATIONS;
pub use object::Observation;
pub use query::{
    ObservationFilter, ObservationListFilter, ObservationOrder, ObservationOrderField,
};
