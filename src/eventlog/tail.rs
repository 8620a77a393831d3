//! The end of the log, as one reader per process sees it, for all who follow it.
//!
//! Every 250 ms it looks where the log ends; that is the guarantee. Writes of this process, and
//! hints of others (PostgreSQL's `NOTIFY`), only make it look sooner. Positions are contiguous and
//! in the order of commits, so what it has read up to a position is all that there is; it checks
//! that, and passes no gap.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, RwLock};
use std::time::{Duration, Instant};

use futures::future::join;
use sea_orm::DbErr;
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::recent::{self, Recent};
use crate::db::{Db, in_own_task};
use crate::events::LogCursor;
use crate::events::log::{self, Logged};

/// How often the tail looks where the log ends, whatever it hears.
const POLL: Duration = Duration::from_millis(250);
/// How many events are read at a time.
const CHUNK: u64 = 500;
/// How many of those who fell behind read the log at a time: the other connections are for
/// requests.
const CATCHING_UP: usize = 2;
/// How long it waits to listen anew to the other processes.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// The end of the log.
pub struct Tail {
    inside: Arc<Inside>,
    task: OnceLock<AbortHandle>,
}

struct Inside {
    db: Db,
    /// How far the log has been read; none until it has been looked at.
    end: watch::Sender<Option<LogCursor>>,
    recent: RwLock<Recent>,
    catching_up: Semaphore,
    /// When the log was last known to have been read to its end.
    level: Mutex<Option<Instant>>,
    /// Changes when somebody says that something was written.
    hints: watch::Sender<()>,
    metrics: TailMetrics,
}

/// What operators see of the tail.
#[derive(Debug, Default)]
pub struct TailMetrics {
    /// Events that were read.
    pub events: AtomicU64,
    /// How often a position was missing. Must be 0.
    pub gaps: AtomicU64,
    /// Events that were behind the tail when it last looked.
    pub behind: AtomicU64,
}

impl Drop for Tail {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

impl Tail {
    /// The end of the log of `db`; it is read as soon as somebody follows it.
    pub fn new(db: Db) -> Self {
        let inside = Inside {
            db,
            end: watch::Sender::default(),
            recent: RwLock::default(),
            catching_up: Semaphore::new(CATCHING_UP),
            level: Mutex::default(),
            hints: watch::Sender::default(),
            metrics: TailMetrics::default(),
        };
        Self { inside: Arc::new(inside), task: OnceLock::new() }
    }

    /// Begins to read, unless that has begun.
    pub fn start(&self) {
        self.task.get_or_init(|| {
            let inside = self.inside.clone();
            let work =
                async move { join(join(inside.follow(), inside.listen()), inside.publish()).await };
            tokio::spawn(work).abort_handle()
        });
    }

    /// How far the log has been read, and whatever comes. Waits until it has been looked at.
    pub async fn end(&self) -> (LogCursor, watch::Receiver<Option<LogCursor>>) {
        self.start();
        let mut end = self.inside.end.subscribe();
        loop {
            let read = *end.borrow_and_update();
            if let Some(cursor) = read {
                return (cursor, end);
            }
            if end.changed().await.is_err() {
                // The sender lives as long as this does.
                std::future::pending::<()>().await;
            }
        }
    }

    /// At most `most` events behind a position that has been read: from memory, else from the log.
    pub async fn after(&self, position: i64, most: usize) -> Result<Vec<Arc<Logged>>, DbErr> {
        match self.inside.kept(position, most) {
            Some(events) => Ok(events),
            // In a task: who fell behind may be one who reads slowly, and is not polled meanwhile.
            // The turn is everybody's.
            None => {
                let inside = self.inside.clone();
                in_own_task(async move { inside.catch_up(position, most).await }).await
            }
        }
    }

    /// Where the log ends in the database.
    pub async fn head(&self) -> Result<LogCursor, DbErr> {
        self.inside.db.reached(log::head(self.inside.db.reading())).await
    }

    /// The database of the log.
    pub fn db(&self) -> &Db {
        &self.inside.db
    }

    /// How long ago the log was last read to its end; none where nobody follows it.
    pub fn late_by(&self) -> Option<Duration> {
        let level = *self.inside.level();
        self.task.get().and(level).map(|level| level.elapsed())
    }

