//! What happened in the register, in order, for ever. Append-only.

use sea_orm::entity::prelude::*;

use crate::vocabulary::RecordKind;

/// What happened in the register, in order, for ever. Append-only.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Contiguous, in the order of commits, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Dotted name: `batch.announced`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub payload_version: i32,
    pub occurred_at: DateTimeUtc,
    pub subject_kind: Option<RecordKind>,
    #[sea_orm(column_type = "Text")]
    pub subject_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub subject_key: Option<String>,
    /// The institution whose record it is. No foreign key: the log outlives what it tells of.
    pub owner_id: Option<Uuid>,
    /// Codes of the countries concerned.
    #[sea_orm(column_type = "JsonBinary")]
    pub countries: Json,
    /// Ids of the programmes concerned.
    #[sea_orm(column_type = "JsonBinary")]
    pub programmes: Json,
    /// Ids of the topics concerned.
    #[sea_orm(column_type = "JsonBinary")]
    pub topics: Json,
    /// Field → [old, new]; never of personal columns.
    #[sea_orm(column_type = "JsonBinary")]
    pub changes: Json,
    /// Whether everybody may see it.
    pub public: bool,
    /// Account id, or `operator` for the command line.
    #[sea_orm(column_type = "Text")]
    pub actor: String,
}

impl ActiveModelBehavior for ActiveModel {}
