//! One value of an indicator, as a source states it.

use sea_orm::entity::prelude::*;

use crate::id::{
    BatchId, CountryCode, IndicatorId, ObservationId, PersonId, ProgrammeId, RegionalGroupId,
    SourceId,
};
use crate::vocabulary::{Comparator, CountBasis};

/// One value of an indicator, as a source states it.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "observation")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ObservationId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub indicator_id: IndicatorId,
    pub source_id: SourceId,
    /// Quoted with a programme; or
    pub programme_id: Option<ProgrammeId>,
    /// with a batch.
    pub batch_id: Option<BatchId>,
    /// Of a country; or
    pub country_code: Option<CountryCode>,
    /// of a group.
    pub regional_group_id: Option<RegionalGroupId>,
    pub period_from: Option<Date>,
    pub period_to: Option<Date>,
    /// `INFERRED` where the period is not printed.
    pub period_basis: Option<CountBasis>,
    pub comparator: Comparator,
    pub value: f64,
    pub stated_by_id: Option<PersonId>,
    #[sea_orm(column_type = "Text")]
    pub locator: Option<String>,
    /// `period_from`, else `period_to`, else 9999-12-31.
    pub sort_date: Date,
    #[sea_orm(belongs_to, from = "indicator_id", to = "id")]
    pub indicator: BelongsTo<super::indicator::Entity>,
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    pub source: BelongsTo<super::source::Entity>,
    #[sea_orm(belongs_to, from = "programme_id", to = "id")]
    pub programme: BelongsTo<Option<super::programme::Entity>>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<Option<super::batch::Entity>>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(belongs_to, from = "regional_group_id", to = "id")]
    pub regional_group: BelongsTo<Option<super::regional_group::Entity>>,
    #[sea_orm(belongs_to, from = "stated_by_id", to = "id")]
    pub stated_by: BelongsTo<Option<super::person::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
