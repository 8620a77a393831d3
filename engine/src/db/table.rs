//! Rows of SQLite that were read at once.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};
use uuid::Uuid;

/// The rows of a statement: their cells one after another, and the texts of all of them as one.
#[derive(Debug)]
pub struct Table {
    width: usize,
    cells: Vec<Stored>,
    texts: String,
}

/// What stands in a cell, its text elsewhere.
#[derive(Clone, Copy, Debug)]
enum Stored {
    Null,
    Integer(i64),
    Real(f64),
    Text { from: usize, to: usize },
    Id(Uuid),
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A whole number, or whether something is so.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text, and what is written as one: dates, times, JSON.
    Text(&'a str),
    /// The id of a row.
    Id(Uuid),
}

impl Table {
    /// No rows yet, of so many cells.
    pub fn new(width: usize) -> Self {
        Self { width, cells: Vec::new(), texts: String::new() }
    }

    /// How many cells a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or_default()
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: Cell<'_>) {
        let stored = match cell {
            Cell::Null => Stored::Null,
            Cell::Integer(number) => Stored::Integer(number),
            Cell::Real(number) => Stored::Real(number),
            Cell::Id(id) => Stored::Id(id),
            Cell::Text(text) => {
                let from = self.texts.len();
                self.texts.push_str(text);
                Stored::Text { from, to: self.texts.len() }
            }
        };
        self.cells.push(stored);
    }

    /// What stands at a place of a row.
    pub fn cell(&self, row: usize, at: usize) -> Result<Cell<'_>, DbErr> {
        let stored = self.cells.get(row * self.width + at).filter(|_| at < self.width);
        Ok(
            match *stored
                .ok_or_else(|| DbErr::Type(format!("nothing stands at the place {at} of a row")))?
            {
                Stored::Null => Cell::Null,
                Stored::Integer(number) => Cell::Integer(number),
                Stored::Real(number) => Cell::Real(number),
                Stored::Text { from, to } => Cell::Text(&self.texts[from..to]),
                Stored::Id(id) => Cell::Id(id),
            },
        )
    }
}

impl<'a> Cell<'a> {
    /// That it is not what it should be. It is not told: it may be personal.
    pub fn is_no(self, kind: &str) -> DbErr {
        let is = match self {
            Self::Null => "nothing",
            Self::Integer(_) => "a whole number",
            Self::Real(_) => "a number",
            Self::Text(_) => "a text",
            Self::Id(_) => "an id",
        };
        DbErr::Type(format!("a column that holds {is} is no {kind}"))
    }

    /// The text, if any.
    pub fn text(self) -> Result<Option<&'a str>, DbErr> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            other => Err(other.is_no("text")),
        }
    }

    /// What it is for a column that holds such, as the driver reads it.
    pub fn value(self, kind: &ArrayType) -> Result<Value, DbErr> {
        let wrong = || self.is_no(&format!("{kind:?}"));
        let whole = || match self {
            Self::Null => Ok(None),
            Self::Integer(number) => Ok(Some(number)),
            _ => Err(wrong()),
        };
        let text = || self.text().map_err(|_| wrong());
        Ok(match kind {
            ArrayType::String => Value::String(text()?.map(str::to_owned)),
            ArrayType::Uuid => match self {
                Self::Null => Value::Uuid(None),
                Self::Id(id) => Value::Uuid(Some(id)),
                _ => return Err(wrong()),
            },
            ArrayType::Int => {
                let number = whole()?.map(i32::try_from).transpose();
                Value::Int(number.map_err(|_| wrong())?)
            }
            ArrayType::BigInt => Value::BigInt(whole()?),
            ArrayType::Bool => Value::Bool(whole()?.map(|number| number != 0)),
            ArrayType::Double => match self {
                Self::Real(number) => Value::Double(Some(number)),
                #[allow(clippy::cast_precision_loss, reason = "as the driver reads it")]
                _ => Value::Double(whole()?.map(|number| number as f64)),
            },
            ArrayType::ChronoDate => {
                let date = text()?.map(|text| NaiveDate::parse_from_str(text, "%F")).transpose();
                Value::ChronoDate(date.map_err(|_| wrong())?)
            }
            ArrayType::ChronoTime => {
                let time = text()?.map(|text| time(text).ok_or_else(wrong)).transpose();
                Value::ChronoTime(time?)
            }
            ArrayType::ChronoDateTimeUtc => {
                let moment = text()?.map(|text| moment(text).ok_or_else(wrong)).transpose();
                Value::ChronoDateTimeUtc(moment?)
            }
            ArrayType::Json => {
                let json = text()?.map(serde_json::from_str).transpose();
                Value::Json(json.map_err(|_| wrong())?.map(Box::new))
            }
            other => return Err(DbErr::Type(format!("a column of {other:?}"))),
        })
    }
}

/// A time, in any of the forms in which the driver reads one.
fn time(text: &str) -> Option<NaiveTime> {
    ["%T%.f", "%R", "%RZ", "%T%.fZ"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

/// A moment, in any of the forms in which the driver reads one: as the register writes it, and as
/// SQLite does.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.with_timezone(&Utc));
    }
    let forms =
        ["%F %T%.f", "%F %R", "%FT%T%.f", "%FT%R", "%F %RZ", "%F %T%.fZ", "%FT%RZ", "%FT%T%.fZ"];
    let naive = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let zoned = || {
        ["%F %T%.f%#z", "%F %R%:z"]
            .iter()
            .find_map(|form| DateTime::parse_from_str(text, form).ok())
    };
    naive
        .map(|moment| moment.and_utc())
        .or_else(|| zoned().map(|moment| moment.with_timezone(&Utc)))
}
