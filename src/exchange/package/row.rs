//! One row of a table, read column by column. The getters do two things: asked to describe, they
//! note which columns there are; asked to read, they give values, and note what is wrong with them.
//! So a table is written down once.

mod cells;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use csv::StringRecord;
use entity::id::CountryCode;
use entity::vocabulary::{ClaimProperty, DatePrecision, RecordKind, Vocabulary};
use sea_orm::sea_query::{Nullable, ValueType};
use sea_orm::{ActiveValue, PrimaryKeyTrait, Value};
use uuid::Uuid;

use self::cells::{boolean, date, decimal, integer, known, moment, one_line};
use super::keys::PackageKeys;
use super::problems::{Problem, Problems};
use super::read::Sheet;
use crate::plans::progress_note::rules as note;
use crate::record::Record;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name in the header.
    pub(super) name: &'static str,
    /// Whether every row has a value in it.
    pub(super) required: bool,
    /// What its values are the keys of.
    pub(super) refers: Option<Refers>,
}

/// What the values of a column are the keys of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refers {
    /// Records of this kind.
    To(RecordKind),
    /// Records of the kind that stands in this column.
    ToKindIn(&'static str),
}

/// Whether the keys of a kind of record are made of people's names.
pub(super) fn has_personal_keys(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Person | RecordKind::Appointment | RecordKind::Engagement)
}

/// A row that is described or read.
pub(super) struct Row<'a> {
    task: Task<'a>,
    /// The columns that must not be told.
    personal: &'static [&'static str],
    /// The records that it refers to.
    pub(super) references: Vec<(RecordKind, String)>,
}

enum Task<'a> {
    Describe(Vec<Column>),
    Read(RowContext<'a>),
}

/// Where a row stands, and what its keys mean.
pub(super) struct RowContext<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) line: u64,
    pub(super) cells: &'a StringRecord,
    pub(super) keys: &'a PackageKeys,
    pub(super) problems: &'a mut Problems,
}

type IdOf<E> = <<E as sea_orm::EntityTrait>::PrimaryKey as PrimaryKeyTrait>::ValueType;

impl<'a> Row<'a> {
    /// A row that is to be described.
    pub(super) fn describe() -> Self {
        Self { task: Task::Describe(Vec::new()), personal: &[], references: Vec::new() }
    }

    /// A row that is to be read.
    pub(super) fn read(reading: RowContext<'a>, personal: &'static [&'static str]) -> Self {
        Self { task: Task::Read(reading), personal, references: Vec::new() }
    }

    /// The columns that were asked for.
    pub(super) fn into_columns(self) -> Vec<Column> {
        match self.task {
            Task::Describe(columns) => columns,
            Task::Read(_) => Vec::new(),
        }
    }

    /// The value of a column, unless the cell is empty or wrong.
    fn value<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str, &mut RowContext<'a>) -> Result<T, String>,
    ) -> Option<T> {
        let reading = match &mut self.task {
            Task::Describe(columns) => {
                columns.push(column);
                return None;
            }
            Task::Read(reading) => reading,
        };
        let cell = reading.sheet.cell(reading.cells, column.name);
        let problem = |reading: &RowContext, message| {
            Problem::of_file(&reading.sheet.file, message).at(reading.line).in_column(column.name)
        };
        if cell.is_empty() {
            if column.required {
                let problem = problem(reading, "the cell is empty, and must not be".to_owned());
                reading.problems.push(problem);
            }
            return None;
        }
        match parse(cell, reading) {
            Ok(value) => Some(value),
            Err(message) => {
                let refers = match column.refers {
                    Some(Refers::To(kind)) => has_personal_keys(kind),
                    Some(Refers::ToKindIn(kind)) => {
                        let kind = RecordKind::parse(reading.sheet.cell(reading.cells, kind));
                        kind.is_ok_and(has_personal_keys)
                    }
                    None => false,
                };
                let personal = refers || self.personal.contains(&column.name);
                let problem = problem(reading, message).with(cell, personal);
                reading.problems.push(problem);
                None
            }
        }
    }

    fn required<T: Into<Value>>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> ActiveValue<T> {
        let column = Column { name, required: true, refers: None };
        self.value(column, |cell, _| parse(cell)).map_or(ActiveValue::NotSet, ActiveValue::Set)
    }

