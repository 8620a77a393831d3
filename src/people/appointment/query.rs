//! How appointments are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::people::engagement::EngagementListFilter;
use crate::people::person::PersonFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which appointments.
    AppointmentFilter / AppointmentListFilter of appointment {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By whether it is held provisionally.
        acting: BooleanFilter => column(Acting);
        /// By who holds it.
        person: PersonFilter => one(PersonId in person);
        /// By where it is held.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By what is done in it at batches and workshops.
        engagements: EngagementListFilter => many(engagement.AppointmentId);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order appointments are listed.
    AppointmentOrder / AppointmentOrderField of appointment by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The first day; appointments without one stand before all others.
        ValidFrom => SortDate,
    }
}
