//! Writes an answer as JSON, in one walk over a plan and the rows that were read for it.
//!
//! Where a field fails that must not be null, its object becomes null, and so on up to the nearest
//! field that may be null (handling of field errors in the specification): what was written since
//! is cut off again. A request may have it otherwise ([`OnError`]).

mod errors;
mod groups;
mod list;

use std::ops::Range;

use async_graphql::{Pos, ServerError, Value};

use super::computed::Made;
use super::fetch::{ChildRange, Level, LevelExecutor, Lower, Read, RootRows};
use super::own::Resolved;
use super::plan::{
    Behind, EdgePart, FoundAt, Group, Info, Key, List, Making, Object, One, Owned, Part, Picked,
    Plan, PlannedField, Record, Reference, Root, RowPlan, SelectedField,
};
use super::value;
use crate::request::OnError;
use crate::site::Site;

/// What was written.
pub struct JsonAnswer {
    /// The data, as JSON.
    pub data: Vec<u8>,
    /// What failed.
    pub errors: Vec<ServerError>,
    /// The fields of the answer.
    pub fields: u64,
}

/// What was written of one record.
pub struct OneWritten {
    /// What is wanted of it, as JSON; none where a field failed that must not be null.
    pub data: Option<Vec<u8>>,
    /// What failed.
    pub errors: Vec<ServerError>,
}

/// Something failed, and is told already: what it stands in becomes null.
struct Failed;

type Done = Result<(), Failed>;

/// A step of the path to a place in the answer.
#[derive(Clone, Copy)]
enum PathStep<'a> {
    Field(&'a str),
    Item(usize),
}

/// Writes an answer.
pub struct Writer<'a> {
    executor: &'a LevelExecutor<'a>,
    site: &'a Site,
    own: &'a Resolved,
    out: Vec<u8>,
    errors: Vec<ServerError>,
    fields: u64,
    path: Vec<PathStep<'a>>,
}

/// A row of a level.
#[derive(Clone, Copy)]
struct CurrentRow<'a> {
    /// How the rows of the level are read.
    plan: &'a RowPlan,
    level: &'a Level,
    number: usize,
}

impl<'a> CurrentRow<'a> {
    fn row(self) -> &'a value::Row {
        &self.level.rows[self.number]
    }

    fn at(self, place: usize) -> usize {
        self.level.from + place
    }
}

impl<'a> Writer<'a> {
    /// A writer for a request.
    pub fn new(executor: &'a LevelExecutor<'a>, site: &'a Site, own: &'a Resolved) -> Self {
        let (out, errors, path) = (Vec::with_capacity(4096), Vec::new(), Vec::new());
        Self { executor, site, own, out, errors, fields: 0, path }
    }

    /// Writes what a plan wants from what was read for the fields of its root.
    pub fn write(mut self, plan: &'a Plan, read: &'a [Option<Read>]) -> JsonAnswer {
        let written = self.fields(&plan.roots, |writer, root, number| {
            let read = read[number].as_ref();
            match &root.what {
                Root::TypeName(name) => writer.text(name),
                Root::List(list) => {
                    match writer.there(read, list.asked.pos)?.and_then(|read| read.levels.first()) {
                        Some(level) => writer.connection(list, level, 0),
                        None => writer.null(),
                    }
                }
                Root::One(one) => {
                    writer.or_null(|writer| writer.one(std::slice::from_ref(&**one), read))
                }
                Root::Node(ones) => writer.or_null(|writer| writer.one(ones, read)),
                Root::Nodes(asked, ones) => match writer.there(read, asked.pos)? {
                    Some(read) => writer.items(0..read.items.len(), |writer, number| {
                        writer.or_null(|writer| writer.item(ones, read, number))
                    }),
                    None => writer.null(),
                },
                Root::Own(owned) => writer.own(owned, 0),
            }
        });
        if written.is_err() {
            self.out.clear();
            self.out.extend_from_slice(b"null");
            self.fields = 0;
        }
        JsonAnswer { data: self.out, errors: self.errors, fields: self.fields }
    }

    /// Writes what is wanted of one row of a level.
    pub fn one_row(mut self, record: &'a Record, level: &'a Level, number: usize) -> OneWritten {
        let written = self.object(&record.object, CurrentRow { plan: &record.rows, level, number });
        OneWritten { data: written.ok().map(|()| self.out), errors: self.errors }
    }

