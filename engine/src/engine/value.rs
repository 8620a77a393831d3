//! Values of rows, as the driver has them, written as JSON.

use std::io::Write as _;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::sea_query::ArrayType;
use sea_orm::sqlx::Row as _;
use sea_orm::{DbErr, QueryResult, Value};
use serde::Serialize;

use crate::db::row::{self, Cell};
use crate::graphql::loader::Key;

/// A row.
#[derive(Debug)]
pub enum Row {
    /// As it was read: what stands in it is taken out where it is wanted.
    Read(row::Row),
    /// Its values, of one that is known already.
    Known(Vec<Value>),
}

impl Row {
    /// The value at a place.
    pub fn cell(&self, at: usize, holds: &ArrayType) -> Result<Value, DbErr> {
        match self {
            Self::Read(row) => row.value(at, holds),
            Self::Known(values) => values.get(at).cloned().ok_or_else(|| missing(at)),
        }
    }

    /// What stands at a place as the key of a row; none where nothing does.
    pub fn key(&self, at: usize, holds: &ArrayType) -> Result<Option<Key>, DbErr> {
        self.cell(at, holds).map(Key::of)
    }

    /// Whether nothing stands at a place.
    pub fn is_null(&self, at: usize) -> Result<bool, DbErr> {
        match self {
            Self::Read(row) => row.is_null(at),
            Self::Known(values) => {
                values.get(at).map(|value| *value == value.as_null()).ok_or_else(|| missing(at))
            }
        }
    }

    /// The text at a place: that of a short list.
    pub fn text(&self, at: usize) -> Result<Option<String>, DbErr> {
        match self {
            Self::Read(row) => row.text(at),
            Self::Known(_) => Err(missing(at)),
        }
    }

    /// The number at a place: that of a parent.
    pub fn number(&self, at: usize) -> Result<i64, DbErr> {
        match self {
            Self::Read(row) => row.number(at),
            Self::Known(_) => Err(missing(at)),
        }
    }

    /// Writes the value at a place as JSON.
    pub fn write(&self, at: usize, holds: &ArrayType, out: &mut Vec<u8>) -> Result<(), DbErr> {
        match self {
            Self::Read(row::Row::Driver(row)) => write(row, at, holds, out),
            Self::Read(row::Row::Quick(table, number)) => {
                write_cell(table.cell(*number, at)?, holds, out)
            }
            Self::Known(values) => write_value(values.get(at).ok_or_else(|| missing(at))?, out),
        }
    }

    /// Writes the opaque id of the row of a noun whose key stands at a place.
    pub fn write_id(
        &self,
        at: usize,
        noun: &str,
        holds: &ArrayType,
        out: &mut Vec<u8>,
    ) -> Result<(), DbErr> {
        let key = self.key(at, holds)?.ok_or_else(|| missing(at))?;
        json(&URL_SAFE_NO_PAD.encode(format!("{noun}:{}", key.text())), out);
        Ok(())
    }
}

fn missing(at: usize) -> DbErr {
    DbErr::Type(format!("nothing stands at the place {at} of a row"))
}

fn write(row: &QueryResult, at: usize, holds: &ArrayType, out: &mut Vec<u8>) -> Result<(), DbErr> {
    macro_rules! read {
        ($row:expr, $text:ident, $other:ident) => {
            match holds {
                ArrayType::String => {
                    let text: Option<&str> = $row.$text(at).map_err(wrong)?;
                    json(&text, out);
                }
                ArrayType::Int => json(&$row.$other::<Option<i32>, _>(at).map_err(wrong)?, out),
                ArrayType::BigInt => json(&$row.$other::<Option<i64>, _>(at).map_err(wrong)?, out),
                ArrayType::Bool => json(&$row.$other::<Option<bool>, _>(at).map_err(wrong)?, out),
                ArrayType::Double => json(&$row.$other::<Option<f64>, _>(at).map_err(wrong)?, out),
                ArrayType::ChronoDate => {
                    shown($row.$other::<Option<NaiveDate>, _>(at).map_err(wrong)?, out)
                }
                ArrayType::ChronoTime => {
                    shown($row.$other::<Option<NaiveTime>, _>(at).map_err(wrong)?, out)
                }
                ArrayType::ChronoDateTimeUtc => {
                    let moment: Option<DateTime<Utc>> = $row.$other(at).map_err(wrong)?;
                    json(&moment.map(|moment| moment.to_rfc3339()), out);
                }
                other => return Err(DbErr::Type(format!("a column of {other:?} is not shown"))),
            }
        };
    }
    match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => read!(row, try_get_unchecked, try_get_unchecked),
        (_, Some(row)) => read!(row, try_get_unchecked, try_get),
        _ => return Err(DbErr::Type("a row of no database that is known".to_owned())),
    }
    Ok(())
}

fn write_cell(cell: Cell<'_>, holds: &ArrayType, out: &mut Vec<u8>) -> Result<(), DbErr> {
    match (cell, holds) {
        (Cell::Null, _) => out.extend_from_slice(b"null"),
        (Cell::Text(text), ArrayType::String) => json(&text, out),
        (Cell::Integer(number), ArrayType::BigInt) => json(&number, out),
        (cell, holds) => write_value(&cell.value(holds)?, out)?,
    }
    Ok(())
}

fn write_value(value: &Value, out: &mut Vec<u8>) -> Result<(), DbErr> {
    match value {
        Value::String(text) => json(text, out),
        Value::Int(number) => json(number, out),
        Value::BigInt(number) => json(number, out),
        Value::Bool(value) => json(value, out),
        Value::Double(number) => json(number, out),
        Value::ChronoDate(date) => shown(*date, out),
        Value::ChronoTime(time) => shown(*time, out),
        Value::ChronoDateTimeUtc(moment) => json(&moment.map(|moment| moment.to_rfc3339()), out),
        other => return Err(DbErr::Type(format!("{other:?} is not shown"))),
    }
    Ok(())
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize, out: &mut Vec<u8>) {
    // Texts, numbers and values of them: nothing that JSON could not hold, and memory takes all of
    // it.
    let _ = serde_json::to_writer(out, value);
}

fn shown(value: Option<impl std::fmt::Display>, out: &mut Vec<u8>) {
    match value {
        Some(value) => {
            let _ = write!(out, "\"{value}\"");
        }
        None => out.extend_from_slice(b"null"),
    }
}

fn wrong(error: sea_orm::sqlx::Error) -> DbErr {
    DbErr::Type(error.to_string())
}

/// The fields of an answer: what cost is counted in.
pub fn fields(value: &async_graphql::Value) -> u64 {
    use async_graphql::Value;
    match value {
        Value::List(items) => items.iter().map(fields).sum(),
        Value::Object(object) => object.values().map(|value| 1 + fields(value)).sum(),
        _ => 0,
    }
}
