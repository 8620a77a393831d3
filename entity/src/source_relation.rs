//! That a source depends on another.

use sea_orm::entity::prelude::*;

use crate::id::{SourceId, SourceRelationId};
use crate::vocabulary::SourceRelationKind;

/// That a source depends on another.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_relation")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SourceRelationId,
    pub source_id: SourceId,
    pub kind: SourceRelationKind,
    pub related_id: SourceId,
    #[sea_orm(belongs_to, relation_enum = "Source", from = "source_id", to = "id")]
    pub source: BelongsTo<super::source::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Related", from = "related_id", to = "id")]
    pub related: BelongsTo<super::source::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
