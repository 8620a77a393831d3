//! Bringing a database up to date, under a lock: several processes may start at once.

use std::fs::File;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Statement, TransactionTrait};

use super::Db;

/// The key of the advisory lock: any number that nobody else uses on this database.
const LOCK: i64 = 0x6a65_6a61_7269_6e67;

/// One migration, and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name.
    pub name: String,
    /// Whether it has been applied.
    pub applied: bool,
}

/// Runs `work` while no other process that asks for the same does: several may start at once on one database. Whoever comes
/// second waits, and finds nothing to do.
pub async fn exclusively<T, E: From<DbErr>>(db: &Db, work: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
    if db.backend() != DatabaseBackend::Postgres {
        let _lock = sqlite_lock(db).await?;
        return work().await;
    }
    // The lock lives as long as this transaction; the work runs on other connections of the pool.
    let lock = db.writing.begin().await?;
    lock.execute_unprepared(&format!(
        "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0; \
         SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK})"
    ))
    .await?;
    let done = work().await?;
    lock.commit().await?;
    Ok(done)
}

/// Applies what is missing, each migration in a transaction of its own. sea-orm-migration takes no lock: call this
/// [`exclusively`].
pub async fn migrate(db: &Db) -> Result<(), DbErr> {
    Migrator::up(&db.writing, None).await
}

/// All migrations, in order, with their state. Changes nothing.
pub async fn migrations(db: &Db) -> Result<Vec<MigrationState>, DbErr> {
    let table = match db.backend() {
        DatabaseBackend::Postgres => {
            "SELECT 1 FROM information_schema.tables WHERE table_name = 'seaql_migrations' AND table_schema = current_schema()"
        }
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    let statement = |sql: &str| Statement::from_string(db.backend(), sql);
    let mut applied: Vec<String> = Vec::new();
    // Not `Migrator::get_migration_models`, which makes the table where it is missing.
    if db.reading.query_one_raw(statement(table)).await?.is_some() {
        for row in db.reading.query_all_raw(statement("SELECT version FROM seaql_migrations")).await? {
            applied.push(row.try_get("", "version")?);
        }
    }
    Ok(Migrator::migrations()
        .iter()
        .map(|migration| MigrationState {
            name: migration.name().to_owned(),
            applied: applied.iter().any(|name| name == migration.name()),
        })
        .collect())
}

/// SQLite has no lock that outlasts a transaction, so a file beside the database stands for one.
async fn sqlite_lock(db: &Db) -> Result<Option<File>, DbErr> {
    let Some(path) = db.sqlite_file() else { return Ok(None) };
    let mut name = path.as_os_str().to_owned();
    name.push("-migrate.lock");
    tokio::task::spawn_blocking(move || {
        let file = File::create(&name)?;
        file.lock()?;
        Ok(Some(file))
    })
    .await
    .map_err(|error| DbErr::Custom(error.to_string()))?
    .map_err(|error: std::io::Error| DbErr::Custom(format!("the lock file beside {}: {error}", path.display())))
}
