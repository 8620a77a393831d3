//! How delegations are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which delegations.
    DelegationFilter / DelegationListFilter of delegation {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By the country whose party it is.
        country: CountryCodeFilter => column(CountryCode);
        /// By accepted status.
        status: DelegationStatusFilter => column(Status);
        /// By whom it stands for.
        represents: RepresentationFilter => column(Represents);
        /// By its batch.
        batch: BatchFilter => one(BatchId in batch);
    }
}

order! {
    /// In which order delegations are listed.
    DelegationOrder / DelegationOrderField of delegation by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The date of the batch.
        Date => SortDate,
        /// The key.
        Key => Key,
        /// The English name of the country, else the name of the institution.
        Name => SortName,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}
