//! A document that states facts.

use sea_orm::entity::prelude::*;

use crate::id::{CountryCode, InstitutionId, SourceId};
use crate::vocabulary::{DatePrecision, SourceKind};

/// A document that states facts.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SourceId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub kind: SourceKind,
    /// As printed.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// BCP 47 language tag.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    pub publisher_id: Option<InstitutionId>,
    /// Whose statement it is; set where it is that of a country, and nowhere else.
    pub country_code: Option<CountryCode>,
    #[sea_orm(column_type = "Text")]
    pub url: Option<String>,
    pub published_on: Option<Date>,
    pub precision: DatePrecision,
    /// Its own number or code.
    #[sea_orm(column_type = "Text")]
    pub reference: Option<String>,
    /// SHA-256 of the archived copy, hexadecimal.
    #[sea_orm(column_type = "Text")]
    pub archive_sha256: Option<String>,
    /// The root of what it reprints or rests on; itself where it rests on nothing.
    pub origin_id: Option<SourceId>,
    /// `published_on`, or 9999-12-31.
    pub sort_date: Date,
    /// The title, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_title: String,
    /// Title and reference, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "publisher_id", to = "id")]
    pub publisher: BelongsTo<Option<super::institution::Entity>>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(self_ref, relation_enum = "Origin", from = "origin_id", to = "id")]
    pub origin: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
