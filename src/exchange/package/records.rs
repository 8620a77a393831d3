//! Tables of records, which have a key.

use std::collections::HashMap;
use std::sync::Arc;

use csv::StringRecord;
use entity::vocabulary::RecordKind;
use futures::future::BoxFuture;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Value,
};
use uuid::Uuid;

use super::export::{Export, RowOrder, field_type};
use super::keys::PackageKeys;
use super::problems::{Problem, Problems};
use super::read::{Sheet, problem_at};
use super::row::{Column, Refers, Row, RowContext};
use super::table::{Drafted, Load, Table, TableCounts, column, find_in, load_on, refused};
use crate::access::Scoped;
use crate::db::IDS_PER_QUERY;
use crate::db::{Change, Put, Write};
use crate::error::{Refusal, WriteError};
use crate::record::KeyedRecord;
use crate::rule;

type Enter<E> = for<'a> fn(
    &'a mut Write,
    Option<&'a <E as EntityTrait>::Model>,
    <E as EntityTrait>::ActiveModel,
) -> BoxFuture<'a, Result<Put<<E as EntityTrait>::Model>, WriteError>>;

type Check =
    for<'a> fn(&'a Write, Vec<Uuid>) -> BoxFuture<'a, Result<Vec<(Uuid, Refusal)>, WriteError>>;

/// A table of records.
pub(super) struct Records<E: EntityTrait> {
    name: &'static str,
    columns: Vec<Column>,
    read: fn(&mut Row<'_>) -> E::ActiveModel,
    enter: Enter<E>,
    check: Option<Check>,
    last: Option<fn(&E::ActiveModel) -> bool>,
    made: Option<fn(&Sheet, &StringRecord) -> String>,
    order: RowOrder,
    file: Arc<str>,
    drafts: Vec<Drafted<E::ActiveModel>>,
    /// What was written, with its line.
    written: HashMap<Uuid, u64>,
}

/// A table of records, each row read by `read` and written by `enter`.
pub(super) fn records<E: KeyedRecord + Scoped>(
    name: &'static str,
    read: fn(&mut Row<'_>) -> E::ActiveModel,
    enter: Enter<E>,
) -> Records<E> {
    let mut row = Row::describe();
    read(&mut row);
    let mut columns = vec![Column { name: E::KEY, required: true, refers: None }];
    columns.extend(row.into_columns());
    Records {
        name,
        columns,
        read,
        enter,
        check: None,
        last: None,
        made: None,
        order: RowOrder::Key(E::KEY),
        file: Arc::default(),
        drafts: Vec::new(),
        written: HashMap::new(),
    }
}

impl<E: KeyedRecord + Scoped> Records<E> {
    /// To be checked when all is written.
    pub(super) fn checked_at_the_end(self, check: Check) -> Self {
        Self { check: Some(check), ..self }
    }

    /// Rows that come after the others, wherever they stand.
    pub(super) fn last(self, last: fn(&E::ActiveModel) -> bool) -> Self {
        Self { last: Some(last), ..self }
    }

    /// Of which the newest counts: to be written in the order of their entry.
    pub(super) fn by_entry(self) -> Self {
        Self { order: RowOrder::Entry, ..self }
    }

    /// The key stands in no column, but is made of several.
    pub(super) fn keyed_by(mut self, made: fn(&Sheet, &StringRecord) -> String) -> Self {
        self.columns.remove(0);
        Self { made: Some(made), ..self }
    }

    fn problem(&self, line: u64, refusal: &Refusal) -> Problem {
        refused(&self.file, &self.columns, line, refusal)
    }

    /// Puts rows before those of the same table that refer to them, and tells of those that refer
    /// to one another in a circle.
    fn sort(&mut self, problems: &mut Problems) {
        let places: HashMap<&str, usize> =
            self.drafts.iter().enumerate().map(|(place, row)| (row.key.as_str(), place)).collect();
        let above = |row: &Drafted<E::ActiveModel>| {
            let own = row.references.iter().find(|of| of.0 == E::KIND);
            own.and_then(|of| places.get(of.1.as_str()).copied())
        };
        let parents: Vec<Option<usize>> = self.drafts.iter().map(above).collect();
        let depths = depths(&parents, |circle| self.tell_circle(circle, problems));
        let mut order: Vec<(usize, Drafted<E::ActiveModel>)> =
            depths.into_iter().zip(std::mem::take(&mut self.drafts)).collect();
        order.sort_by_key(|row| (row.0, self.last.is_some_and(|last| last(&row.1.draft))));
        self.drafts = order.into_iter().map(|row| row.1).collect();
    }

    fn tell_circle(&self, circle: &[usize], problems: &mut Problems) {
        let rows: Vec<_> = circle.iter().filter_map(|place| self.drafts.get(*place)).collect();
        let Some(first) = rows.iter().min_by_key(|row| row.line) else { return };
        let mut keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        if let Some(begin) = keys.iter().position(|key| *key == first.key) {
            keys.rotate_left(begin);
        }
        keys.push(&first.key);
        let own = |column: &&Column| column.refers == Some(Refers::To(E::KIND));
        let column = self.columns.iter().find(own).map_or("", |column| column.name);
        let message = format!("is above itself: {}", keys.join(" → "));
        problems.push(
            Problem::of_file(&*self.file, message)
                .at(first.line)
                .in_column(column)
                .with(&first.key, false),
        );
    }
}

impl<E> Table for Records<E>
where
    E: KeyedRecord + Scoped,
    E::Model: Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send + Sync,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn kind(&self) -> Option<RecordKind> {
        Some(E::KIND)
    }

    fn key_column(&self) -> Option<&'static str> {
        self.made.is_none().then_some(E::KEY)
    }

