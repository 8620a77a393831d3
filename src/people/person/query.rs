//! How people are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::people::appointment::AppointmentListFilter;
use crate::people::engagement::EngagementListFilter;
use crate::plans::outcome::OutcomeListFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::claim::ClaimListFilter;
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which people.
    PersonFilter / PersonListFilter of person {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By name.
        name: TextFilter => column(SortName);
        /// By the posts that they hold or held.
        appointments: AppointmentListFilter => many(appointment.PersonId);
        /// By what they do at batches and workshops.
        engagements: EngagementListFilter => many(engagement.PersonId);
        /// By what others do on their behalf.
        represented_at: EngagementListFilter => many(engagement.OnBehalfOfId);
        /// By what sources quote them for.
        stated_claims: ClaimListFilter => many(claim.StatedById);
        /// By the aims and results that they named.
        stated_outcomes: OutcomeListFilter => many(outcome.StatedById);
        /// By the statistics that they quoted.
        stated_observations: ObservationListFilter => many(observation.StatedById);
        /// By the sources that document them.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order people are listed.
    PersonOrder / PersonOrderField of person by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The name.
        Name => SortName,
    }
}
