//! Connections: a pool that only reads, and a way to write.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseBackend, DatabaseConnection, DbErr, RuntimeErr, Statement};
use tokio::sync::watch;

/// Told of every statement with its parameters; for tests and diagnosis. What it is told may hold personal data.
pub type Observer = Arc<dyn Fn(&Statement) + Send + Sync>;

/// How to connect.
#[derive(Clone, Default)]
pub struct DbOptions {
    /// `sqlite:///absolute/path`, `sqlite://relative/path` or `postgres://user:password@host/database`.
    pub url: String,
    /// How many connections read at a time.
    pub readers: u32,
    /// Who is told of every statement.
    pub observer: Option<Observer>,
}

/// Counts the SQL statements that a database was sent; shared by its connections.
#[derive(Clone, Default)]
pub struct Statements(Arc<AtomicU64>);

impl Statements {
    /// How many there were so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// One register's database.
///
/// Invariant: rows change through [`write`](super::write) alone. The reading connections are read-only in the database
/// itself, so that a slip cannot write.
#[derive(Clone)]
pub struct Db {
    /// Connections that can only read.
    pub(crate) reading: DatabaseConnection,
    /// Connections that can write; on SQLite, one.
    pub(super) writing: DatabaseConnection,
    statements: Statements,
    sqlite_file: Option<PathBuf>,
    /// Counts the writes of this process that were committed.
    commits: watch::Sender<u64>,
}

/// So many rows SQLite has read at most that nobody has taken yet: more than most pages have.
const SQLITE_ROWS_AHEAD: usize = 1024;

/// So much of the file a reader reads through memory: it doubles the speed of reads.
const SQLITE_MMAP_BYTES: &str = "268435456";

/// The same for the writer, of whose memory a large import is the measure.
const SQLITE_WRITER_MMAP_BYTES: &str = "33554432";

/// The file of a SQLite URL.
pub(super) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

impl Db {
    /// Connects. On SQLite the file is made where it does not exist.
    pub async fn connect(options: &DbOptions) -> Result<Self, DbErr> {
        let statements = Statements::default();
        let sqlite_file = sqlite_file(&options.url);
        // The file must be there before a read-only connection opens it.
        let writing = Self::pool(options, false, &statements).await?;
        let reading = Self::pool(options, true, &statements).await?;
        Ok(Self { reading, writing, statements, sqlite_file, commits: watch::Sender::default() })
    }

    async fn pool(options: &DbOptions, read_only: bool, statements: &Statements) -> Result<DatabaseConnection, DbErr> {
        let sqlite = options.url.starts_with("sqlite:");
        let mut url = options.url.clone();
        if sqlite && !url.contains('?') {
            url.push_str("?mode=rwc");
        }
        let mut pool = ConnectOptions::new(url);
        pool.sqlx_logging(false)
            .connect_timeout(Duration::from_secs(5))
            .acquire_timeout(Duration::from_secs(10))
            // A round trip per checkout; a connection that broke is replaced on its first error.
            .test_before_acquire(false);
        if sqlite {
            // One writer: SQLite has one at a time anyway, and waiting in the pool is fair where its lock is not.
            pool.max_connections(if read_only { options.readers } else { 1 });
            pool.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "FULL")
                    .pragma("foreign_keys", "ON")
                    .pragma("recursive_triggers", "ON")
                    .pragma("mmap_size", if read_only { SQLITE_MMAP_BYTES } else { SQLITE_WRITER_MMAP_BYTES })
                    .pragma("query_only", if read_only { "ON" } else { "OFF" })
                    .busy_timeout(Duration::from_secs(5))
                    // The thread that reads would wait for the task that takes the rows, and be woken for each of them.
                    .row_buffer_size(SQLITE_ROWS_AHEAD)
            });
        } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            // Two at least: bringing the database up to date needs one beside that which holds the lock.
            pool.max_connections(if read_only { options.readers } else { options.readers.max(2) });
            pool.map_sqlx_postgres_opts(move |postgres| {
                postgres.application_name("jejaring").options([
                    ("statement_timeout", "30s"),
                    ("lock_timeout", "10s"),
                    ("idle_in_transaction_session_timeout", "60s"),
                    ("default_transaction_read_only", if read_only { "on" } else { "off" }),
                    // As if of disks that turn, PostgreSQL would else read a whole table sooner than a hundred of its rows by their keys.
                    ("random_page_cost", "1.1"),
                    // A write looks rows up by their keys, which no parameter makes dearer: what is prepared is planned once. A query
                    // has filters, and is planned for their values where these matter.
                    ("plan_cache_mode", if read_only { "auto" } else { "force_generic_plan" }),
                ])
            });
        } else {
            let scheme = options.url.split(':').next().unwrap_or_default();
            return Err(DbErr::Conn(RuntimeErr::Internal(format!(
                "a database URL begins with sqlite: or postgres:, not with {scheme:?}"
            ))));
        }
        let mut connection = Database::connect(pool).await?;
        let counter = statements.0.clone();
        let observer = options.observer.clone();
        connection.set_metric_callback(move |info| {
            counter.fetch_add(1, Ordering::SeqCst);
            if let Some(observer) = &observer {
                observer(info.statement);
            }
        });
        Ok(connection)
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DatabaseBackend {
        self.reading.get_database_backend()
    }

    /// The connections that only read.
    pub fn reading(&self) -> &DatabaseConnection {
        &self.reading
    }

    /// The connections of each pool, by what they do.
    pub fn pools(&self) -> Vec<(&'static str, &'static str, u32)> {
        let count = |pool: &DatabaseConnection| match self.backend() {
            DatabaseBackend::Sqlite => {
                let pool = pool.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            _ => {
                let pool = pool.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        let pools = [("reading", &self.reading), ("writing", &self.writing)].into_iter();
        let pools = pools.map(|(name, pool)| (name, count(pool)));
        pools
            .flat_map(|(name, (all, idle))| {
                let idle = u32::try_from(idle).unwrap_or(all).min(all);
                [(name, "idle", idle), (name, "busy", all - idle)]
            })
            .collect()
    }

    /// The counter of its statements.
    pub fn statements(&self) -> Statements {
        self.statements.clone()
    }

    /// A write was committed.
    pub(super) fn committed(&self) {
        self.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes with each write of this process that was committed.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Its file, on SQLite.
    pub(super) fn sqlite_file(&self) -> Option<&Path> {
        self.sqlite_file.as_deref()
    }

    /// Closes all connections; on SQLite this writes the log back into the file.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reading.close().await?;
        self.writing.close().await
    }
}
