//! Disagreements and gaps.

mod object;
mod query;

pub use object::Finding;
pub use query::{FindingFilter, FindingListFilter, FindingOrder, FindingOrderField};
