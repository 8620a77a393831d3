//! What an account may do.

use sea_orm::entity::prelude::*;

use crate::id::{AccessGrantId, AccountId, InstitutionId};
use crate::vocabulary::GrantRole;

/// What an account may do.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_grant")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessGrantId,
    pub account_id: AccountId,
    pub role: GrantRole,
    /// For an officer.
    pub institution_id: Option<InstitutionId>,
    pub granted_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
