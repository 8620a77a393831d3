//! People in public roles.

pub mod erase;
mod merge;
mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::PersonMutations;
pub use object::Person;
pub use query::{PersonFilter, PersonListFilter, PersonOrder, PersonOrderField};
