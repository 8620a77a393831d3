//! A number or code of an institution in somebody's scheme.

use sea_orm::entity::prelude::*;

use crate::id::{InstitutionId, InstitutionIdentifierId};

/// A number or code of an institution in somebody's scheme.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "institution_identifier")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InstitutionIdentifierId,
    pub institution_id: InstitutionId,
    /// Whose: `ROR`, `Wikidata`, `IATI` …
    #[sea_orm(column_type = "Text")]
    pub scheme: String,
    /// The code.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<super::institution::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
