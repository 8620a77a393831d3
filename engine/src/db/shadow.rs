//! What a statement reads in place of a table: its rows, but for some that are others. So a
//! statement counts what stood in the register at another time, and need not know of it.
//!
//! A table that a query defines at its beginning (`WITH`) hides the one of the same name in the
//! whole of the query, conditions on related rows among it.

use sea_orm::sea_query::{ArrayType, SelectStatement};
use sea_orm::{DatabaseBackend, EntityTrait, IdenStatic, Iterable, ModelTrait, Statement};
use serde_json::Value as Json;
use uuid::Uuid;

use super::sql::Sql;

/// The rows of a table, some of them replaced.
#[derive(Clone, Debug)]
pub struct Shadow {
    table: &'static str,
    columns: Vec<(&'static str, ArrayType)>,
    /// The column that says which rows are replaced.
    by: &'static str,
    replaced: Vec<Uuid>,
    rows: Vec<Json>,
    follows: Option<Follows>,
}

/// A column that follows from a row of another shadow, where that has the row.
#[derive(Clone, Copy, Debug)]
pub struct Follows {
    /// The column.
    pub column: &'static str,
    /// The table of the other shadow, in which the column has the same name.
    pub from: &'static str,
    /// The column that refers to it.
    pub by: &'static str,
}

impl Shadow {
    /// The table of an entity, in which `rows` stand in place of those whose column `by` is one of
    /// `replaced`. A row is an object with the columns of the table, as the archive keeps them.
    pub fn of<E: EntityTrait>(
        table: &'static str,
        by: &'static str,
        replaced: Vec<Uuid>,
        rows: Vec<Json>,
    ) -> Self {
        let holds = |column: E::Column| (column.as_str(), E::Model::get_value_type(column));
        let columns = E::Column::iter().map(holds).collect();
        Self { table, columns, by, replaced, rows, follows: None }
    }

    /// The same, with a column that follows from another shadow, which comes before this one.
    #[must_use]
    pub fn following(self, follows: Follows) -> Self {
        Self { follows: Some(follows), ..self }
    }

    fn write(&self, sql: &mut Sql, backend: DatabaseBackend) {
        let Self { table, by, .. } = self;
        let names: Vec<String> =
            self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let names = names.join(", ");
        sql.text(&format!("\"{}\" AS MATERIALIZED (", shadow_of(table)));
        self.write_rows(sql, backend, &names);
        sql.text(&format!("), \"{table}\" AS NOT MATERIALIZED (SELECT "));
        let columns = self.columns.iter().map(|(name, _)| {
            match self.follows.filter(|follows| follows.column == *name) {
                Some(_) => {
                    format!("COALESCE(\"other\".\"{name}\", \"present\".\"{name}\") AS \"{name}\"")
                }
                None => format!("\"present\".\"{name}\" AS \"{name}\""),
            }
        });
        sql.text(&columns.collect::<Vec<_>>().join(", "));
        // SQLite would take the name for the definition itself.
        let schema = if backend == DatabaseBackend::Sqlite { "\"main\"." } else { "" };
        sql.text(&format!(" FROM {schema}\"{table}\" AS \"present\""));
        if let Some(Follows { from, by, .. }) = self.follows {
            let from = shadow_of(from);
            sql.text(&format!(
                " LEFT JOIN \"{from}\" AS \"other\" ON \"other\".\"id\" = \"present\".\"{by}\""
            ));
        }
        sql.text(&format!(" WHERE \"present\".\"{by}\" NOT IN ("));
        let ids = self.replaced.iter().map(|id| Json::from(id.to_string())).collect();
        match backend {
            DatabaseBackend::Sqlite => {
                sql.text("SELECT unhex(replace(\"value\", '-', '')) FROM json_each(");
                sql.value(text(&ids));
                sql.text(")");
            }
            _ => {
                sql.text("SELECT CAST(\"id\" AS uuid) FROM (");
                texts(sql, backend, &ids);
                sql.text(") AS \"ids\" (\"id\")");
            }
        }
        sql.text(&format!(") UNION ALL SELECT {names} FROM \"{}\")", shadow_of(table)));
    }

    /// The rows that stand in place of others, as rows of the database.
    fn write_rows(&self, sql: &mut Sql, backend: DatabaseBackend, names: &str) {
        let rows = text(&Json::from(self.rows.clone()));
        if backend != DatabaseBackend::Sqlite {
            let table = self.table;
            sql.text(&format!(
                "SELECT {names} FROM jsonb_populate_recordset(CAST(NULL AS \"{table}\"), \
                 CAST(CAST("
            ));
            sql.value(rows);
            sql.text(" AS text) AS jsonb))");
            return;
        }
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|(name, kind)| match kind {
                ArrayType::Uuid => {
                    format!("unhex(replace(\"value\" ->> '$.{name}', '-', '')) AS \"{name}\"")
                }
                ArrayType::Json => format!("\"value\" -> '$.{name}' AS \"{name}\""),
                _ => format!("\"value\" ->> '$.{name}' AS \"{name}\""),
            })
            .collect();
        sql.text(&format!("SELECT {} FROM json_each(", columns.join(", ")));
        sql.value(rows);
        sql.text(")");
    }
}

fn shadow_of(table: &str) -> String {
    format!("shadow_of_{table}")
}

fn text(json: &Json) -> String {
    json.to_string()
}

/// Adds a query of the texts of a list. It is one parameter, however long the list is.
pub fn texts(sql: &mut Sql, backend: DatabaseBackend, list: &Json) {
    if backend == DatabaseBackend::Sqlite {
        sql.text("SELECT \"value\" FROM json_each(");
        sql.value(text(list));
        sql.text(")");
    } else {
        sql.text("SELECT jsonb_array_elements_text(CAST(CAST(");
        sql.value(text(list));
        sql.text(" AS text) AS jsonb))");
    }
}

/// The statement that reads no more than `enough` rows, with shadows in place of their tables.
pub fn shadowed(
    shadows: &[Shadow],
    select: &SelectStatement,
    enough: Option<u64>,
    backend: DatabaseBackend,
) -> Statement {
    let mut sql = Sql::new(backend);
    for (place, shadow) in shadows.iter().enumerate() {
        sql.text(if place == 0 { "WITH " } else { ", " });
        shadow.write(&mut sql, backend);
    }
    if !shadows.is_empty() {
        sql.text(" ");
    }
    sql.first(select, enough);
    sql.statement()
}
