//! What a source states about a batch or delegation.

mod object;
mod query;
pub(crate) mod words;

pub use object::Claim;
pub use query::{ClaimFilter, ClaimListFilter, ClaimOrder, ClaimOrderField};
