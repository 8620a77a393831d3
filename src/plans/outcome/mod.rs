//! Aims, results and follow-up of a batch.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::OUTCOME_MUTATIONS;
pub use object::Outcome;
pub use query::{OutcomeFilter, OutcomeListFilter, OutcomeOrder, OutcomeOrderField};
