//! The two kinds of table: records, which have a key, and sets of rows that belong to a record and have none.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use csv::StringRecord;
use entity::vocabulary::RecordKind;
use futures::future::BoxFuture;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable, ModelTrait,
    QueryFilter, QuerySelect, Value,
};
use uuid::Uuid;

use super::keys::Keys;
use super::problems::{Problem, Problems};
use super::read::{Sheet, problem_at};
use super::row::{Column, Reading, Row};
use crate::db::{Change, Put, Write};
use crate::error::{Refusal, WriteError};
use crate::record::Record;
use crate::rule::{self, IDS_PER_QUERY, Replaced};

/// What a load has done so far.
#[derive(Default)]
pub(super) struct Load {
    /// What the rules refused.
    pub(super) problems: Problems,
    /// Records that are new.
    entered: HashSet<(RecordKind, String)>,
    /// Records that were refused: what refers to them is passed over, since it could only be refused for want of them.
    refused: HashSet<(RecordKind, String)>,
    /// What became of each table.
    pub(super) tables: Vec<Counts>,
}

/// What became of the rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// The table.
    pub table: &'static str,
    /// How many rows it has in the package.
    pub rows: usize,
    /// How many of them are new.
    pub added: usize,
    /// How many differ from what was there.
    pub changed: usize,
    /// How many were there, belong to a record of the package, and are not in the package. Records are never removed.
    pub removed: usize,
}

impl Counts {
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
    fn read(&mut self, sheet: &Sheet, keys: &Keys, problems: &mut Problems);
    /// Writes what was read and is not there yet.
    fn write<'a>(&'a mut self, w: &'a mut Write, load: &'a mut Load) -> BoxFuture<'a, Result<(), WriteError>>;
    /// Checks what can only be checked once everything is written.
    fn check<'a>(&'a mut self, w: &'a Write, load: &'a mut Load) -> BoxFuture<'a, Result<(), WriteError>>;
}

/// A row that was read.
struct Drafted<A> {
    line: u64,
    key: String,
    references: Vec<(RecordKind, String)>,
    draft: A,
}

/// A kind of record that a package can hold: all that have a key, and the country, whose key is its code.
pub(super) trait Keyed:
    EntityTrait<Model: ModelTrait<Entity = Self> + IntoActiveModel<Self::ActiveModel>>
{
    const KIND: RecordKind;
    const PERSONAL: &'static [&'static str];
    /// The column that has the key.
    const KEY: &'static str;

    fn key(row: &Self::Model) -> String;
    fn id(row: &Self::Model) -> Uuid;
}

impl<E> Keyed for E
where
    E: Record<Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>>,
{
    const KIND: RecordKind = <E as Record>::KIND;
    const PERSONAL: &'static [&'static str] = <E as Record>::PERSONAL;
    const KEY: &'static str = "key";

    fn key(row: &E::Model) -> String {
        <E as Record>::key(row).to_owned()
    }

    fn id(row: &E::Model) -> Uuid {
        <E as Record>::id(row)
    }
}

impl Keyed for entity::country::Entity {
    const KIND: RecordKind = RecordKind::Country;
    const PERSONAL: &'static [&'static str] = &[];
    const KEY: &'static str = "code";

    fn key(row: &entity::country::Model) -> String {
        row.code.0.clone()
    }

    fn id(_: &entity::country::Model) -> Uuid {
        Uuid::nil()
    }
}

/// The column of an entity with this name.
fn column<E: EntityTrait>(name: &str) -> Option<E::Column> {
    E::Column::iter().find(|column| column.as_str() == name)
}

/// The rows with these values in a column.
async fn find_in<E: EntityTrait>(
    w: &Write,
    name: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<E::Model>, WriteError> {
    let Some(column) = column::<E>(name) else { return Err(WriteError::Contract("a table has no such column")) };
    let values: Vec<Value> = values.into_iter().collect();
    let mut rows = Vec::new();
    for values in values.chunks(IDS_PER_QUERY) {
        rows.extend(E::find().filter(column.is_in(values.iter().cloned())).all(w.read()).await?);
    }
    Ok(rows)
}

type Enter<E> = for<'a> fn(
    &'a mut Write,
    Option<&'a <E as EntityTrait>::Model>,
    <E as EntityTrait>::ActiveModel,
) -> BoxFuture<'a, Result<Put<<E as EntityTrait>::Model>, WriteError>>;

type Check = for<'a> fn(&'a Write, Vec<Uuid>) -> BoxFuture<'a, Result<Vec<(Uuid, Refusal)>, WriteError>>;

/// A table of records.
pub(super) struct Records<E: EntityTrait> {
    name: &'static str,
    columns: Vec<Column>,
    read: fn(&mut Row<'_>) -> E::ActiveModel,
    enter: Enter<E>,
    check: Option<Check>,
    last: Option<fn(&E::ActiveModel) -> bool>,
    made: Option<fn(&Sheet, &StringRecord) -> String>,
    file: Arc<str>,
    drafts: Vec<Drafted<E::ActiveModel>>,
    /// What was written, with its line.
    written: HashMap<Uuid, u64>,
}

/// A table of records, each row read by `read` and written by `enter`.
pub(super) fn records<E: Keyed>(
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
        file: Arc::default(),
        drafts: Vec::new(),
        written: HashMap::new(),
    }
}

