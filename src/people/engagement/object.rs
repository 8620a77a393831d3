//! What an engagement shows.

use chrono::{DateTime, Utc};
use entity::citation;
use entity::vocabulary::EngagementRole;

use super::EngagementFilter;
use super::query::EngagementOrder;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::workshop::Workshop;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::network::institution::Institution;
use crate::people::appointment::Appointment;
use crate::people::person::Person;
use crate::provenance::citation::Citation;

object! {
    /// What a person does at a batch or at one of its workshops. Who is merely quoted is not
    /// engaged.
    Engagement of engagement, chosen by EngagementFilter, ordered by EngagementOrder {
        /// Who.
        one person: Person by person_id;

        /// At which batch as a whole; null where at a workshop.
        maybe batch: Batch by batch_id;

        /// At which workshop; null where at a batch as a whole.
        maybe workshop: Workshop by workshop_id;

        /// In which post; null where none is stated.
        maybe appointment: Appointment by appointment_id;

        /// For which institution; null where none is stated.
        maybe institution: Institution by institution_id;

        /// In whose place; null where the person stands in for nobody.
        maybe on_behalf_of: Person by on_behalf_of_id;

        /// A participant's party; null for all other roles, and where none is stated.
        maybe delegation: Delegation by delegation_id;

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// In which role.
        column role: EngagementRole;
        /// Since when it is over, or called off; null where it is not.
        column ended_at: Option<DateTime<Utc>>;
    } {}
}
