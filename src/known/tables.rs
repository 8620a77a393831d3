//! Tables as they stood at a place of the log, for statements that count.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::vocabulary::RecordKind;
use entity::*;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;
use uuid::Uuid;

use super::former::{Former, batch_row, delegation_row, undo_set};
use super::place::Place;
use super::read::{id_of, kept, states_at, void_rows};
use crate::access::Scoped;
use crate::db::IDS_PER_QUERY;
use crate::db::row::values;
use crate::db::shadow::{Follows, Shadow};
use crate::graphql::context::RequestContext;
use crate::graphql::error::bad_input;
use crate::graphql::loader::Reader;
use crate::graphql::scalars::Cursor;
use crate::record::{Record, id_column};
use crate::voiding::{Kept, uuid};

/// How many events are gone back over at most.
pub const MOST_EVENTS: u64 = 10_000;

/// Tables as they stood at a place of the log.
#[derive(Clone, Debug)]
pub struct TablesThen {
    /// The place.
    pub place: Place,
    /// The tables that stood otherwise than they stand today.
    pub shadows: Vec<Shadow>,
}

/// The tables that a cube counts in, as they stood at the place that a cursor names.
pub async fn tables_then(ctx: &Context<'_>, as_known_at: &Cursor) -> Result<Arc<TablesThen>> {
    let place = Place::named(ctx, as_known_at).await?;
    let since = place.since;
    if u64::try_from(since).is_ok_and(|since| since > MOST_EVENTS) {
        return Err(bad_input(format!(
            "`asKnownAt` lies {since} events back: a cube is counted at most {MOST_EVENTS} events \
             back"
        )));
    }
    let reader = ctx.reader().clone();
    let shadows = ctx.reader().run(read(reader, place.at.position)).await?;
    Ok(Arc::new(TablesThen { place, shadows }))
}

/// The tables that link batches with records, whose rows are restored with their batch.
const LINKS_THEN: [&str; 2] = ["batch_venue", "batch_topic"];

/// Whether the rows of a table are restored.
pub fn is_restored(table: &str) -> bool {
    TABLES_THEN.contains(&table) || LINKS_THEN.contains(&table)
}

/// What an event since tells: its name, what it is about, what changed.
type Told = (String, RecordKind, Uuid, Json);

/// The rows of a table that may stand otherwise, by their ids.
type Rows = BTreeMap<Uuid, Former>;

macro_rules! tables {
    ($($module:ident is $kind:ident),+ $(,)?) => {
        /// The tables whose rows are restored.
        const TABLES_THEN: &[&str] = &[$(stringify!($module)),+];

        /// Reads the rows of today of these ids, as far as they may be seen.
        async fn read_today(
            reader: &Reader,
            kind: RecordKind,
            ids: &[Uuid],
            rows: &mut BTreeMap<&'static str, Rows>,
        ) -> Result<(), DbErr> {
            match kind {
                $(RecordKind::$kind => {
                    rows.entry(stringify!($module))
                        .or_default()
                        .extend(rows_of::<$module::Entity>(reader, ids).await?);
                })+
                _ => {}
            }
            Ok(())
        }

        /// The table with rows in place of those of today.
        fn shadow(table: &'static str, replaced: Vec<Uuid>, rows: Vec<Json>) -> Option<Shadow> {
            match table {
                $(stringify!($module) => Some(Shadow::of::<$module::Entity>(
                    stringify!($module), "id", replaced, rows,
                )),)+
                _ => None,
            }
        }
    };
}

// Nothing here decides who may see what, but for batches: and of a batch that may not be seen today
// the row of today stands.
tables! {
    regional_group is RegionalGroup,
    membership is Membership,
    institution is Institution,
    programme is Programme,
    topic is Topic,
    venue is Venue,
    batch is Batch,
    delegation is Delegation,
    claim is Claim,
    finding is Finding,
}

async fn rows_of<E>(reader: &Reader, ids: &[Uuid]) -> Result<Vec<(Uuid, Former)>, DbErr>
where
    E: Scoped + Record + EntityTrait<Model: ModelTrait<Entity = E> + Send + Sync>,
{
    let mut found = Vec::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let these = id_column::<E>().is_in(some.iter().copied());
        let rows = reader.visible().select::<E>().filter(these).all(reader.heavy()).await?;
        let former = |row: &E::Model| (E::id(row), Former::of_today(row));
        found.extend(rows.iter().map(former));
    }
    Ok(found)
}