    fn optional<T: Into<Value> + Nullable>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> ActiveValue<Option<T>> {
        let column = Column { name, required: false, refers: None };
        ActiveValue::Set(self.value(column, |cell, _| parse(cell)))
    }

    /// Text of one line.
    pub(super) fn text(&mut self, name: &'static str) -> ActiveValue<String> {
        self.required(name, one_line)
    }

    /// Text of one line, or none.
    pub(super) fn optional_text(&mut self, name: &'static str) -> ActiveValue<Option<String>> {
        self.optional(name, one_line)
    }

    /// Text of several lines.
    pub(super) fn prose(&mut self, name: &'static str) -> ActiveValue<String> {
        self.required(name, |cell| Ok(note::paragraphs(cell)))
    }

    /// A value of a vocabulary.
    pub(super) fn vocabulary<V: Vocabulary + Into<Value>>(
        &mut self,
        name: &'static str,
    ) -> ActiveValue<V> {
        self.required(name, known::<V>)
    }

    /// A value of a vocabulary, or none.
    pub(super) fn optional_vocabulary<V: Vocabulary + Into<Value> + Nullable>(
        &mut self,
        name: &'static str,
    ) -> ActiveValue<Option<V>> {
        self.optional(name, known::<V>)
    }

    /// How exactly a date is known; to the day where nothing is said.
    pub(super) fn precision(&mut self, name: &'static str) -> ActiveValue<DatePrecision> {
        let column = Column { name, required: false, refers: None };
        ActiveValue::Set(self.value(column, |cell, _| known(cell)).unwrap_or(DatePrecision::Day))
    }

    /// How exactly a claimed date is known; to the day where nothing is said, and nothing where no
    /// date is claimed.
    pub(super) fn precision_of_claim(
        &mut self,
        name: &'static str,
    ) -> ActiveValue<Option<DatePrecision>> {
        let mut precision = self.optional(name, known::<DatePrecision>);
        if let Task::Read(reading) = &self.task
            && matches!(precision, ActiveValue::Set(None))
        {
            let property = ClaimProperty::parse(reading.sheet.cell(reading.cells, "property"));
            if matches!(property, Ok(ClaimProperty::StartsOn | ClaimProperty::EndsOn)) {
                precision = ActiveValue::Set(Some(DatePrecision::Day));
            }
        }
        precision
    }

    /// A whole number.
    pub(super) fn integer(&mut self, name: &'static str) -> ActiveValue<i32> {
        self.required(name, integer)
    }

    /// A whole number, or none.
    pub(super) fn optional_integer(&mut self, name: &'static str) -> ActiveValue<Option<i32>> {
        self.optional(name, integer)
    }

    /// A decimal number.
    pub(super) fn decimal(&mut self, name: &'static str) -> ActiveValue<f64> {
        self.required(name, decimal)
    }

    /// A decimal number, or none.
    pub(super) fn optional_decimal(&mut self, name: &'static str) -> ActiveValue<Option<f64>> {
        self.optional(name, decimal)
    }

    /// Yes or no.
    pub(super) fn boolean(&mut self, name: &'static str) -> ActiveValue<bool> {
        self.required(name, boolean)
    }

    /// Yes or no, or none.
    pub(super) fn optional_boolean(&mut self, name: &'static str) -> ActiveValue<Option<bool>> {
        self.optional(name, boolean)
    }

    /// A calendar date.
    pub(super) fn date(&mut self, name: &'static str) -> ActiveValue<NaiveDate> {
        self.required(name, date)
    }

    /// A calendar date, or none.
    pub(super) fn optional_date(&mut self, name: &'static str) -> ActiveValue<Option<NaiveDate>> {
        self.optional(name, date)
    }

    /// A time of day, or none.
    pub(super) fn optional_time(&mut self, name: &'static str) -> ActiveValue<Option<NaiveTime>> {
        self.optional(name, |cell| {
            let time = NaiveTime::parse_from_str(cell, "%H:%M").ok().filter(|_| cell.len() == 5);
            time.ok_or_else(|| "is not a time of day (HH:MM)".to_owned())
        })
    }

