//! The events of a write, on their way into the log.

use entity::{event, event_head, event_reason, event_spool};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{ActiveValue, ColumnTrait, Condition, EntityTrait, Iterable, QueryFilter};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::Write;
use super::memory::News;
use crate::error::WriteError;
use crate::events::{Event, EventKind, LogCursor};

/// How many events go from the spool into the log with one statement, well within the time that a
/// statement has.
const EVENTS_AT_A_TIME: i64 = 100_000;

/// What a write has to tell.
#[derive(Default)]
pub(super) struct Outbox {
    /// Events that are in memory.
    pub(super) events: Vec<Event>,
    /// Under which id those of a large write wait in the spool, and how many.
    spooled: Option<(Uuid, i64)>,
    /// Why the writer makes the change.
    reason: Option<String>,
}

impl Outbox {
    fn is_nothing(&self) -> bool {
        self.events.is_empty() && self.spooled.is_none()
    }
}

impl Write {
    /// Why the writer makes the change: kept beside the events that tell of it, so that it can be
    /// erased.
    pub fn explain(&mut self, reason: Option<String>) {
        self.outbox.reason = reason;
    }

    /// Whether the writer has said why.
    pub fn is_explained(&self) -> bool {
        self.outbox.reason.is_some()
    }

    /// Records that something happened.
    pub fn record(&mut self, event: Event) {
        self.outbox.events.push(event);
    }

    /// How many events have been recorded so far. They stand in the log in this order.
    pub fn recorded(&self) -> i64 {
        let spooled = self.outbox.spooled.map_or(0, |(_, count)| count);
        spooled + i64::try_from(self.outbox.events.len()).unwrap_or(i64::MAX)
    }

    /// Whether nothing has been told so far.
    pub fn is_silent(&self) -> bool {
        self.outbox.is_nothing()
    }

    /// Writes the events. What is left to do is to commit.
    pub(super) async fn finish(mut self) -> Result<(DatabaseTransaction, LogCursor), WriteError> {
        if self.changed && self.outbox.is_nothing() {
            return Err(WriteError::Contract("rows changed without an event"));
        }
        let count = self.recorded();
        let events = std::mem::take(&mut self.outbox.events);
        let spooled = self.outbox.spooled.map_or(0, |(_, count)| count);
        // What the register concludes is not what the writer gave a reason for.
        let explained: Vec<bool> = events.iter().map(|event| event.kind.is_intended()).collect();
        let mut rows = (self.before_commit.concerning)(&self, events).await?;
        // Last of all, the head: positions are contiguous and in the order of commits, because
        // whoever comes next waits here until this transaction has ended.
        let position = event_head::Column::Position;
        let head = event_head::Entity::update_many()
            .col_expr(position, Expr::col(position).add(count))
            .filter(event_head::Column::Id.eq(1))
            .exec_with_returning(&self.transaction)
            .await?;
        let Some(head) = head.into_iter().next() else {
            return Err(WriteError::Contract("the log has no head"));
        };
        let first = head.position - count + 1;
        self.unspool(first).await?;
        let first = first + spooled;
        for (row, position) in rows.iter_mut().zip(first..) {
            row.position = ActiveValue::Set(position);
        }
        self.insert_all(rows).await?;
        if let Some(text) = self.outbox.reason.take() {
            let meant = (first..).zip(explained).filter(|(_, explained)| *explained);
            let reason = |(position, _)| event_reason::ActiveModel {
                position: ActiveValue::Set(position),
                text: ActiveValue::Set(text.clone()),
            };
            self.insert_all(meant.map(reason).collect()).await?;
        }
        self.complete_receipt(head.position).await?;
        Ok((self.transaction, LogCursor { epoch: head.epoch, position: head.position }))
    }

    /// Puts what has been recorded so far where it takes no memory, and has what is known of rows
    /// forgotten: for a write that goes on with others. The events get their positions with all the
    /// rest, when the write is closed.
    pub async fn spool(&mut self) -> Result<(), DbErr> {
        let events = std::mem::take(&mut self.outbox.events);
        let rows = (self.before_commit.concerning)(self, events).await?;
        let (write_id, before) = self.outbox.spooled.unwrap_or_else(|| (self.clock.id(), 0));
        let all = before + i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.outbox.spooled = Some((write_id, all));
        let row = |(row, place): (event::ActiveModel, i64)| event_spool::ActiveModel {
            write_id: ActiveValue::Set(write_id),
            place: ActiveValue::Set(place),
            kind: row.kind,
            payload_version: row.payload_version,
            occurred_at: row.occurred_at,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            subject_key: row.subject_key,
            owner_id: row.owner_id,
            countries: row.countries,
            programmes: row.programmes,
            topics: row.topics,
            changes: row.changes,
            public: row.public,
            actor: row.actor,
        };
        self.insert_all(rows.into_iter().zip(before + 1..).map(row).collect()).await?;
        self.memories.notify(News::Spooled);
        self.versions.forget();
        Ok(())
    }

    /// Moves them into the log, from position `first` on, with the reason of those that somebody
    /// meant to happen.
    async fn unspool(&mut self, first: i64) -> Result<(), DbErr> {
        let Some((write_id, count)) = self.outbox.spooled.take() else { return Ok(()) };
        let of_this = || event_spool::Column::WriteId.eq(write_id);
        let at_a_time = usize::try_from(EVENTS_AT_A_TIME).unwrap_or(usize::MAX);
        let others = || event::Column::iter().filter(|one| !matches!(one, event::Column::Position));
        for from in (1..=count).step_by(at_a_time) {
            let places = from..=from + EVENTS_AT_A_TIME - 1;
            let mut spool = Query::select();
            spool
                .expr(Expr::col(event_spool::Column::Place).add(first - 1))
                .from(event_spool::Entity)
                .columns(others())
                .and_where(of_this())
                .and_where(event_spool::Column::Place.between(*places.start(), *places.end()));
            let mut insert = Query::insert();
            let names = std::iter::once(event::Column::Position).chain(others());
            insert.into_table(event::Entity).columns(names);
            insert.select_from(spool).map_err(|error| DbErr::Custom(error.to_string()))?;
            self.transaction.execute(&insert).await?;
        }
        if let Some(text) = &self.outbox.reason {
            let position = event::Column::Position;
            let found = [EventKind::FindingOpened, EventKind::FindingResolved].map(EventKind::name);
            let mut meant = Query::select();
            meant
                .column(position)
                .expr(Expr::val(text.clone()))
                .from(event::Entity)
                .and_where(position.between(first, first + count - 1))
                .and_where(event::Column::Kind.is_not_in(found));
            let mut insert = Query::insert();
            let columns = [event_reason::Column::Position, event_reason::Column::Text];
            insert.into_table(event_reason::Entity).columns(columns);
            insert.select_from(meant).map_err(|error| DbErr::Custom(error.to_string()))?;
            self.transaction.execute(&insert).await?;
        }
        self.delete_all::<event_spool::Entity>(Condition::all().add(of_this())).await
    }
}
