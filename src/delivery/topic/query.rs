//! How topics are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which topics.
    TopicFilter / TopicListFilter of topic {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order topics are listed.
    TopicOrder / TopicOrderField of topic by SortLabel Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The English label.
        Label => SortLabel,
    }
}
