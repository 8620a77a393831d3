//! The position of the newest event: one row.

use sea_orm::entity::prelude::*;

/// The position of the newest event: one row.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub position: i64,
    /// Changes when a restore takes the log back.
    pub epoch: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
