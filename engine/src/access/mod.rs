//! Who asks, what they may see, and what they may do.

mod authenticate;
mod authorizer;
pub mod batch_scoped;
pub mod oidc;
mod overseer;
pub mod policy;
pub mod token;
mod visible;

pub use crate::actor::{Actor, SignedIn};
pub use authenticate::{AuthError, bearer, by_account, by_token, renewed};
pub use authorizer::{Authorizer, expect_version, nothing};
pub use overseer::seen_by_all_who_oversee;
pub use visible::{OF_ACCOUNTS, Scoped, Visible};
