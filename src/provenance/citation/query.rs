//! How citations are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::provenance::source::SourceFilter;

filter! {
    /// Which citations.
    CitationFilter / CitationListFilter of citation {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By the kind of record that is documented.
        record_kind: RecordKindFilter => column(SubjectKind);
        /// By the source that documents the record.
        source: SourceFilter => one(SourceId in source);
        /// By the country that is documented.
        country: CountryCodeFilter => column(CountryCode);
        /// By the batch that is documented, or that the documented record belongs to.
        batch: BatchFilter => one(BatchId in batch);
    }
}

order! {
    /// In which order citations are listed.
    CitationOrder / CitationOrderField of citation by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
