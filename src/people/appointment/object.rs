//! What an appointment shows.

use entity::vocabulary::DatePrecision;
use entity::{citation, engagement};

use super::AppointmentFilter;
use crate::graphql::edge::Edge;
use crate::graphql::object::object;
use crate::graphql::scalars::Date;
use crate::network::institution::Institution;
use crate::people::engagement::Engagement;
use crate::people::person::Person;
use crate::provenance::citation::Citation;

object! {
    /// A post that a person holds at an institution for a time.
    Appointment of appointment, chosen by AppointmentFilter {
        /// Who holds it.
        one person: Person by person_id;

        /// Where it is held.
        one institution: Institution by institution_id;

        /// What the person does in this post at batches and workshops.
        list engagements: Engagement => Edge::by(engagement::Column::AppointmentId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);
    } {
        /// The name of the post as printed.
        async fn post(&self) -> &str {
            &self.0.post
        }

        /// The language of the name of the post (BCP 47 tag).
        async fn language(&self) -> &str {
            &self.0.language
        }

        /// Whether it is held provisionally (Indonesian "Plt.").
        async fn acting(&self) -> bool {
            self.0.acting
        }

        /// The first day; the first day of the period where only month or year is known; null where not known.
        async fn valid_from(&self) -> Option<Date> {
            self.0.valid_from.map(Date)
        }

        /// The last day; the last day of the period where only month or year is known; null where it is still held, or the end
        /// is not known.
        async fn valid_to(&self) -> Option<Date> {
            self.0.valid_to.map(Date)
        }

        /// How exactly the first and the last day are known.
        async fn precision(&self) -> DatePrecision {
            self.0.precision
        }
    }
}
