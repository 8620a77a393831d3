//! What people do at batches and workshops.

mod object;
mod query;
pub mod rules;

pub use object::Engagement;
pub use query::{EngagementFilter, EngagementListFilter, EngagementOrder, EngagementOrderField};
