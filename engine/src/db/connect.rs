//! Connections: those that only read, and a way to write.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::try_join;
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, DatabaseConnection};
use sea_orm::{DbErr, RuntimeErr, Statement};
use tokio::sync::{Semaphore, watch};

use super::anchor::Anchor;
use super::before_commit::BeforeCommit;
use super::lane::Readers;
use super::pool::{Pools, sqlite_options};
use super::quick::{Quick, StatementTiming};
use super::reach::Reach;
use super::transact::WriteHealth;

/// Told of every statement with its parameters; for tests and diagnosis. What it is told may hold
/// personal data.
pub type Observer = Arc<dyn Fn(&Statement) + Send + Sync>;

/// How to connect, and what is done in every write.
#[derive(Clone)]
pub struct DbOptions {
    /// `sqlite:///absolute/path`, `sqlite://relative/path` or
    /// `postgres://user:password@host/database`.
    pub url: String,
    /// How many connections read at a time, one at least.
    pub readers: u32,
    /// How many more read what takes long, one at least; see [`Db::heavy`].
    pub heavy_readers: u32,
    /// Who is told of every statement.
    pub observer: Option<Observer>,
    /// What every write does before it is committed.
    pub before_commit: BeforeCommit,
}

/// Counts the SQL statements that a database was sent, and the time that they took; shared by its
/// connections.
#[derive(Clone, Default)]
pub struct StatementCounts(Arc<(AtomicU64, AtomicU64)>);

impl StatementCounts {
    /// How many there were so far.
    pub fn count(&self) -> u64 {
        self.0.0.load(Ordering::SeqCst)
    }

    /// How long the database took for them so far, those at the same time added up.
    pub fn time(&self) -> Duration {
        Duration::from_micros(self.0.1.load(Ordering::SeqCst))
    }

    fn add(&self, elapsed: Duration) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        let took = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        self.0.1.fetch_add(took, Ordering::SeqCst);
    }
}

/// One register's database.
///
/// Invariant: rows change through [`write`](super::write) alone. The reading connections are
/// read-only in the database itself, so that a slip cannot write.
#[derive(Clone)]
pub struct Db {
    /// Connections that can only read.
    pub reading: Readers,
    /// The same for what takes long.
    pub(super) heavy: Readers,
    /// Connections that can write; on SQLite, one.
    pub(super) writing: DatabaseConnection,
    /// Through which PostgreSQL is told which statements to interrupt.
    pub(super) control: Option<DatabaseConnection>,
    statements: StatementCounts,
    /// What holds the files, on SQLite.
    pub(super) anchor: Option<Arc<Anchor>>,
    /// Whether writes go through.
    pub(super) health: WriteHealth,
    /// What every write does before it is committed.
    pub(super) before_commit: BeforeCommit,
    /// Counts the writes of this process that were committed.
    commits: watch::Sender<u64>,
    /// What is known of whether it can be reached.
    pub(super) reach: watch::Sender<Reach>,
    /// Whether the use of a token is being noted.
    pub(super) noting: Arc<Semaphore>,
}

/// The file of a SQLite URL, as the driver reads it.
pub(super) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let options = url.starts_with("sqlite:").then(|| sqlite_options(url).ok())??;
    Some(options.get_filename().to_owned())
}

/// The URL of a SQLite file.
pub(super) fn sqlite_url(file: &Path) -> String {
    let path = file.display().to_string();
    format!("sqlite://{}", path.replace('%', "%25").replace('?', "%3F").replace('#', "%23"))
}

