//! An aim, result or follow-up that a batch names.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, InstitutionId, OutcomeId, PersonId};
use crate::vocabulary::OutcomeKind;

/// An aim, result or follow-up that a batch names.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutcomeId,
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
    pub kind: OutcomeKind,
    #[sea_orm(column_type = "Text")]
    pub label_en: String,
    #[sea_orm(column_type = "Text")]
    pub label_id: Option<String>,
    pub occurred_on: Option<Date>,
    pub institution_id: Option<InstitutionId>,
    pub stated_by_id: Option<PersonId>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<super::batch::Entity>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
    #[sea_orm(belongs_to, from = "stated_by_id", to = "id")]
    pub stated_by: BelongsTo<Option<super::person::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