impl<E: Keyed> Records<E> {
    /// To be checked when all is written.
    pub(super) fn checked_at_the_end(self, check: Check) -> Self {
        Self { check: Some(check), ..self }
    }

    /// Rows that come after the others, wherever they stand.
    pub(super) fn last(self, last: fn(&E::ActiveModel) -> bool) -> Self {
        Self { last: Some(last), ..self }
    }

    /// The key stands in no column, but is made of several.
    pub(super) fn keyed_by(mut self, made: fn(&Sheet, &StringRecord) -> String) -> Self {
        self.columns.remove(0);
        Self { made: Some(made), ..self }
    }

    fn problem(&self, line: u64, refusal: &Refusal) -> Problem {
        refused(&self.file, &self.columns, line, refusal)
    }

    /// Puts rows before those of the same table that refer to them, and tells of those that refer to one another in a circle.
    fn sort(&mut self, problems: &mut Problems) {
        let places: HashMap<String, usize> =
            self.drafts.iter().enumerate().map(|(place, row)| (row.key.clone(), place)).collect();
        let above = |row: &Drafted<E::ActiveModel>| {
            let own = row.references.iter().find(|of| of.0 == E::KIND);
            own.and_then(|of| places.get(&of.1).copied())
        };
        let parents: Vec<Option<usize>> = self.drafts.iter().map(above).collect();
        let mut depths: Vec<Option<usize>> = vec![None; parents.len()];
        for start in 0..parents.len() {
            let mut path = Vec::new();
            let mut next = Some(start);
            while let Some(place) = next {
                if depths.get(place).copied().flatten().is_some() {
                    break;
                }
                if let Some(begin) = path.iter().position(|on_path| *on_path == place) {
                    self.tell_circle(path.get(begin..).unwrap_or_default(), problems);
                    break;
                }
                path.push(place);
                next = parents.get(place).copied().flatten();
            }
            let mut depth = next.and_then(|place| depths.get(place).copied().flatten()).map_or(0, |depth| depth + 1);
            for place in path.into_iter().rev() {
                if let Some(known) = depths.get_mut(place) {
                    *known = Some(depth);
                }
                depth += 1;
            }
        }
        let mut order: Vec<(usize, Drafted<E::ActiveModel>)> =
            depths.into_iter().map(Option::unwrap_or_default).zip(std::mem::take(&mut self.drafts)).collect();
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
        let own = |column: &&Column| column.refers == Some(super::row::Refers::To(E::KIND));
        let column = self.columns.iter().find(own).map_or("", |column| column.name);
        let message = format!("is above itself: {}", keys.join(" → "));
        problems.push(Problem::of_file(&*self.file, message).at(first.line).in_column(column).with(&first.key, false));
    }
}

impl<E> Table for Records<E>
where
    E: Keyed,
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
            let Some(key) = column::<E>(E::KEY) else { return Err(WriteError::Contract("a record has no key")) };
            let mut found = Vec::new();
            for keys in keys.chunks(IDS_PER_QUERY) {
                let query = E::find().select_only().column(key).filter(key.is_in(keys));
                match column::<E>("id") {
                    Some(id) => found.extend(query.column(id).into_tuple::<(String, Uuid)>().all(w.read()).await?),
                    None => {
                        let codes = query.into_tuple::<String>().all(w.read()).await?;
                        found.extend(codes.into_iter().map(|code| (code, Uuid::nil())));
                    }
                }
            }
            Ok(found)
        })
    }

    fn read(&mut self, sheet: &Sheet, keys: &Keys, problems: &mut Problems) {
        self.file = sheet.file.as_str().into();
        for (line, cells) in &sheet.rows {
            let key = self.key(sheet, cells);
            if key.is_empty() {
                problems.push(problem_at(sheet, *line, E::KEY, "the cell is empty, and must not be"));
            }
            let reading = Reading { sheet, line: *line, cells, keys, problems: &mut *problems };
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

    fn write<'a>(&'a mut self, w: &'a mut Write, load: &'a mut Load) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let drafts = std::mem::take(&mut self.drafts);
            let mut counts = Counts { table: self.name, rows: drafts.len(), ..Counts::default() };
            let keys = drafts.iter().map(|row| Value::from(row.key.clone()));
            let existing: HashMap<String, E::Model> =
                find_in::<E>(w, E::KEY, keys).await?.into_iter().map(|row| (E::key(&row), row)).collect();
            for Drafted { line, key, references, draft } in drafts {
                let old = existing.get(&key);
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

    fn check<'a>(&'a mut self, w: &'a Write, load: &'a mut Load) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let Some(check) = self.check.filter(|_| !self.written.is_empty()) else { return Ok(()) };
            let mut refusals = check(w, self.written.keys().copied().collect()).await?;
            let line = |id: &Uuid| self.written.get(id).copied().unwrap_or_default();
            refusals.sort_by_key(|refusal| line(&refusal.0));
            for (id, refusal) in refusals {
                load.problems.push(self.problem(line(&id), &refusal));
            }
            Ok(())
        })
    }
}

