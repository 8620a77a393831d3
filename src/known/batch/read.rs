//! Reads a batch as it was known at a place of the log.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use entity::id::BatchId;
use entity::vocabulary::{BatchStatus, FindingState, RecordKind};
use entity::{batch, batch_topic, batch_venue, delegation, event, finding, tombstone, voided_row};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, UnionType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, JoinType, QueryFilter};
use uuid::Uuid;

use super::super::former::{Former, batch_row, delegation_row, state_after, undo_set};
use super::super::read::{Found, events_since, id_of, kept, of_batch, roots, void_rows};
use super::super::tables::MOST_EVENTS;
use crate::db::ArchivedRow;
use crate::db::row::{columns, maybe, model as read_model};
use crate::events::GUESSES;
use crate::events::log::Logged;
use crate::graphql::loader::Reader;
use crate::voiding::{Kept, model, uuid};

/// What is wanted besides the batch, its delegations and the events since.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub(super) venues: bool,
    pub(super) topics: bool,
    pub(super) findings: bool,
}

/// A batch at a place of the log.
#[derive(Clone, Debug)]
pub(super) struct BatchThen {
    pub(super) row: Arc<batch::Model>,
    pub(super) venues: Vec<Uuid>,
    pub(super) topics: Vec<Uuid>,
    /// In the order of their names.
    pub(super) delegations: Vec<delegation::Model>,
    /// Those that stood.
    pub(super) findings: Vec<finding::Model>,
    /// What happened to the batch and its delegations since, as far as it may be seen.
    pub(super) since: Vec<Arc<Logged>>,
}

/// Rows of the tables that a batch has to do with, as they stand today.
#[derive(Default)]
struct Rows {
    id: Option<Uuid>,
    batch: Option<Former>,
    delegations: BTreeMap<Uuid, Former>,
    venues: Vec<String>,
    topics: Vec<String>,
    findings: BTreeMap<Uuid, finding::Model>,
}

impl Rows {
    fn take_void(&mut self, batch: Uuid, kept: &Kept, row: ArchivedRow) -> Result<(), DbErr> {
        let of_batch = kept.table.get(&row, "batch_id").and_then(uuid) == Some(batch);
        let reference = |name| kept.table.get(&row, name).and_then(uuid).map(|id| id.to_string());
        match (kept.table.name, id_of(kept, &row)) {
            ("batch", Some(id)) if id == batch => {
                self.batch.get_or_insert_with(|| Former::void(row));
            }
            ("delegation", Some(id)) if of_batch => {
                self.delegations.entry(id).or_insert_with(|| Former::void(row));
            }
            ("finding", Some(id)) if of_batch => {
                let row = model::<finding::Entity>(&row)?;
                // Guesses are for few, and are about no batch.
                if !GUESSES.contains(&row.rule) {
                    self.findings.entry(id).or_insert(row);
                }
            }
            ("batch_venue", _) if of_batch => self.venues.extend(reference("venue_id")),
            ("batch_topic", _) if of_batch => self.topics.extend(reference("topic_id")),
            _ => {}
        }
        Ok(())
    }
}

/// The batch that `which` chooses or, where it is void, the one whose tombstone `void` chooses, at
/// a position of the log.
pub(super) async fn batch_at(
    reader: Arc<Reader>,
    position: i64,
    (which, void): (Condition, Option<Condition>),
    wanted: Wanted,
) -> Result<Found<BatchThen>, DbErr> {
    let visible = reader.visible();
    let mut rows = Rows::default();
    let id = match (read_parties(&reader, which, &mut rows).await?, void) {
        (Some(id), _) => id,
        (None, None) => return Ok(Found::Nothing),
        (None, Some(void)) => {
            let void = void
                .add(tombstone::Column::RecordKind.eq(RecordKind::Batch))
                .add(tombstone::Column::RestoredAt.is_null());
            let void =
                visible.select::<tombstone::Entity>().filter(void).one(reader.heavy()).await?;
            let Some(void) = void else { return Ok(Found::Nothing) };
            void.id.0
        }
    };
    if rows.batch.is_some() {
        read_today(&reader, BatchId(id), wanted, &mut rows).await?;
    }
    // What is read first may be void by then: it is among these as well.
    let tables = ["batch", "delegation", "finding", "batch_venue", "batch_topic"];
    let under = voided_row::Column::TombstoneId.in_subquery(roots(&reader, of_batch(id)));
    for (kept, row) in void_rows(&reader, &tables, under).await? {
        rows.take_void(id, kept, row)?;
    }
    let mut records: Vec<String> = rows.delegations.keys().map(Uuid::to_string).collect();
    records.push(id.to_string());
    let findings = rows.findings.keys().map(Uuid::to_string).collect();
    let mut events = events_since(&reader, position, records, findings).await?;
    let since = events.partition_point(|event| event.position <= position);
    let states = events
        .drain(..since)
        .filter_map(|event| Some((event.subject_id?.parse().ok()?, state_after(&event.kind)?)));
    let states = states.collect();
    if events.len() as u64 > MOST_EVENTS {
        return Ok(Found::TooMany);
    }
    Ok(back(&reader, id, rows, events, &states)?
        .map_or(Found::Nothing, |batch| Found::Then(Box::new(batch))))
}

