//! People in public roles.

pub mod erase;
mod merge;
mod mutation;
mod name;
mod object;
mod query;
pub mod rules;
mod scrub;

pub use mutation::PERSON_MUTATIONS;
pub use object::Person;
pub use query::{PersonFilter, PersonListFilter, PersonOrder, PersonOrderField};
