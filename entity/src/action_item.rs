//! One thing that a plan undertakes.

use sea_orm::entity::prelude::*;

use crate::id::{ActionItemId, ActionPlanId};
use crate::vocabulary::ActionItemStatus;

/// One thing that a plan undertakes.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action_item")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActionItemId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub action_plan_id: ActionPlanId,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub status: ActionItemStatus,
    pub due_on: Option<Date>,
    #[sea_orm(belongs_to, from = "action_plan_id", to = "id")]
    pub action_plan: BelongsTo<super::action_plan::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
