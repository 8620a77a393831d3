//! Which column of a kind of file is what, saved under a name.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ImportMappingId};
use crate::vocabulary::ImportTable;

/// Which column of a kind of file is what, saved under a name.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_mapping")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportMappingId,
    /// Whose it is; null for the operator's.
    pub account_id: Option<AccountId>,
    pub into_table: ImportTable,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Folded name of a column → field, or null; `=field` → what it is in all rows.
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: Json,
    #[sea_orm(column_type = "Text")]
    pub day_order: Option<String>,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<Option<super::account::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
