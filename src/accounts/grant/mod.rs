//! Grants: what an account may do.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::GRANT_MUTATIONS;
pub use object::Grant;
pub use query::{GrantFilter, GrantListFilter, GrantOrder, GrantOrderField};
