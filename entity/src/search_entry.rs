//! What a record is found by: derived from the record, and kept up to date with it.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, PersonId};
use crate::vocabulary::RecordKind;

/// What a record is found by: derived from the record, and kept up to date with it.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_entry")]
pub struct Model {
    /// A number for the index of words; it means nothing, and changes when the entry is made anew.
    #[sea_orm(primary_key)]
    pub id: i32,
    pub subject_kind: RecordKind,
    /// Id of the record as text, or the code of the country.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The batch that the record is or hangs from, if one: who may not see the batch may not find
    /// this.
    pub batch_id: Option<BatchId>,
    /// The person that the record is: who may not see the person may not find it.
    pub person_id: Option<PersonId>,
    /// The names of the record, folded, each between line ends.
    #[sea_orm(column_type = "Text")]
    pub names: String,
    /// Every word by which it is found, folded, once, parted by single spaces.
    #[sea_orm(column_type = "Text")]
    pub words: String,
    /// The texts as written, names before others: a list of strings.
    #[sea_orm(column_type = "JsonBinary")]
    pub texts: Json,
}

impl ActiveModelBehavior for ActiveModel {}
