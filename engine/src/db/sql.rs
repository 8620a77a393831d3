//! Statements that are written in parts, each by whoever knows how.

use sea_orm::sea_query::prepare::{SqlWriter, SqlWriterValues};
use sea_orm::sea_query::{PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder};
use sea_orm::{Condition, DatabaseBackend, Statement, Value};

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

/// Holds where any of these does. sea-query writes a condition by recursion, a level deeper for
/// each alternative behind the first: some hundreds of them in a row take most of a thread's stack,
/// in halves they take few levels.
pub fn any_of(mut conditions: Vec<Condition>) -> Condition {
    const FEW: usize = 8;
    if conditions.len() <= FEW {
        return conditions.into_iter().fold(Condition::any(), Condition::add);
    }
    let behind = conditions.split_off(conditions.len() / 2);
    Condition::any().add(any_of(conditions)).add(any_of(behind))
}

#[cfg(test)]
mod tests {
    use sea_orm::ColumnTrait;
    use sea_orm::sea_query::Query;

    use super::*;

    /// A stack in which the alternatives, one behind the other, do not have room.
    const SMALL: usize = 256 << 10;

    #[test]
    fn many_alternatives_are_written_with_little_stack() {
        let written = std::thread::Builder::new().stack_size(SMALL).spawn(|| {
            let numbers = 0..2000;
            let equal = |number| entity::batch::Column::Ordinal.eq(number).into();
            let any = any_of(numbers.map(equal).collect());
            let mut batches = Query::select();
            batches.column(entity::batch::Column::Id).from(entity::batch::Entity).cond_where(any);
            batches.to_string(SqliteQueryBuilder)
        });
        let written = written.expect("a thread").join().expect("a statement");
        assert_eq!(written.matches(" OR ").count(), 1999);
        assert_eq!(written.matches(" = ").count(), 2000);
    }

    #[test]
    fn few_alternatives_are_written_as_they_come() {
        let equal = |number| entity::batch::Column::Ordinal.eq(number).into();
        let conditions: Vec<Condition> = (0..3).map(equal).collect();
        let one_by_one = conditions.iter().cloned().fold(Condition::any(), Condition::add);
        assert_eq!(any_of(conditions), one_by_one);
    }
}
