//! A register as a package: what the tables read, the other way round. Keys stand for ids, and no
//! order depends on when a register was made, so that a register made of the package gives the same
//! package again, on either database.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use chrono::SecondsFormat;
use entity::vocabulary::{RecordKind, Vocabulary};
use sea_orm::sea_query::sea_value_to_json_value;
use sea_orm::{
    ColumnTrait, ColumnType, DatabaseBackend, DatabaseTransaction, DbErr, EntityTrait,
    IsolationLevel, ModelTrait, Order, QueryOrder, TransactionOptions, Value,
};
use serde_json::json;
use uuid::Uuid;

use super::files::{DESCRIPTION, PackageFiles};
use super::row::{Column, Refers};
use super::table::column;
use super::tables;
use crate::access::{Scoped, Visible};
use crate::db::Db;

/// What rows are read from.
pub(super) struct Export<'a> {
    transaction: &'a DatabaseTransaction,
    visible: &'a Visible,
    keys: HashMap<RecordKind, HashMap<Uuid, String>>,
}

/// In which order the rows of a table stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowOrder {
    /// By the column with the key.
    Key(&'static str),
    /// In the order of their entry, since the newest of them counts.
    Entry,
    /// By the key of their owner, which is their first cell.
    Owner,
}

/// All of a register that may be seen, as it stands at one moment.
pub async fn export(db: &Db, visible: &Visible) -> Result<PackageFiles, DbErr> {
    // A transaction of SQLite sees one moment anyway.
    let options = TransactionOptions {
        isolation_level: (db.backend() == DatabaseBackend::Postgres)
            .then_some(IsolationLevel::RepeatableRead),
        ..Default::default()
    };
    let transaction = db.heavy().begin(options).await?;
    let tables = tables::all();
    let mut from = Export { transaction: &transaction, visible, keys: HashMap::new() };
    for table in &tables {
        if let Some(kind) = table.kind() {
            let keys = table.all_keys(&from).await?;
            from.keys.insert(kind, keys.into_iter().collect());
        }
    }
    let mut package = PackageFiles::new("jejaring-register");
    for table in &tables {
        let mut file = csv::Writer::from_writer(Vec::new());
        let failed = |error: csv::Error| DbErr::Custom(format!("{} as CSV: {error}", table.name()));
        file.write_record(table.columns().iter().map(|column| column.name)).map_err(failed)?;
        for cells in table.export(&from).await? {
            file.write_record(cells).map_err(failed)?;
        }
        let bytes = file.into_inner().map_err(|error| failed(error.into_error().into()))?;
        package = package.with(table.name(), format!("{}.csv", table.name()), bytes);
    }
    transaction.end().await?;
    Ok(package)
}

impl PackageFiles {
    /// Writes the package into a folder, which is made, or is empty. Its description comes last: a
    /// part of a package is none.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> io::Result<()> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the folder is not empty"));
        }
        for resource in &self.resources {
            fs::write(folder.join(&resource.file), &resource.bytes)?;
        }
        let description = serde_json::to_string_pretty(&self.description())?;
        fs::write(folder.join(DESCRIPTION), description + "\n")
    }

    /// How many rows each table has.
    pub fn rows(&self) -> Vec<(&str, usize)> {
        let rows = |bytes: &[u8]| csv::Reader::from_reader(bytes).records().count();
        self.resources
            .iter()
            .map(|resource| (resource.table.as_str(), rows(&resource.bytes)))
            .collect()
    }

    /// The files by their names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.resources.iter().map(|resource| (resource.file.as_str(), &*resource.bytes))
    }

    /// The description, after the specification of tabular data packages.
    fn description(&self) -> serde_json::Value {
        let tables = tables::all();
        let of = |kind: RecordKind| tables.iter().find(|table| table.kind() == Some(kind));
        let resources =
            tables.iter().filter(|table| self.resources.iter().any(|it| it.table == table.name()));
        let resources = resources.map(|table| {
            let fields = table.columns().iter().map(|column| {
                let key = Some(column.name) == table.key_column();
                json!({
                    "name": column.name,
                    "type": table.field_type(column).unwrap_or("string"),
                    "constraints": { "required": column.required, "unique": key },
                })
            });
            let references = table.columns().iter().filter_map(|column| {
                let Some(Refers::To(kind)) = column.refers else { return None };
                let to = of(kind)?;
                // A table that refers to itself is called by no name.
                let resource = if to.name() == table.name() { "" } else { to.name() };
                Some(json!({
                    "fields": [column.name],
                    "reference": { "resource": resource, "fields": [to.key_column()?] },
                }))
            });
            let mut schema = json!({
                "fields": fields.collect::<Vec<_>>(),
                "missingValues": [""],
                "foreignKeys": references.collect::<Vec<_>>(),
            });
            if let Some(key) = table.key_column() {
                schema["primaryKey"] = json!([key]);
            }
            json!({
                "name": table.name(),
                "path": format!("{}.csv", table.name()),
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": schema,
            })
        });
        json!({
            "profile": "tabular-data-package",
            "name": self.name,
            "title": "A register of capacity-building programmes",
            "resources": resources.collect::<Vec<_>>(),
        })
    }
}

