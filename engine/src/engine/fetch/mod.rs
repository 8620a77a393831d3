//! Reads what a plan wants, level by level: one statement for a list of all rows of a level,
//! however many they are.

mod groups;
mod list;
mod root;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use async_graphql::{Error, ID, Value, Variables};
use futures::future::{BoxFuture, join, join_all, try_join, try_join_all};
use sea_orm::{Condition, ConnectionTrait, DbErr, Statement};

use super::collect::{Mask, When, resolve};
use super::keyset::{Keyset, argument, parsed};
use super::noun::Entry;
use super::plan::{
    Behind, FieldArguments, List, One, PlannedField, Record, Root, RowPlan, SelectedField,
};
use super::reads::{Cell, OWN, Reads};
use super::statement::{Page, SelectContext};
use super::value::Row;
use crate::graphql::error::bad_input;
use crate::graphql::filter::Scope;
use crate::graphql::language::Languages;
use crate::graphql::loader::{Key, Keyed, Reader};
use crate::graphql::node::parse_id;
use crate::graphql::page::LARGEST_PAGE;
use crate::request::OnError;

pub use groups::GroupLevel;
pub use root::{Item, Read, RootRows};

/// Columns of an object that are read at most with its list: each is handed over as often as the
/// list has rows.
const MOST_OF_OBJECT: usize = 7;

/// What a request brings to its plan.
pub struct LevelExecutor<'a> {
    /// Reads.
    pub reader: &'a Arc<Reader>,
    /// The variables.
    pub variables: &'a Variables,
    /// The languages that the reader would like.
    pub languages: &'a Languages,
    /// Which parts of the plan are wanted.
    pub mask: &'a Mask,
    /// What becomes of an error in the answer.
    pub on_error: OnError,
    /// Whether statements go out in step with the questions of an execution, by which it is run.
    pub in_step: bool,
}

/// What was read of a list, or of objects, for all rows that lead there.
#[derive(Default)]
pub struct Level {
    /// The rows.
    pub rows: Arc<Vec<Row>>,
    /// Behind which columns those of the level stand in its rows.
    pub from: usize,
    /// Which of the rows each parent has, by the number of its key.
    pub pages: Vec<ChildRange>,
    /// How many there are for each parent, where that is wanted.
    pub counts: Vec<i64>,
    /// What was counted by values, by the number of the grouping; none where it is not wanted.
    pub groups: Vec<Option<Result<GroupLevel, Error>>>,
    /// In which order they are, and which part of them; of a list.
    pub keyset: Option<Keyset>,
    /// What was read behind the rows; none where it is not wanted.
    pub children: Vec<Option<Lower>>,
    /// Whether the rows are items of a list, or stand within such.
    pub in_list: bool,
}

/// The rows of one parent.
#[derive(Clone, Debug, Default)]
pub struct ChildRange {
    /// Their numbers among those of the level.
    pub rows: Range<usize>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// What was read behind the rows of a level.
pub struct Lower {
    /// For each of the keys by which it is found, and for each row, the number of that key; none
    /// where it has none.
    pub numbers: Vec<Vec<Option<usize>>>,
    /// What was found; or why nothing was.
    pub level: Result<Level, Error>,
}

impl Level {
    /// What was read behind the rows, by its number among the children of how these are read.
    pub fn lower<'a>(&'a self, rows: &'a RowPlan, child: usize) -> Option<(&'a Behind, &'a Lower)> {
        Some((&rows.children.get(child)?.what, self.children.get(child)?.as_ref()?))
    }
}

/// The keys by which something is found behind rows.
#[derive(Default)]
struct KeySet {
    all: Vec<Key>,
    numbers: Keyed<usize>,
}

impl KeySet {
    fn number(&mut self, key: Key) -> usize {
        *self.numbers.entry(key).or_insert_with_key(|key| {
            self.all.push(key.clone());
            self.all.len() - 1
        })
    }
}

/// A list of an object, by its number among what is read behind it, that was read before the
/// object.
type Known = (usize, Result<Level, Error>);

