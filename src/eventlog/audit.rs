//! Who did what, over all records: the log backwards, for those who may see the history of what it
//! tells of.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use chrono::{NaiveTime, TimeDelta};
use entity::event;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};

use super::HistoryEvent;
use crate::graphql::context::RequestContext;
use crate::graphql::error::bad_input;
use crate::graphql::input::input;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::node::{id_of, parse_id};
use crate::graphql::page::{LARGEST_PAGE, size};
use crate::graphql::scalars::{Date, Long};

input! {
    /// Which part of the history: what fits everything that is given.
    #[derive(Default)]
    pub struct HistoryFilter {
        /// By who did it: the id of an account.
        account: Option<ID>,
        /// By what it was done to: the id of a record.
        record: Option<ID>,
        /// Not before this day, in UTC.
        from: Option<Date>,
        /// Not after this day, in UTC.
        to: Option<Date>,
    }
}

impl HistoryFilter {
    fn condition(self) -> Result<Condition> {
        let mut chosen = Condition::all();
        if let Some(id) = self.account {
            let id = id_of::<entity::account::Entity>(&id)
                .map_err(|why| bad_input(why.english().to_string()))?;
            chosen = chosen.add(event::Column::Actor.eq(id.to_string()));
        }
        if let Some(id) = self.record {
            let (kind, key) = parse_id(&id)?;
            let text = match key {
                Key::Code(code) => code,
                Key::Id(id) => id.to_string(),
                _ => return Err(bad_input("a record has an id of its own")),
            };
            chosen = chosen
                .add(event::Column::SubjectKind.eq(kind))
                .add(event::Column::SubjectId.eq(text));
        }
        if let Some(day) = self.from {
            let start = day.0.and_time(NaiveTime::MIN).and_utc();
            chosen = chosen.add(event::Column::OccurredAt.gte(start));
        }
        if let Some(day) = self.to {
            let end = day.0.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1);
            chosen = chosen.add(event::Column::OccurredAt.lt(end));
        }
        Ok(chosen)
    }
}

/// What was done, the newest first.
pub async fn history(
    ctx: &Context<'_>,
    filter: Option<HistoryFilter>,
    first: i32,
    before: Option<Long>,
) -> Result<List<HistoryEvent>> {
    let limit = size("first", first, LARGEST_PAGE)?;
    let earlier = before.map(|before| event::Column::Position.lt(before.0));
    let select = ctx
        .reader()
        .visible()
        .select::<event::Entity>()
        .filter(filter.unwrap_or_default().condition()?)
        .filter(Condition::all().add_option(earlier))
        .order_by_desc(event::Column::Position)
        .limit(limit);
    let db = ctx.reader().db().clone();
    let rows = ctx.reader().run(async move { select.all(&db).await }).await?;
    Ok(rows.into_iter().map(|row: event::Model| HistoryEvent(Arc::new(row))).collect())
}
