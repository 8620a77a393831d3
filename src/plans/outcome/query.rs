//! How outcomes are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which outcomes.
    OutcomeFilter / OutcomeListFilter of outcome {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
    }
}

order! {
    /// In which order outcomes are listed.
    OutcomeOrder / OutcomeOrderField of outcome by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
