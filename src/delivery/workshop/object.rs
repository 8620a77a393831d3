//! What a workshop shows.

use entity::vocabulary::{WorkshopKind, WorkshopStatus};
use entity::{citation, engagement, partnership, workshop_topic};

use super::WorkshopFilter;
use crate::delivery::batch::Batch;
use crate::delivery::partnership::Partnership;
use crate::delivery::topic::Topic;
use crate::delivery::venue::Venue;
use crate::graphql::edge::Edge;
use crate::graphql::object::object;
use crate::graphql::scalars::{Date, Time};
use crate::people::engagement::Engagement;
use crate::provenance::citation::Citation;

object! {
    /// An activity of a batch: a training, a lecture, a visit, an opening.
    Workshop of workshop, chosen by WorkshopFilter {
        /// The batch that it belongs to.
        one batch: Batch by batch_id;

        /// Where it is held; null where nothing else is known than the venues of the batch.
        maybe venue: Venue by venue_id;

        /// What it is about, besides the topics of its batch.
        list topics: Topic => Edge::through::<workshop_topic::Entity>(
            workshop_topic::Column::WorkshopId,
            workshop_topic::Column::TopicId,
        );

        /// Who organises, hosts or supports this activity; partnerships of the batch as a whole stand there.
        list partnerships: Partnership => Edge::by(partnership::Column::WorkshopId);

        /// What people do at this activity.
        list engagements: Engagement => Edge::by(engagement::Column::WorkshopId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);
    } {
        /// Its place in the order of the batch's activities: 1, 2 …
        async fn position(&self) -> i32 {
            self.0.position
        }

        /// What kind of activity it is.
        async fn kind(&self) -> WorkshopKind {
            self.0.kind
        }

        /// The title as printed; a factual one where none is printed.
        async fn title(&self) -> &str {
            &self.0.title
        }

        /// The language of the title (BCP 47 tag).
        async fn language(&self) -> &str {
            &self.0.language
        }

        /// The first day; null where not known.
        async fn starts_on(&self) -> Option<Date> {
            self.0.starts_on.map(Date)
        }

        /// The last day; null where not known.
        async fn ends_on(&self) -> Option<Date> {
            self.0.ends_on.map(Date)
        }

        /// The time of day at which it begins, in `timeZone`; null where not known.
        async fn starts_at(&self) -> Option<Time> {
            self.0.starts_at.map(Time)
        }

        /// The time of day at which it ends, in `timeZone`; null where not known.
        async fn ends_at(&self) -> Option<Time> {
            self.0.ends_at.map(Time)
        }

        /// The time zone of the times of day (IANA name, such as `Asia/Jakarta`); null where there are none.
        async fn time_zone(&self) -> Option<&str> {
            self.0.time_zone.as_deref()
        }

        /// What has been decided about it.
        async fn status(&self) -> WorkshopStatus {
            self.0.status
        }
    }
}
