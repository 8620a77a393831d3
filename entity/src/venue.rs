//! Where something is held.

use sea_orm::entity::prelude::*;

use crate::id::{CountryCode, VenueId};
use crate::vocabulary::VenueKind;

/// Where something is held.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "venue")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VenueId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// A site, a city as a whole, or the network.
    pub kind: VenueKind,
    /// As printed.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Street and number as printed.
    #[sea_orm(column_type = "Text")]
    pub address: Option<String>,
    /// The city.
    #[sea_orm(column_type = "Text")]
    pub city: Option<String>,
    pub country_code: Option<CountryCode>,
    /// ISO 3166-2.
    #[sea_orm(column_type = "Text")]
    pub subdivision: Option<String>,
    /// WGS 84, degrees.
    pub latitude: Option<f64>,
    /// WGS 84, degrees.
    pub longitude: Option<f64>,
    /// The record of the same place that is used instead.
    pub merged_into_id: Option<VenueId>,
    /// The name, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    /// Name, address and city, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(self_ref, relation_enum = "MergedInto", from = "merged_into_id", to = "id")]
    pub merged_into: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
