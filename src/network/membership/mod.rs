//! Which country belonged to which group, and when.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::MEMBERSHIP_MUTATIONS;
pub use object::Membership;
pub use query::{MembershipFilter, MembershipListFilter, MembershipOrder, MembershipOrderField};
