//! Tokens: secrets that stand for an account.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::TOKEN_MUTATIONS;
pub use object::ApiToken;
pub use query::{ApiTokenFilter, ApiTokenListFilter, ApiTokenOrder, ApiTokenOrderField};
