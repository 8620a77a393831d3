//! People in public roles.

mod object;
mod query;
pub mod rules;

pub use object::Person;
pub use query::{PersonFilter, PersonListFilter, PersonOrder, PersonOrderField};
