//! That a programme or topic falls under an entry of an international classification.

use sea_orm::entity::prelude::*;

use crate::id::{ProgrammeId, TagId, TopicId};
use crate::vocabulary::TagVocabulary;

/// That a programme or topic falls under an entry of an international classification.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TagId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// The programme; or
    pub programme_id: Option<ProgrammeId>,
    /// the topic.
    pub topic_id: Option<TopicId>,
    pub vocabulary: TagVocabulary,
    /// The code of the entry, as its vocabulary writes it.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    #[sea_orm(belongs_to, from = "programme_id", to = "id")]
    pub programme: BelongsTo<Option<super::programme::Entity>>,
    #[sea_orm(belongs_to, from = "topic_id", to = "id")]
    pub topic: BelongsTo<Option<super::topic::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
