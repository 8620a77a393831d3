//! What came of an action item, at a date.

use sea_orm::entity::prelude::*;

use crate::id::{ActionItemId, ProgressNoteId};

/// What came of an action item, at a date.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "progress_note")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgressNoteId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub action_item_id: ActionItemId,
    pub noted_on: Date,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    #[sea_orm(belongs_to, from = "action_item_id", to = "id")]
    pub action_item: BelongsTo<super::action_item::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
