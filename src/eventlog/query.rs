//! The log for those who ask again and again.

use async_graphql::{Context, Result};

use super::feed::Item;
use super::{EventFilter, EventsFrom, EventsPayload};
use crate::db::Readers;
use crate::events::{Choice, LogCursor, log};
use crate::graphql::context::RequestContext;
use crate::graphql::error::no_place;
use crate::graphql::error::{bad_input, lost};
use crate::graphql::list::List;
use crate::graphql::page::LARGEST_PAGE;
use crate::graphql::scalars::Cursor;

/// How many events are looked at for one request.
const MOST_LOOKED_AT: u64 = 1_000;

/// The next stretches of the log.
pub async fn read(
    ctx: &Context<'_>,
    after: Option<Cursor>,
    from: EventsFrom,
    filter: Option<EventFilter>,
    first: i32,
) -> Result<List<EventsPayload>> {
    let most = u64::try_from(first).ok().filter(|first| (1..=LARGEST_PAGE).contains(first));
    let most = most.ok_or_else(|| {
        bad_input(format!("`first` must lie between 1 and {LARGEST_PAGE}; it is {first}"))
    })?;
    let after = place(after)?;
    let choice = choice(filter)?;
    let (reader, visible) = (ctx.reader(), ctx.reader().visible().clone());
    let db = reader.db().clone();
    let stretches = async move {
        let head = log::head(&db).await?;
        let start = match (after, from) {
            (Some(after), _) if after.epoch != head.epoch || after.position > head.position => {
                return Ok(Err(head));
            }
            (Some(after), _) => after,
            (None, EventsFrom::Now) => head,
            (None, EventsFrom::Beginning) => head.at(0),
        };
        let wanted = |event: &log::Logged| visible.sees(&event.row) && choice.has(event);
        stretches(&db, start, head, most, wanted).await.map(Ok)
    };
    match reader.run(stretches).await? {
        Ok(items) => Ok(items.into_iter().map(EventsPayload::from).collect()),
        Err(end) => Err(lost(end)),
    }
}

async fn stretches(
    db: &Readers,
    start: LogCursor,
    head: LogCursor,
    most: u64,
    wanted: impl Fn(&log::Logged) -> bool,
) -> Result<Vec<Item>, sea_orm::DbErr> {
    let mut items: Vec<Item> = Vec::new();
    let (mut told, mut seen) = (start, start.position);
    for event in log::after(db, start.position, MOST_LOOKED_AT).await? {
        if event.row.position > head.position || items.len() as u64 == most {
            break;
        }
        seen = event.row.position;
        if wanted(&event) {
            items.push(Item { after: told, cursor: told.at(seen), event: Some(event) });
            told = told.at(seen);
        }
    }
    if items.is_empty() || (told.position < seen && (items.len() as u64) < most) {
        items.push(Item { after: told, cursor: told.at(seen), event: None });
    }
    Ok(items)
}

/// The place in the log that a cursor names.
pub fn place(cursor: Option<Cursor>) -> Result<Option<LogCursor>> {
    cursor.map(|cursor| cursor.0.parse().map_err(|_| no_place(&cursor.0))).transpose()
}

/// What is chosen, where it is given.
pub fn choice(filter: Option<EventFilter>) -> Result<Choice> {
    filter
        .map_or_else(|| Ok(Choice::default()), EventFilter::choice)
        .map_err(|why| bad_input(why.english()))
}
