//! Aims, results and follow-up of a batch.

mod object;
mod query;
pub mod rules;

pub use object::Outcome;
pub use query::{OutcomeFilter, OutcomeListFilter, OutcomeOrder, OutcomeOrderField};
