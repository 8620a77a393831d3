//! The role of an institution or group in a programme, batch or workshop.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, InstitutionId, PartnershipId, ProgrammeId, RegionalGroupId, WorkshopId};
use crate::vocabulary::PartnershipRole;

/// The role of an institution or group in a programme, batch or workshop.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartnershipId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// The holder; or
    pub institution_id: Option<InstitutionId>,
    /// the holder.
    pub regional_group_id: Option<RegionalGroupId>,
    /// In a programme; or
    pub programme_id: Option<ProgrammeId>,
    /// in a batch; or
    pub batch_id: Option<BatchId>,
    /// in a workshop.
    pub workshop_id: Option<WorkshopId>,
    pub role: PartnershipRole,
    /// The holder as printed there.
    #[sea_orm(column_type = "Text")]
    pub label: Option<String>,
    /// Since when it is held no more.
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
    #[sea_orm(belongs_to, from = "regional_group_id", to = "id")]
    pub regional_group: BelongsTo<Option<super::regional_group::Entity>>,
    #[sea_orm(belongs_to, from = "programme_id", to = "id")]
    pub programme: BelongsTo<Option<super::programme::Entity>>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<Option<super::batch::Entity>>,
    #[sea_orm(belongs_to, from = "workshop_id", to = "id")]
    pub workshop: BelongsTo<Option<super::workshop::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
