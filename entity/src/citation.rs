//! That a source documents a record.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, CitationId, CountryCode, SourceId};
use crate::vocabulary::RecordKind;

/// That a source documents a record.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "citation")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CitationId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub source_id: SourceId,
    pub subject_kind: RecordKind,
    /// Id of the record; null where it is a country.
    pub subject_id: Option<Uuid>,
    /// The country, where it is one.
    pub country_code: Option<CountryCode>,
    /// The batch that the record hangs from, if one: who may not see the batch may not see this
    /// either.
    pub batch_id: Option<BatchId>,
    #[sea_orm(column_type = "Text")]
    pub locator: Option<String>,
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    pub source: BelongsTo<super::source::Entity>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<Option<super::batch::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
