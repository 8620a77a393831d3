//! What a venue shows.

use entity::vocabulary::VenueKind;
use entity::{batch_venue, citation, claim, venue, workshop};

use super::VenueFilter;
use super::query::VenueOrder;
use crate::delivery::batch::Batch;
use crate::delivery::workshop::Workshop;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::network::country::Country;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;

object! {
    /// Where something is held: a site, a city as a whole where no more is known, or the network.
    Venue of venue, chosen by VenueFilter, ordered by VenueOrder {
        /// The country; null where it is not known, and on the network.
        maybe country: Country by country_code;

        /// The record of the same place that took this one's place; null where this is the record
        /// in use.
        maybe merged_into: Venue by merged_into_id;
        /// The records that were found to be of the same place, and were merged into this one.
        list merged_from: Venue => Edge::by(venue::Column::MergedIntoId);

        /// The batches that are held there.
        list batches: Batch =>
            Edge::through::<batch_venue::Entity>(
                batch_venue::Column::VenueId,
                batch_venue::Column::BatchId,
            );
        /// The activities that are held there.
        list workshops: Workshop => Edge::by(workshop::Column::VenueId);
        /// The claims that something was held there.
        list claims: Claim => Edge::by(claim::Column::VenueId);
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// A site, a city as a whole, or the network.
        column kind: VenueKind;
        /// The name as printed.
        column name: &str;
        /// Street and number as printed; null where they are not known.
        column address: Option<&str>;
        /// The city; null where it is not known, and on the network.
        column city: Option<&str>;
        /// The ISO 3166-2 code of the province or state, such as "ID-YO"; null where it is not
        /// known.
        column subdivision: Option<&str>;
        /// Degrees north of the equator (WGS 84); null where they are not known.
        column latitude: Option<f64>;
        /// Degrees east of Greenwich (WGS 84); null where they are not known.
        column longitude: Option<f64>;
    } {}
}
