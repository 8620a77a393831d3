//! Taking rows out of their tables, to be put back as they were: for records that were entered in
//! error.

use std::collections::HashMap;
use std::str::FromStr;

use entity::id::TombstoneId;
use entity::voided_row::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Alias, ArrayType, Expr, ExprTrait, LockType, Query};
use sea_orm::{ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait};
use sea_orm::{
    IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, Value,
};
use serde_json::{Map, Value as Json};

use super::memory::News;
use super::put::{ROWS_PER_INSERT, json};
use super::row::value;
use super::{IDS_PER_QUERY, Write, any_of};

/// How many ids go into one statement about rows of the archive: a third of what SQLite takes.
const IDS_AT_A_TIME: usize = 10 * IDS_PER_QUERY;

/// A table, as the archive knows it: without the type of its rows.
#[derive(Debug)]
pub struct ArchivedTable {
    /// Its name.
    pub name: &'static str,
    columns: Vec<(&'static str, ArrayType)>,
    /// Which of them identify a row.
    key: Vec<usize>,
    /// The columns that are never null.
    required: Vec<&'static str>,
}

/// The values of a row, in the order of the columns of its table.
pub type ArchivedRow = Vec<Value>;

impl ArchivedTable {
    /// The table of an entity.
    pub fn of<E: EntityTrait>(name: &'static str) -> Self {
        let holds = |column: E::Column| (column.as_str(), E::Model::get_value_type(column));
        let columns: Vec<_> = E::Column::iter().map(holds).collect();
        let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str());
        let place = |name| columns.iter().position(|(column, _)| *column == name);
        let key = key.filter_map(place).collect();
        let required = E::Column::iter().filter(|column| !column.def().is_null());
        let required = required.map(|column| column.as_str()).collect();
        Self { name, columns, key, required }
    }

    /// Whether a column is never null.
    pub fn is_required(&self, name: &str) -> bool {
        self.required.contains(&name)
    }

