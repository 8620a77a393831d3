//! Who asks, what they may see, and what they may do.

mod authenticate;
mod by;
pub mod hanging;
pub mod oidc;
pub mod policy;
pub mod token;
mod visible;

pub use crate::actor::{Actor, SignedIn};
pub use authenticate::{AuthError, bearer, by_account, by_token, renewed};
pub use by::By;
pub use visible::{OF_ACCOUNTS, Scoped, Visible};
