//! What a delivery shows, to the owner of its endpoint.

use async_graphql::Value;
use async_graphql::resolver_utils::enum_value;
use chrono::{DateTime, Utc};
use entity::vocabulary::WebhookDeliveryState;

use super::attempt::{Attempt, attempts};
use super::query::{WebhookDeliveryFilter, WebhookDeliveryOrder};
use crate::engine::Computed;
use crate::engine::object::object;
use crate::events::EventKind;
use crate::graphql::list::List;
use crate::graphql::scalars::Long;
use crate::webhooks::endpoint::WebhookEndpoint;

object! {
    /// That an endpoint is told of an event. Its key is the `webhook-id` of the messages, the same
    /// in all attempts and replays. Its version also counts what the register does: attempts.
    WebhookDelivery of webhook_delivery, chosen by WebhookDeliveryFilter,
    ordered by WebhookDeliveryOrder {
        /// To whom.
        one endpoint: WebhookEndpoint by endpoint_id;

        /// What happened; null where it is a ping, or nothing that this server knows.
        computed type: Option<EventKind> = Computed::of(&["kind"], |made| {
            Ok(EventKind::named(made.text("kind")?).map_or(Value::Null, enum_value))
        });
        /// What happened, as a dotted name; `webhook.ping` where it is a ping.
        column name: &str = kind;
        /// The position of the event in the log; null where it is a ping.
        column position: Option<Long>;
        /// When the event happened.
        column occurred_at: DateTime<Utc>;
        /// Where it stands.
        column state: WebhookDeliveryState;
        /// How often it was tried since it was made, or replayed.
        column tries: i32;
    } {
        /// When it is tried next, unless the endpoint is resting; null where it is not to be tried
        /// any more.
        async fn due_at(&self) -> Option<DateTime<Utc>> {
            (self.0.state == WebhookDeliveryState::Pending).then_some(self.0.due_at)
        }

        /// What became of its attempts, the newest last; at most 30.
        async fn attempts(&self) -> List<Attempt> {
            attempts(&self.0.attempts).into_iter().collect()
        }
    }
}
