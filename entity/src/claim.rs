//! What a source states about a batch or a delegation.

use sea_orm::entity::prelude::*;

use crate::id::{
    BatchId, ClaimId, DelegationId, InstitutionId, PersonId, RegionalGroupId, SourceId, VenueId,
};
use crate::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, Completeness, CostKind, CountBasis, CountScope,
    CountUnit, DatePrecision, DelegationCategory, DelegationStatus, RankReason,
};

/// What a source states about a batch or a delegation.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClaimId,
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
    /// The batch, or the batch of the delegation.
    pub batch_id: BatchId,
    pub delegation_id: Option<DelegationId>,
    pub property: ClaimProperty,
    /// A title; or a venue, an organiser or a delegation as printed.
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    /// BCP 47 tag of a title.
    #[sea_orm(column_type = "Text")]
    pub language: Option<String>,
    pub date: Option<Date>,
    pub precision: Option<DatePrecision>,
    /// ISO: 1 Monday … 7 Sunday.
    pub printed_weekday: Option<i32>,
    pub number_min: Option<i32>,
    pub number_max: Option<i32>,
    /// Of a number of people: how many are women.
    pub female: Option<i32>,
    /// How many are men.
    pub male: Option<i32>,
    /// How many are neither, or are not known to be either.
    pub other_or_unknown: Option<i32>,
    pub comparator: Option<Comparator>,
    pub unit: Option<CountUnit>,
    pub basis: Option<CountBasis>,
    pub scope: Option<CountScope>,
    pub completeness: Option<Completeness>,
    pub status: Option<DelegationStatus>,
    /// Of a number of people: of which category of delegations they are; all where none is given.
    pub category: Option<DelegationCategory>,
    /// An amount of money, or what something given in kind is worth.
    pub amount: Option<f64>,
    /// ISO 4217.
    #[sea_orm(column_type = "Text")]
    pub currency: Option<String>,
    /// For what it is spent.
    pub cost_kind: Option<CostKind>,
    /// Whether goods or services are given instead of money.
    pub in_kind: Option<bool>,
    pub venue_id: Option<VenueId>,
    pub institution_id: Option<InstitutionId>,
    pub regional_group_id: Option<RegionalGroupId>,
    /// Who is quoted for it.
    pub stated_by_id: Option<PersonId>,
    /// Where in the source.
    #[sea_orm(column_type = "Text")]
    pub locator: Option<String>,
    pub rank: ClaimRank,
    /// Set where deprecated.
    pub rank_reason: Option<RankReason>,
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    pub source: BelongsTo<super::source::Entity>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<super::batch::Entity>,
    #[sea_orm(belongs_to, from = "delegation_id", to = "id")]
    pub delegation: BelongsTo<Option<super::delegation::Entity>>,
    #[sea_orm(belongs_to, from = "venue_id", to = "id")]
    pub venue: BelongsTo<Option<super::venue::Entity>>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
    #[sea_orm(belongs_to, from = "regional_group_id", to = "id")]
    pub regional_group: BelongsTo<Option<super::regional_group::Entity>>,
    #[sea_orm(belongs_to, from = "stated_by_id", to = "id")]
    pub stated_by: BelongsTo<Option<super::person::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
