//! What it shows.

use super::TopicFilter;
use crate::graphql::object::object;

object! {
    /// Subjects, as a tree.
    Topic of topic, chosen by TopicFilter {
    } {
    }
}
