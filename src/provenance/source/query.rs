//! How sources are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which sources.
    SourceFilter / SourceListFilter of source {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order sources are listed.
    SourceOrder / SourceOrderField of source by SortDate Desc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The day of publication; sources without one stand behind all others.
        Date => SortDate,
        /// The key.
        Key => Key,
        /// The title.
        Title => SortTitle,
    }
}
