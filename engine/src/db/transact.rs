//! The one way in which a transaction that may write begins and is committed, and whether writes go
//! through.
//!
//! Invariant: what is acknowledged is in the database file. A transaction begins on a connection
//! that is in none; a connection is used again only after its transaction has ended; and the files
//! are looked at before a transaction begins and after it is committed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use entity::event_head;
use sea_orm::prelude::Expr;
use sea_orm::sea_query::ExprTrait;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::{Connection, Executor, Sqlite, SqliteConnection};
use sea_orm::{
    ColumnTrait, DatabaseBackend, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::Db;

/// How long is waited between two probes of a database that takes no writes, and how long one may
/// take.
const PROBE_EVERY: Duration = Duration::from_secs(1);
const PROBE_WITHIN: Duration = Duration::from_secs(5);

/// Whether writes go through; shared by all who write to the database.
#[derive(Clone, Default)]
pub(super) struct WriteHealth(Arc<Mutex<Health>>);

#[derive(Default)]
struct Health {
    /// Why the last write failed, until one succeeds.
    failing: Option<String>,
    probed: Option<Instant>,
}

impl WriteHealth {
    fn state(&self) -> std::sync::MutexGuard<'_, Health> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, reason: String) {
        let mut state = self.state();
        if state.failing.as_ref() != Some(&reason) {
            tracing::error!(reason, "the database takes no writes");
        }
        state.failing = Some(reason);
    }

    fn succeeded(&self) {
        if self.state().failing.take().is_some() {
            tracing::info!("the database takes writes again");
        }
    }

    fn failing(&self) -> Option<String> {
        self.state().failing.clone()
    }

    /// Whether it is time to try again; for one of those who ask at a time.
    fn is_probe_due(&self) -> bool {
        let mut state = self.state();
        let due = state.probed.is_none_or(|probed| probed.elapsed() >= PROBE_EVERY);
        if due {
            state.probed = Some(Instant::now());
        }
        due
    }
}

/// Whether an error says that the database cannot be written at all, and not that this write is at
/// fault or others were in the way: no space, no memory, a device that fails, a file that is
/// damaged or may not be written.
fn stops_writes(backend: DatabaseBackend, error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    let Some(code) = error.as_database_error().and_then(|error| error.code()) else { return false };
    match backend {
        // NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: the low byte of an extended
        // code.
        DatabaseBackend::Sqlite => code
            .parse::<u32>()
            .is_ok_and(|code| matches!(code & 0xff, 7 | 8 | 10 | 11 | 13 | 14 | 26)),
        // Disk full, out of memory, a failing system, damaged data, a standby.
        _ => ["53100", "53200", "58", "XX001", "XX002", "25006"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}

/// Has the pool close a connection of SQLite that was given back within a transaction.
///
/// When SQLite undoes a transaction of its own accord (a COMMIT that failed; at any statement FULL,
/// IOERR, NOMEM, INTERRUPT), the driver's ROLLBACK fails, and the driver counts one open
/// transaction from then on: each that follows would be a savepoint in one that nobody commits.
pub(super) fn only_outside_transactions(
    pool: PoolOptions<Sqlite>,
    writes: bool,
) -> PoolOptions<Sqlite> {
    pool.after_release(move |connection, _| {
        Box::pin(async move {
            if writes || connection.is_in_transaction() {
                return is_outside_transaction(connection).await;
            }
            Ok(true)
        })
    })
}

/// Whether both the driver and SQLite itself say that the connection is in no transaction.
async fn is_outside_transaction(
    connection: &mut SqliteConnection,
) -> Result<bool, sea_orm::sqlx::Error> {
    // A rollback may be waiting in the queue of the connection's thread.
    connection.ping().await?;
    if connection.is_in_transaction() {
        tracing::warn!(
            "a connection is closed whose transaction the database has undone by itself"
        );
        return Ok(false);
    }
    // There is no statement that asks; a transaction cannot begin within another.
    match connection.execute("BEGIN; ROLLBACK").await {
        Ok(_) => Ok(true),
        Err(error) => {
            tracing::warn!(%error, "a connection is closed that was left within a transaction");
            Ok(false)
        }
    }
}

impl Db {
    /// Begins a transaction that may write. To be committed by [`Db::commit`]; dropped, it is
    /// undone.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.look_at_files().await?;
        // SQLite: take the lock at once, instead of failing when a read turns into a write.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        self.noted(self.writing.begin_with_options(options).await)
    }

    /// Commits. What it returns without an error is in the database, and stays there.
    ///
    /// On PostgreSQL a COMMIT after a statement that failed is a ROLLBACK, and no error: whoever
    /// calls this has passed on the errors of all statements before.
    pub(super) async fn commit(&self, transaction: DatabaseTransaction) -> Result<(), DbErr> {
        self.noted(transaction.commit().await)?;
        self.look_at_files().await?;
        self.health.succeeded();
        Ok(())
    }

    /// Does something in a transaction of its own.
    pub(super) async fn transact<T>(
        &self,
        work: impl AsyncFnOnce(&DatabaseTransaction) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        let transaction = self.begin().await?;
        let done = self.noted(work(&transaction).await)?;
        self.commit(transaction).await?;
        Ok(done)
    }

    /// Notes an error that says that nothing can be written.
    pub(super) fn noted<T>(&self, done: Result<T, DbErr>) -> Result<T, DbErr> {
        done.inspect_err(|error| self.note(error))
    }

    /// The same for an error alone.
    pub(super) fn note(&self, error: &DbErr) {
        if stops_writes(self.backend(), error) {
            self.health.failed(error.to_string());
        }
    }

    /// Refuses to go on where what is written would not reach the database file.
    pub(super) async fn look_at_files(&self) -> Result<(), DbErr> {
        self.files_are_whole().await.map_err(|lost| {
            self.health.failed(lost.clone());
            DbErr::Conn(RuntimeErr::Internal(lost))
        })
    }

    /// Whether writes go through; if not, why. After a write that failed for want of space or the
    /// like, one of those who ask tries a write that changes nothing, so that it is known when the
    /// database takes writes again though nobody writes.
    pub async fn writable(&self) -> Result<(), String> {
        self.files_are_whole().await?;
        if self.health.failing().is_some() && self.health.is_probe_due() {
            // What it finds, it notes.
            let _ = tokio::time::timeout(PROBE_WITHIN, self.probe_writing()).await;
        }
        self.health.failing().map_or(Ok(()), Err)
    }

    /// Moves the head of the log on and back in one transaction: SQLite writes a page whose bytes
    /// were changed, if only for a moment, and would leave out one that stays as it is.
    async fn probe_writing(&self) -> Result<(), DbErr> {
        if let Some(anchor) = &self.anchor {
            anchor.find_space().await.map_err(|why| DbErr::Conn(RuntimeErr::Internal(why)))?;
        }
        let position = event_head::Column::Position;
        let head = || event_head::Entity::update_many().filter(event_head::Column::Id.eq(1));
        self.transact(async |transaction| {
            head().col_expr(position, Expr::col(position).add(1)).exec(transaction).await?;
            head().col_expr(position, Expr::col(position).sub(1)).exec(transaction).await.map(drop)
        })
        .await
    }
}

#[cfg(test)]
mod tests;
