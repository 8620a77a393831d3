//! A row of a record that was entered in error.

use sea_orm::entity::prelude::*;

use crate::id::TombstoneId;

/// A row of a record that was entered in error, or that hung from one, as it stood.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "voided_row")]
pub struct Model {
    /// The record that was voided.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tombstone_id: TombstoneId,
    /// Its place among the rows: what others refer to comes first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    /// Its table.
    #[sea_orm(column_type = "Text")]
    pub table_name: String,
    /// Its columns.
    #[sea_orm(column_type = "JsonBinary")]
    pub row: Json,
    #[sea_orm(belongs_to, from = "tombstone_id", to = "id")]
    pub tombstone: BelongsTo<super::tombstone::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
