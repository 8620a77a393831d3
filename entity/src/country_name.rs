//! One name of a country, in one language.

use sea_orm::entity::prelude::*;

use crate::id::{CountryCode, CountryNameId};
use crate::vocabulary::NameKind;

/// One name of a country, in one language.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "country_name")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CountryNameId,
    pub country_code: CountryCode,
    /// BCP 47 language tag.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// What the name is to the country.
    pub kind: NameKind,
    /// Who names it so: `CLDR`, `AHKFTA` …
    #[sea_orm(column_type = "Text")]
    pub authority: String,
    /// The name as written.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name, folded: what is searched and matched.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<super::country::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
