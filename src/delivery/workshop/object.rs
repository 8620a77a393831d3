//! What a workshop shows.

use entity::vocabulary::{WorkshopKind, WorkshopStatus};
use entity::{citation, engagement, partnership, workshop_topic};

use super::WorkshopFilter;
use super::query::WorkshopOrder;
use crate::delivery::batch::Batch;
use crate::delivery::partnership::Partnership;
use crate::delivery::topic::Topic;
use crate::delivery::venue::Venue;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::{Date, Time};
use crate::people::engagement::Engagement;
use crate::provenance::citation::Citation;

object! {
    /// An activity of a batch: a training, a lecture, a visit, an opening.
    Workshop of workshop, chosen by WorkshopFilter, ordered by WorkshopOrder {
        /// The batch that it belongs to.
        one batch: Batch by batch_id;

        /// Where it is held; null where nothing else is known than the venues of the batch.
        maybe venue: Venue by venue_id;

        /// What it is about, besides the topics of its batch.
        list topics: Topic => Edge::through::<workshop_topic::Entity>(
            workshop_topic::Column::WorkshopId,
            workshop_topic::Column::TopicId,
        );

        /// Who organises, hosts or supports this activity; partnerships of the batch as a whole
        /// stand there.
        list partnerships: Partnership => Edge::by(partnership::Column::WorkshopId);

        /// What people do at this activity.
        list engagements: Engagement => Edge::by(engagement::Column::WorkshopId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Its place in the order of the batch's activities: 1, 2 …
        column position: i32;
        /// What kind of activity it is.
        column kind: WorkshopKind;
        /// The title as printed; a factual one where none is printed.
        column title: &str;
        /// The language of the title (BCP 47 tag).
        column language: &str;
        /// The first day; null where not known.
        column starts_on: Option<Date>;
        /// The last day; null where not known.
        column ends_on: Option<Date>;
        /// The time of day at which it begins, in `timeZone`; null where not known.
        column starts_at: Option<Time>;
        /// The time of day at which it ends, in `timeZone`; null where not known.
        column ends_at: Option<Time>;
        /// The time zone of the times of day (IANA name, such as `Asia/Jakarta`); null where there
        /// are none.
        column time_zone: Option<&str>;
        /// What has been decided about it.
        column status: WorkshopStatus;
    } {}
}
