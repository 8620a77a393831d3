//! What is read to go back: rows that are void today, and the events since.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Result as Answer};
use entity::vocabulary::FindingState;
use entity::{event, tombstone, voided_row};
use sea_orm::sea_query::{Expr, Func, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, IdenStatic,
    Iterable, QueryFilter,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::former::state_after;
use super::tables::MOST_EVENTS;
use crate::db::ArchivedRow;
use crate::db::shadow::texts;
use crate::db::sql::Sql;
use crate::eventlog::EventObject;
use crate::events::log::Logged;
use crate::graphql::context::RequestContext;
use crate::graphql::error::bad_input;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::loader::Reader;
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;
use crate::voiding::{Kept, TABLES, uuid};

/// The table of this name.
pub(super) fn kept(name: &str) -> Option<&'static Kept> {
    TABLES.iter().find(|kept| kept.table.name == name)
}

/// Under which records rows are kept that went with records of these tombstones, as far as these
/// may be seen.
pub(super) fn roots(reader: &Reader, which: Condition) -> SelectStatement {
    use tombstone::Column::{Id, RestoredAt, WithId};
    let column = |column: tombstone::Column| Expr::col((tombstone::Entity, column));
    let void = reader.visible().select::<tombstone::Entity>().filter(RestoredAt.is_null());
    let mut void = sea_orm::QueryTrait::into_query(void.filter(which));
    void.clear_selects().expr(Func::coalesce([column(WithId), column(Id)])).take()
}

/// Rows of some tables that are void today.
pub(super) async fn void_rows(
    reader: &Reader,
    tables: &[&str],
    which: impl Into<Condition>,
) -> Result<Vec<(&'static Kept, ArchivedRow)>, DbErr> {
    let rows = voided_row::Entity::find()
        .filter(voided_row::Column::TableName.is_in(tables.iter().copied()))
        .filter(which.into());
    let row = |row: voided_row::Model| {
        let kept = kept(&row.table_name);
        let kept = kept.ok_or_else(|| DbErr::Type(format!("no table {}", row.table_name)))?;
        Ok((kept, kept.table.read(&row.row)?))
    };
    rows.all(reader.heavy()).await?.into_iter().map(row).collect()
}

/// The id of the record that a row is.
pub(super) fn id_of(kept: &Kept, row: &ArchivedRow) -> Option<Uuid> {
    kept.table.get(row, "id").and_then(uuid)
}

/// The events about some records since a position, in their order; one more than is gone back
/// over, where there are more. Before them come the newest events about `findings` up to there,
/// which say in which state these were.
pub(super) async fn events_since(
    reader: &Reader,
    position: i64,
    records: Vec<String>,
    findings: Vec<String>,
) -> Result<Vec<event::Model>, DbErr> {
    let db = reader.heavy();
    let backend = db.get_database_backend();
    let columns = event::Column::iter().map(|column| format!("event.\"{}\"", column.as_str()));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let most = MOST_EVENTS + 1 + findings.len() as u64;
    let mut sql = Sql::new(backend);
    sql.text(&format!("SELECT {columns} FROM event WHERE subject_id IN ("));
    texts(&mut sql, backend, &Json::from(records));
    sql.text(") AND position > ");
    sql.value(position);
    if !findings.is_empty() {
        sql.text(" UNION ALL ");
        newest(&mut sql, backend, &columns, (position, findings));
    }
    sql.text(&format!(" ORDER BY position LIMIT {most}"));
    event::Entity::find().from_raw_sql(sql.statement()).all(db).await
}

/// Writes a query of the newest event about each of some records up to a position.
fn newest(
    sql: &mut Sql,
    backend: DatabaseBackend,
    columns: &str,
    (position, records): (i64, Vec<String>),
) {
    sql.text(&format!(
        "SELECT {columns} FROM event JOIN (SELECT MAX(position) AS newest FROM event WHERE \
         subject_id IN ("
    ));
    texts(sql, backend, &Json::from(records));
    sql.text(") AND position <= ");
    sql.value(position);
    sql.text(" GROUP BY subject_id) AS known ON known.newest = event.position");
}

/// What was read of a record at a place of the log.
pub(super) enum Found<T> {
    /// There was no such record, or it may not be seen.
    Nothing,
    /// There are more events since than are gone back over.
    TooMany,
    Then(Box<T>),
}

impl<T> Found<T> {
    /// The record, if there was one; an error where it lies too far back.
    pub(super) fn then(self) -> Answer<Option<T>> {
        match self {
            Self::Nothing => Ok(None),
            Self::TooMany => Err(bad_input(format!(
                "`asKnownAt` lies more than {MOST_EVENTS} events about this record back: as many \
                 can be gone back over"
            ))),
            Self::Then(then) => Ok(Some(*then)),
        }
    }
}

/// A page of the events since, by their positions.
pub(super) fn page_of_events(
    ctx: &Context<'_>,
    list: &str,
    since: &[Arc<Logged>],
    asked: (Option<i32>, Option<Cursor>),
) -> Answer<Listing<EventObject>> {
    let all = since.iter().map(|event| (event.row.position.to_string(), event));
    page(ctx, list, all.collect(), asked, |event| EventObject(event.clone()))
}

/// The states of findings at a position; of one that had not been found, none.
pub(super) async fn states_at(
    reader: &Reader,
    position: i64,
    findings: Vec<String>,
) -> Result<HashMap<Uuid, FindingState>, DbErr> {
    if findings.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = reader.heavy().get_database_backend();
    let mut sql = Sql::new(backend);
    newest(&mut sql, backend, "event.subject_id, event.kind", (position, findings));
    let mut states = HashMap::new();
    for row in reader.heavy().query_all_raw(sql.statement()).await? {
        let (id, kind): (String, String) =
            (row.try_get("", "subject_id")?, row.try_get("", "kind")?);
        if let (Ok(id), Some(state)) = (id.parse(), state_after(&kind)) {
            states.insert(id, state);
        }
    }
    Ok(states)
}

/// The batch that hung from nothing or from a programme, and all that hung from it, as tombstones
/// tell it.
pub(super) fn of_batch(batch: Uuid) -> Condition {
    Condition::any().add(tombstone::Column::BatchId.eq(batch)).add(tombstone::Column::Id.eq(batch))
}

/// A page of what is in memory, each with its name in the list.
pub(super) fn page<R, T>(
    ctx: &Context<'_>,
    list: &str,
    all: Vec<(String, R)>,
    (first, after): (Option<i32>, Option<Cursor>),
    item: impl Fn(R) -> T,
) -> Answer<Listing<T>> {
    let limit = match first {
        Some(first) => size("first", first, ctx.largest_page())?,
        None => USUAL_PAGE,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let begin = match &after {
        None => 0,
        Some(after) => {
            let behind: String = read_place(list, after)?;
            // What is behind a place that is not in the list any more is not known.
            let at = all.iter().position(|(name, _)| *name == behind);
            at.map_or(all.len(), |at| at + 1)
        }
    };
    let has_next = all.len() > begin.saturating_add(limit);
    let shown = all.into_iter().skip(begin).take(limit);
    let items = shown.map(|(name, row)| (place(list, &name), item(row))).collect();
    Ok(Listing { items, has_previous: begin > 0, has_next, total })
}