/// Reads the batch of today with its delegations, which are seen by whoever sees it; its id, where
/// it is there.
async fn read_parties(
    reader: &Reader,
    which: Condition,
    rows: &mut Rows,
) -> Result<Option<Uuid>, DbErr> {
    let (batches, parties) = (columns::<batch::Entity>(), columns::<delegation::Entity>());
    let on = Expr::col((delegation::Entity, delegation::Column::BatchId))
        .equals((batch::Entity, batch::Column::Id));
    let mut select = reader.visible().columns::<batch::Entity>(&batches);
    select
        .columns(parties.iter().map(|column| (delegation::Entity, *column)))
        .join(JoinType::LeftJoin, delegation::Entity, on)
        .cond_where(which);
    for row in reader.heavy().query_all(&select).await? {
        if rows.batch.is_none() {
            let batch = read_model::<batch::Entity>(&row, 0, &batches)?;
            rows.id = Some(batch.id.0);
            rows.batch = Some(Former::of_today(&batch));
        }
        if let Some(party) = maybe::<delegation::Entity>(&row, batches.len(), &parties)? {
            rows.delegations.insert(party.id.0, Former::of_today(&party));
        }
    }
    Ok(rows.id)
}

async fn read_today(
    reader: &Reader,
    id: BatchId,
    wanted: Wanted,
    rows: &mut Rows,
) -> Result<(), DbErr> {
    let (db, visible) = (reader.heavy(), reader.visible());
    if wanted.venues || wanted.topics {
        let mut links = Query::select();
        links
            .expr_as(Expr::val("venue"), Alias::new("of"))
            .expr_as(Expr::col(batch_venue::Column::VenueId), Alias::new("id"))
            .from(batch_venue::Entity)
            .and_where(batch_venue::Column::BatchId.eq(id));
        let topics = Query::select()
            .expr(Expr::val("topic"))
            .column(batch_topic::Column::TopicId)
            .from(batch_topic::Entity)
            .and_where(batch_topic::Column::BatchId.eq(id))
            .take();
        let links = links.union(UnionType::All, topics).take();
        for link in db.query_all(&links).await? {
            let (of, id): (String, Uuid) = (link.try_get("", "of")?, link.try_get("", "id")?);
            let links = if of == "venue" { &mut rows.venues } else { &mut rows.topics };
            links.push(id.to_string());
        }
    }
    if wanted.findings {
        let of_batch = finding::Column::BatchId.eq(id);
        let found = visible.select::<finding::Entity>().filter(of_batch).all(db).await?;
        rows.findings.extend(found.into_iter().map(|row| (row.id.0, row)));
    }
    Ok(())
}

/// Goes back over the events; nothing where the batch was not there, or could not be seen.
fn back(
    reader: &Reader,
    id: Uuid,
    mut rows: Rows,
    events: Vec<event::Model>,
    states: &HashMap<Uuid, FindingState>,
) -> Result<Option<BatchThen>, DbErr> {
    let (Some(batches), Some(parties)) = (kept("batch"), kept("delegation")) else {
        return Ok(None);
    };
    for event in events.iter().rev() {
        let Some(subject) = event.subject_id.as_deref().and_then(|id| id.parse().ok()) else {
            continue;
        };
        if subject == id {
            if let Some(row) = &mut rows.batch {
                row.undo(&batches.table, &event.kind, &event.changes);
            }
            undo_set(&mut rows.venues, "venues", &event.changes);
            undo_set(&mut rows.topics, "topics", &event.changes);
        } else if let Some(row) = rows.delegations.get_mut(&subject) {
            row.undo(&parties.table, &event.kind, &event.changes);
        }
    }
    let visible = reader.visible();
    let Some(batch) = rows.batch.filter(|batch| batch.is_there) else { return Ok(None) };
    let row = batch_row(&batch.row)?;
    if row.status == BatchStatus::Draft && !visible.sees_drafts_of(row.owner_id) {
        return Ok(None);
    }
    let there = rows.delegations.values().filter(|row| row.is_there);
    let mut delegations: Vec<delegation::Model> =
        there.map(|row| delegation_row(&row.row)).collect::<Result<_, _>>()?;
    delegations.sort_by(|one, other| (&one.sort_name, one.id).cmp(&(&other.sort_name, other.id)));
    let stood = |mut row: finding::Model| {
        let state = *states.get(&row.id.0).filter(|state| **state != FindingState::Resolved)?;
        row.state = state;
        Some(row)
    };
    let mut findings: Vec<finding::Model> = rows.findings.into_values().filter_map(stood).collect();
    findings.sort_by_key(|row| (std::cmp::Reverse(row.sort_severity), row.id));
    let seen = events.into_iter().filter(|event| visible.sees(event));
    let since = seen.map(|event| Arc::new(Logged::of_batch(event, BatchId(id)))).collect();
    let ids = |texts: Vec<String>| {
        let mut ids: Vec<Uuid> = texts.iter().filter_map(|id| id.parse().ok()).collect();
        ids.sort();
        ids
    };
    Ok(Some(BatchThen {
        row: Arc::new(row),
        venues: ids(rows.venues),
        topics: ids(rows.topics),
        delegations,
        findings,
        since,
    }))
}
