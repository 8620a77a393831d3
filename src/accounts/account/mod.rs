//! Accounts: somebody who may ask or write.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::ACCOUNT_MUTATIONS;
pub use object::Account;
pub use query::{AccountFilter, AccountListFilter, AccountOrder, AccountOrderField};
