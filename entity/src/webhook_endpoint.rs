//! Where somebody wants to be told of events.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, WebhookEndpointId};
use crate::vocabulary::{WebhookOrder, WebhookState};

/// Where somebody wants to be told of events.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEndpointId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it last changed; deliveries are no change.
    pub updated_at: DateTimeUtc,
    /// Whose it is, and with whose rights events are chosen.
    pub account_id: AccountId,
    /// What it is for.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Where to send; may hold a secret of the receiver's.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// Which events, as the program wrote it.
    #[sea_orm(column_type = "JsonBinary")]
    pub filter: Json,
    pub delivery_order: WebhookOrder,
    pub state: WebhookState,
    /// The keys that sign, the newest first, each with the moment until which it does.
    #[sea_orm(column_type = "JsonBinary")]
    pub secrets: Json,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
