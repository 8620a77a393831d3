//! How indicators are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which indicators.
    IndicatorFilter / IndicatorListFilter of indicator {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By its values.
        observations: ObservationListFilter => many(observation.IndicatorId);
        /// By what documents it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order indicators are listed.
    IndicatorOrder / IndicatorOrderField of indicator by Key Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
