//! The write door: the only way in which a row of the domain changes.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::Db;
use super::after_commit::{AfterCommit, Rows};
use super::before_commit::BeforeCommit;
use super::log::Outbox;
use super::memory::Memories;
use super::receipt::Receipt;
use super::version::Versions;
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::WriteError;
use crate::events::LogCursor;

/// The key of the advisory lock of what holds over the whole register: any number that nobody else
/// uses on this database.
const REGISTER_WIDE: i64 = 0x6a65_6a61_7769_6465;

/// A transaction in which rows may change: a unit of work.
///
/// Invariant: no `Write`, no write; no write without an event; no event outside the transaction.
pub struct Write {
    pub(super) transaction: DatabaseTransaction,
    pub(super) clock: Clock,
    pub(super) now: DateTime<Utc>,
    pub(super) actor: Actor,
    pub(super) before_commit: BeforeCommit,
    pub(super) changed: bool,
    pub(super) register_locked: bool,
    pub(super) versions: Versions,
    pub(super) outbox: Outbox,
    pub(super) memories: Memories,
    pub(super) receipt: Option<Receipt>,
    pub(super) after_commit: AfterCommit,
}

/// The result of a write, and where the log stood when it was committed.
#[derive(Debug)]
pub struct Written<T> {
    /// What the closure returned.
    pub value: T,
    /// Where the log stood: behind the last event written, or the newest event if none was.
    pub cursor: LogCursor,
    /// The rows that changed, where they were kept ([`Write::keep_rows`]).
    pub rows: Rows,
}

/// Opens a transaction, runs `change` in it, reconciles what is derived, writes the events, and
/// commits. Whatever fails leaves the register as it was.
pub async fn write<T>(
    db: &Db,
    clock: &Clock,
    actor: Actor,
    change: impl AsyncFnOnce(&mut Write) -> Result<T, WriteError>,
) -> Result<Written<T>, WriteError> {
    let mut write = opened(db, clock, actor).await?;
    let done = async {
        let value = change(&mut write).await?;
        (db.before_commit.reconcile)(&mut write).await?;
        let (rows, next) = write.after_commit.take();
        let (transaction, cursor) = write.finish().await?;
        Ok((Written { value, cursor, rows }, transaction, next))
    };
    let (written, transaction, next) = done.await.inspect_err(|error| {
        if let WriteError::Database(error) = error {
            db.note(error);
        }
    })?;
    db.commit(transaction).await?;
    db.committed();
    next.into_iter().for_each(|next| next(db, clock));
    Ok(written)
}

/// A write that has begun.
pub(super) async fn opened(db: &Db, clock: &Clock, actor: Actor) -> Result<Write, DbErr> {
    Ok(Write {
        transaction: db.begin().await?,
        clock: clock.clone(),
        now: clock.now(),
        actor,
        before_commit: db.before_commit,
        changed: false,
        register_locked: false,
        versions: Versions::default(),
        outbox: Outbox::default(),
        memories: Memories::default(),
        receipt: None,
        after_commit: AfterCommit::default(),
    })
}

impl Write {
    /// Reads inside the transaction. Nothing is changed through it: a test holds the writing calls
    /// of the database to this folder.
    pub fn read(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The moment of the write.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The day of the write, in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.clock.id()
    }

    /// Who writes.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Waits until no other write is under way that looks at the whole register, and keeps such out
    /// until this one has ended: for what is read in many rows before it is written, as are
    /// parents, memberships and names. To be called before anything that it protects is read.
    /// SQLite has one writer at a time anyway.
    pub async fn lock_register(&mut self) -> Result<(), DbErr> {
        let backend = self.transaction.get_database_backend();
        if !self.register_locked && backend == DatabaseBackend::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({REGISTER_WIDE})");
            self.transaction.execute_unprepared(&lock).await?;
        }
        self.register_locked = true;
        Ok(())
    }
}