    /// A moment; where the cell is empty, what is there stays.
    pub(super) fn kept_moment(&mut self, name: &'static str) -> ActiveValue<Option<DateTime<Utc>>> {
        kept(self.optional(name, moment))
    }

    /// A country.
    pub(super) fn country(&mut self, name: &'static str) -> ActiveValue<CountryCode> {
        self.refer(name, true, RecordKind::Country)
            .map_or(ActiveValue::NotSet, |of| ActiveValue::Set(CountryCode(of.0)))
    }

    /// A country, or none.
    pub(super) fn optional_country(
        &mut self,
        name: &'static str,
    ) -> ActiveValue<Option<CountryCode>> {
        ActiveValue::Set(self.refer(name, false, RecordKind::Country).map(|of| CountryCode(of.0)))
    }

    /// A record of a kind.
    pub(super) fn reference<E: Record>(&mut self, name: &'static str) -> ActiveValue<IdOf<E>>
    where
        IdOf<E>: Into<Value> + ValueType,
    {
        self.refer(name, true, E::KIND)
            .and_then(|of| id::<E>(of.1))
            .map_or(ActiveValue::NotSet, ActiveValue::Set)
    }

    /// A record of a kind, or none.
    pub(super) fn optional_reference<E: Record>(
        &mut self,
        name: &'static str,
    ) -> ActiveValue<Option<IdOf<E>>>
    where
        IdOf<E>: Into<Value> + ValueType + Nullable,
    {
        ActiveValue::Set(self.refer(name, false, E::KIND).and_then(|of| id::<E>(of.1)))
    }

    /// A record of a kind; where the cell is empty, what is there stays.
    pub(super) fn kept_reference<E: Record>(
        &mut self,
        name: &'static str,
    ) -> ActiveValue<Option<IdOf<E>>>
    where
        IdOf<E>: Into<Value> + ValueType + Nullable,
    {
        kept(self.optional_reference::<E>(name))
    }

    /// A record of any kind: its kind, and its id or its code.
    #[allow(clippy::type_complexity, reason = "three columns of one row")]
    pub(super) fn any_record(
        &mut self,
        kind: &'static str,
        name: &'static str,
    ) -> (ActiveValue<RecordKind>, ActiveValue<Option<Uuid>>, ActiveValue<Option<CountryCode>>)
    {
        let of_kind = self.vocabulary::<RecordKind>(kind);
        let column = Column { name, required: true, refers: Some(Refers::ToKindIn(kind)) };
        let ActiveValue::Set(kind) = of_kind else {
            // To be described, or wrong.
            self.value(column, |_, _| Ok(()));
            return (ActiveValue::NotSet, ActiveValue::NotSet, ActiveValue::NotSet);
        };
        let found = self.value(column, |cell, reading| {
            reading.keys.find(kind, cell).map(|id| (cell.to_owned(), id))
        });
        self.references.extend(found.iter().map(|of| (kind, of.0.clone())));
        let country = found
            .as_ref()
            .filter(|_| kind == RecordKind::Country)
            .map(|of| CountryCode(of.0.clone()));
        let id = found.filter(|_| kind != RecordKind::Country).map(|of| of.1);
        (ActiveValue::Set(kind), ActiveValue::Set(id), ActiveValue::Set(country))
    }

    /// The key that stands in a column, and the id of the record.
    fn refer(
        &mut self,
        name: &'static str,
        required: bool,
        kind: RecordKind,
    ) -> Option<(String, Uuid)> {
        let column = Column { name, required, refers: Some(Refers::To(kind)) };
        let found = self.value(column, |cell, reading| {
            reading.keys.find(kind, cell).map(|id| (cell.to_owned(), id))
        });
        self.references.extend(found.iter().map(|of| (kind, of.0.clone())));
        found
    }
}

/// A value that changes nothing where there is none.
fn kept<T: Into<Value> + Nullable>(value: ActiveValue<Option<T>>) -> ActiveValue<Option<T>> {
    match value {
        ActiveValue::Set(None) => ActiveValue::NotSet,
        other => other,
    }
}

fn id<E: Record>(id: Uuid) -> Option<IdOf<E>>
where
    IdOf<E>: ValueType,
{
    <IdOf<E> as ValueType>::try_from(Value::from(id)).ok()
}
