//! Subjects, as a tree.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::TOPIC_MUTATIONS;
pub use object::Topic;
pub use query::{TopicFilter, TopicListFilter, TopicOrder, TopicOrderField};
