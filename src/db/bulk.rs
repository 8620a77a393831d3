//! Many rows in one write: inserted by the hundred, and told of without holding all that is told in memory.

use entity::{event, event_reason, event_spool};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait,
    IdenStatic, IntoActiveModel, Iterable, ModelTrait,
};

use super::write::{KEPT, json};
use super::{Change, Changes, Put, Write};
use crate::events::EventKind;

/// How many events go from the spool into the log with one statement, well within the time that a statement has.
const EVENTS_AT_A_TIME: i64 = 100_000;

impl Write {
    /// Inserts records that are new and complete, each as [`Write::put`] would: with its changes, and its words noted. What must be
    /// unique has been looked at before.
    pub async fn put_all<E>(&mut self, rows: Vec<E::Model>) -> Result<Vec<Put<E::Model>>, DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        self.will_change(E::default().table_name(), true);
        let drafts = rows.iter().map(|row| row.clone().into_active_model().reset_all()).collect();
        self.insert_all::<E::ActiveModel>(drafts).await?;
        let mut puts = Vec::with_capacity(rows.len());
        for row in rows {
            let columns = E::Column::iter().filter(|column| !KEPT.contains(&column.as_str()));
            let change = |column: E::Column| {
                let pair = vec![serde_json::Value::Null, json(&row.get(column))];
                (column.as_str().to_owned(), serde_json::Value::from(pair))
            };
            let changes: Changes = columns.map(change).collect();
            self.note_words::<E>(&row, &changes);
            puts.push(Put { row, change: Change::Inserted(changes) });
        }
        Ok(puts)
    }

    /// Puts what has been recorded so far where it takes no memory, and forgets what is known of rows: for a write that goes on with
    /// others. The events get their positions with all the rest, when the write is closed.
    pub async fn spool(&mut self) -> Result<(), DbErr> {
        let events = std::mem::take(&mut self.events);
        let rows = self.events_as_rows(events).await?;
        let (write_id, before) = *self.spooled.get_or_insert_with(|| (self.clock.id(), 0));
        let all = before + i64::try_from(rows.len()).unwrap_or(i64::MAX);
        self.spooled = Some((write_id, all));
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
        self.known().clear();
        self.parties().clear();
        self.due.versioned.clear();
        Ok(())
    }

    /// How many events wait outside memory.
    pub(super) fn spooled_events(&self) -> i64 {
        self.spooled.map_or(0, |(_, count)| count)
    }

    /// Moves them into the log, from position `first` on, with the reason of those that somebody meant to happen.
    pub(super) async fn unspool(&mut self, first: i64) -> Result<(), DbErr> {
        let Some((write_id, count)) = self.spooled.take() else { return Ok(()) };
        let of_this = || event_spool::Column::WriteId.eq(write_id);
        for from in (1..=count).step_by(usize::try_from(EVENTS_AT_A_TIME).unwrap_or(usize::MAX)) {
            let columns = event::Column::iter().filter(|column| !matches!(column, event::Column::Position));
            let names: Vec<event::Column> = std::iter::once(event::Column::Position).chain(columns).collect();
            let mut spool = Query::select();
            spool.expr(Expr::col(event_spool::Column::Place).add(first - 1)).from(event_spool::Entity);
            for column in names.iter().skip(1) {
                spool.column(*column);
            }
            spool.and_where(of_this());
            spool.and_where(event_spool::Column::Place.between(from, from + EVENTS_AT_A_TIME - 1));
            let mut insert = Query::insert();
            insert.into_table(event::Entity).columns(names);
            insert.select_from(spool).map_err(|error| DbErr::Custom(error.to_string()))?;
            self.transaction.execute(&insert).await?;
        }
        if let Some(text) = &self.reason {
            let mut meant = Query::select();
            meant.column(event::Column::Position).expr(Expr::val(text.clone())).from(event::Entity);
            meant.and_where(event::Column::Position.between(first, first + count - 1));
            let found = [EventKind::FindingOpened, EventKind::FindingResolved].map(EventKind::name);
            meant.and_where(event::Column::Kind.is_not_in(found));
            let mut insert = Query::insert();
            insert
                .into_table(event_reason::Entity)
                .columns([event_reason::Column::Position, event_reason::Column::Text]);
            insert.select_from(meant).map_err(|error| DbErr::Custom(error.to_string()))?;
            self.transaction.execute(&insert).await?;
        }
        self.delete_all::<event_spool::Entity>(Condition::all().add(of_this())).await
    }
}