    /// What was read for a field of the root.
    fn there(&mut self, read: Option<&'a Read>, pos: Pos) -> Result<Option<&'a RootRows>, Failed> {
        match read {
            Some(Ok(read)) => Ok(Some(read)),
            Some(Err(error)) => Err(self.report(error, pos)),
            None => Ok(None),
        }
    }

    fn one(&mut self, ones: &'a [One], read: Option<&'a Read>) -> Done {
        let pos = ones.first().map_or_else(Pos::default, |one| one.asked.pos);
        match self.there(read, pos)? {
            Some(read) => self.item(ones, read, 0),
            None => self.null(),
        }
    }

    /// Writes one of the objects that a field of the root leads to.
    fn item(&mut self, ones: &'a [One], read: &'a RootRows, number: usize) -> Done {
        let item = read.items.get(number).copied().flatten();
        let found = item.and_then(|item| {
            let (one, level) = (ones.get(item.noun)?, read.levels.get(item.level)?);
            let page = level.pages.get(item.page).filter(|page| !page.rows.is_empty())?;
            Some((
                &one.record,
                CurrentRow { plan: &one.record.rows, level, number: page.rows.start },
            ))
        });
        match found {
            Some((one, row)) => self.object(&one.object, row),
            None => self.null(),
        }
    }

    /// Writes what code of its own has resolved for the row of a number.
    fn own(&mut self, owned: &Owned, row: usize) -> Done {
        let own = self.own;
        let Some(resolved) = own.get(&(owned.number, row)) else { return self.null() };
        resolved.errors.iter().for_each(|error| self.pass_on(error));
        match &resolved.value {
            Ok(value) => {
                self.fields += value::fields(value);
                value::json(value, &mut self.out);
                Ok(())
            }
            Err(error) => {
                self.pass_on(error);
                if owned.nullable { self.null() } else { Err(Failed) }
            }
        }
    }

    fn null(&mut self) -> Done {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn text(&mut self, text: &str) -> Done {
        value::json(&text, &mut self.out);
        Ok(())
    }

    /// Writes what may be null: where it fails, null stands in its place.
    fn or_null(&mut self, write: impl FnOnce(&mut Self) -> Done) -> Done {
        let (written, fields, path) = (self.out.len(), self.fields, self.path.len());
        write(self).or_else(|Failed| {
            self.out.truncate(written);
            self.fields = fields;
            self.path.truncate(path);
            self.null()
        })
    }

    /// Writes what stands at a place of its own: where the request wants that, it may be null
    /// whatever its type.
    fn place(&mut self, write: impl FnOnce(&mut Self) -> Done) -> Done {
        match self.executor.on_error {
            OnError::Null => self.or_null(write),
            OnError::Propagate | OnError::Halt => write(self),
        }
    }

    /// Writes the fields of an object, as far as they are wanted.
    fn fields<T>(
        &mut self,
        slots: &'a [PlannedField<T>],
        mut write: impl FnMut(&mut Self, &'a PlannedField<T>, usize) -> Done,
    ) -> Done {
        self.out.push(b'{');
        let mut first = true;
        for (number, slot) in slots.iter().enumerate() {
            if !self.executor.mask.has(slot.when) {
                continue;
            }
            if !first {
                self.out.push(b',');
            }
            first = false;
            let Key { name, json } = &slot.key;
            self.out.extend_from_slice(json);
            self.fields += 1;
            self.path.push(PathStep::Field(name));
            self.place(|writer| write(writer, slot, number))?;
            self.path.pop();
        }
        self.out.push(b'}');
        Ok(())
    }

    fn items(
        &mut self,
        rows: Range<usize>,
        mut write: impl FnMut(&mut Self, usize) -> Done,
    ) -> Done {
        self.out.push(b'[');
        for (place, row) in rows.enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.path.push(PathStep::Item(place));
            self.place(|writer| write(writer, row))?;
            self.path.pop();
        }
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self, object: &'a Object, row: CurrentRow<'a>) -> Done {
        self.fields(object, |writer, slot, _| match &slot.what {
            SelectedField::TypeName(name) => writer.text(name),
            SelectedField::Id { at, holds, noun } => {
                let written = row.row().write_id(row.at(*at), noun, holds, &mut writer.out);
                written.map_err(|error| writer.failed(error, Pos::default()))
            }
            SelectedField::Column { at, holds } => {
                let written = row.row().write(row.at(*at), holds, &mut writer.out);
                written.map_err(|error| writer.failed(error, Pos::default()))
            }
            SelectedField::Reference(reference) if reference.must => {
                writer.reference(reference, row)
            }
            SelectedField::Reference(reference) => {
                writer.or_null(|writer| writer.reference(reference, row))
            }
            SelectedField::Either(references, pos) => {
                for reference in references {
                    let refers = row.row().is_null(row.at(reference.by)).map(|null| !null);
                    if refers.map_err(|error| writer.failed(error, *pos))? {
                        return writer.reference(reference, row);
                    }
                }
                let error = writer
                    .executor
                    .reader
                    .fail("a row refers to nothing where it must refer to something");
                Err(writer.report(&error, *pos))
            }
            SelectedField::List(child) => writer.list(*child, row),
            SelectedField::Behind(child, key, making) => {
                match writer.referred(*child, *key, row, making.asked.pos)? {
                    Some(row) => writer.made(making, row),
                    None => writer.null(),
                }
            }
            SelectedField::Made(making) if making.computed.nullable => {
                writer.or_null(|writer| writer.made(making, row))
            }
            SelectedField::Made(making) => writer.made(making, row),
            SelectedField::Own(owned) => writer.own(owned, row.number),
        })
    }

    fn list(&mut self, child: usize, row: CurrentRow<'a>) -> Done {
        let Some((Behind::List(list), lower)) = row.level.lower(row.plan, child) else {
            return self.null();
        };
        match (&lower.level, lower.numbers[0][row.number]) {
            (Ok(level), Some(parent)) => self.connection(list, level, parent),
            (Err(error), _) => Err(self.report(error, list.asked.pos)),
            (Ok(_), None) => self.null(),
        }
    }

    /// The row behind another to which a key leads.
    fn referred(
        &mut self,
        child: usize,
        key: usize,
        row: CurrentRow<'a>,
        pos: Pos,
    ) -> Result<Option<CurrentRow<'a>>, Failed> {
        match row.level.lower(row.plan, child) {
            Some((Behind::One(plan), Lower { level: Ok(level), numbers })) => {
                let page = numbers[key][row.number].and_then(|number| level.pages.get(number));
                let page = page.filter(|page| !page.rows.is_empty());
                Ok(page.map(|page| CurrentRow { plan, level, number: page.rows.start }))
            }
            Some((_, Lower { level: Err(error), .. })) => Err(self.report(error, pos)),
            _ => Ok(None),
        }
    }

    fn reference(&mut self, reference: &'a Reference, row: CurrentRow<'a>) -> Done {
        let found = match reference.found {
            FoundAt::Row(at) => {
                let missing = row.row().is_null(row.at(at));
                let missing = missing.map_err(|error| self.failed(error, reference.pos))?;
                (!missing).then_some(row)
            }
            FoundAt::Child(child, key) => self.referred(child, key, row, reference.pos)?,
        };
        match found {
            Some(found) => self.object(&reference.object, found),
            None if reference.must => {
                let key = &reference.to.table.columns[reference.to.table.id].holds;
                let by = row.row().key(row.at(reference.by), key).ok().flatten();
                let missing = format!("{} {by:?} is referred to and missing", reference.to.name);
                let error = self.executor.reader.fail(missing);
                Err(self.report(&error, reference.pos))
            }
            None => self.null(),
        }
    }

    fn made(&mut self, making: &'a Making, row: CurrentRow<'a>) -> Done {
        let table = &making.noun.table;
        let pos = making.asked.pos;
        let cell = |(name, at): (&&'static str, &usize)| {
            let holds = &table.columns[table.place(name)].holds;
            row.row().cell(row.at(*at), holds).map(|cell| (*name, cell))
        };
        let cells: Result<Vec<_>, _> =
            making.computed.columns.iter().zip(&making.columns).map(cell).collect();
        let cells = cells.map_err(|error| self.failed(error, pos))?;
        let entries = making.entries.map(|at| row.row().text(row.at(at)));
        let entries = entries.transpose().map_err(|error| self.failed(error, pos))?.flatten();
        let made = Made {
            reader: self.executor.reader,
            site: self.site,
            languages: self.executor.languages,
            arguments: &self.executor.arguments(&making.asked),
            cells: &cells,
            entries: entries.as_deref(),
        };
        let value = (making.computed.make)(&made).map_err(|error| self.report(&error, pos))?;
        match (&making.picked, value) {
            (Some(picked), Value::List(items)) => {
                self.items(0..items.len(), |writer, number| writer.picked(picked, &items[number]))
            }
            (_, value) => {
                value::json(&value, &mut self.out);
                Ok(())
            }
        }
    }

    /// Writes what is selected of an object that was computed.
    fn picked(&mut self, picked: &'a [PlannedField<Picked>], object: &Value) -> Done {
        self.fields(picked, |writer, slot, _| match (&slot.what, object) {
            (Picked::TypeName(name), _) => writer.text(name),
            (Picked::Field(name), Value::Object(fields)) => {
                value::json(&fields.get(name.as_ref()), &mut writer.out);
                Ok(())
            }
            _ => writer.null(),
        })
    }
}
