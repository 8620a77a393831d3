//! How engagements are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::DelegationFilter;
use crate::delivery::workshop::WorkshopFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::people::appointment::AppointmentFilter;
use crate::people::person::PersonFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which engagements.
    EngagementFilter / EngagementListFilter of engagement {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By role.
        role: EngagementRoleFilter => column(Role);
        /// By since when they are over.
        ended_at: DateTimeFilter => column(EndedAt);
        /// By who.
        person: PersonFilter => one(PersonId in person);
        /// By the batch at which as a whole.
        batch: BatchFilter => one(BatchId in batch);
        /// By the workshop at which.
        workshop: WorkshopFilter => one(WorkshopId in workshop);
        /// By the post in which.
        appointment: AppointmentFilter => one(AppointmentId in appointment);
        /// By the institution for which.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By the person in whose place.
        on_behalf_of: PersonFilter => one(OnBehalfOfId in person);
        /// By a participant's party.
        delegation: DelegationFilter => one(DelegationId in delegation);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order engagements are listed.
    EngagementOrder / EngagementOrderField of engagement by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
