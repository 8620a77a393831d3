//! Disagreements and gaps.

mod message;
mod object;
mod query;

pub use object::Finding;
pub use query::{FindingFilter, FindingListFilter, FindingOrder, FindingOrderField, SeverityFilter};
