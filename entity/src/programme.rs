//! A design that is run again and again, or an umbrella over such.

use sea_orm::entity::prelude::*;

use crate::id::{InstitutionId, ProgrammeId, RegionalGroupId};
use crate::vocabulary::Modality;

/// A design that is run again and again, or an umbrella over such.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programme")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgrammeId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// The institution whose officers keep it.
    pub owner_id: InstitutionId,
    /// As printed.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// BCP 47 tag of the title.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// As printed.
    #[sea_orm(column_type = "Text")]
    pub acronym: Option<String>,
    /// The umbrella.
    pub parent_id: Option<ProgrammeId>,
    /// The group whose members it addresses.
    pub regional_group_id: Option<RegionalGroupId>,
    /// Who cooperates with whom.
    pub modality: Modality,
    /// The title, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_title: String,
    /// Title and acronym, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: BelongsTo<super::institution::Entity>,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id")]
    pub parent: BelongsTo<Option<Entity>>,
    #[sea_orm(belongs_to, from = "regional_group_id", to = "id")]
    pub regional_group: BelongsTo<Option<super::regional_group::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