    fn key(&self, sheet: &Sheet, cells: &StringRecord) -> String {
        match self.made {
            Some(made) => made(sheet, cells),
            None => sheet.cell(cells, E::KEY).to_owned(),
        }
    }

    fn find_keys<'a>(
        &'a self,
        w: &'a Write,
        keys: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<(String, Uuid)>, WriteError>> {
        Box::pin(async move {
            let Some(key) = column::<E>(E::KEY) else {
                return Err(WriteError::Contract("a record has no key"));
            };
            let mut found = Vec::new();
            for keys in keys.chunks(IDS_PER_QUERY) {
                let query = E::find().select_only().column(key).filter(key.is_in(keys));
                match column::<E>("id") {
                    Some(id) => found.extend(
                        query.column(id).into_tuple::<(String, Uuid)>().all(w.read()).await?,
                    ),
                    None => {
                        let codes = query.into_tuple::<String>().all(w.read()).await?;
                        found.extend(codes.into_iter().map(|code| (code, Uuid::nil())));
                    }
                }
            }
            Ok(found)
        })
    }

    fn read(&mut self, sheet: &Sheet, keys: &PackageKeys, problems: &mut Problems) {
        self.file = sheet.file.as_str().into();
        for (line, cells) in &sheet.rows {
            let key = self.key(sheet, cells);
            if key.is_empty() && self.made.is_none() {
                problems.push(problem_at(
                    sheet,
                    *line,
                    E::KEY,
                    "the cell is empty, and must not be",
                ));
            }
            let reading = RowContext { sheet, line: *line, cells, keys, problems: &mut *problems };
            let mut row = Row::read(reading, E::PERSONAL);
            let mut draft = (self.read)(&mut row);
            let references = row.references;
            if let (Some(id), Ok(known)) = (column::<E>("id"), keys.find(E::KIND, &key)) {
                draft.set(id, known.into());
            }
            if let Some(column) = column::<E>(E::KEY) {
                draft.set(column, key.clone().into());
            }
            self.drafts.push(Drafted { line: *line, key, references, draft });
        }
        self.sort(problems);
    }

