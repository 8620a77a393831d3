//! That an endpoint is told of an event.

use sea_orm::entity::prelude::*;

use crate::id::{WebhookDeliveryId, WebhookEndpointId};
use crate::vocabulary::WebhookDeliveryState;

/// That an endpoint is told of an event, or pinged.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// The id: of an event, made of the endpoint and of its place in the log, so that it is the
    /// same however often the event is sent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    /// What the receiver knows it by.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub endpoint_id: WebhookEndpointId,
    /// The event; none where it is a ping.
    pub position: Option<i64>,
    /// What happened, as a dotted name.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Where it stands among the deliveries to the endpoint: the position of the event, or for a
    /// ping that of the log.
    pub sort_position: i64,
    /// What must come in order has the same: the record that the event is about.
    #[sea_orm(column_type = "Text")]
    pub lane: String,
    /// When the event happened.
    pub occurred_at: DateTimeUtc,
    pub state: WebhookDeliveryState,
    /// When it is to be tried next.
    pub due_at: DateTimeUtc,
    /// How often it was tried since it was made, or replayed.
    pub tries: i32,
    /// The newest attempts, the newest last.
    #[sea_orm(column_type = "JsonBinary")]
    pub attempts: Json,
    #[sea_orm(belongs_to, from = "endpoint_id", to = "id")]
    pub endpoint: BelongsTo<super::webhook_endpoint::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
