//! That a country belonged to a group for a time.

use sea_orm::entity::prelude::*;

use crate::id::{CountryCode, MembershipId, RegionalGroupId};
use crate::vocabulary::{DatePrecision, MembershipKind};

/// That a country belonged to a group for a time.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub regional_group_id: RegionalGroupId,
    pub country_code: CountryCode,
    /// In which quality.
    pub kind: MembershipKind,
    /// First day; null means throughout, as far as known.
    pub valid_from: Option<Date>,
    /// Last day; null means until further notice.
    pub valid_to: Option<Date>,
    /// How exactly the days are known.
    pub precision: DatePrecision,
    /// `valid_from`, or 0001-01-01.
    pub sort_date: Date,
    #[sea_orm(belongs_to, from = "regional_group_id", to = "id")]
    pub regional_group: BelongsTo<super::regional_group::Entity>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<super::country::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
