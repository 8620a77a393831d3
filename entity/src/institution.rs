//! Any body: ministry, technical centre, city office, association, newspaper.

use sea_orm::entity::prelude::*;

use crate::id::{CountryCode, InstitutionId};
use crate::vocabulary::InstitutionKind;

/// Any body: ministry, technical centre, city office, association, newspaper.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "institution")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InstitutionId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// IATI organisation type.
    pub kind: InstitutionKind,
    /// Where it is established.
    pub country_code: Option<CountryCode>,
    /// The city of its seat.
    #[sea_orm(column_type = "Text")]
    pub city: Option<String>,
    /// The body it is part of.
    pub parent_id: Option<InstitutionId>,
    /// Its own site.
    #[sea_orm(column_type = "Text")]
    pub website: Option<String>,
    /// The record that it was merged into.
    pub merged_into_id: Option<InstitutionId>,
    /// Its present common name in English, else as printed, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    /// All its names, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id")]
    pub parent: BelongsTo<Option<Entity>>,
    #[sea_orm(self_ref, relation_enum = "MergedInto", from = "merged_into_id", to = "id")]
    pub merged_into: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