    /// What operators see.
    pub fn metrics(&self) -> &TailMetrics {
        &self.inside.metrics
    }
}

impl Inside {
    fn level(&self) -> MutexGuard<'_, Option<Instant>> {
        self.level.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn kept(&self, position: i64, most: usize) -> Option<Vec<Arc<Logged>>> {
        self.recent.read().unwrap_or_else(|poisoned| poisoned.into_inner()).after(position, most)
    }

    async fn catch_up(&self, position: i64, most: usize) -> Result<Vec<Arc<Logged>>, DbErr> {
        let _turn = self.catching_up.acquire().await;
        let events = self.db.reached(log::after(self.db.reading(), position, most as u64)).await?;
        Ok(self.contiguous(position, events))
    }

    /// As many of the events as follow `position` without a gap.
    fn contiguous(&self, position: i64, mut events: Vec<Arc<Logged>>) -> Vec<Arc<Logged>> {
        let whole = events
            .iter()
            .zip(position + 1..)
            .take_while(|(event, expected)| event.row.position == *expected);
        let whole = whole.count();
        if whole < events.len() {
            self.metrics.gaps.fetch_add(1, Ordering::Relaxed);
            let (missing, found) = (position + whole as i64 + 1, events[whole].row.position);
            tracing::error!(missing, found, "the log has a gap: nothing behind it is told");
            events.truncate(whole);
        }
        events
    }

    /// Reads the log as it grows.
    async fn follow(&self) {
        *self.level() = Some(Instant::now());
        let (mut commits, mut hints) = (self.db.commits(), self.hints.subscribe());
        let mut poll = interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tokio::select! {
                _ = poll.tick() => {}
                Ok(()) = commits.changed() => {}
                Ok(()) = hints.changed() => {}
            }
            match self.db.reached(self.advance()).await {
                Ok(()) => failing = false,
                Err(error) if failing => tracing::debug!(%error, "the log still cannot be read"),
                Err(error) => {
                    failing = true;
                    tracing::warn!(%error, "the log cannot be read; trying again");
                }
            }
        }
    }

    /// Reads what is new.
    async fn advance(&self) -> Result<(), DbErr> {
        let head = log::head(self.db.reading()).await?;
        let known = *self.end.borrow();
        let mut end = match known {
            Some(end) if end.epoch == head.epoch && end.position <= head.position => end,
            // The first look, or a restore took the log back.
            _ => {
                *self.recent.write().unwrap_or_else(|poisoned| poisoned.into_inner()) =
                    Recent::default();
                // Those who come back after a restart of this process are not far behind.
                head.at((head.position - recent::MOST as i64).max(0))
            }
        };
        while end.position < head.position {
            self.metrics.behind.store(end.position.abs_diff(head.position), Ordering::Relaxed);
            let most = CHUNK.min(end.position.abs_diff(head.position));
            let events = log::after(self.db.reading(), end.position, most).await?;
            let events = self.contiguous(end.position, events);
            let Some(last) = events.last() else { return Ok(()) };
            end.position = last.row.position;
            self.metrics.events.fetch_add(events.len() as u64, Ordering::Relaxed);
            let mut recent = self.recent.write().unwrap_or_else(|poisoned| poisoned.into_inner());
            events.into_iter().for_each(|event| recent.push(event));
            drop(recent);
            if known.is_some_and(|known| known.epoch == end.epoch) {
                self.end.send_replace(Some(end));
            }
        }
        self.metrics.behind.store(0, Ordering::Relaxed);
        *self.level() = Some(Instant::now());
        if known != Some(end) {
            self.end.send_replace(Some(end));
        }
        Ok(())
    }

    /// Passes on what other processes tell.
    async fn listen(&self) {
        loop {
            match self.db.reached(self.db.hints()).await {
                Ok(None) => return,
                Ok(Some(mut heard)) => {
                    while self.db.reached(heard.next()).await.is_ok() {
                        self.hints.send_replace(());
                    }
                }
                Err(error) => tracing::debug!(%error, "other processes cannot be heard"),
            }
            sleep(LISTEN_AGAIN).await;
        }
    }

    /// Tells other processes of the writes of this one, one word for as many as came while the last
    /// was on its way.
    async fn publish(&self) {
        if self.db.backend() != sea_orm::DatabaseBackend::Postgres {
            return;
        }
        let mut commits = self.db.commits();
        while commits.changed().await.is_ok() {
            if let Err(error) = self.db.reached(self.db.hint()).await {
                tracing::debug!(%error, "other processes could not be told");
            }
        }
    }
}
