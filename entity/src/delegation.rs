//! The party of a country, of an institution or of a group at a batch. Status and headcount are
//! accepted from its claims.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, CountryCode, DelegationId, InstitutionId, RegionalGroupId};
use crate::vocabulary::{
    Comparator, CountryPosition, DelegationCategory, DelegationStatus, Representation,
};

/// The party of a country, of an institution or of a group at a batch. Status and headcount are
/// accepted from its claims.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegation")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DelegationId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub batch_id: BatchId,
    /// A country, an institution or a group.
    pub represents: Representation,
    /// Whose party it is; set where it represents a country.
    pub country_code: Option<CountryCode>,
    /// The sender; set where it represents an institution.
    pub institution_id: Option<InstitutionId>,
    /// The group that is a party itself; set where it represents one, and nowhere else.
    pub regional_group_id: Option<RegionalGroupId>,
    /// As what it takes part, where that is told apart.
    pub category: Option<DelegationCategory>,
    /// Tells two parties of one country apart.
    #[sea_orm(column_type = "Text")]
    pub label: Option<String>,
    /// Accepted status; null where sources contradict each other.
    pub status: Option<DelegationStatus>,
    /// Accepted number of people: at least.
    pub headcount_min: Option<i32>,
    /// At most.
    pub headcount_max: Option<i32>,
    /// How the number is meant.
    pub headcount_comparator: Option<Comparator>,
    /// How many of them are women, as accepted with the number.
    pub headcount_female: Option<i32>,
    /// How many are men.
    pub headcount_male: Option<i32>,
    /// How many are neither, or are not known to be either.
    pub headcount_other_or_unknown: Option<i32>,
    /// Accepted heads times the days of the batch: at least.
    pub person_days_min: Option<i32>,
    /// At most.
    pub person_days_max: Option<i32>,
    /// What its country says of that, through its focal points; null where it says nothing.
    pub country_position: Option<CountryPosition>,
    /// The batch's.
    pub sort_date: Date,
    /// English name of the country, else of the institution, and the label, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    /// The key of the batch's programme: in the order of which its countries' cells are counted.
    #[sea_orm(column_type = "Text")]
    pub sort_programme: String,
    /// The accepted number of people: at least, else at most, else -1.
    pub sort_headcount: i32,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<super::batch::Entity>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
    #[sea_orm(belongs_to, from = "regional_group_id", to = "id")]
    pub regional_group: BelongsTo<Option<super::regional_group::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