async fn read(reader: Arc<Reader>, position: i64) -> Result<Vec<Shadow>, DbErr> {
    let told = told_since(&reader, position).await?;
    let mut ids: BTreeMap<RecordKind, BTreeSet<Uuid>> = BTreeMap::new();
    for (_, kind, id, _) in &told {
        ids.entry(*kind).or_default().insert(*id);
    }
    let mut rows = BTreeMap::new();
    for (kind, ids) in &ids {
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        read_today(&reader, *kind, &ids, &mut rows).await?;
    }
    let mut links = Links::default();
    read_void(&reader, &told, &mut rows, &mut links).await?;
    links.read_today(&reader, &told, rows.get("batch")).await?;
    for (kind, _, id, changes) in told.iter().rev() {
        links.undo(*id, changes);
        for (table, rows) in &mut rows {
            if let (Some(kept), Some(row)) = (self::kept(table), rows.get_mut(id)) {
                row.undo(&kept.table, kind, changes);
            }
        }
    }
    if let Some(findings) = rows.get_mut("finding") {
        find_again(&reader, position, findings).await?;
    }
    shadows(rows, links)
}

async fn told_since(reader: &Reader, position: i64) -> Result<Vec<Told>, DbErr> {
    use event::Column::{Changes, Kind, Position, SubjectId, SubjectKind};
    let rows = event::Entity::find()
        .select_only()
        .columns([Kind, SubjectKind, SubjectId, Changes])
        .filter(Position.gt(position))
        .filter(SubjectId.is_not_null())
        .order_by_asc(Position)
        .into_tuple::<(String, Option<RecordKind>, Option<String>, Json)>();
    let told = rows.all(reader.heavy()).await?.into_iter();
    let told = told
        .filter_map(|(name, kind, id, changes)| Some((name, kind?, id?.parse().ok()?, changes)));
    Ok(told.collect())
}

/// Reads the rows that were voided since, and are void.
async fn read_void(
    reader: &Reader,
    told: &[Told],
    rows: &mut BTreeMap<&'static str, Rows>,
    links: &mut Links,
) -> Result<(), DbErr> {
    let voided = told.iter().filter(|(name, ..)| name.ends_with(".voided"));
    let voided: Vec<Uuid> =
        voided.map(|told| told.2).collect::<BTreeSet<_>>().into_iter().collect();
    let tables: Vec<&str> = TABLES_THEN.iter().copied().chain(LINKS_THEN).collect();
    for some in voided.chunks(IDS_PER_QUERY) {
        let seen = reader
            .visible()
            .select::<tombstone::Entity>()
            .select_only()
            .column(tombstone::Column::Id)
            .filter(tombstone::Column::Id.is_in(some.iter().copied()));
        let under =
            voided_row::Column::TombstoneId.in_subquery(sea_orm::QueryTrait::into_query(seen));
        for (kept, mut row) in void_rows(reader, &tables, under).await? {
            // Nobody is found by what is void and quotes him.
            if let Some(place) = kept.table.place("stated_by_id") {
                row[place] = row[place].as_null();
            }
            match (kept.table.name, id_of(kept, &row)) {
                (table, Some(id)) => {
                    rows.entry(table).or_default().entry(id).or_insert_with(|| Former::void(row));
                }
                _ => links.take(kept, &row),
            }
        }
    }
    Ok(())
}

/// Gives findings the state that they had.
async fn find_again(reader: &Reader, position: i64, rows: &mut Rows) -> Result<(), DbErr> {
    let ids = rows.keys().map(Uuid::to_string).collect();
    let states: HashMap<_, _> = states_at(reader, position, ids).await?;
    let place = kept("finding").and_then(|kept| kept.table.place("state"));
    for (id, row) in rows {
        row.is_there = states.contains_key(id);
        if let (Some(state), Some(place)) = (states.get(id), place) {
            row.row[place] = (*state).into();
        }
    }
    Ok(())
}

/// Where batches are held and what they are about.
#[derive(Default)]
struct Links {
    venues: BTreeMap<Uuid, Vec<String>>,
    topics: BTreeMap<Uuid, Vec<String>>,
}

impl Links {
    /// Takes in a row that is void.
    fn take(&mut self, kept: &Kept, row: &crate::db::ArchivedRow) {
        let id = |name: &str| kept.table.get(row, name).and_then(uuid);
        let Some(batch) = id("batch_id") else { return };
        let venue = id("venue_id").map(|id| id.to_string());
        let topic = id("topic_id").map(|id| id.to_string());
        self.venues.entry(batch).or_default().extend(venue);
        self.topics.entry(batch).or_default().extend(topic);
    }

