//! A group of countries: an organisation or the parties of a treaty.

use sea_orm::entity::prelude::*;

use crate::id::RegionalGroupId;
use crate::vocabulary::RegionalGroupKind;

/// A group of countries: an organisation or the parties of a treaty.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "regional_group")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RegionalGroupId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// What binds it together.
    pub kind: RegionalGroupKind,
    /// Such as `ASEAN`.
    #[sea_orm(column_type = "Text")]
    pub acronym: Option<String>,
    /// The name in English.
    #[sea_orm(column_type = "Text")]
    pub name_en: String,
    /// The name in Indonesian.
    #[sea_orm(column_type = "Text")]
    pub name_id: Option<String>,
    /// The English name, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    /// Names and acronym, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
}

impl ActiveModelBehavior for ActiveModel {}