/// Goes on after a refusal; the transaction can still be used. After anything else it cannot.
fn load_on(error: WriteError, problem: impl Fn(&Refusal) -> Problem, load: &mut Load) -> Result<Problem, WriteError> {
    match error {
        WriteError::Refused(refusal) => Ok(problem(&refusal)),
        WriteError::Database(error) if error.sql_err().is_some() => {
            let message =
                "the database refuses the row: something else has what only one may have, or it refers to nothing";
            let refusal = rule::check::invalid("", message);
            load.problems.push(problem(&refusal));
            Err(WriteError::Database(error))
        }
        other => Err(other),
    }
}

/// A refusal as a problem: of the package's column, where the rule speaks of the register's.
fn refused(file: &str, columns: &[Column], line: u64, refusal: &Refusal) -> Problem {
    let field = refusal.field;
    let plain = field.trim_end_matches("_id").trim_end_matches("_code");
    let names = [field, plain, plain.trim_start_matches("regional_"), plain.trim_start_matches("action_")];
    let others = match field {
        "action_plan_id" => "plan",
        "subject_id" | "subject_kind" => "record",
        "related_id" => "related",
        _ => field,
    };
    let name = names.into_iter().chain([others]).find(|name| columns.iter().any(|column| column.name == *name));
    let problem = Problem::of_file(file, &refusal.message).at(line);
    match name {
        Some(name) => problem.in_column(name),
        None => problem,
    }
}

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

/// A table of rows that belong to records of `O`, which is named by the first column; each row read by `read`, all those of
/// one owner written by `enter`.
pub(super) fn sets<O: Keyed, C: EntityTrait>(
    name: &'static str,
    owner: &'static str,
    read: fn(&mut Row<'_>) -> C::ActiveModel,
    enter: EnterSet<O, C>,
) -> Sets<O, C> {
    let mut row = Row::describe();
    read(&mut row);
    Sets { name, columns: row.into_columns(), owner, read, enter, file: Arc::default(), sets: Vec::new() }
}

impl<O, C> Table for Sets<O, C>
where
    O: Keyed,
    O::Model: Send + Sync,
    C: EntityTrait<Model: ModelTrait<Entity = C> + Send + Sync>,
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

    fn find_keys<'a>(&'a self, _: &'a Write, _: Vec<String>) -> BoxFuture<'a, Result<Vec<(String, Uuid)>, WriteError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn read(&mut self, sheet: &Sheet, keys: &Keys, problems: &mut Problems) {
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
            let reading = Reading { sheet, line: *line, cells, keys, problems: &mut *problems };
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
                None => self.sets.push(Drafted { line: *line, key, references, draft: vec![draft] }),
            }
        }
    }

    fn write<'a>(&'a mut self, w: &'a mut Write, load: &'a mut Load) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let sets = std::mem::take(&mut self.sets);
            let rows = sets.iter().map(|set| set.draft.len()).sum();
            let mut counts = Counts { table: self.name, rows, ..Counts::default() };
            let keys = sets.iter().map(|set| Value::from(set.key.clone()));
            let owners: HashMap<String, O::Model> =
                find_in::<O>(w, O::KEY, keys).await?.into_iter().map(|row| (O::key(&row), row)).collect();
            let own = if O::KIND == RecordKind::Country { O::KEY } else { "id" };
            let Some(own) = column::<O>(own) else { return Err(WriteError::Contract("an owner has no id")) };
            let Some(of) = column::<C>(self.owner) else { return Err(WriteError::Contract("a row has no owner")) };
            // By the text of the id: a `Value` cannot be hashed.
            let mut existing: HashMap<String, Vec<C::Model>> = HashMap::new();
            for row in find_in::<C>(w, self.owner, owners.values().map(|owner| owner.get(own))).await? {
                existing.entry(format!("{:?}", row.get(of))).or_default().push(row);
            }
            for Drafted { line, key, references, draft } in sets {
                let refused = references.iter().any(|of| load.refused.contains(of));
                let Some(owner) = owners.get(&key).filter(|_| !refused) else { continue };
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
                        let problem = |refusal: &Refusal| self::refused(&self.file, &self.columns, line, refusal);
                        let problem = load_on(error, problem, load)?;
                        load.problems.push(problem);
                    }
                }
            }
            load.tables.push(counts);
            Ok(())
        })
    }

    fn check<'a>(&'a mut self, _: &'a Write, _: &'a mut Load) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Whether the rows that are there are those that are to be.
fn as_they_are<C>(mut rows: Vec<C::Model>, drafts: &[C::ActiveModel]) -> bool
where
    C: EntityTrait<Model: ModelTrait<Entity = C>>,
    C::ActiveModel: ActiveModelTrait<Entity = C>,
{
    let all_there = drafts.iter().all(|draft| match rows.iter().position(|row| rule::same::<C>(row, draft)) {
        Some(place) => {
            rows.swap_remove(place);
            true
        }
        None => false,
    });
    all_there && rows.is_empty()
}
