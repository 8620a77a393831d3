//! A file that an officer hands in: what it would change, and whether that was done.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ImportId, InstitutionId};
use crate::vocabulary::{ImportState, ImportTable};

/// A file that an officer hands in: what it would change, and whether that was done.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Whose it is; null for the operator's.
    pub account_id: Option<AccountId>,
    /// For which institution it is handed in.
    pub institution_id: Option<InstitutionId>,
    pub into_table: ImportTable,
    /// May say who it is about.
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    /// SHA-256 of the file, hexadecimal.
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    /// In what it is written: an encoding, or a sheet of a workbook.
    #[sea_orm(column_type = "Text")]
    pub written: String,
    /// Its columns, each with what it is taken for; and fields that are the same in all rows.
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: Json,
    /// Whether somebody said that days or months come first.
    #[sea_orm(column_type = "Text")]
    pub day_order: Option<String>,
    /// The key of the source that its claims have.
    #[sea_orm(column_type = "Text")]
    pub source_key: String,
    pub state: ImportState,
    /// Why it failed, or could not be applied.
    #[sea_orm(column_type = "Text")]
    pub message: Option<String>,
    pub new_rows: i32,
    pub changed_rows: i32,
    pub unchanged_rows: i32,
    pub refused_rows: i32,
    pub ambiguous_rows: i32,
    pub applied_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<Option<super::account::Entity>>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
