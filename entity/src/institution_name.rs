//! A name of an institution, with the time in which it was in force.

use sea_orm::entity::prelude::*;

use crate::id::{InstitutionId, InstitutionNameId};
use crate::vocabulary::{DatePrecision, NameKind};

/// A name of an institution, with the time in which it was in force.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "institution_name")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InstitutionNameId,
    pub institution_id: InstitutionId,
    /// BCP 47 language tag.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// What the name is to the institution.
    pub kind: NameKind,
    /// The name as written.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    /// First day in force, where known.
    pub valid_from: Option<Date>,
    /// Last day in force; null while it is.
    pub valid_to: Option<Date>,
    /// How exactly the days are known.
    pub precision: DatePrecision,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<super::institution::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
