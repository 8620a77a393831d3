//! What a tombstone shows.

use async_graphql::ID;
use chrono::{DateTime, Utc};
use entity::tombstone;
use entity::vocabulary::RecordKind;

use super::TombstoneFilter;
use super::query::TombstoneOrder;
use crate::engine::node::Node;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;

object! {
    /// What is left of a record that was entered in error. The record itself is in no list, count,
    /// calendar, feed or search. Whoever had it finds here that it is void, and since when. Once
    /// the record is restored, only those who keep it see this.
    Tombstone of tombstone, chosen by TombstoneFilter, ordered by TombstoneOrder {
        /// The record with which it was voided, since it hung from that; null where it was voided
        /// for itself.
        maybe voided_with: Tombstone by with_id;
        /// What was voided with it, since it hung from it.
        list taken_along: Tombstone => Edge::by(tombstone::Column::WithId);

        /// What kind of record it was.
        column record_kind: RecordKind;
        /// When it was voided.
        column voided_at: DateTime<Utc>;
        /// When it was restored; null where it is void.
        column restored_at: Option<DateTime<Utc>>;
    } {
        /// The id of the record.
        async fn record_id(&self) -> ID {
            global_id(self.0.record_kind, &Key::Id(self.0.id.0))
        }

        /// The record; null as long as it is void.
        async fn record(&self) -> Option<Node> {
            Some(Node::seen(self.0.record_kind, Key::Id(self.0.id.0)))
        }
    }
}
