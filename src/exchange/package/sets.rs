//! Tables of rows that belong to a record and have no key: names, identifiers, links.

use std::collections::HashMap;
use std::sync::Arc;

use csv::StringRecord;
use entity::vocabulary::RecordKind;
use futures::future::BoxFuture;
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, ModelTrait, Value};
use uuid::Uuid;

use super::export::{Export, RowOrder, field_type};
use super::keys::PackageKeys;
use super::problems::{Problem, Problems};
use super::read::Sheet;
use super::row::{Column, Row, RowContext};
use super::table::{Drafted, Load, Table, TableCounts, column, find_in, load_on, refused};
use crate::access::Scoped;
use crate::db::{Change, Put, Write};
use crate::error::{Refusal, WriteError};
use crate::record::KeyedRecord;
use crate::rule::{self, Replaced};

type EnterSet<O, C> = for<'a> fn(
    &'a mut Write,
    &'a Put<<O as EntityTrait>::Model>,
    Vec<<C as EntityTrait>::ActiveModel>,
) -> BoxFuture<'a, Result<Replaced, WriteError>>;

/// A table of rows that belong to records of `O`.
pub(super) struct Sets<O: EntityTrait, C: EntityTrait> {
    name: &'static str,
    columns: Vec<Column>,
    /// The column of the register that names the owner.
    owner: &'static str,
    read: fn(&mut Row<'_>) -> C::ActiveModel,
    enter: EnterSet<O, C>,
    file: Arc<str>,
    /// In the order of their first rows.
    sets: Vec<Drafted<Vec<C::ActiveModel>>>,
}

/// A table of rows that belong to records of `O`, which is named by the first column; each row read
/// by `read`, all those of one owner written by `enter`.
pub(super) fn sets<O: KeyedRecord + Scoped, C: EntityTrait>(
    name: &'static str,
    owner: &'static str,
    read: fn(&mut Row<'_>) -> C::ActiveModel,
    enter: EnterSet<O, C>,
) -> Sets<O, C> {
    let mut row = Row::describe();
    read(&mut row);
    Sets {
        name,
        columns: row.into_columns(),
        owner,
        read,
        enter,
        file: Arc::default(),
        sets: Vec::new(),
    }
}

impl<O, C> Table for Sets<O, C>
where
    O: KeyedRecord + Scoped,
    O::Model: Send + Sync,
    C: Scoped<Model: ModelTrait<Entity = C> + Send + Sync>,
    C::ActiveModel: ActiveModelTrait<Entity = C> + Send + Sync,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn kind(&self) -> Option<RecordKind> {
        None
    }

    fn key_column(&self) -> Option<&'static str> {
        None
    }

    fn key(&self, _: &Sheet, _: &StringRecord) -> String {
        String::new()
    }

    fn find_keys<'a>(
        &'a self,
        _: &'a Write,
        _: Vec<String>,
    ) -> BoxFuture<'a, Result<Vec<(String, Uuid)>, WriteError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn read(&mut self, sheet: &Sheet, keys: &PackageKeys, problems: &mut Problems) {
        self.file = sheet.file.as_str().into();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut lines: HashMap<Vec<&str>, u64> = HashMap::new();
        let owner = self.columns.first().map_or("", |column| column.name);
        for (line, cells) in &sheet.rows {
            if let Some(first) = lines.get(&cells.iter().collect::<Vec<_>>()) {
                let message = format!("the same row stands in line {first} already");
                problems.push(Problem::of_file(&sheet.file, message).at(*line));
                continue;
            }
            lines.insert(cells.iter().collect(), *line);
            let reading = RowContext { sheet, line: *line, cells, keys, problems: &mut *problems };
            let mut row = Row::read(reading, &[]);
            let draft = (self.read)(&mut row);
            let references = row.references;
            let key = sheet.cell(cells, owner).to_owned();
            let place = *places.entry(key.clone()).or_insert(self.sets.len());
            match self.sets.get_mut(place) {
                Some(set) => {
                    set.references.extend(references);
                    set.draft.push(draft);
                }
                None => {
                    self.sets.push(Drafted { line: *line, key, references, draft: vec![draft] })
                }
            }
        }
    }

    fn write<'a>(
        &'a mut self,
        w: &'a mut Write,
        load: &'a mut Load,
    ) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let sets = std::mem::take(&mut self.sets);
            let rows = sets.iter().map(|set| set.draft.len()).sum();
            let mut counts = TableCounts { table: self.name, rows, ..TableCounts::default() };
            let keys = sets.iter().map(|set| Value::from(set.key.clone()));
            let owners: HashMap<String, O::Model> = find_in::<O>(w, O::KEY, keys)
                .await?
                .into_iter()
                .map(|row| (O::key(&row), row))
                .collect();
            let own = if O::KIND == RecordKind::Country { O::KEY } else { "id" };
            let Some(own) = column::<O>(own) else {
                return Err(WriteError::Contract("an owner has no id"));
            };
            let Some(of) = column::<C>(self.owner) else {
                return Err(WriteError::Contract("a row has no owner"));
            };
            // By the text of the id: a `Value` cannot be hashed.
            let mut existing: HashMap<String, Vec<C::Model>> = HashMap::new();
            for row in
                find_in::<C>(w, self.owner, owners.values().map(|owner| owner.get(own))).await?
            {
                existing.entry(format!("{:?}", row.get(of))).or_default().push(row);
            }
            for Drafted { line, key, references, draft } in sets {
                let passed = references.iter().any(|of| load.refused.contains(of));
                let Some(owner) = owners.get(&key).filter(|_| !passed) else { continue };
                let old = existing.remove(&format!("{:?}", owner.get(own))).unwrap_or_default();
                if as_they_are::<C>(old, &draft) {
                    continue;
                }
                let change = match load.entered.contains(&(O::KIND, key)) {
                    true => Change::Inserted(Default::default()),
                    false => Change::Unchanged,
                };
                match (self.enter)(w, &Put { row: owner.clone(), change }, draft).await {
                    Ok(replaced) => {
                        counts.added += replaced.added;
                        counts.removed += replaced.removed;
                    }
                    Err(error) => {
                        let problem =
                            |refusal: &Refusal| refused(&self.file, &self.columns, line, refusal);
                        let problem = load_on(error, problem, load)?;
                        load.problems.push(problem);
                    }
                }
            }
            load.tables.push(counts);
            Ok(())
        })
    }

    fn check<'a>(
        &'a mut self,
        _: &'a Write,
        _: &'a mut Load,
    ) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async { Ok(()) })
    }

    fn field_type(&self, column: &Column) -> Option<&'static str> {
        field_type::<C>(column)
    }

    fn all_keys<'a>(
        &'a self,
        _: &'a Export<'a>,
    ) -> BoxFuture<'a, Result<Vec<(Uuid, String)>, DbErr>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn export<'a>(
        &'a self,
        from: &'a Export<'a>,
    ) -> BoxFuture<'a, Result<Vec<Vec<String>>, DbErr>> {
        Box::pin(from.rows_of::<C>(&self.columns, RowOrder::Owner))
    }
}

/// Whether the rows that are there are those that are to be.
fn as_they_are<C>(mut rows: Vec<C::Model>, drafts: &[C::ActiveModel]) -> bool
where
    C: EntityTrait<Model: ModelTrait<Entity = C>>,
    C::ActiveModel: ActiveModelTrait<Entity = C>,
{
    let all_there =
        drafts.iter().all(|draft| match rows.iter().position(|row| rule::same::<C>(row, draft)) {
            Some(place) => {
                rows.swap_remove(place);
                true
            }
            None => false,
        });
    all_there && rows.is_empty()
}
