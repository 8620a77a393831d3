//! What an engagement shows.

use chrono::{DateTime, Utc};
use entity::citation;
use entity::vocabulary::EngagementRole;

use super::EngagementFilter;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::workshop::Workshop;
use crate::graphql::edge::Edge;
use crate::graphql::loader::Key;
use crate::graphql::object::object;
use crate::network::institution::Institution;
use crate::people::appointment::Appointment;
use crate::people::person::Person;
use crate::provenance::citation::Citation;

object! {
    /// What a person does at a batch or at one of its workshops. Who is merely quoted is not engaged.
    Engagement of engagement, chosen by EngagementFilter {
        /// Who.
        one person: Person => |it| Key::Id(it.0.person_id.0);

        /// At which batch as a whole; null where at a workshop.
        maybe batch: Batch => |it| it.0.batch_id.map(|id| Key::Id(id.0));

        /// At which workshop; null where at a batch as a whole.
        maybe workshop: Workshop => |it| it.0.workshop_id.map(|id| Key::Id(id.0));

        /// In which post; null where none is stated.
        maybe appointment: Appointment => |it| it.0.appointment_id.map(|id| Key::Id(id.0));

        /// For which institution; null where none is stated.
        maybe institution: Institution => |it| it.0.institution_id.map(|id| Key::Id(id.0));

        /// In whose place; null where the person stands in for nobody.
        maybe on_behalf_of: Person => |it| it.0.on_behalf_of_id.map(|id| Key::Id(id.0));

        /// A participant's party; null for all other roles, and where none is stated.
        maybe delegation: Delegation => |it| it.0.delegation_id.map(|id| Key::Id(id.0));

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);
    } {
        /// In which role.
        async fn role(&self) -> EngagementRole {
            self.0.role
        }

        /// Since when it is over, or called off; null where it is not.
        async fn ended_at(&self) -> Option<DateTime<Utc>> {
            self.0.ended_at
        }
    }
}
