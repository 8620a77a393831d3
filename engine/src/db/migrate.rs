//! Bringing a database up to date, under a lock: several processes may start at once.

use std::fmt;
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
    /// Whether this program has it; a newer one has more.
    pub known: bool,
}

/// How the migrations of a database differ from those of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The database has a migration that this program does not know.
    Newer(String),
    /// The database lacks a migration that comes before one that it has.
    Gap {
        /// The migration that it lacks.
        lacks: String,
        /// The later one that it has.
        has: String,
    },
    /// The database lacks this migration and those behind it.
    Older(String),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = env!("CARGO_PKG_VERSION");
        match self {
            Self::Newer(name) => write!(
                f,
                "this database is of a newer version of the program: it has the migration {name}, \
                 which version {version} does not know"
            ),
            Self::Gap { lacks, has } => write!(
                f,
                "the migrations of this database are out of order: it has {has}, but lacks \
                 {lacks}, which comes before it; no version of the program makes such a database"
            ),
            Self::Older(name) => write!(
                f,
                "this database is of an older version of the program: it lacks the migration \
                 {name}; `jejaring migrate up` brings it up to date"
            ),
        }
    }
}

/// Whether a database with these migrations can be used, once those that it lacks at the end have
/// been applied.
pub(super) fn fit(states: &[MigrationState]) -> Result<(), Mismatch> {
    if let Some(unknown) = states.iter().find(|state| !state.known) {
        return Err(Mismatch::Newer(unknown.name.clone()));
    }
    let lacks = states.iter().position(|state| !state.applied);
    let has = states.iter().rposition(|state| state.applied);
    match (lacks, has) {
        (Some(lacks), Some(has)) if lacks < has => {
            Err(Mismatch::Gap { lacks: states[lacks].name.clone(), has: states[has].name.clone() })
        }
        _ => Ok(()),
    }
}

/// Runs `work` while no other process that asks for the same does: several may start at once on one
/// database. Whoever comes second waits, and finds nothing to do.
pub async fn exclusively<T, E: From<DbErr>>(
    db: &Db,
    work: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E> {
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

/// Applies what is missing, each migration in a transaction of its own. sea-orm-migration takes no
/// lock: call this [`exclusively`]. A database that is newer than the program, or lacks a migration
/// in the middle, is left alone.
pub async fn migrate(db: &Db) -> Result<(), DbErr> {
    let states = migrations(db).await?;
    fit(&states).map_err(|mismatch| DbErr::Custom(mismatch.to_string()))?;
    db.look_at_files().await?;
    db.noted(Migrator::up(&db.writing, None).await)?;
    db.look_at_files().await?;
    let missing = states.iter().filter(|state| !state.applied).count();
    if missing > 0 {
        tracing::info!(migrations = missing, "the database has been brought up to date");
    }
    Ok(())
}

/// All migrations, in order, with their state; behind them, those that the database has and this
/// program does not know. Changes nothing.
pub async fn migrations(db: &Db) -> Result<Vec<MigrationState>, DbErr> {
    Ok(states(&applied(&db.reading).await?.unwrap_or_default()))
}

/// The names of the migrations that a database has; none where it has no table of them.
pub(super) async fn applied(db: &impl ConnectionTrait) -> Result<Option<Vec<String>>, DbErr> {
    let backend = db.get_database_backend();
    let table = match backend {
        DatabaseBackend::Postgres => {
            "SELECT 1 FROM information_schema.tables WHERE table_name = 'seaql_migrations' AND \
             table_schema = current_schema()"
        }
        _ => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    let statement = |sql: &str| Statement::from_string(backend, sql);
    // Not `Migrator::get_migration_models`, which makes the table where it is missing.
    if db.query_one_raw(statement(table)).await?.is_none() {
        return Ok(None);
    }
    let rows = db
        .query_all_raw(statement("SELECT version FROM seaql_migrations ORDER BY version"))
        .await?;
    rows.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>().map(Some)
}

/// The states of all migrations, of which a database has those that are named.
pub(super) fn states(applied: &[String]) -> Vec<MigrationState> {
    let migrations = Migrator::migrations();
    let known: Vec<&str> = migrations.iter().map(|migration| migration.name()).collect();
    let unknown = applied.iter().map(String::as_str).filter(|name| !known.contains(name));
    let all = known.iter().map(|name| (*name, true)).chain(unknown.map(|name| (name, false)));
    all.map(|(name, known)| MigrationState {
        name: name.to_owned(),
        applied: applied.iter().any(|one| one == name),
        known,
    })
    .collect()
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
    .map_err(|error: std::io::Error| {
        DbErr::Custom(format!("the lock file beside {}: {error}", path.display()))
    })
}
