//! Keys that rows give to their records: each is one record's, in the file and in the register.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, IdenStatic, Iterable, QueryFilter};
use uuid::Uuid;

use super::super::read::Row;
use super::super::row_parser::RowParser;
use super::super::tables::normal_key;
use super::Knowledge;
use crate::db::IDS_PER_QUERY;
use crate::phrase::say;
use crate::record::Record;

/// Keys that some rows give and the register has, each with the record that has it.
pub(in super::super) struct RowKeys(HashMap<String, Uuid>);

impl RowKeys {
    /// Looks up the keys of some rows among all records of a kind, also those that the importer may
    /// not see.
    pub(in super::super) async fn read<E: Record>(
        k: &Knowledge,
        db: &DatabaseExecutor<'_>,
        rows: &[Row],
    ) -> Result<Self, DbErr> {
        let keys: BTreeSet<String> = rows
            .iter()
            .map(|row| normal_key(&k.layout.cell(row, "key")))
            .filter(|key| !key.is_empty())
            .collect();
        let mut taken = HashMap::new();
        let Some(column) = E::Column::iter().find(|column| column.as_str() == "key") else {
            return Ok(Self(taken));
        };
        for some in keys.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            for row in E::find().filter(column.is_in(some)).all(db).await? {
                taken.insert(E::key(&row).to_owned(), E::id(&row));
            }
        }
        Ok(Self(taken))
    }

    /// Refuses the key of a row that an earlier row gives, or that another record has than the one
    /// that the row is about; the key of a row that nothing hinders is remembered.
    pub(in super::super) fn check(
        &self,
        k: &mut Knowledge,
        parser: &mut RowParser<'_>,
        key: Option<&str>,
        about: Option<Uuid>,
    ) {
        let Some(key) = key else { return };
        if let Some(line) = k.keys_of_file.get(key).filter(|line| **line != parser.row.line) {
            let message =
                say!("is the key of line {line} already: give each record a key of its own", line);
            parser.refuse("key", message);
        } else if self.0.get(key).is_some_and(|holder| Some(*holder) != about) {
            let message = say!("is the key of another record already: give one that is free");
            parser.refuse("key", message);
        }
        if !parser.is_hindered() {
            k.keys_of_file.insert(key.to_owned(), parser.row.line);
        }
    }
}
