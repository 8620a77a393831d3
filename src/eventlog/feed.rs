//! The log as one reader follows it: each event that it may see and asked for, exactly once and in
//! order, in a chain of items of which each begins where the one before ended.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::Tail;
use crate::access::{Actor, AuthError, OF_ACCOUNTS, Visible, renewed};
use crate::clock::Clock;
use crate::db::in_own_task;
use crate::events::Choice;
use crate::events::LogCursor;
use crate::events::log::Logged;

/// How many events are looked at before others have their turn.
const CHUNK: usize = 64;

/// A stretch of the log: what it has for the reader, if anything.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it begins: the place where the item before ended.
    pub after: LogCursor,
    /// Where it ends.
    pub cursor: LogCursor,
    /// What happened at its end; nothing where it only says how far the log was read.
    pub event: Option<Arc<Logged>>,
}

/// Why a feed ends before its time.
#[derive(Debug)]
pub enum FeedError {
    /// A place that this log does not have: it is from before a restore, or was never given out.
    /// With the place where the log ends now.
    Lost(LogCursor),
    /// What the reader has shown is good for nothing any more; why, and the place that it came to.
    Refused(&'static str, LogCursor),
    /// The log cannot be read.
    Database(DbErr),
}

impl From<DbErr> for FeedError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// What a reader wants to follow.
#[derive(Clone, Debug)]
pub struct FeedRequest {
    /// Which events.
    pub choice: Choice,
    /// Behind which place; from now on where none is given.
    pub after: Option<LogCursor>,
    /// From the beginning of the log, where no place is given.
    pub from_beginning: bool,
    /// How many items.
    pub first: Option<u64>,
    /// How long it may be silent.
    pub heartbeat: Duration,
}

/// A reader's way along the log.
pub struct Feed {
    tail: Arc<Tail>,
    clock: Clock,
    visible: Visible,
    wanted: FeedRequest,
    end: watch::Receiver<Option<LogCursor>>,
    /// Where the last item ended.
    told: LogCursor,
    /// How far the log has been looked through.
    seen: i64,
    /// What has been read and not been looked at.
    read: VecDeque<Arc<Logged>>,
    /// Whether the place is still to be told, for who began at no place of his own.
    starts_at_end: bool,
}

impl Feed {
    /// Begins to follow.
    pub async fn begin(
        tail: Arc<Tail>,
        clock: Clock,
        visible: Visible,
        wanted: FeedRequest,
    ) -> Result<Self, FeedError> {
        let (now, end) = tail.end().await;
        let told = match wanted.after {
            Some(after) => check(&tail, after, now).await?,
            None if wanted.from_beginning => now.at(0),
            None => now,
        };
        let starts_at_end = wanted.after.is_none() && !wanted.from_beginning;
        let seen = told.position;
        let mut feed = Self {
            tail,
            clock,
            visible,
            wanted,
            end,
            told,
            seen,
            read: VecDeque::new(),
            starts_at_end,
        };
        // Rights that were lost before this place are told by no event behind it.
        feed.renew().await?;
        Ok(feed)
    }

    /// Whether it began at a place that the reader was told of before.
    pub fn resumed(&self) -> bool {
        self.wanted.after.is_some()
    }

    /// What the reader may see by now.
    pub fn visible(&self) -> &Visible {
        &self.visible
    }

    /// Learns what the reader may see now.
    async fn renew(&mut self) -> Result<(), FeedError> {
        let actor = self.visible.actor().clone();
        if !matches!(actor, Actor::Account(_)) {
            return Ok(());
        }
        let (db, clock) = (self.tail.db().clone(), self.clock.clone());
        let actor = match in_own_task(async move { renewed(&db, &clock, &actor).await }).await {
            Ok(actor) => actor,
            Err(AuthError::Refused(why)) => {
                return Err(FeedError::Refused(why, self.told.at(self.seen)));
            }
            Err(AuthError::Database(error)) => return Err(error.into()),
        };
        if actor != *self.visible.actor() {
            self.visible = Visible::to(actor);
        }
        Ok(())
    }

    /// How long what the reader has shown is good for anything.
    fn validity(&self) -> Duration {
        let until = self.visible.actor().rights().until;
        until.map_or(Duration::MAX, |until| (until - self.clock.now()).to_std().unwrap_or_default())
    }

    /// Where the last item ended.
    pub fn place(&self) -> LogCursor {
        self.told
    }

    /// An item that ends as far as the log has been looked through.
    pub fn pause(&mut self) -> Item {
        self.item(self.seen, None)
    }

    /// The next item; none after as many as were wanted.
    pub async fn next(&mut self) -> Option<Result<Item, FeedError>> {
        if self.wanted.first == Some(0) {
            return None;
        }
        let item = self.advance().await;
        if let Some(left) = &mut self.wanted.first {
            *left -= 1;
        }
        Some(item)
    }

    async fn advance(&mut self) -> Result<Item, FeedError> {
        if std::mem::take(&mut self.starts_at_end) {
            return Ok(self.pause());
        }
        let validity = self.validity();
        let mut expired = pin!(sleep(validity));
        let silent_until = Instant::now() + self.wanted.heartbeat;
        loop {
            while let Some(event) = self.read.pop_front() {
                self.seen = event.row.position;
                if event.row.subject_kind.is_some_and(|kind| OF_ACCOUNTS.contains(&kind)) {
                    Box::pin(self.renew()).await?;
                }
                if self.visible.sees(&event.row) && self.wanted.choice.has(&event) {
                    return Ok(self.item(self.seen, Some(event)));
                }
            }
            let end = *self.end.borrow_and_update();
            if let Some(end) = end.filter(|end| end.epoch != self.told.epoch) {
                return Err(FeedError::Lost(end));
            }
            if end.is_some_and(|end| end.position > self.seen) {
                self.read.extend(self.tail.after(self.seen, CHUNK).await?);
                if !self.read.is_empty() {
                    tokio::task::consume_budget().await;
                    continue;
                }
            }
            tokio::select! {
                _ = self.end.changed() => {}
                () = sleep_until(silent_until) => return Ok(self.pause()),
                () = expired.as_mut(), if validity < Duration::MAX => Box::pin(self.renew()).await?,
            }
        }
    }

    fn item(&mut self, position: i64, event: Option<Arc<Logged>>) -> Item {
        let after = self.told;
        self.told = after.at(position);
        Item { after, cursor: self.told, event }
    }
}

/// A place that the log has, or that this process has not come to yet.
pub async fn check(tail: &Tail, after: LogCursor, now: LogCursor) -> Result<LogCursor, FeedError> {
    let within = |end: LogCursor| after.epoch == end.epoch && after.position <= end.position;
    if within(now) {
        return Ok(after);
    }
    let head = tail.head().await?;
    if within(head) { Ok(after) } else { Err(FeedError::Lost(head)) }
}
