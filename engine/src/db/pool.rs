//! How the pools of connections are set up, on either database.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, Postgres, Sqlite};
use sea_orm::{ConnectOptions, DbErr, RuntimeErr};
use tokio::sync::watch;

use super::anchor::Anchor;
use super::lane::{Interrupt, LANE_WITHIN};
use super::reach::{Reach, is_alive};
use super::transact::only_outside_transactions;

/// How long a write waits for a connection.
const WRITER_WITHIN: Duration = Duration::from_secs(10);

/// After how long without use a connection to PostgreSQL is asked whether it answers, before it is
/// used.
const TESTED_AFTER: Duration = Duration::from_secs(1);

/// So many rows SQLite has read at most that nobody has taken yet: more than most pages have.
const SQLITE_ROWS_AHEAD: usize = 1024;

/// So much of the file a reader reads through memory: it doubles the speed of reads.
pub(super) const SQLITE_MMAP_BYTES: &str = "268435456";

/// The same for the writer, of whose memory a large import is the measure.
const SQLITE_WRITER_MMAP_BYTES: &str = "33554432";

/// What the pools of a database share.
pub(super) struct Pools<'a> {
    /// The address of the database.
    pub(super) url: &'a str,
    /// How many connections write to PostgreSQL at a time, two at least.
    pub(super) writers: u32,
    /// What holds the files, on SQLite.
    pub(super) anchor: Option<&'a Arc<Anchor>>,
    /// What is known of whether the database can be reached.
    pub(super) reach: &'a watch::Sender<Reach>,
}

impl Pools<'_> {
    /// Connections that can write; on SQLite, one: it has one writer at a time anyway, and waiting
    /// in the pool is fair where its lock is not.
    pub(super) fn writing(&self) -> Result<ConnectOptions, DbErr> {
        let mut pool = self.pool(false, None)?;
        // PostgreSQL: bringing the database up to date needs one beside that which holds the lock.
        pool.acquire_timeout(WRITER_WITHIN).max_connections(if self.anchor.is_some() {
            1
        } else {
            self.writers.max(2)
        });
        Ok(pool)
    }

    /// One connection that can only read, and listens to `interrupt`.
    pub(super) fn reading(&self, interrupt: Option<&Interrupt>) -> Result<ConnectOptions, DbErr> {
        let mut pool = self.pool(true, interrupt)?;
        // A lane has its connection at once, but for one that is to be made.
        pool.acquire_timeout(LANE_WITHIN).max_connections(1);
        Ok(pool)
    }

    fn pool(
        &self,
        read_only: bool,
        interrupt: Option<&Interrupt>,
    ) -> Result<ConnectOptions, DbErr> {
        let mut pool = ConnectOptions::new(self.url.to_owned());
        pool.sqlx_logging(false)
            .connect_timeout(Duration::from_secs(5))
            // A round trip per checkout; a connection that broke is replaced on its first error.
            .test_before_acquire(false);
        let interrupt = interrupt.cloned();
        if let Some(anchor) = self.anchor {
            // What there is to gain by closing a connection to a file is lost again by opening
            // another.
            pool.idle_timeout(None).max_lifetime(None);
            let anchor = anchor.clone();
            pool.map_sqlx_sqlite_pool_opts(move |pool| {
                sqlite_hooks(pool, !read_only, &anchor, interrupt.as_ref())
            });
            pool.map_sqlx_sqlite_opts(move |sqlite| {
                with_pragmas(sqlite)
                    // The anchor has made it where that was asked for; a file that has gone is not
                    // made anew.
                    .create_if_missing(false)
                    .pragma(
                        "mmap_size",
                        if read_only { SQLITE_MMAP_BYTES } else { SQLITE_WRITER_MMAP_BYTES },
                    )
                    .pragma("query_only", if read_only { "ON" } else { "OFF" })
                    // The thread that reads would wait for the task that takes the rows, and be
                    // woken for each of them.
                    .row_buffer_size(SQLITE_ROWS_AHEAD)
            });
        } else if self.url.starts_with("postgres:") || self.url.starts_with("postgresql:") {
            // One that was idle for longer may have broken meanwhile.
            pool.test_before_acquire_if_idle_for(TESTED_AFTER);
            let reach = self.reach.clone();
            pool.map_sqlx_postgres_pool_opts(move |pool| {
                postgres_hooks(pool, &reach, interrupt.as_ref())
            });
            pool.map_sqlx_postgres_opts(move |postgres| {
                postgres.application_name("jejaring").options([
                    ("statement_timeout", "30s"),
                    // Of several that wait for one row each begins to count anew when it is next.
                    ("lock_timeout", "5s"),
                    ("idle_in_transaction_session_timeout", "60s"),
                    ("default_transaction_read_only", if read_only { "on" } else { "off" }),
                    // As for SSDs: PostgreSQL would else read a whole table sooner than a hundred
                    // of its rows by their keys.
                    ("random_page_cost", "1.1"),
                    // A write looks rows up by their keys, which no parameter makes dearer: what is
                    // prepared is planned once. A query has filters, and is planned for their
                    // values where these matter.
                    ("plan_cache_mode", if read_only { "auto" } else { "force_generic_plan" }),
                ])
            });
        } else {
            let scheme = self.url.split(':').next().unwrap_or_default();
            return Err(DbErr::Conn(RuntimeErr::Internal(format!(
                "a database URL begins with sqlite: or postgres:, not with {scheme:?}"
            ))));
        }
        Ok(pool)
    }
}

