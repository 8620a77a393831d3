//! What is to be told: deliveries made of the log.

use entity::vocabulary::WebhookDeliveryState;
use entity::webhook_delivery;
use sea_orm::DbErr;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{EndpointWorker, PendingDelivery};
use crate::access::OF_ACCOUNTS;
use crate::events::LogCursor;
use crate::events::log::Logged;

/// Events that are looked at at a time.
const CHUNK: usize = 256;

impl EndpointWorker {
    /// Makes deliveries of the next events that the owner may see and asked for; none where there
    /// is no owner any more.
    pub(super) async fn make_out(
        &mut self,
        end: LogCursor,
    ) -> Result<Option<Vec<PendingDelivery>>, DbErr> {
        let mut made = Vec::new();
        if self.seen >= end.position || !self.has_room() {
            return Ok(Some(made));
        }
        for event in self.context.with.tail.after(self.seen, CHUNK).await? {
            self.seen = event.row.position;
            if event.row.subject_kind.is_some_and(|kind| OF_ACCOUNTS.contains(&kind))
                && !self.renew().await?
            {
                return Ok(None);
            }
            if self.visible.sees(&event.row) && self.choice.has(&event) {
                let row = self.delivery(&event, end.at(event.row.position));
                made.push(PendingDelivery { row, event: Some(event), on_its_way: false });
            }
        }
        Ok(Some(made))
    }

    fn delivery(&self, event: &Logged, place: LogCursor) -> webhook_delivery::Model {
        let (now, row) = (self.now(), &event.row);
        let id = delivery_id(self.endpoint.id.0, place);
        let lane = row.subject_id.clone().unwrap_or_default();
        webhook_delivery::Model {
            id: entity::id::WebhookDeliveryId(id),
            key: format!("evt-{}", id.simple()),
            version: 1,
            created_at: now,
            updated_at: now,
            endpoint_id: self.endpoint.id,
            position: Some(row.position),
            kind: row.kind.clone(),
            sort_position: row.position,
            lane,
            occurred_at: row.occurred_at,
            state: WebhookDeliveryState::Pending,
            due_at: now,
            tries: 0,
            attempts: serde_json::json!([]),
        }
    }
}

/// The id of a delivery: the same however often the event is sent to the endpoint, and another
/// after a restore, when another event may have the position.
fn delivery_id(endpoint: Uuid, place: LogCursor) -> Uuid {
    let digest = Sha256::digest(format!("{endpoint} {} {}", place.epoch, place.position));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
