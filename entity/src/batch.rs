//! One run of a programme. Title, dates and participants are the values accepted from its claims.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, InstitutionId, ProgrammeId};
use crate::vocabulary::{BatchStatus, Comparator, DatePrecision, DeliveryMode};

/// One run of a programme. Title, dates and participants are the values accepted from its claims.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batch")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BatchId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// The institution whose officers keep it.
    pub owner_id: InstitutionId,
    pub programme_id: ProgrammeId,
    /// Which run of the programme: 1, 2 …
    pub ordinal: Option<i32>,
    /// As printed: "Batch II".
    #[sea_orm(column_type = "Text")]
    pub label: Option<String>,
    /// How it is attended.
    pub mode: DeliveryMode,
    /// What has been decided.
    pub status: BatchStatus,
    /// Places, in persons.
    pub capacity: Option<i32>,
    /// Accepted title.
    #[sea_orm(column_type = "Text")]
    pub title: Option<String>,
    /// BCP 47 tag of the accepted title.
    #[sea_orm(column_type = "Text")]
    pub title_language: Option<String>,
    /// Accepted first day; the first of the period where it is known to the month or year.
    pub starts_on: Option<Date>,
    /// How exactly.
    pub starts_precision: Option<DatePrecision>,
    /// Accepted last day; the last of the period where it is known to the month or year.
    pub ends_on: Option<Date>,
    /// How exactly.
    pub ends_precision: Option<DatePrecision>,
    /// Accepted number of people over the whole batch: at least.
    pub participants_min: Option<i32>,
    /// At most.
    pub participants_max: Option<i32>,
    /// How the number is meant; null where none is accepted.
    pub participants_comparator: Option<Comparator>,
    /// How many of them are women, as accepted with the number.
    pub participants_female: Option<i32>,
    /// How many are men.
    pub participants_male: Option<i32>,
    /// How many are neither, or are not known to be either.
    pub participants_other_or_unknown: Option<i32>,
    /// Accepted participants times the days of the batch: at least.
    pub person_days_min: Option<i32>,
    /// At most.
    pub person_days_max: Option<i32>,
    /// Whether parts of it have been entered; it stays so where they are void.
    pub has_parts: bool,
    /// `starts_on`, else `ends_on`, else 9999-12-31.
    pub sort_date: Date,
    /// Accepted title, else the programme's, folded.
    #[sea_orm(column_type = "Text")]
    pub sort_title: String,
    /// The accepted number of people: at least, else at most, else -1.
    pub sort_participants: i32,
    /// Its days, where both ends are known to the day, else -1.
    pub sort_duration: i32,
    /// How many delegations it has.
    pub sort_delegations: i32,
    /// The number of the run, else -1.
    pub sort_ordinal: i32,
    /// All titles claimed, the programme's title and the label, folded.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: BelongsTo<super::institution::Entity>,
    #[sea_orm(belongs_to, from = "programme_id", to = "id")]
    pub programme: BelongsTo<super::programme::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
