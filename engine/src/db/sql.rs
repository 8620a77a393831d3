//! Statements that are written in parts, each by whoever knows how.

use sea_orm::sea_query::prepare::{SqlWriter, SqlWriterValues};
use sea_orm::sea_query::{PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder};
use sea_orm::{DatabaseBackend, Statement, Value};

/// How many ids go into one query: well below the parameters that either database takes.
pub const IDS_PER_QUERY: usize = 1000;

/// A statement being written.
pub struct Sql {
    backend: DatabaseBackend,
    written: SqlWriterValues,
}

impl Sql {
    /// Nothing yet.
    pub fn new(backend: DatabaseBackend) -> Self {
        let postgres = backend == DatabaseBackend::Postgres;
        let placeholder = if postgres { "$" } else { "?" };
        Self { backend, written: SqlWriterValues::new(placeholder, postgres) }
    }

    /// Adds what is the same on both databases.
    pub fn text(&mut self, text: &str) {
        self.written
            .as_writer()
            .write_str(text)
            .unwrap_or_else(|_| unreachable!("a text takes any text"));
    }

    /// Adds a parameter.
    pub fn value(&mut self, value: impl Into<Value>) {
        match self.backend {
            DatabaseBackend::Postgres => {
                self.written.push_param(value.into(), &PostgresQueryBuilder)
            }
            _ => self.written.push_param(value.into(), &SqliteQueryBuilder),
        }
    }

    /// Adds a query.
    pub fn select(&mut self, select: &SelectStatement) {
        match self.backend {
            DatabaseBackend::Postgres => {
                select.build_collect_any_into(&PostgresQueryBuilder, &mut self.written)
            }
            _ => select.build_collect_any_into(&SqliteQueryBuilder, &mut self.written),
        };
    }

    /// Adds a query that reads no more than `enough` rows. The number is written out: of a
    /// parameter PostgreSQL would assume a tenth of the table, and so find each plan that it could
    /// keep too dear, and plan anew at each execution.
    pub fn first(&mut self, select: &SelectStatement, enough: Option<u64>) {
        self.select(select);
        if let Some(enough) = enough {
            self.text(&format!(" LIMIT {enough}"));
        }
    }

    /// What was written.
    pub fn statement(self) -> Statement {
        let (sql, values) = self.written.into_parts();
        Statement::from_sql_and_values(self.backend, sql, values)
    }
}

/// The statement that reads no more than `enough` rows.
pub fn first(select: &SelectStatement, enough: u64, backend: DatabaseBackend) -> Statement {
    let mut sql = Sql::new(backend);
    sql.first(select, Some(enough));
    sql.statement()
}
