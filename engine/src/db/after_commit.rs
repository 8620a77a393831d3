//! What a write hands on once it is committed: rows, and what is begun then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sea_orm::{EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn, Value};
use uuid::Uuid;

use super::row::values;
use super::{Db, Write};
use crate::clock::Clock;

/// Rows as they stand at the end: the name of the table and the values of all its columns, by id.
#[derive(Default)]
pub struct Rows(HashMap<Uuid, (String, Vec<Value>)>);

impl Rows {
    /// Takes them, each with its id.
    pub fn take(self) -> impl Iterator<Item = (Uuid, String, Vec<Value>)> {
        self.0.into_iter().map(|(id, (table, values))| (id, table, values))
    }
}

impl std::fmt::Debug for Rows {
    /// How many: rows hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows", self.0.len())
    }
}

/// Something that is begun once a write is committed.
type Next = Box<dyn FnOnce(&Db, &Clock) + Send>;

/// What is handed on. In a mutex, since neither may be shared, and a write is.
#[derive(Default)]
pub(super) struct AfterCommit(Mutex<(Option<Rows>, Vec<Next>)>);

impl AfterCommit {
    fn both(&mut self) -> &mut (Option<Rows>, Vec<Next>) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows that were kept, and what is to be begun.
    pub(super) fn take(&mut self) -> (Rows, Vec<Next>) {
        let (rows, next) = std::mem::take(self.both());
        (rows.unwrap_or_default(), next)
    }

    /// Forgets the rows, some of which are not there any more.
    pub(super) fn forget_rows(&mut self) {
        if let Some(rows) = &mut self.both().0 {
            rows.0.clear();
        }
    }
}

impl Write {
    /// Has something begun once this write is committed; nothing of it where it is not.
    pub fn afterwards(&mut self, next: impl FnOnce(&Db, &Clock) + Send + 'static) {
        self.after_commit.both().1.push(Box::new(next));
    }

    /// Keeps the rows that change as they stand at the end, so that whoever writes can be answered
    /// without reading them again.
    pub fn keep_rows(&mut self) {
        self.after_commit.both().0 = Some(Rows::default());
    }

    /// Keeps a row, if rows are kept.
    pub(super) fn keep_row<E>(&mut self, row: &E::Model)
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
    {
        let id = E::PrimaryKey::iter().next().map(|key| row.get(key.into_column()));
        if let (Some(rows), Some(Value::Uuid(Some(id)))) = (&mut self.after_commit.both().0, id) {
            rows.0.insert(id, (E::default().table_name().to_owned(), values::<E>(row)));
        }
    }
}
