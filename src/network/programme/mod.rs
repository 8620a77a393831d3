//! Designs that are run again and again.

mod object;
mod query;
pub mod rules;

pub use object::Programme;
pub use query::{ProgrammeFilter, ProgrammeListFilter, ProgrammeOrder, ProgrammeOrderField};
