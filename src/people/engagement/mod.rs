//! What people do at batches and workshops.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::ENGAGEMENT_MUTATIONS;
pub use object::Engagement;
pub use query::{EngagementFilter, EngagementListFilter, EngagementOrder, EngagementOrderField};
