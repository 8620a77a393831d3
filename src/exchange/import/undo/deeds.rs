//! What an import did, and what became of that since, as the log tells it.

use std::collections::{BTreeMap, HashMap};

use entity::vocabulary::RecordKind;
use entity::{event, import};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::db::{IDS_PER_QUERY, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::eventlog::shown::field_of;
use crate::events::EventKind;
use crate::phrase::{Phrase, say};
use crate::provenance::is_accepted;
use crate::voiding::{TABLES, table_of};

/// In what an event tells of an import that was applied, the number of events right before it which
/// tell what was done.
pub(in super::super) const EVENTS: &str = "events";

/// How many events are read with one statement.
const EVENTS_AT_A_TIME: usize = 5_000;

/// Columns, each with what it was and what it became.
type Changes = BTreeMap<String, (Json, Json)>;

/// What an import did to a record.
pub(super) struct Deed {
    /// What the record is.
    pub(super) kind: RecordKind,
    /// Which one it is.
    pub(super) id: Uuid,
    /// What it is called, where anybody may know.
    pub(super) key: String,
    /// Whether it was entered.
    pub(super) is_new: bool,
    /// What was changed of it.
    pub(super) changes: Changes,
}

/// What an import did, in its order, and the position of the event that says so.
pub(super) async fn of(w: &Write, import: &import::Model) -> Result<(i64, Vec<Deed>), WriteError> {
    let applied = event::Entity::find()
        .filter(event::Column::SubjectKind.eq(RecordKind::Import))
        .filter(event::Column::SubjectId.eq(import.id.to_string()))
        .filter(event::Column::Kind.eq(EventKind::ImportApplied.name()))
        .one(w.read())
        .await?;
    let told = applied.and_then(|row| Some((row.position, row.changes.get(EVENTS)?.as_i64()?)));
    let Some((position, events)) = told else {
        let message = say!(
            "it was applied by a former version of the program, which did not keep what it did"
        );
        return Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message).into());
    };
    let (mut deeds, mut places) = (Vec::new(), HashMap::new());
    for first in (position - events..position).step_by(EVENTS_AT_A_TIME) {
        let last = position.min(first + EVENTS_AT_A_TIME as i64) - 1;
        let rows = event::Entity::find()
            .filter(event::Column::Position.between(first, last))
            .order_by_asc(event::Column::Position);
        for row in rows.all(w.read()).await? {
            add(&mut deeds, &mut places, row);
        }
    }
    Ok((position, deeds))
}

fn add(deeds: &mut Vec<Deed>, places: &mut HashMap<Uuid, usize>, row: event::Model) {
    let (Some(kind), Some(Ok(id))) = (row.subject_kind, row.subject_id.map(|id| id.parse())) else {
        return;
    };
    if matches!(kind, RecordKind::Finding | RecordKind::Import) {
        return;
    }
    let changes = row.changes.as_object().cloned().unwrap_or_default();
    let place = *places.entry(id).or_insert_with(|| {
        let key = row.subject_key.unwrap_or_default();
        deeds.push(Deed { kind, id, key, is_new: false, changes: Changes::new() });
        deeds.len() - 1
    });
    let Some(deed) = deeds.get_mut(place) else { return };
    deed.is_new |= row.kind.ends_with(".restored") || enters(kind, &changes);
    merge(&mut deed.changes, changes);
}

/// Whether these are changes of a record that came in: a column that is never null was nothing
/// before. Of a person nothing is told, and no import changes one.
fn enters(kind: RecordKind, changes: &Map<String, Json>) -> bool {
    let Some(kept) = table_of(kind).map(|at| &TABLES[at]) else { return false };
    let was_nothing =
        |(column, change): (&String, &Json)| kept.table.is_required(column) && change[0].is_null();
    kind == RecordKind::Person || changes.iter().any(was_nothing)
}

/// Adds later changes: what a column was stays what it was first.
fn merge(all: &mut Changes, later: Map<String, Json>) {
    for (column, change) in later {
        let (from, to) = (change[0].clone(), change[1].clone());
        all.entry(column).or_insert((from, Json::Null)).1 = to;
    }
}

/// What happened to a record since.
#[derive(Default)]
pub(super) struct Since {
    changes: Changes,
    /// Whether something changed that is not told.
    is_hidden: bool,
}

impl Since {
    /// Why the record stays, if anything about it is another than the import has left. What is
    /// accepted of it follows from claims, which stand for themselves.
    pub(super) fn touched(&self, kind: RecordKind) -> Option<Phrase> {
        let changed = self
            .changes
            .iter()
            .filter(|(column, (from, to))| from != to && !is_accepted(kind, column));
        let fields: Vec<String> = changed.map(|(column, _)| field_of(kind, column)).collect();
        match fields.is_empty() {
            true => self.is_hidden.then(touched),
            false => Some(say!("it has been changed since: {fields}", fields = fields.join(", "))),
        }
    }
}

/// That a record is not as it was left.
pub(super) fn touched() -> Phrase {
    say!("it has been changed since")
}

/// What happened to records since an import was applied; nothing of what the register found.
pub(super) async fn since(
    w: &Write,
    position: i64,
    deeds: &[Deed],
) -> Result<HashMap<Uuid, Since>, WriteError> {
    let mut all: HashMap<Uuid, Since> = HashMap::new();
    let new: Vec<&Deed> = deeds.iter().filter(|deed| deed.is_new).collect();
    for some in new.chunks(IDS_PER_QUERY) {
        let rows = event::Entity::find()
            .select_only()
            .columns([event::Column::Kind, event::Column::SubjectId, event::Column::Changes])
            .filter(event::Column::Position.gt(position))
            .filter(event::Column::SubjectId.is_in(some.iter().map(|deed| deed.id.to_string())))
            .order_by_asc(event::Column::Position)
            .into_tuple::<(String, Option<String>, Json)>();
        for (kind, id, changes) in rows.all(w.read()).await? {
            // Void in between, it is what it was.
            if kind.ends_with(".voided") || kind.ends_with(".restored") {
                continue;
            }
            let Some(Ok(id)) = id.map(|id| id.parse()) else { continue };
            let since = all.entry(id).or_default();
            let changes = changes.as_object().cloned().unwrap_or_default();
            since.is_hidden |= changes.is_empty();
            merge(&mut since.changes, changes);
        }
    }
    Ok(all)
}