    fn write<'a>(
        &'a mut self,
        w: &'a mut Write,
        load: &'a mut Load,
    ) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let drafts = std::mem::take(&mut self.drafts);
            let mut counts =
                TableCounts { table: self.name, rows: drafts.len(), ..TableCounts::default() };
            let keys = drafts.iter().map(|row| Value::from(row.key.clone()));
            let existing: HashMap<String, E::Model> = find_in::<E>(w, E::KEY, keys)
                .await?
                .into_iter()
                .map(|row| (E::key(&row), row))
                .collect();
            let new = drafts.iter().map(|row| &row.key).filter(|key| !existing.contains_key(*key));
            let void = rule::void_keys(w, E::KIND, new.cloned()).await?;
            for Drafted { line, key, references, draft } in drafts {
                let old = existing.get(&key);
                if void.contains(&key) {
                    counts.void += 1;
                    load.refused.insert((E::KIND, key));
                    continue;
                }
                if old.is_some_and(|old| rule::same::<E>(old, &draft)) {
                    continue;
                }
                if references.iter().any(|of| load.refused.contains(of)) {
                    load.refused.insert((E::KIND, key));
                    continue;
                }
                match (self.enter)(w, old, draft).await {
                    Ok(put) => {
                        match put.change {
                            Change::Inserted(_) => counts.added += 1,
                            Change::Updated(_) => counts.changed += 1,
                            Change::Unchanged => {}
                        }
                        if put.change.is_new() {
                            load.entered.insert((E::KIND, key));
                        }
                        self.written.insert(E::id(&put.row), line);
                    }
                    Err(error) => {
                        let problem = load_on(error, |refusal| self.problem(line, refusal), load)?;
                        load.problems.push(problem);
                        load.refused.insert((E::KIND, key));
                    }
                }
            }
            load.tables.push(counts);
            Ok(())
        })
    }

    fn check<'a>(
        &'a mut self,
        w: &'a Write,
        load: &'a mut Load,
    ) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let Some(check) = self.check.filter(|_| !self.written.is_empty()) else {
                return Ok(());
            };
            let mut refusals = check(w, self.written.keys().copied().collect()).await?;
            let line = |id: &Uuid| self.written.get(id).copied().unwrap_or_default();
            refusals.sort_by_key(|refusal| line(&refusal.0));
            for (id, refusal) in refusals {
                load.problems.push(self.problem(line(&id), &refusal));
            }
            Ok(())
        })
    }

    fn field_type(&self, column: &Column) -> Option<&'static str> {
        field_type::<E>(column)
    }

    fn all_keys<'a>(
        &'a self,
        from: &'a Export<'a>,
    ) -> BoxFuture<'a, Result<Vec<(Uuid, String)>, DbErr>> {
        Box::pin(from.keys_of::<E>(|row| (E::id(row), E::key(row))))
    }

    fn export<'a>(
        &'a self,
        from: &'a Export<'a>,
    ) -> BoxFuture<'a, Result<Vec<Vec<String>>, DbErr>> {
        Box::pin(from.rows_of::<E>(&self.columns, self.order))
    }
}

/// How many stand above each, by the place of each one's parent. Those that stand in a circle are
/// told of, once.
fn depths(parents: &[Option<usize>], mut tell_circle: impl FnMut(&[usize])) -> Vec<usize> {
    let mut depths: Vec<Option<usize>> = vec![None; parents.len()];
    for start in 0..parents.len() {
        let known = |depths: &[Option<usize>], place: usize| depths.get(place).copied().flatten();
        let mut path: Vec<usize> = Vec::new();
        let mut next = Some(start);
        while let Some(place) = next.filter(|place| known(&depths, *place).is_none()) {
            if let Some(begin) = path.iter().position(|on_path| *on_path == place) {
                tell_circle(path.get(begin..).unwrap_or_default());
                break;
            }
            path.push(place);
            next = parents.get(place).copied().flatten();
        }
        let first = next.and_then(|place| known(&depths, place)).map_or(0, |depth| depth + 1);
        for (depth, place) in (first..).zip(path.into_iter().rev()) {
            if let Some(entry) = depths.get_mut(place) {
                *entry = Some(depth);
            }
        }
    }
    depths.into_iter().map(Option::unwrap_or_default).collect()
}
