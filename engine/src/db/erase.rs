//! Taking something out of the register for good: out of its rows, out of the log, which nothing
//! else changes, and out of what the database keeps of rows that are gone.

use std::time::Duration;

use entity::{event, event_head};
use futures::TryStreamExt;
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{ExprTrait, LockType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryFilter};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection};
use sea_orm::{DbErr, PrimaryKeyToColumn, QuerySelect, Statement, Value};
use serde_json::Value as Json;

use super::IDS_PER_QUERY;
use super::memory::News;
use super::put::column;
use super::{Changes, DbOptions, Write};

type Done = Result<(), DbErr>;

/// What a text of a column is to be instead; nothing where it stays.
type Rewrite<'a> = &'a (dyn Fn(&str, &str) -> Option<String> + Sync);

/// JSON with other strings and names of fields, where any of them is to be another.
pub fn rewritten(value: &Json, text: &dyn Fn(&str) -> Option<String>) -> Option<Json> {
    match value {
        Json::String(string) => text(string).map(Json::String),
        Json::Array(items) => {
            let new: Vec<Option<Json>> = items.iter().map(|item| rewritten(item, text)).collect();
            let changed = new.iter().any(Option::is_some);
            let item = |(new, old): (Option<Json>, &Json)| new.unwrap_or_else(|| old.clone());
            changed.then(|| new.into_iter().zip(items).map(item).collect())
        }
        Json::Object(fields) => {
            let other_name = fields.keys().any(|name| text(name).is_some());
            let is_another = |value: &Json| rewritten(value, text).is_some();
            let changed = other_name || fields.values().any(is_another);
            let field = |(name, value): (&String, &Json)| {
                let value = rewritten(value, text).unwrap_or_else(|| value.clone());
                (text(name).unwrap_or_else(|| name.clone()), value)
            };
            changed.then(|| fields.iter().map(field).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

/// A column's value with other texts, where any is to be another.
fn rewrite_value(column: &str, value: &Value, rewrite: Rewrite<'_>) -> Option<Value> {
    match value {
        Value::String(Some(text)) => rewrite(column, text).map(Value::from),
        Value::Json(Some(json)) => rewritten(json, &|text| rewrite(column, text)).map(Value::from),
        _ => None,
    }
}

impl Write {
    /// The rows of which a column is to be another, with what it is to be.
    async fn rows_to_rewrite<E>(
        &self,
        columns: &[E::Column],
        rewrite: Rewrite<'_>,
    ) -> Result<Vec<(E::Model, Vec<(E::Column, Value)>)>, DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
    {
        let mut found = Vec::new();
        let mut rows = E::find().stream(&self.transaction).await?;
        while let Some(row) = rows.try_next().await? {
            let new = |column: &E::Column| {
                let value = rewrite_value(column.as_str(), &row.get(*column), rewrite)?;
                Some((*column, value))
            };
            let new: Vec<_> = columns.iter().filter_map(new).collect();
            if !new.is_empty() {
                found.push((row, new));
            }
        }
        Ok(found)
    }

    /// Gives columns of whatever rows other texts, past the rules. No event tells of it: it would
    /// have to tell the former texts.
    pub async fn rewrite<E>(&mut self, columns: &[E::Column], to: Rewrite<'_>) -> Done
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
    {
        for (row, new) in self.rows_to_rewrite::<E>(columns, to).await? {
            let changed = new.iter().map(|(column, _)| (column.as_str().to_owned(), Json::Null));
            let changes: Changes = changed.collect();
            let mut update = E::update_many().filter(this::<E>(&row));
            for (column, value) in new {
                update = update.col_expr(column, Expr::val(value));
            }
            let (version, updated_at) = (column::<E>("version"), column::<E>("updated_at"));
            if let (Some(version), Some(updated_at)) = (version, updated_at) {
                update = update.col_expr(version, Expr::col(version).add(1));
                update = update.col_expr(updated_at, Expr::val(self.now));
            }
            self.memories.notify(News::Changing(E::default().table_name()));
            self.changed = true;
            update.exec(&self.transaction).await?;
            self.note_put::<E>(&row, &changes);
        }
        self.memories.notify(News::Rewritten);
        Ok(())
    }

    /// Removes the rows of which a column has a text that `rewrite` would change.
    pub async fn remove_rows<E>(
        &mut self,
        columns: &[E::Column],
        named: &(dyn Fn(&str) -> Option<String> + Sync),
    ) -> Result<(), DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
    {
        for (row, _) in self.rows_to_rewrite::<E>(columns, &|_, text| named(text)).await? {
            self.changed = true;
            E::delete_many().filter(this::<E>(&row)).exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// Takes texts out of the log, and of these subjects all but that something happened. The log
    /// is append-only but for this.
    pub async fn rewrite_log(&mut self, subjects: &[String], to: Rewrite<'_>) -> Done {
        // Whoever writes takes the head before the log.
        event_head::Entity::find().lock(LockType::NoKeyUpdate).one(&self.transaction).await?;
        let guard = self.lift_guard().await?;
        for ids in subjects.chunks(IDS_PER_QUERY) {
            event::Entity::update_many()
                .col_expr(event::Column::Changes, Expr::val(serde_json::json!({})))
                .col_expr(event::Column::SubjectKey, Expr::col(event::Column::SubjectId))
                .filter(event::Column::SubjectId.is_in(ids))
                .exec(&self.transaction)
                .await?;
        }
        let columns = [event::Column::SubjectKey, event::Column::Changes];
        for (row, new) in self.rows_to_rewrite::<event::Entity>(&columns, to).await? {
            let this = event::Column::Position.eq(row.position);
            let mut update = event::Entity::update_many().filter(this);
            for (column, value) in new {
                update = update.col_expr(column, Expr::val(value));
            }
            update.exec(&self.transaction).await?;
        }
        self.transaction.execute_unprepared(&guard).await?;
        // So do the events of this write, which are not in the log yet.
        for event in &mut self.outbox.events {
            let changes = serde_json::Value::Object(std::mem::take(&mut event.changes));
            let changes = rewritten(&changes, &|text| to("changes", text)).unwrap_or(changes);
            event.changes = changes.as_object().cloned().unwrap_or_default();
        }
        Ok(())
    }

    /// Lets events be changed, until what is given back is executed.
    async fn lift_guard(&self) -> Result<String, DbErr> {
        if self.transaction.get_database_backend() == DatabaseBackend::Postgres {
            let lift = "ALTER TABLE event DISABLE TRIGGER event_no_change";
            self.transaction.execute_unprepared(lift).await?;
            return Ok("ALTER TABLE event ENABLE TRIGGER event_no_change".to_owned());
        }
        let named = "SELECT sql FROM sqlite_schema \
                     WHERE type = 'trigger' AND name = 'event_no_update'";
        let named = Statement::from_string(DatabaseBackend::Sqlite, named);
        let row = self.transaction.query_one_raw(named).await?;
        let unguarded = || DbErr::Custom("the log is not guarded by its trigger".to_owned());
        let row = row.ok_or_else(unguarded)?;
        self.transaction.execute_unprepared("DROP TRIGGER event_no_update").await?;
        row.try_get("", "sql")
    }
}

/// The condition that a row is this one.
fn this<E: EntityTrait<Model: ModelTrait<Entity = E>>>(row: &E::Model) -> Condition {
    let columns = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    columns.fold(Condition::all(), |all, column| all.add(column.eq(row.get(column))))
}

/// How often a SQLite file is tried to be written anew while others use it; each try waits for five
/// seconds.
const TRIES: usize = 12;

/// Removes what a database keeps of rows that are gone: free pages and space, the write-ahead log
/// of SQLite, dead rows, indexes and statistics. Each table is written anew, and nobody else writes
/// to it meanwhile.
pub async fn purge(options: &DbOptions) -> Result<(), DbErr> {
    let mut one = ConnectOptions::new(options.url.clone());
    one.max_connections(1).sqlx_logging(false);
    if options.url.starts_with("sqlite:") {
        one.map_sqlx_sqlite_opts(|sqlite| {
            let sqlite = sqlite.pragma("secure_delete", "ON");
            sqlite.busy_timeout(Duration::from_secs(5))
        });
    }
    let db = Database::connect(one).await?;
    let purged = if db.get_database_backend() == DatabaseBackend::Postgres {
        purge_postgres(&db).await
    } else {
        purge_sqlite(&db).await
    };
    db.close().await?;
    purged
}

async fn purge_sqlite(db: &DatabaseConnection) -> Result<(), DbErr> {
    // The index of words marks words as deleted, and keeps them until it happens to be merged.
    let words = "INSERT INTO search_index (search_index) VALUES ('rebuild')";
    for statement in [words, "VACUUM"] {
        let mut done = db.execute_unprepared(statement).await;
        for _ in 1..TRIES {
            if !done.as_ref().is_err_and(|error| error.to_string().contains("locked")) {
                break;
            }
            done = db.execute_unprepared(statement).await;
        }
        done?;
    }
    for _ in 0..TRIES {
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let checkpoint = Statement::from_string(DatabaseBackend::Sqlite, checkpoint);
        let row = db.query_one_raw(checkpoint).await?;
        if row.is_none_or(|row| row.try_get_by_index::<i32>(0).is_ok_and(|busy| busy == 0)) {
            return Ok(());
        }
    }
    let message = "the write-ahead log is still read from, and could not be emptied: \
                   it is when the server is stopped";
    Err(DbErr::Custom(message.to_owned()))
}

async fn purge_postgres(db: &DatabaseConnection) -> Result<(), DbErr> {
    db.execute_unprepared("SET statement_timeout = 0").await?;
    db.execute_unprepared("SET lock_timeout = '60s'").await?;
    let tables = "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables \
                  WHERE schemaname = current_schema() ORDER BY tablename";
    let tables =
        db.query_all_raw(Statement::from_string(DatabaseBackend::Postgres, tables)).await?;
    for row in tables {
        let table: String = row.try_get("", "name")?;
        db.execute_unprepared(&format!("VACUUM (FULL, ANALYZE) {table}")).await?;
    }
    // Statistics have values of columns. Who may not write them anew is warned, and they go with
    // the next ANALYZE and VACUUM.
    db.execute_unprepared("VACUUM (FULL) pg_catalog.pg_statistic").await.map(|_| ())
}
