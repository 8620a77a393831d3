//! People in public roles.

mod object;
mod query;

pub use object::Person;
pub use query::{PersonFilter, PersonListFilter, PersonOrder, PersonOrderField};
