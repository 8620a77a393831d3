//! The fastest way to either database: tokio-postgres, and rusqlite in the task that asks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use rusqlite::types::{FromSql, Value};
use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

/// Connections to a database.
pub enum Database {
    /// To a file, each for one task at a time.
    Sqlite(Vec<std::sync::Mutex<rusqlite::Connection>>),
    /// To a server, each for many at a time.
    Postgres(Vec<Connection>, AtomicUsize),
}

/// A connection to a server, with what is prepared there.
pub struct Connection {
    client: Client,
    prepared: tokio::sync::Mutex<HashMap<&'static str, Statement>>,
}

/// A row of either.
pub enum Row {
    /// Its values.
    Sqlite(Vec<Value>),
    /// As the driver has it.
    Postgres(tokio_postgres::Row),
}

impl Row {
    /// The value at a place.
    pub fn at<T: FromSql + FromSqlOwned>(&self, place: usize) -> T {
        match self {
            Self::Sqlite(values) => T::column_result((&values[place]).into()).expect("a value"),
            Self::Postgres(row) => row.get(place),
        }
    }
}

impl Database {
    /// Opens so many connections.
    pub async fn open(url: &str, connections: usize) -> Self {
        let Some(file) = url.strip_prefix("sqlite://") else {
            let mut all = Vec::new();
            for _ in 0..connections {
                let (client, connection) =
                    tokio_postgres::connect(url, NoTls).await.expect("the server answers");
                tokio::spawn(connection);
                all.push(Connection { client, prepared: Default::default() });
            }
            return Self::Postgres(all, AtomicUsize::new(0));
        };
        let open = |_| {
            let connection = rusqlite::Connection::open(file).expect("the file opens");
            connection.execute_batch("PRAGMA mmap_size = 268435456").expect("a setting");
            std::sync::Mutex::new(connection)
        };
        Self::Sqlite((0..connections).map(open).collect())
    }

    /// The rows of a statement, behind a place where there is one.
    pub async fn rows(&self, sql: &'static str, place: Option<(NaiveDate, Uuid)>) -> Vec<Row> {
        match self {
            Self::Sqlite(connections) => {
                let connection =
                    connections.iter().find_map(|connection| connection.try_lock().ok());
                let connection =
                    connection.unwrap_or_else(|| connections[0].lock().expect("a connection"));
                let mut statement = connection.prepare_cached(sql).expect("a statement");
                let width = statement.column_count();
                let row = |row: &rusqlite::Row<'_>| {
                    (0..width).map(|at| row.get(at)).collect::<Result<_, _>>()
                };
                let rows = match place {
                    Some((day, id)) => statement.query_map((day, id.as_bytes().as_slice()), row),
                    None => statement.query_map((), row),
                };
                rows.expect("rows").map(|row| Row::Sqlite(row.expect("a row"))).collect()
            }
            Self::Postgres(all, next) => {
                let Connection { client, prepared } =
                    &all[next.fetch_add(1, Ordering::Relaxed) % all.len()];
                let known = prepared.lock().await.get(sql).cloned();
                let statement = match known {
                    Some(statement) => statement,
                    None => {
                        let statement = client.prepare(sql).await.expect("a statement");
                        prepared.lock().await.insert(sql, statement.clone());
                        statement
                    }
                };
                let values = place.as_ref().map(|(day, id)| [day as &(dyn ToSql + Sync), id]);
                let rows = client
                    .query(&statement, values.as_ref().map_or(&[], |values| values.as_slice()))
                    .await;
                rows.expect("rows").into_iter().map(Row::Postgres).collect()
            }
        }
    }
}
