//! Which country belonged to which group, and when.

mod object;
mod query;

pub use object::{Membership, in_force};
pub use query::{MembershipFilter, MembershipListFilter, MembershipOrder, MembershipOrderField};