impl Db {
    /// Connects. On SQLite the file is made where it does not exist.
    pub async fn connect(options: &DbOptions) -> Result<Self, DbErr> {
        let statements = StatementCounts::default();
        let (counter, observer) = (statements.clone(), options.observer.clone());
        let timing: StatementTiming = Arc::new(move |statement, elapsed| {
            counter.add(elapsed);
            if let Some(observer) = &observer {
                observer(statement);
            }
        });
        let observed = |connection: &mut DatabaseConnection| {
            let timing = timing.clone();
            connection.set_metric_callback(move |info| timing(info.statement, info.elapsed));
        };
        let anchor = match options.url.starts_with("sqlite:") {
            true => Some(Arc::new(Anchor::hold(sqlite_options(&options.url)?).await?)),
            false => None,
        };
        let reach = watch::Sender::default();
        let (url, writers) = (options.url.as_str(), options.readers);
        let pools = Pools { url, writers, anchor: anchor.as_ref(), reach: &reach };
        let mut writing = Database::connect(pools.writing()?).await?;
        observed(&mut writing);
        let control = match writing.get_database_backend() {
            DatabaseBackend::Postgres => {
                let mut pool = pools.reading(None)?;
                pool.connect_lazy(true);
                Some(Database::connect(pool).await?)
            }
            _ => None,
        };
        let quick = anchor
            .as_ref()
            .map(|anchor| Quick::new(options.readers.max(1) as usize, anchor, timing.clone()));
        let reading =
            Readers::connect(options.readers, &pools, control.as_ref(), observed, quick).await?;
        // What takes long has nothing to gain.
        let heavy =
            Readers::connect(options.heavy_readers, &pools, control.as_ref(), observed, None)
                .await?;
        let (health, commits) = (WriteHealth::default(), watch::Sender::default());
        Ok(Self {
            reading,
            heavy,
            writing,
            control,
            statements,
            anchor,
            health,
            before_commit: options.before_commit,
            commits,
            reach,
            noting: Arc::new(Semaphore::new(1)),
        })
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DatabaseBackend {
        self.reading.get_database_backend()
    }

    /// The connections that only read.
    pub fn reading(&self) -> &Readers {
        &self.reading
    }

    /// The connections that only read, for statements over a whole table and other reads that may
    /// take long: however many there are of these, those on [`Db::reading`] do not wait for them.
    pub fn heavy(&self) -> &Readers {
        &self.heavy
    }

    /// The connections of each pool, by what they do.
    pub fn pools(&self) -> Vec<(&'static str, &'static str, u32)> {
        let pools = [
            ("reading", self.reading.connections()),
            ("heavy", self.heavy.connections()),
            ("writing", connections(&self.writing)),
        ];
        let states = |(name, (all, idle))| [(name, "idle", idle), (name, "busy", all - idle)];
        pools.into_iter().flat_map(states).collect()
    }

    /// The counter of its statements.
    pub fn statements(&self) -> StatementCounts {
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
        self.anchor.as_deref().map(Anchor::database)
    }

    /// Refuses files of SQLite that are not those that were opened, or not whole.
    pub(super) async fn files_are_whole(&self) -> Result<(), String> {
        let Some(anchor) = &self.anchor else { return Ok(()) };
        let looked = anchor.look().await;
        if looked.is_err() {
            anchor.keep_from_closing(self);
        }
        looked
    }

    /// Interrupts what is being read, waits for what is being written, and closes all connections;
    /// on SQLite this writes the log back into the file. Where the file is not that which was
    /// opened, or not whole, its log is left as it is, for whoever repairs it.
    pub async fn close(self) -> Result<(), DbErr> {
        if let Err(lost) = self.files_are_whole().await {
            return Err(DbErr::Conn(RuntimeErr::Internal(lost)));
        }
        try_join(self.reading.close(), self.heavy.close()).await?;
        if let Some(control) = self.control {
            control.close().await?;
        }
        self.writing.close().await?;
        if let Some(anchor) = &self.anchor {
            anchor.release().await?;
        }
        Ok(())
    }
}

/// How many connections a pool has, and how many of them are idle.
pub(super) fn connections(pool: &DatabaseConnection) -> (u32, u32) {
    let (all, idle) = match pool.get_database_backend() {
        DatabaseBackend::Sqlite => {
            let pool = pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        }
        _ => {
            let pool = pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        }
    };
    (all, u32::try_from(idle).unwrap_or(all).min(all))
}
