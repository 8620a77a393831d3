//! Every institution with each body above it, itself included: the closure of `parent_id`.

use sea_orm::entity::prelude::*;

use crate::id::InstitutionId;

/// Every institution with each body above it, itself included: the closure of `parent_id`.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "institution_ancestor")]
pub struct Model {
    /// The lower one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: InstitutionId,
    /// The upper one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: InstitutionId,
    /// Steps between them; 0 for itself.
    pub depth: i32,
    #[sea_orm(belongs_to, relation_enum = "Institution", from = "institution_id", to = "id")]
    pub institution: BelongsTo<super::institution::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Ancestor", from = "ancestor_id", to = "id")]
    pub ancestor: BelongsTo<super::institution::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
