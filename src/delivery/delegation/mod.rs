//! Delegations: who came to a batch, and who did not.

mod for_country;
mod mutation;
mod object;
mod query;
pub mod rules;
mod sorting;
mod standing;

pub use for_country::COUNTRY_STATEMENT_MUTATIONS;
pub use mutation::DELEGATION_MUTATIONS;
pub use object::Delegation;
pub use query::{DelegationFilter, DelegationListFilter, DelegationOrder, DelegationOrderField};
pub(crate) use sorting::{note, sort_renamed};
