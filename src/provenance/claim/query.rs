//! How claims are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::DelegationFilter;
use crate::delivery::venue::VenueFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::network::regional_group::RegionalGroupFilter;
use crate::people::person::PersonFilter;
use crate::provenance::finding::FindingListFilter;
use crate::provenance::source::SourceFilter;

filter! {
    /// Which claims.
    ClaimFilter / ClaimListFilter of claim {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By the property that it is about.
        property: ClaimPropertyFilter => column(Property);
        /// By rank.
        rank: ClaimRankFilter => column(Rank);
        /// By what is counted.
        unit: CountUnitFilter => column(Unit);
        /// By what the value rests on.
        basis: CountBasisFilter => column(Basis);
        /// By the stated status of the delegation.
        status: DelegationStatusFilter => column(Status);
        /// Of `AMOUNT`: by the currency.
        currency: ExactTextFilter => column(Currency);
        /// By the title or name as printed, letter by letter.
        text: ExactTextFilter => column(Text);
        /// By the stated day.
        date: DateFilter => column(Date);
        /// By its source.
        source: SourceFilter => one(SourceId in source);
        /// By the batch that it is about, or the batch of the delegation.
        batch: BatchFilter => one(BatchId in batch);
        /// By the delegation that it is about.
        delegation: DelegationFilter => one(DelegationId in delegation);
        /// By the stated venue.
        venue: VenueFilter => one(VenueId in venue);
        /// By the institution that is stated to organise.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By the group of countries that is stated to organise.
        group: RegionalGroupFilter => one(RegionalGroupId in regional_group);
        /// By whom the source quotes.
        stated_by: PersonFilter => one(StatedById in person);
        /// By the findings that rest on it.
        findings: FindingListFilter => through(finding_claim.ClaimId/FindingId to finding);
    }
}

order! {
    /// In which order claims are listed.
    ClaimOrder / ClaimOrderField of claim by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
