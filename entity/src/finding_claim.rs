//! A claim behind a finding.

use sea_orm::entity::prelude::*;

use crate::id::{ClaimId, FindingId};

/// A claim behind a finding.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "finding_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub finding_id: FindingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_id: ClaimId,
    #[sea_orm(belongs_to, from = "finding_id", to = "id")]
    pub finding: BelongsTo<super::finding::Entity>,
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
