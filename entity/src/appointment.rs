//! A post that a person holds at an institution for a time.

use sea_orm::entity::prelude::*;

use crate::id::{AppointmentId, InstitutionId, PersonId};
use crate::vocabulary::DatePrecision;

/// A post that a person holds at an institution for a time.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub person_id: PersonId,
    pub institution_id: InstitutionId,
    /// As printed.
    #[sea_orm(column_type = "Text")]
    pub post: String,
    /// BCP 47 tag of the post.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// Held provisionally (Indonesian "Plt.").
    pub acting: bool,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub precision: DatePrecision,
    /// `valid_from`, or 0001-01-01.
    pub sort_date: Date,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<super::institution::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
