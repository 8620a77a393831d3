//! The free-text reason given for a change: apart from the log, so that it can be erased.

use sea_orm::entity::prelude::*;

/// The free-text reason given for a change: apart from the log, so that it can be erased.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_reason")]
pub struct Model {
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    #[sea_orm(belongs_to, from = "position", to = "position")]
    pub event: BelongsTo<super::event::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
