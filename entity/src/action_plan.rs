//! What a delegation undertakes to do at home.

use sea_orm::entity::prelude::*;

use crate::id::{ActionPlanId, DelegationId};
use crate::vocabulary::ActionPlanStatus;

/// What a delegation undertakes to do at home.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action_plan")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActionPlanId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub delegation_id: DelegationId,
    pub status: ActionPlanStatus,
    #[sea_orm(column_type = "Text")]
    pub title: Option<String>,
    /// A plan without one is never overdue.
    pub due_on: Option<Date>,
    pub submitted_on: Option<Date>,
    /// `due_on`, or 9999-12-31.
    pub sort_date: Date,
    #[sea_orm(belongs_to, from = "delegation_id", to = "id")]
    pub delegation: BelongsTo<super::delegation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
