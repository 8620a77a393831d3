//! Designs that are run again and again.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::PROGRAMME_MUTATIONS;
pub use object::Programme;
pub use query::{ProgrammeFilter, ProgrammeListFilter, ProgrammeOrder, ProgrammeOrderField};
