//! What an appointment shows.

use entity::vocabulary::DatePrecision;
use entity::{citation, engagement};

use super::AppointmentFilter;
use super::query::AppointmentOrder;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::network::institution::Institution;
use crate::people::engagement::Engagement;
use crate::people::person::Person;
use crate::provenance::citation::Citation;

object! {
    /// A post that a person holds at an institution for a time.
    Appointment of appointment, chosen by AppointmentFilter, ordered by AppointmentOrder {
        /// Who holds it.
        one person: Person by person_id;

        /// Where it is held.
        one institution: Institution by institution_id;

        /// What the person does in this post at batches and workshops.
        list engagements: Engagement => Edge::by(engagement::Column::AppointmentId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The name of the post as printed.
        column post: &str;
        /// The language of the name of the post (BCP 47 tag).
        column language: &str;
        /// Whether it is held provisionally (Indonesian "Plt.").
        column acting: bool;
        /// The first day; the first day of the period where only month or year is known; null where
        /// not known.
        column valid_from: Option<Date>;
        /// The last day; the last day of the period where only month or year is known; null where
        /// it is still held, or the end is not known.
        column valid_to: Option<Date>;
        /// How exactly the first and the last day are known.
        column precision: DatePrecision;
    } {}
}
