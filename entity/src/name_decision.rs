//! What somebody said of a printed name: that it is this country's or institution's, or that it is
//! not.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CountryCode, InstitutionId, NameDecisionId};

/// What somebody said of a printed name: that it is this country's or institution's, or that it is
/// not.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "name_decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NameDecisionId,
    /// Who said it, for whose imports it holds; null for the operator.
    pub account_id: Option<AccountId>,
    /// The printed name, folded.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub country_code: Option<CountryCode>,
    pub institution_id: Option<InstitutionId>,
    /// Whether it is the name of that one.
    pub is_same: bool,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<Option<super::account::Entity>>,
    #[sea_orm(belongs_to, from = "country_code", to = "code")]
    pub country: BelongsTo<Option<super::country::Entity>>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
