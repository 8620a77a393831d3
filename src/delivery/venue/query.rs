//! How venues are chosen and ordered.

use crate::delivery::batch::BatchListFilter;
use crate::delivery::workshop::WorkshopListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which venues.
    VenueFilter / VenueListFilter of venue {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By kind.
        kind: VenueKindFilter => column(Kind);
        /// By name.
        name: TextFilter => column(SortName);
        /// By city.
        city: ExactTextFilter => column(City);
        /// By country.
        country: CountryCodeFilter => column(CountryCode);
        /// By the ISO 3166-2 code of the province or state.
        subdivision: ExactTextFilter => column(Subdivision);
        /// By the record that it was merged into. `not: {mergedInto: {}}` leaves merged records
        /// out.
        merged_into: VenueFilter => one(MergedIntoId in venue);
        /// By the batches that are held there.
        batches: BatchListFilter => through(batch_venue.VenueId/BatchId to batch);
        /// By the activities that are held there.
        workshops: WorkshopListFilter => many(workshop.VenueId);
    }
}

order! {
    /// In which order venues are listed.
    VenueOrder / VenueOrderField of venue by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The name.
        Name => SortName,
    }
}