impl LevelExecutor<'_> {
    fn reading<'a>(&'a self, rows: &'a RowPlan) -> SelectContext<'a> {
        let backend = self.reader.db().get_database_backend();
        let (variables, languages) = (self.variables, self.languages);
        SelectContext {
            reads: &rows.reads,
            visible: self.reader.visible(),
            backend,
            languages,
            variables,
        }
    }

    fn wants(&self, any: &[When]) -> bool {
        any.iter().any(|when| self.mask.has(*when))
    }

    fn fail(&self, error: DbErr) -> Error {
        self.reader.fail(error)
    }

    /// The arguments of a field, as they are in this request.
    pub fn arguments(&self, asked: &FieldArguments) -> Vec<(String, Value)> {
        let resolved = asked.arguments.iter();
        resolved
            .filter_map(|(name, value)| Some((name.clone(), resolve(value, self.variables)?)))
            .collect()
    }

    /// Reads the objects of a noun that keys identify: each has a page, in the order of the keys.
    pub async fn records(
        &self,
        record: &Record,
        keys: &[Key],
        in_list: bool,
    ) -> Result<Level, Error> {
        if let Some(rows) = self.known(record, keys) {
            let page = |row: usize| ChildRange { rows: row..row + 1, more: false };
            let pages = (0..keys.len()).map(page).collect();
            let level = Level { rows: Arc::new(rows), pages, in_list, ..Level::default() };
            return self.behind(&record.rows, level, None).await;
        }
        if let [only] = keys {
            return self.keyed(record, only.clone(), in_list).await;
        }
        let mut all = KeySet::default();
        keys.iter().for_each(|key| {
            all.number(key.clone());
        });
        self.objects(&record.rows, all, in_list).await
    }

    /// The rows that keys identify, where all of them are known and nothing else is read with them.
    fn known(&self, record: &Record, keys: &[Key]) -> Option<Vec<Row>> {
        let Reads { noun, cells, joins } = &record.rows.reads;
        if !joins.is_empty() {
            return None;
        }
        let columns = cells.iter().map(|cell| match cell {
            Cell::Column { of: OWN, column } => Some(*column),
            _ => None,
        });
        let columns = columns.collect::<Option<Vec<usize>>>()?;
        let kept_rows = self.reader.kept_rows(&noun.table.name.to_string(), keys)?;
        let row = |values: &Arc<Vec<sea_orm::Value>>| {
            Row::Known(columns.iter().map(|column| values[*column].clone()).collect())
        };
        Some(kept_rows.iter().map(row).collect())
    }

    /// How many nodes a list has at most: a table's own list may have larger pages than others;
    /// those within its rows may not.
    fn largest_page(&self, in_list: bool) -> u64 {
        if in_list { LARGEST_PAGE } else { self.reader.largest_page() }
    }

    /// Reads the object of which the key is known.
    async fn keyed(&self, one: &Record, key: Key, in_list: bool) -> Result<Level, Error> {
        let mut known = None;
        if let Some((list, read)) = self.with_list(one, &key, self.largest_page(in_list)).await {
            match read {
                Ok((level, Some(from))) => {
                    let object =
                        Level { rows: level.rows.clone(), from, in_list, ..Level::default() };
                    return self.object(one, object, Some((list, Ok(level)))).await;
                }
                other => known = Some((list, other.map(|(level, _)| level))),
            }
        }
        let reading = self.reading(&one.rows);
        let rows = self.rows(reading.all(reading.is_one_of(&[key]))).await?;
        self.object(one, Level { rows, in_list, ..Level::default() }, known).await
    }

    async fn object(
        &self,
        one: &Record,
        mut level: Level,
        known: Option<Known>,
    ) -> Result<Level, Error> {
        level.pages = vec![ChildRange { rows: 0..level.rows.len().min(1), more: false }];
        self.behind(&one.rows, level, known).await
    }

    /// Reads the first list of an object of which the key is known, and the object with it: it need
    /// not be asked for by itself any more, unless the list is empty. None where it has no such
    /// list.
    async fn with_list(
        &self,
        one: &Record,
        key: &Key,
        largest: u64,
    ) -> Option<(usize, Result<(Level, Option<usize>), Error>)> {
        let RowPlan { reads, children } = &one.rows;
        if !reads.joins.is_empty() || reads.cells.len() > MOST_OF_OBJECT {
            return None;
        }
        let list = one.object.iter().find_map(|slot| {
            let SelectedField::List(number) = slot.what else { return None };
            let Behind::List(list) = &children[number].what else { return None };
            (self.mask.has(slot.when) && self.wants(&list.reads_rows)).then_some((number, list))
        });
        let (number, list) = list?;
        let object = self.reading(&one.rows);
        Some((number, self.list(list, std::slice::from_ref(key), largest, Some(object)).await))
    }

    async fn rows(&self, statement: Statement) -> Result<Arc<Vec<Row>>, Error> {
        self.query(statement).await.map(Arc::new)
    }

    async fn query(&self, statement: Statement) -> Result<Vec<Row>, Error> {
        let reader = self.reader.clone();
        let rows = self.put(async move { reader.db().rows(statement).await }).await?;
        Ok(rows.into_iter().map(Row::Read).collect())
    }

    /// Puts a question to the database.
    async fn put<T: Send + 'static>(
        &self,
        question: impl Future<Output = Result<T, DbErr>> + Send + 'static,
    ) -> Result<T, Error> {
        if self.in_step {
            self.reader.run(question).await
        } else {
            question.await.map_err(|error| self.fail(error))
        }
    }

    /// Reads what stands behind the rows of a level, but for the list that is there already.
    fn behind<'a>(
        &'a self,
        rows: &'a RowPlan,
        level: Level,
        known: Option<Known>,
    ) -> BoxFuture<'a, Result<Level, Error>> {
        Box::pin(async move {
            let (mut known, in_list) = (known, level.in_list);
            let mut reads = Vec::with_capacity(rows.children.len());
            for (number, child) in rows.children.iter().enumerate() {
                let there = known.take_if(|known| known.0 == number).map(|known| known.1);
                let mut keys = KeySet::default();
                let mut numbers = vec![vec![None; level.rows.len()]; child.from.len()];
                let wanted =
                    || child.from.iter().zip(0..).filter(|((_, when), _)| self.mask.has(*when));
                for ((from, _), of) in wanted() {
                    for row in level.pages.iter().flat_map(|page| page.rows.clone()) {
                        let key = level.rows[row].key(level.from + from, &child.holds);
                        numbers[of][row] =
                            key.map_err(|error| self.fail(error))?.map(|key| keys.number(key));
                    }
                }
                let is_wanted = wanted().next().is_some();
                reads.push(async move {
                    if !is_wanted {
                        return None;
                    }
                    let level = match (there, keys.all.is_empty()) {
                        (Some(there), _) => there,
                        (None, true) => Ok(Level::default()),
                        (None, false) => self.child(&child.what, keys, in_list).await,
                    };
                    Some(Lower { numbers, level })
                });
            }
            let children = join_all(reads).await;
            Ok(Level { children, ..level })
        })
    }

    async fn child(&self, what: &Behind, keys: KeySet, in_list: bool) -> Result<Level, Error> {
        match what {
            Behind::List(list) => {
                let largest = self.largest_page(in_list);
                self.list(list, &keys.all, largest, None).await.map(|(level, _)| level)
            }
            Behind::One(rows) => self.objects(rows, keys, in_list).await,
        }
    }

    /// Reads the objects that keys identify: each has a page, of one row or of none.
    async fn objects(&self, rows: &RowPlan, keys: KeySet, in_list: bool) -> Result<Level, Error> {
        let reading = self.reading(rows);
        let read = self.rows(reading.all(reading.is_one_of(&keys.all))).await?;
        let mut pages = vec![ChildRange::default(); keys.all.len()];
        let table = &rows.reads.noun.table;
        let at =
            rows.reads.id_at().ok_or_else(|| self.reader.fail("a row is read without its key"))?;
        for (number, row) in read.iter().enumerate() {
            let key =
                row.key(at, &table.columns[table.id].holds).map_err(|error| self.fail(error))?;
            if let Some(place) = key.and_then(|key| keys.numbers.get(&key)) {
                pages[*place].rows = number..number + 1;
            }
        }
        self.behind(rows, Level { rows: read, pages, in_list, ..Level::default() }, None).await
    }
}
