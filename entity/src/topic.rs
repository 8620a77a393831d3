//! What a programme, batch or workshop is about; a tree.

use sea_orm::entity::prelude::*;

use crate::id::TopicId;

/// What a programme, batch or workshop is about; a tree.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "topic")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TopicId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// The wider topic.
    pub parent_id: Option<TopicId>,
    /// OECD DAC CRS purpose code.
    #[sea_orm(column_type = "Text")]
    pub dac_code: Option<String>,
    /// English.
    #[sea_orm(column_type = "Text")]
    pub label_en: String,
    /// Indonesian.
    #[sea_orm(column_type = "Text")]
    pub label_id: String,
    /// The English label, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_label: String,
    /// Both labels, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id")]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
