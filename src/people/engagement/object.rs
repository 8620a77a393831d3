//! What an engagement shows.

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::citation;
use entity::vocabulary::EngagementRole;

use super::EngagementFilter;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::workshop::Workshop;
use crate::graphql::context::{Nullable, Reading};
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
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);
    } {
        /// Who.
        async fn person(&self, ctx: &Context<'_>) -> Result<Person> {
            ctx.required(Key::Id(self.0.person_id.0)).await
        }

        /// In which role.
        async fn role(&self) -> EngagementRole {
            self.0.role
        }

        /// Since when it is over, or called off; null where it is not.
        async fn ended_at(&self) -> Option<DateTime<Utc>> {
            self.0.ended_at
        }

        /// At which batch as a whole; null where at a workshop.
        async fn batch(&self, ctx: &Context<'_>) -> Nullable<Batch> {
            ctx.one(self.0.batch_id.map(|id| Key::Id(id.0))).await.transpose()
        }

        /// At which workshop; null where at a batch as a whole.
        async fn workshop(&self, ctx: &Context<'_>) -> Nullable<Workshop> {
            ctx.one(self.0.workshop_id.map(|id| Key::Id(id.0))).await.transpose()
        }

        /// In which post; null where none is stated.
        async fn appointment(&self, ctx: &Context<'_>) -> Nullable<Appointment> {
            ctx.one(self.0.appointment_id.map(|id| Key::Id(id.0))).await.transpose()
        }

        /// For which institution; null where none is stated.
        async fn institution(&self, ctx: &Context<'_>) -> Nullable<Institution> {
            ctx.one(self.0.institution_id.map(|id| Key::Id(id.0))).await.transpose()
        }

        /// In whose place; null where the person stands in for nobody.
        async fn on_behalf_of(&self, ctx: &Context<'_>) -> Nullable<Person> {
            ctx.one(self.0.on_behalf_of_id.map(|id| Key::Id(id.0))).await.transpose()
        }

        /// A participant's party; null for all other roles, and where none is stated.
        async fn delegation(&self, ctx: &Context<'_>) -> Nullable<Delegation> {
            ctx.one(self.0.delegation_id.map(|id| Key::Id(id.0))).await.transpose()
        }
    }
}