    /// The place of a column.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|(column, _)| *column == name)
    }

    /// The value of a column of a row; null where there is no such column.
    pub fn get<'a>(&self, row: &'a ArchivedRow, name: &str) -> Option<&'a Value> {
        self.place(name).and_then(|place| row.get(place))
    }

    /// The value of a column of a row, as changes tell it; nothing where there is no such column.
    pub fn json_of(&self, row: &ArchivedRow, name: &str) -> Option<Json> {
        self.get(row, name).map(json)
    }

    /// A value of a column, by its name in the program, of what changes tell of it.
    pub fn value_of(&self, name: &str, told: &Json) -> Option<(&'static str, Value)> {
        let (name, kind) = &self.columns[self.place(name)?];
        Some((name, from_json(told, kind)?))
    }

    /// A row as the archive keeps it.
    pub fn archived(&self, row: &ArchivedRow) -> Json {
        let columns = self.columns.iter().zip(row);
        columns
            .map(|((name, _), value)| ((*name).to_owned(), json(value)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Reads an archived row. A column that came with a later version of the program is null; where
    /// that may not be, nothing: it follows from others, and is reconciled when the row is back.
    pub fn read(&self, row: &Json) -> Result<ArchivedRow, DbErr> {
        let column = |(name, kind): &(&'static str, ArrayType)| {
            let nothing = match kind {
                ArrayType::Int | ArrayType::BigInt if self.is_required(name) => Json::from(0),
                ArrayType::Bool if self.is_required(name) => Json::from(false),
                _ => Json::Null,
            };
            let value = row.get(*name).unwrap_or(&nothing);
            from_json(value, kind).ok_or_else(|| {
                DbErr::Type(format!("an archived row of {}: {name} cannot be read", self.name))
            })
        };
        self.columns.iter().map(column).collect()
    }
}

/// A value that [`json`] has made JSON of; nothing where it is no such value.
fn from_json(value: &Json, kind: &ArrayType) -> Option<Value> {
    /// What was read, or null; nothing where it could not be read.
    fn or_null<T>(value: &Json, read: Option<T>) -> Option<Option<T>> {
        if value.is_null() { Some(None) } else { read.map(Some) }
    }
    fn parsed<T: FromStr>(value: &Json) -> Option<Option<T>> {
        or_null(value, value.as_str().and_then(|text| text.parse().ok()))
    }
    let number = value.as_i64();
    Some(match kind {
        ArrayType::String => Value::String(parsed(value)?),
        ArrayType::Uuid => Value::Uuid(parsed(value)?),
        ArrayType::Int => Value::Int(or_null(value, number.and_then(|it| it.try_into().ok()))?),
        ArrayType::BigInt => Value::BigInt(or_null(value, number)?),
        ArrayType::Bool => Value::Bool(or_null(value, value.as_bool())?),
        ArrayType::Double => Value::Double(or_null(value, value.as_f64())?),
        ArrayType::ChronoDate => Value::ChronoDate(parsed(value)?),
        ArrayType::ChronoTime => Value::ChronoTime(parsed(value)?),
        ArrayType::ChronoDateTimeUtc => Value::ChronoDateTimeUtc(parsed(value)?),
        ArrayType::Json => Value::Json(or_null(value, Some(Box::new(value.clone())))?),
        _ => return None,
    })
}

impl Write {
    /// The rows of a table of which `column` has one of these values, in the order of their keys.
    pub async fn rows_with(
        &self,
        table: &ArchivedTable,
        column: &str,
        values: &[Value],
    ) -> Result<Vec<ArchivedRow>, DbErr> {
        self.select_rows(table, column, values, false).await
    }

    /// The rows of a table with these ids; nobody else changes them until this write has ended.
    pub async fn rows_locked(
        &self,
        table: &ArchivedTable,
        ids: &[Value],
    ) -> Result<Vec<ArchivedRow>, DbErr> {
        self.select_rows(table, "id", ids, true).await
    }

    async fn select_rows(
        &self,
        table: &ArchivedTable,
        column: &str,
        values: &[Value],
        is_locked: bool,
    ) -> Result<Vec<ArchivedRow>, DbErr> {
        let mut rows = Vec::new();
        for values in values.chunks(IDS_AT_A_TIME) {
            let mut select = Query::select();
            select.columns(table.columns.iter().map(|(name, _)| Alias::new(*name)));
            select.from(Alias::new(table.name));
            select.and_where(Expr::col(Alias::new(column)).is_in(values.iter().cloned()));
            for place in &table.key {
                let name = table.columns[*place].0;
                select.order_by(Alias::new(name), sea_orm::sea_query::Order::Asc);
            }
            if is_locked {
                select.lock(LockType::Update);
            }
            for row in self.transaction.query_all(&select).await? {
                let cell = |(at, (_, kind)): (usize, &(_, ArrayType))| value(&row, at, kind);
                rows.push(table.columns.iter().enumerate().map(cell).collect::<Result<_, _>>()?);
            }
        }
        Ok(rows)
    }

    /// Takes rows out of their tables and keeps each under a tombstone. What others of them refer
    /// to stands first; nothing else refers to them.
    pub async fn archive(
        &mut self,
        rows: &[(TombstoneId, &ArchivedTable, ArchivedRow)],
    ) -> Result<(), DbErr> {
        let mut places: HashMap<TombstoneId, i32> = HashMap::new();
        let kept = rows.iter().map(|(under, table, row)| {
            let place = places.entry(*under).or_default();
            *place += 1;
            ActiveModel {
                tombstone_id: ActiveValue::Set(*under),
                place: ActiveValue::Set(*place),
                table_name: ActiveValue::Set(table.name.to_owned()),
                row: ActiveValue::Set(table.archived(row)),
            }
        });
        let kept = kept.collect();
        self.insert_all(kept).await?;
        // Tables come in runs; the last rows of each go first, since they may refer to earlier
        // ones.
        for run in rows.chunk_by(|one, next| one.1.name == next.1.name).rev() {
            let table = run[0].1;
            let at_a_time = if table.key.len() == 1 { IDS_AT_A_TIME } else { ROWS_PER_INSERT };
            for rows in run.rchunks(at_a_time) {
                let mut delete = Query::delete();
                delete.from_table(Alias::new(table.name));
                delete.cond_where(these(table, rows.iter().map(|(.., row)| row)));
                self.transaction.execute(&delete).await?;
            }
        }
        self.changed = true;
        // What is remembered of these rows does not stand any more.
        self.memories.notify(News::Rewritten);
        self.versions.forget();
        Ok(())
    }

    /// The rows that are kept under a tombstone, as they were archived.
    pub async fn archived(
        &self,
        under: TombstoneId,
        tables: impl Iterator<Item = &ArchivedTable>,
    ) -> Result<Vec<(usize, ArchivedRow)>, DbErr> {
        let tables: Vec<&ArchivedTable> = tables.collect();
        let rows = Entity::find().filter(Column::TombstoneId.eq(under)).order_by_asc(Column::Place);
        let row = |kept: entity::voided_row::Model| {
            let table = tables.iter().position(|table| table.name == kept.table_name);
            let table = table.ok_or_else(|| {
                DbErr::Type(format!("an archived row of {}, which is no table", kept.table_name))
            })?;
            Ok((table, tables[table].read(&kept.row)?))
        };
        rows.all(&self.transaction).await?.into_iter().map(row).collect()
    }

    /// Puts rows back that were archived, and keeps them under the tombstone no longer.
    pub async fn put_back(
        &mut self,
        under: TombstoneId,
        rows: Vec<(&ArchivedTable, ArchivedRow)>,
    ) -> Result<(), DbErr> {
        for run in rows.chunk_by(|one, next| one.0.name == next.0.name) {
            for rows in run.chunks(ROWS_PER_INSERT) {
                let table = rows[0].0;
                let mut insert = Query::insert();
                insert.into_table(Alias::new(table.name));
                insert.columns(table.columns.iter().map(|(name, _)| Alias::new(*name)));
                for (_, row) in rows {
                    insert.values_panic(row.iter().cloned().map(Expr::val));
                }
                self.transaction.execute(&insert).await?;
            }
        }
        Entity::delete_many().filter(Column::TombstoneId.eq(under)).exec(&self.transaction).await?;
        self.changed = true;
        self.memories.notify(News::Rewritten);
        self.versions.forget();
        Ok(())
    }
}

/// The condition that a row is one of these: by a list where a column identifies it.
fn these<'a>(table: &ArchivedTable, rows: impl Iterator<Item = &'a ArchivedRow>) -> Condition {
    let column = |place: usize| Expr::col(Alias::new(table.columns[place].0));
    if let [place] = table.key[..] {
        return Condition::all().add(column(place).is_in(rows.map(|row| row[place].clone())));
    }
    let equal = |row: &ArchivedRow| {
        let equal = table.key.iter().map(|place| column(*place).eq(row[*place].clone()));
        equal.fold(Condition::all(), Condition::add)
    };
    any_of(rows.map(equal).collect())
}

/// What becomes of an archived row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchivedFate {
    /// It stays as it is.
    Stays,
    /// It is another.
    Changes,
    /// It goes for good.
    Goes,
}

impl Write {
    /// Looks through all archived rows (table, columns), and changes or removes some for good: what
    /// is to be taken out of the register is taken out of its archive as well.
    pub async fn rewrite_archive(
        &mut self,
        mut fate: impl FnMut(&str, &mut Map<String, Json>) -> ArchivedFate,
    ) -> Result<(), DbErr> {
        for kept in Entity::find().all(&self.transaction).await? {
            let Json::Object(mut row) = kept.row else { continue };
            let this =
                || Column::TombstoneId.eq(kept.tombstone_id).and(Column::Place.eq(kept.place));
            match fate(&kept.table_name, &mut row) {
                ArchivedFate::Stays => continue,
                ArchivedFate::Changes => {
                    let update =
                        Entity::update_many().col_expr(Column::Row, Expr::val(Json::from(row)));
                    update.filter(this()).exec(&self.transaction).await?;
                }
                ArchivedFate::Goes => {
                    Entity::delete_many().filter(this()).exec(&self.transaction).await?;
                }
            }
            self.changed = true;
        }
        Ok(())
    }
}
