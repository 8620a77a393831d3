//! Claims: what sources state about a batch or a delegation, and the value that is accepted of it.

pub mod accepted;
mod currency;
mod days;
pub mod kept;
mod mutation;
mod object;
pub(crate) mod people;
mod property;
mod query;
pub mod rules;
pub mod stated;
pub(crate) mod value;
pub(crate) mod words;

#[cfg(test)]
mod tests;

pub use days::check_days;
pub use mutation::CLAIM_MUTATIONS;
pub(crate) use mutation::may_take_back;
pub use object::Claim;
pub use query::{ClaimFilter, ClaimListFilter, ClaimOrder, ClaimOrderField};