/// The column of the register that a column of a package is kept in.
fn stored<E: EntityTrait>(name: &str) -> Option<E::Column> {
    let names = [
        name.to_owned(),
        format!("{name}_id"),
        format!("{name}_code"),
        format!("regional_{name}_id"),
        format!("action_{name}_id"),
        // Of a citation.
        name.replace("record", "subject"),
    ];
    names.iter().find_map(|name| column::<E>(name))
}

/// The type of a column in Table Schema; none where the register keeps it in no column of its own.
pub(super) fn field_type<E: EntityTrait>(of: &Column) -> Option<&'static str> {
    Some(match stored::<E>(of.name)?.def().get_column_type() {
        ColumnType::Date => "date",
        ColumnType::Integer => "integer",
        ColumnType::Double => "number",
        ColumnType::Boolean => "boolean",
        ColumnType::TimestampWithTimeZone => "datetime",
        _ => "string",
    })
}

impl Export<'_> {
    /// The ids of the records of a table that may be seen, and their keys.
    pub(super) async fn keys_of<E: Scoped>(
        &self,
        key: impl Fn(&E::Model) -> (Uuid, String),
    ) -> Result<Vec<(Uuid, String)>, DbErr> {
        let rows = self.visible.select::<E>().all(self.transaction).await?;
        Ok(rows.iter().map(key).collect())
    }

    /// The rows of a table that may be seen, as cells, in an order that a register made of them has
    /// again: by key, or in the order of their entry. Rows of an owner stand by its key, in the
    /// order of their entry where they have ids, else of their cells.
    pub(super) async fn rows_of<E: Scoped>(
        &self,
        columns: &[Column],
        by: RowOrder,
    ) -> Result<Vec<Vec<String>>, DbErr> {
        let id = column::<E>("id");
        let order = match by {
            RowOrder::Key(key) => column::<E>(key),
            RowOrder::Entry | RowOrder::Owner => id,
        };
        let mut select = self.visible.select::<E>();
        if let Some(order) = order {
            select = select.order_by(order, Order::Asc);
        }
        let rows = select.all(self.transaction).await?;
        let cells =
            |row: &E::Model| columns.iter().map(|column| self.cell::<E>(row, column)).collect();
        let mut rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        // What refers to something that may not be seen is not whole.
        rows.retain(|cells| {
            columns.iter().zip(cells).all(|(column, cell)| !(column.required && cell.is_empty()))
        });
        match (by, id) {
            (RowOrder::Owner, Some(_)) => {
                rows.sort_by(|one, other| one.first().cmp(&other.first()))
            }
            (RowOrder::Owner, None) => rows.sort_unstable(),
            (RowOrder::Key(_) | RowOrder::Entry, _) => {}
        }
        Ok(rows)
    }

    fn cell<E: EntityTrait<Model: ModelTrait<Entity = E>>>(
        &self,
        row: &E::Model,
        of: &Column,
    ) -> String {
        let value = |name: &str| stored::<E>(name).map(|column| row.get(column));
        let key = |kind: RecordKind, id: Option<Value>| match id {
            Some(Value::Uuid(Some(id))) => {
                self.keys.get(&kind).and_then(|keys| keys.get(&id)).cloned().unwrap_or_default()
            }
            _ => String::new(),
        };
        match of.refers {
            None | Some(Refers::To(RecordKind::Country)) => {
                value(of.name).map(plain).unwrap_or_default()
            }
            Some(Refers::To(kind)) => key(kind, value(of.name)),
            Some(Refers::ToKindIn(kind)) => {
                let country = value("country").map(plain).unwrap_or_default();
                let kind = value(kind).map(plain).and_then(|kind| RecordKind::parse(&kind).ok());
                kind.filter(|_| country.is_empty())
                    .map_or(country, |kind| key(kind, value("subject_id")))
            }
        }
    }
}

/// A value as the tables read it.
fn plain(value: Value) -> String {
    match &value {
        Value::Double(Some(number)) => number.to_string(),
        Value::ChronoDate(Some(date)) => date.to_string(),
        Value::ChronoDateTimeUtc(Some(moment)) => {
            moment.to_rfc3339_opts(SecondsFormat::Micros, true)
        }
        Value::ChronoTime(Some(time)) => time.format("%H:%M").to_string(),
        other => match sea_value_to_json_value(other) {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column that was kept nowhere would be empty in every package.
    #[test]
    fn every_column_is_kept_somewhere() {
        for table in tables::all() {
            for column in table.columns() {
                let special = matches!(column.refers, Some(Refers::ToKindIn(_)));
                assert!(
                    special || table.field_type(column).is_some(),
                    "{} of {}",
                    column.name,
                    table.name()
                );
            }
        }
    }

    #[test]
    fn values_are_written_as_they_are_read() {
        for (value, text) in [
            (Value::from(77.8), "77.8"),
            (Value::from(-1.0), "-1"),
            (Value::from(true), "true"),
            (Value::from(22), "22"),
            (Value::from("a, \"b\""), "a, \"b\""),
            (Value::from(None::<String>), ""),
            (Value::from("2023-11-20".parse::<chrono::NaiveDate>().unwrap()), "2023-11-20"),
            (Value::from(chrono::DateTime::UNIX_EPOCH), "1970-01-01T00:00:00.000000Z"),
            (Value::from("09:30:00".parse::<chrono::NaiveTime>().unwrap()), "09:30"),
        ] {
            assert_eq!(plain(value), text);
        }
    }
}