    /// Reads those of today of batches of which it is told that they were others.
    async fn read_today(
        &mut self,
        reader: &Reader,
        told: &[Told],
        batches: Option<&Rows>,
    ) -> Result<(), DbErr> {
        let is_set =
            |changes: &Json| ["venues", "topics"].iter().any(|set| !changes[*set].is_null());
        let changed = told.iter().filter(|told| told.1 == RecordKind::Batch && is_set(&told.3));
        let changed: BTreeSet<Uuid> = changed.map(|told| told.2).collect();
        let changed =
            changed.into_iter().filter(|id| batches.is_some_and(|rows| rows.contains_key(id)));
        let changed: Vec<Uuid> = changed.collect();
        for some in changed.chunks(IDS_PER_QUERY) {
            let ids = || some.iter().copied();
            for id in ids() {
                self.venues.entry(id).or_default();
                self.topics.entry(id).or_default();
            }
            let venues = batch_venue::Entity::find()
                .filter(batch_venue::Column::BatchId.is_in(ids()))
                .all(reader.heavy());
            for link in venues.await? {
                self.venues.entry(link.batch_id.0).or_default().push(link.venue_id.to_string());
            }
            let topics = batch_topic::Entity::find()
                .filter(batch_topic::Column::BatchId.is_in(ids()))
                .all(reader.heavy());
            for link in topics.await? {
                self.topics.entry(link.batch_id.0).or_default().push(link.topic_id.to_string());
            }
        }
        Ok(())
    }

    fn undo(&mut self, batch: Uuid, changes: &Json) {
        for (sets, field) in [(&mut self.venues, "venues"), (&mut self.topics, "topics")] {
            if let Some(set) = sets.get_mut(&batch) {
                undo_set(set, field, changes);
            }
        }
    }

    fn shadows(self) -> [Shadow; 2] {
        let rows = |sets: &BTreeMap<Uuid, Vec<String>>, column: &str| {
            let links = sets.iter().flat_map(|(batch, set)| set.iter().map(move |id| (batch, id)));
            links.map(|(batch, id)| serde_json::json!({ "batch_id": batch, column: id })).collect()
        };
        let (venues, topics) = (rows(&self.venues, "venue_id"), rows(&self.topics, "topic_id"));
        let ids = |sets: BTreeMap<Uuid, Vec<String>>| sets.into_keys().collect();
        [
            Shadow::of::<batch_venue::Entity>("batch_venue", "batch_id", ids(self.venues), venues),
            Shadow::of::<batch_topic::Entity>("batch_topic", "batch_id", ids(self.topics), topics),
        ]
    }
}

/// What stands in place of the tables.
fn shadows(mut rows: BTreeMap<&'static str, Rows>, links: Links) -> Result<Vec<Shadow>, DbErr> {
    let mut days = HashMap::new();
    let mut moved = HashSet::new();
    for (id, former) in rows.get_mut("batch").into_iter().flatten() {
        let today = crate::voiding::model::<batch::Entity>(&former.row)?.sort_date;
        let row = batch_row(&former.row)?;
        days.insert(*id, row.sort_date);
        if row.sort_date != today {
            moved.insert(*id);
        }
        former.row = values::<batch::Entity>(&row);
    }
    if !moved.is_empty() {
        rows.entry("delegation").or_default();
    }
    for former in rows.get_mut("delegation").into_iter().flat_map(BTreeMap::values_mut) {
        let mut row = delegation_row(&former.row)?;
        row.sort_date = days.get(&row.batch_id.0).copied().unwrap_or(row.sort_date);
        former.row = values::<delegation::Entity>(&row);
    }
    let mut all = Vec::new();
    // Delegations follow batches.
    for table in TABLES_THEN.iter().copied() {
        let (Some(rows), Some(kept)) = (rows.get(table), kept(table)) else { continue };
        let there = rows.values().filter(|former| former.is_there);
        let there = there.map(|former| kept.table.archived(&former.row)).collect();
        let Some(shadow) = shadow(table, rows.keys().copied().collect(), there) else { continue };
        all.push(match table {
            "delegation" if !moved.is_empty() => {
                shadow.following(Follows { column: "sort_date", from: "batch", by: "batch_id" })
            }
            _ => shadow,
        });
    }
    if !links.venues.is_empty() || !links.topics.is_empty() {
        all.extend(links.shadows());
    }
    Ok(all)
}
