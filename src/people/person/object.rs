//! What a person shows.

use entity::{appointment, citation, claim, engagement, finding, observation, outcome, person};

use super::PersonFilter;
use super::query::PersonOrder;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::people::appointment::Appointment;
use crate::people::engagement::Engagement;
use crate::plans::outcome::Outcome;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::finding::Finding;
use crate::provenance::observation::Observation;

object! {
    /// A person in a public role: engaged, represented, or quoted. Who only takes part in a batch
    /// is private, and is not shown.
    Person of person, chosen by PersonFilter, ordered by PersonOrder {
        /// The record of the same person that took this one's place; null where this is the record
        /// in use.
        maybe merged_into: Person by merged_into_id;

        /// The posts that the person holds or held.
        list appointments: Appointment => Edge::by(appointment::Column::PersonId);

        /// What the person does at batches and workshops.
        list engagements: Engagement => Edge::by(engagement::Column::PersonId);

        /// What others do at batches and workshops on the person's behalf.
        list represented_at: Engagement => Edge::by(engagement::Column::OnBehalfOfId);

        /// What sources quote the person for.
        list stated_claims: Claim => Edge::by(claim::Column::StatedById);

        /// The aims and results that the person named.
        list stated_outcomes: Outcome => Edge::by(outcome::Column::StatedById);

        /// The sector statistics that the person quoted.
        list stated_observations: Observation => Edge::by(observation::Column::StatedById);

        /// The records that were found to be of the same person, and were merged into this one.
        list merged_from: Person => Edge::by(person::Column::MergedIntoId);

        /// The disagreements and gaps about the record, as far as you may see them.
        list findings: Finding => Edge::by(finding::Column::SubjectId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The name as printed.
        column name: &str;
    } {}
}
