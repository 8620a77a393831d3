//! What a part of a batch shows.

use entity::vocabulary::DeliveryMode;
use entity::{citation, delegation_part};

use super::BatchPartFilter;
use super::query::BatchPartOrder;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::venue::Venue;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::provenance::citation::Citation;

object! {
    /// A part of a batch that is held elsewhere, otherwise or at another time than the rest: on
    /// site and virtual, in two cities, in two periods. A batch that is held as one has none.
    BatchPart of batch_part, chosen by BatchPartFilter, ordered by BatchPartOrder {
        /// The batch.
        one batch: Batch by batch_id;

        /// Where it is held; null where not known.
        maybe venue: Venue by venue_id;

        /// The delegations that are known to have taken part in it. One that names no part may have
        /// taken part in any.
        list delegations: Delegation => Edge::through::<delegation_part::Entity>(
            delegation_part::Column::PartId,
            delegation_part::Column::DelegationId,
        );

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Its place in the order of the batch's parts: 1, 2 …
        column position: i32;
        /// What it is called, as printed; null where it is called nothing.
        column label: Option<&str>;
        /// How it is attended.
        column mode: DeliveryMode;
        /// The first day; null where not known.
        column starts_on: Option<Date>;
        /// The last day; null where not known.
        column ends_on: Option<Date>;
    } {}
}
