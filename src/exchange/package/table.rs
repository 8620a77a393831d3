//! What a table is, whichever of the two kinds: [records](super::records), which have a key, and
//! [sets](super::sets) of rows that belong to a record and have none.

use std::collections::HashSet;

use csv::StringRecord;
use entity::vocabulary::RecordKind;
use futures::future::BoxFuture;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, IdenStatic, Iterable, QueryFilter, Value};
use uuid::Uuid;

use super::export::Export;
use super::keys::PackageKeys;
use super::problems::{Problem, Problems};
use super::read::Sheet;
use super::row::Column;
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::error::{Refusal, WriteError};
use crate::phrase::say;
use crate::rule;

/// What a load has done so far.
#[derive(Default)]
pub(super) struct Load {
    /// What the rules refused.
    pub(super) problems: Problems,
    /// Records that are new.
    pub(super) entered: HashSet<(RecordKind, String)>,
    /// Records that were refused: what refers to them is passed over, since it could only be
    /// refused for want of them.
    pub(super) refused: HashSet<(RecordKind, String)>,
    /// What became of each table.
    pub(super) tables: Vec<TableCounts>,
}

/// What became of the rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TableCounts {
    /// The table.
    pub table: &'static str,
    /// How many rows it has in the package.
    pub rows: usize,
    /// How many of them are new.
    pub added: usize,
    /// How many differ from what was there.
    pub changed: usize,
    /// How many were there, belong to a record of the package, and are not in the package. Records
    /// are never removed.
    pub removed: usize,
    /// How many are void in the register: they stay so.
    pub void: usize,
}

impl TableCounts {
    /// Whether the table changed anything.
    pub fn any(&self) -> bool {
        self.added + self.changed + self.removed > 0
    }
}

/// A table of the format.
pub(super) trait Table: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Its columns.
    fn columns(&self) -> &[Column];
    /// The kind of record that it holds, if it holds records.
    fn kind(&self) -> Option<RecordKind>;
    /// The column with the key, if the key stands in one.
    fn key_column(&self) -> Option<&'static str>;
    /// The key of a row.
    fn key(&self, sheet: &Sheet, cells: &StringRecord) -> String;
    /// Which of these keys the register has, and their ids.
    fn find_keys<'a>(
        &'a self,
        w: &'a Write,
        keys: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<(String, Uuid)>, WriteError>>;
    /// Reads all rows.
    fn read(&mut self, sheet: &Sheet, keys: &PackageKeys, problems: &mut Problems);
    /// Writes what was read and is not there yet.
    fn write<'a>(
        &'a mut self,
        w: &'a mut Write,
        load: &'a mut Load,
    ) -> BoxFuture<'a, Result<(), WriteError>>;
    /// Checks what can only be checked once everything is written.
    fn check<'a>(
        &'a mut self,
        w: &'a Write,
        load: &'a mut Load,
    ) -> BoxFuture<'a, Result<(), WriteError>>;
    /// Where a column is kept: its type in Table Schema. None where it is kept in no column of its
    /// own.
    fn field_type(&self, column: &Column) -> Option<&'static str>;
    /// The ids of its records, and their keys.
    fn all_keys<'a>(
        &'a self,
        from: &'a Export<'a>,
    ) -> BoxFuture<'a, Result<Vec<(Uuid, String)>, DbErr>>;
    /// Its rows, as cells.
    fn export<'a>(&'a self, from: &'a Export<'a>)
    -> BoxFuture<'a, Result<Vec<Vec<String>>, DbErr>>;
}

/// A row that was read.
pub(super) struct Drafted<A> {
    pub(super) line: u64,
    pub(super) key: String,
    pub(super) references: Vec<(RecordKind, String)>,
    pub(super) draft: A,
}

/// The column of an entity with this name.
pub(super) fn column<E: EntityTrait>(name: &str) -> Option<E::Column> {
    E::Column::iter().find(|column| column.as_str() == name)
}

/// The rows with these values in a column.
pub(super) async fn find_in<E: EntityTrait>(
    w: &Write,
    name: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<E::Model>, WriteError> {
    let Some(column) = column::<E>(name) else {
        return Err(WriteError::Contract("a table has no such column"));
    };
    let values: Vec<Value> = values.into_iter().collect();
    let mut rows = Vec::new();
    for values in values.chunks(IDS_PER_QUERY) {
        rows.extend(E::find().filter(column.is_in(values.iter().cloned())).all(w.read()).await?);
    }
    Ok(rows)
}

/// Goes on after a refusal; the transaction can still be used. After anything else it cannot.
pub(super) fn load_on(
    error: WriteError,
    problem: impl Fn(&Refusal) -> Problem,
    load: &mut Load,
) -> Result<Problem, WriteError> {
    match error {
        WriteError::Refused(refusal) => Ok(problem(&refusal)),
        WriteError::Database(error) if error.sql_err().is_some() => {
            let message = say!(
                "the database refuses the row: something else has what only one may have, or it \
                 refers to nothing"
            );
            let refusal = rule::check::invalid("", message);
            load.problems.push(problem(&refusal));
            Err(WriteError::Database(error))
        }
        other => Err(other),
    }
}

/// A refusal as a problem: of the package's column, where the rule speaks of the register's.
pub(super) fn refused(file: &str, columns: &[Column], line: u64, refusal: &Refusal) -> Problem {
    let name =
        refusal.names().into_iter().find(|name| columns.iter().any(|column| column.name == *name));
    let problem = Problem::of_file(file, refusal.message.english()).at(line);
    match name {
        Some(name) => problem.in_column(name),
        None => problem,
    }
}
