//! How partnerships are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::delivery::workshop::WorkshopFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::network::programme::ProgrammeFilter;
use crate::network::regional_group::RegionalGroupFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::finding::FindingListFilter;

filter! {
    /// Which partnerships.
    PartnershipFilter / PartnershipListFilter of partnership {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By role.
        role: PartnershipRoleFilter => column(Role);
        /// By since when they are held no more.
        ended_at: DateTimeFilter => column(EndedAt);
        /// By the institution that has the role.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By the regional group that has the role.
        group: RegionalGroupFilter => one(RegionalGroupId in regional_group);
        /// By the programme in which the role is held.
        programme: ProgrammeFilter => one(ProgrammeId in programme);
        /// By the batch in which the role is held.
        batch: BatchFilter => one(BatchId in batch);
        /// By the workshop in which the role is held.
        workshop: WorkshopFilter => one(WorkshopId in workshop);
        /// By the findings about it.
        findings: FindingListFilter => many(finding.SubjectId);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order partnerships are listed.
    PartnershipOrder / PartnershipOrderField of partnership by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
