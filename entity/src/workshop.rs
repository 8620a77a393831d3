//! An activity of a batch.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, VenueId, WorkshopId};
use crate::vocabulary::{WorkshopKind, WorkshopStatus};

/// An activity of a batch.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workshop")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkshopId,
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
    /// Its place in the batch's programme.
    pub position: i32,
    pub kind: WorkshopKind,
    /// As printed, or factual where none is.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// BCP 47 tag of the title.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    /// Time of day at `time_zone`.
    pub starts_at: Option<Time>,
    /// Time of day at `time_zone`.
    pub ends_at: Option<Time>,
    /// IANA time zone of the times.
    #[sea_orm(column_type = "Text")]
    pub time_zone: Option<String>,
    pub venue_id: Option<VenueId>,
    pub status: WorkshopStatus,
    /// `starts_on`, else `ends_on`, else the batch's.
    pub sort_date: Date,
    /// The title, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<super::batch::Entity>,
    #[sea_orm(belongs_to, from = "venue_id", to = "id")]
    pub venue: BelongsTo<Option<super::venue::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
