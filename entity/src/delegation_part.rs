//! That a delegation took part in a part of its batch.

use sea_orm::entity::prelude::*;

use crate::id::{BatchPartId, DelegationId};

/// That a delegation took part in a part of its batch.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegation_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub delegation_id: DelegationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part_id: BatchPartId,
    #[sea_orm(belongs_to, from = "delegation_id", to = "id")]
    pub delegation: BelongsTo<super::delegation::Entity>,
    #[sea_orm(belongs_to, from = "part_id", to = "id")]
    pub part: BelongsTo<super::batch_part::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
