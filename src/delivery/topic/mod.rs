//! Subjects, as a tree.

mod object;
mod query;
pub mod rules;

pub use object::Topic;
pub use query::{TopicFilter, TopicListFilter, TopicOrder, TopicOrderField};
