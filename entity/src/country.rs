//! A country or economy of ISO 3166-1, or a dissolved one of ISO 3166-3.

use sea_orm::entity::prelude::*;

use crate::id::CountryCode;

/// A country or economy of ISO 3166-1, or a dissolved one of ISO 3166-3.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "country")]
pub struct Model {
    /// ISO 3166-1 alpha-2, or the four letters of ISO 3166-3; the key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: CountryCode,
    /// ISO 3166-1 alpha-3.
    #[sea_orm(column_type = "Text")]
    pub alpha3: String,
    /// ISO 3166-1 numeric, three digits.
    #[sea_orm(column_type = "Text")]
    pub numeric: Option<String>,
    /// First day of the code, where known.
    pub valid_from: Option<Date>,
    /// Last day of the code: set for a dissolved country.
    pub valid_to: Option<Date>,
    /// The common English name, folded: what lists are ordered by.
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    /// Counts the changes.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