/// Connections to the files that were opened first, whatever their names lead to later. A pool has
/// one hook of a kind.
fn sqlite_hooks(
    pool: PoolOptions<Sqlite>,
    writes: bool,
    anchor: &Arc<Anchor>,
    interrupt: Option<&Interrupt>,
) -> PoolOptions<Sqlite> {
    let (anchor, interrupt) = (anchor.clone(), interrupt.cloned());
    let pool = pool.after_connect(move |connection, _| {
        let (anchor, interrupt) = (anchor.clone(), interrupt.clone());
        Box::pin(async move {
            anchor.same_files().map_err(sqlx::Error::Protocol)?;
            match interrupt {
                Some(interrupt) => interrupt.attach_to_sqlite(connection).await,
                None => Ok(()),
            }
        })
    });
    only_outside_transactions(pool, writes)
}

fn postgres_hooks(
    pool: PoolOptions<Postgres>,
    reach: &watch::Sender<Reach>,
    interrupt: Option<&Interrupt>,
) -> PoolOptions<Postgres> {
    let (reach, interrupt) = (reach.clone(), interrupt.cloned());
    let pool = pool.after_release(move |connection, _| {
        let reach = reach.clone();
        Box::pin(async move { is_alive(connection, &reach).await })
    });
    pool.after_connect(move |connection, _| {
        let interrupt = interrupt.clone();
        Box::pin(async move {
            match interrupt {
                Some(interrupt) => interrupt.attach_to_postgres(connection).await,
                None => Ok(()),
            }
        })
    })
}

/// How the first connection to a file of SQLite is opened.
pub(super) fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, DbErr> {
    let mut url = url.to_owned();
    if !url.contains('?') {
        url.push_str("?mode=rwc");
    }
    let options = url.parse::<SqliteConnectOptions>();
    options.map(with_pragmas).map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

/// What all connections to a file of SQLite are told.
fn with_pragmas(sqlite: SqliteConnectOptions) -> SqliteConnectOptions {
    sqlite
        .pragma("journal_mode", "WAL")
        .pragma("synchronous", "FULL")
        .pragma("foreign_keys", "ON")
        .pragma("recursive_triggers", "ON")
        .busy_timeout(Duration::from_secs(5))
}
