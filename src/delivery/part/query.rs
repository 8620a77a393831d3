//! How parts of batches are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::DelegationListFilter;
use crate::delivery::venue::VenueFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which parts of batches.
    BatchPartFilter / BatchPartListFilter of batch_part {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By how it is attended.
        mode: DeliveryModeFilter => column(Mode);
        /// By the first day.
        starts_on: DateFilter => column(StartsOn);
        /// By the last day.
        ends_on: DateFilter => column(EndsOn);
        /// By its batch.
        batch: BatchFilter => one(BatchId in batch);
        /// By its venue.
        venue: VenueFilter => one(VenueId in venue);
        /// By the delegations that took part in it.
        delegations: DelegationListFilter
            => through(delegation_part.PartId/DelegationId to delegation);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order parts of batches are listed.
    BatchPartOrder / BatchPartOrderField of batch_part by Position Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The place within the batch.
        Position => Position,
    }
}
