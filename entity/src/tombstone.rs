//! What is left of a record that was entered in error.

use sea_orm::entity::prelude::*;

use crate::id::TombstoneId;
use crate::vocabulary::RecordKind;

/// What is left of a record that was entered in error. It has the id of the record.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tombstone")]
pub struct Model {
    /// The id of the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TombstoneId,
    /// The key of the record, which no other record of its kind gets; its id where the key is
    /// personal.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When the record was voided first.
    pub created_at: DateTimeUtc,
    /// When it was last voided or restored.
    pub updated_at: DateTimeUtc,
    /// The kind of the record.
    pub record_kind: RecordKind,
    /// The batch that it hung from, if one; it may be gone as well.
    pub batch_id: Option<Uuid>,
    /// The institution whose record it was, if one's.
    pub owner_id: Option<Uuid>,
    /// Whether the public could know of the record.
    pub public: bool,
    /// The record with which it was voided, where it hung from that.
    pub with_id: Option<TombstoneId>,
    /// When it was voided.
    pub voided_at: DateTimeUtc,
    /// When it was restored; null where it is not.
    pub restored_at: Option<DateTimeUtc>,
    #[sea_orm(self_ref, relation_enum = "With", from = "with_id", to = "id")]
    pub with: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
