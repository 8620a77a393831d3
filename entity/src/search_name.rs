//! The names of what is found, one a row, so that those which begin with a text are read from an
//! index. Triggers on `search_entry` keep them.

use sea_orm::entity::prelude::*;

/// One name of an entry of the search.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_name")]
pub struct Model {
    /// The name, folded; of a longer one the first 200 signs.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: i32,
}

impl ActiveModelBehavior for ActiveModel {}
