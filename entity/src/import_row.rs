//! A row of an imported file, as read, and what it would change.

use sea_orm::entity::prelude::*;

use crate::id::ImportId;
use crate::vocabulary::ImportRowState;

/// A row of an imported file, as read, and what it would change.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: ImportId,
    /// Where it begins in the file, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// As written, until it is applied. Personal data.
    #[sea_orm(column_type = "JsonBinary")]
    pub cells: Json,
    pub state: ImportRowState,
    /// What rows are carried out together by: the batch.
    #[sea_orm(column_type = "Text")]
    pub place: String,
    /// The key of the record that it is about, where that is known and nobody's name.
    #[sea_orm(column_type = "Text")]
    pub about: Option<String>,
    /// Why: column, value and sentence of each thing. Nothing personal.
    #[sea_orm(column_type = "JsonBinary")]
    pub remarks: Json,
    #[sea_orm(belongs_to, from = "import_id", to = "id")]
    pub import: BelongsTo<super::import::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
