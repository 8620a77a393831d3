//! How sources are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::claim::ClaimListFilter;
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which sources.
    SourceFilter / SourceListFilter of source {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By title.
        title: TextFilter => column(SortTitle);
        /// By title and reference together.
        text: TextFilter => column(SearchText);
        /// By kind of document.
        kind: SourceKindFilter => column(Kind);
        /// By the language of the document: a BCP 47 tag, such as `id`.
        language: ExactTextFilter => column(Language);
        /// By the day of publication.
        published_on: DateFilter => column(PublishedOn);
        /// By who published it.
        publisher: InstitutionFilter => one(PublisherId in institution);
        /// By the country whose statement it is.
        country: CountryCodeFilter => column(CountryCode);
        /// By what it states about batches and delegations.
        claims: ClaimListFilter => many(claim.SourceId);
        /// By what it documents.
        citations: CitationListFilter => many(citation.SourceId);
        /// By the values of indicators that it states.
        observations: ObservationListFilter => many(observation.SourceId);
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
