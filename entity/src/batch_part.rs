//! A part of a batch that is held elsewhere, otherwise or at another time than the rest.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, BatchPartId, VenueId};
use crate::vocabulary::DeliveryMode;

/// A part of a batch that is held elsewhere, otherwise or at another time than the rest.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batch_part")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BatchPartId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub batch_id: BatchId,
    /// In the order of the batch: 1, 2 …
    pub position: i32,
    /// As printed: "virtual session".
    #[sea_orm(column_type = "Text")]
    pub label: Option<String>,
    /// How it is attended.
    pub mode: DeliveryMode,
    pub venue_id: Option<VenueId>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<super::batch::Entity>,
    #[sea_orm(belongs_to, from = "venue_id", to = "id")]
    pub venue: BelongsTo<Option<super::venue::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
