//! Rows as the database returns them, and as models: each column by its place.
//!
//! Models could read themselves, but would look each column up by its name, and write an error for
//! each null.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::sea_query::ArrayType;
use sea_orm::sqlx::{Row as _, ValueRef};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryResult, QueryTrait,
    Select, Value,
};
use uuid::Uuid;

pub use super::table::{Cell, Table};

/// A row of a statement.
#[derive(Debug)]
pub enum Row {
    /// As the driver has it: what stands in it is taken out where it is wanted.
    Driver(QueryResult),
    /// One of those that were read at once, by its number.
    Quick(Arc<Table>, usize),
}

impl Row {
    /// Whether nothing stands at a place.
    pub fn is_null(&self, at: usize) -> Result<bool, DbErr> {
        match self {
            Self::Driver(row) => is_null(row, at),
            Self::Quick(table, number) => Ok(matches!(table.cell(*number, at)?, Cell::Null)),
        }
    }

    /// The value at a place, of a column that holds such.
    pub fn value(&self, at: usize, kind: &ArrayType) -> Result<Value, DbErr> {
        match self {
            Self::Driver(row) => value(row, at, kind),
            Self::Quick(table, number) => table.cell(*number, at)?.value(kind),
        }
    }

    /// The text at a place.
    pub fn text(&self, at: usize) -> Result<Option<String>, DbErr> {
        match self {
            Self::Driver(row) => row.try_get_by_index(at),
            Self::Quick(table, number) => Ok(table.cell(*number, at)?.text()?.map(str::to_owned)),
        }
    }

    /// The number at a place.
    pub fn number(&self, at: usize) -> Result<i64, DbErr> {
        match self {
            Self::Driver(row) => row.try_get_by_index(at),
            Self::Quick(table, number) => match table.cell(*number, at)? {
                Cell::Integer(number) => Ok(number),
                other => Err(other.is_no("number")),
            },
        }
    }
}

/// All columns of a table, as a statement that selects the table has them.
pub fn columns<E: EntityTrait>() -> Vec<E::Column> {
    E::Column::iter().collect()
}

/// The values of all columns of a row.
pub fn values<E: EntityTrait<Model: ModelTrait<Entity = E>>>(row: &E::Model) -> Vec<Value> {
    E::Column::iter().map(|column| row.get(column)).collect()
}

/// All rows of a statement.
pub async fn all<E: EntityTrait<Model: Default>>(
    db: &impl ConnectionTrait,
    select: Select<E>,
) -> Result<Vec<E::Model>, DbErr> {
    let columns = columns::<E>();
    db.query_all(select.as_query()).await?.iter().map(|row| model::<E>(row, 0, &columns)).collect()
}

/// The same as `model`, but none where the first of the columns, which identifies the row, is null.
pub fn maybe<E: EntityTrait<Model: Default>>(
    row: &QueryResult,
    from: usize,
    columns: &[E::Column],
) -> Result<Option<E::Model>, DbErr> {
    if is_null(row, from)? { Ok(None) } else { model::<E>(row, from, columns).map(Some) }
}

/// Whether nothing stands at a place.
pub fn is_null(row: &QueryResult, at: usize) -> Result<bool, DbErr> {
    let null = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get_raw(at).map(|value| value.is_null()),
        (_, Some(row)) => row.try_get_raw(at).map(|value| value.is_null()),
        _ => return Err(unknown()),
    };
    null.map_err(|error| DbErr::Type(error.to_string()))
}

/// The value of a column that stands at a place.
pub fn value_of<E: EntityTrait>(
    row: &QueryResult,
    at: usize,
    column: E::Column,
) -> Result<Value, DbErr> {
    value(row, at, &E::Model::get_value_type(column)).map_err(|error| of_column(column, &error))
}

/// The row of which `columns` stand from the place `from` on; its other columns have their default.
pub fn model<E: EntityTrait<Model: Default>>(
    row: &QueryResult,
    from: usize,
    columns: &[E::Column],
) -> Result<E::Model, DbErr> {
    let mut model = E::Model::default();
    for (place, column) in columns.iter().enumerate() {
        let value = value_of::<E>(row, from + place, *column)?;
        model.try_set(*column, value).map_err(|error| of_column(*column, &error))?;
    }
    Ok(model)
}

fn of_column(column: impl IdenStatic, error: &DbErr) -> DbErr {
    DbErr::Type(format!("{}: {error}", column.as_str()))
}

fn unknown() -> DbErr {
    DbErr::Type("a row of no database that is known".to_owned())
}

/// Reads the value at a place, with the types that sea-orm reads for such a column as well.
pub fn value(row: &QueryResult, at: usize, kind: &ArrayType) -> Result<Value, DbErr> {
    macro_rules! read {
        ($row:expr, $get:ident) => {
            match kind {
                ArrayType::String => $row.$get(at).map(Value::String),
                ArrayType::Uuid => $row.$get::<Option<Uuid>, _>(at).map(Value::Uuid),
                ArrayType::Int => $row.$get(at).map(Value::Int),
                ArrayType::BigInt => $row.$get(at).map(Value::BigInt),
                ArrayType::Bool => $row.$get(at).map(Value::Bool),
                ArrayType::Double => $row.$get(at).map(Value::Double),
                ArrayType::ChronoDate => {
                    $row.$get::<Option<NaiveDate>, _>(at).map(Value::ChronoDate)
                }
                ArrayType::ChronoTime => {
                    $row.$get::<Option<NaiveTime>, _>(at).map(Value::ChronoTime)
                }
                ArrayType::ChronoDateTimeUtc => {
                    $row.$get::<Option<DateTime<Utc>>, _>(at).map(Value::ChronoDateTimeUtc)
                }
                ArrayType::Json => {
                    let json = $row.$get::<Option<serde_json::Value>, _>(at);
                    json.map(|json| Value::Json(json.map(Box::new)))
                }
                other => return Err(DbErr::Type(format!("a column of {other:?}"))),
            }
        };
    }
    let read = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        // A column of PostgreSQL holds nothing but what its type says.
        (Some(row), _) => read!(row, try_get_unchecked),
        // SQLite would make a number of any text. What holds text holds no number, and is looked
        // through anyway.
        (_, Some(row)) if matches!(kind, ArrayType::String | ArrayType::Uuid) => {
            read!(row, try_get_unchecked)
        }
        (_, Some(row)) => read!(row, try_get),
        _ => return Err(unknown()),
    };
    read.map_err(|error| DbErr::Type(error.to_string()))
}
