//! Rows that are taken out of the register: what is told of them, the tombstones, the archive.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::id::{BatchId, RegionalGroupId, TombstoneId};
use entity::vocabulary::{FindingState, RecordKind};
use entity::{batch, delegation, event, membership, programme, tombstone};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use super::tables::{Kept, Parent, TABLES, model, table_of};
use crate::db::{ArchivedRow, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::{self, unset};
use crate::writing::concerning;

/// The rows of each table, by its place among the tables.
pub(super) type Rows = BTreeMap<usize, Vec<ArchivedRow>>;

/// The ids of the records that rows are, by their kinds.
pub(super) fn ids(rows: &Rows) -> BTreeMap<RecordKind, Vec<Value>> {
    let mut ids = BTreeMap::<RecordKind, Vec<Value>>::new();
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        if let Some(record) = &kept.record {
            ids.entry(record.kind)
                .or_default()
                .extend(rows.iter().filter_map(|row| id_of(kept, row)));
        }
    }
    ids
}

/// The id of the record that a row is, as a value; nothing where it is none.
pub(super) fn id_of(kept: &Kept, row: &ArchivedRow) -> Option<Value> {
    kept.table.get(row, "id").cloned()
}

/// The id of the record that a row is.
pub(super) fn uuid_of(kept: &Kept, row: &ArchivedRow) -> Uuid {
    match kept.table.get(row, "id") {
        Some(Value::Uuid(Some(id))) => *id,
        _ => Uuid::nil(),
    }
}

/// Whether a reference may be one to a record of a kind.
pub(super) fn reaches(parent: Parent, kind: RecordKind) -> bool {
    parent == Parent::Any || parent == Parent::Kind(kind)
}

/// With which record each is voided.
#[derive(Default)]
pub(super) struct Roots(pub(super) HashMap<Uuid, Uuid>);

impl Roots {
    /// All of these go with one record.
    pub(super) fn all(rows: &Rows, root: Uuid) -> Self {
        let ids = ids(rows).into_values().flatten();
        Self(ids.filter_map(|id| uuid(&id)).map(|id| (id, root)).collect())
    }

    /// That with which a row goes: the row itself, or what it hangs from, is voided with it.
    fn of(&self, kept: &Kept, row: &ArchivedRow) -> Result<Uuid, WriteError> {
        let own = kept.record.as_ref().and_then(|_| self.0.get(&uuid_of(kept, row)));
        let hangs = || {
            let parents = kept.hangs().filter_map(|(column, _)| kept.table.get(row, column));
            parents.filter_map(|id| self.0.get(&uuid(id)?)).next()
        };
        own.or_else(hangs).copied().ok_or(WriteError::Contract("a row that goes with no record"))
    }
}

/// An id, where a value is one.
pub(crate) fn uuid(value: &Value) -> Option<Uuid> {
    if let Value::Uuid(id) = value { *id } else { None }
}

/// Takes rows out: tells of it, puts the tombstones, and keeps each row with its root.
pub(super) async fn take_out(w: &mut Write, rows: Rows, roots: &Roots) -> Result<(), WriteError> {
    let told = events(w, &rows, |kept| kept.0).await?;
    bury(w, roots, &rows, &told).await?;
    told.into_iter().for_each(|(_, event)| w.record(event));
    // Whom an event is for follows from rows that are about to go.
    w.spool().await?;
    mark(w, &rows).await?;
    let mut in_order = Vec::new();
    for (at, rows) in rows {
        let kept = &TABLES[at];
        for row in rows {
            in_order.push((TombstoneId(roots.of(kept, &row)?), &kept.table, row));
        }
    }
    w.archive(&in_order).await?;
    Ok(())
}

/// What is to be told of the records that rows are.
pub(super) async fn events(
    w: &Write,
    rows: &Rows,
    which: impl Fn((EventKind, EventKind)) -> EventKind,
) -> Result<Vec<(Uuid, Event)>, WriteError> {
    let parties = parties(w, rows).await?;
    let mut told = Vec::new();
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        let Some(record) = &kept.record else { continue };
        for row in rows {
            // Of a disagreement that had gone already there is nothing to tell.
            let state = kept.table.get(row, "state");
            let is_over = state == Some(&FindingState::Resolved.into());
            if record.kind == RecordKind::Finding && is_over {
                continue;
            }
            let event = (record.event)(which(record.told), row)?;
            let party = match kept.table.get(row, "delegation_id") {
                Some(Value::Uuid(Some(id))) => parties.get(id),
                _ if record.kind == RecordKind::Delegation => parties.get(&uuid_of(kept, row)),
                _ => None,
            };
            let event = match party {
                Some(party) => event.of_party(party),
                None => event,
            };
            told.push((uuid_of(kept, row), event));
        }
    }
    Ok(told)
}

/// The delegations to which rows belong.
async fn parties(w: &Write, rows: &Rows) -> Result<HashMap<Uuid, delegation::Model>, WriteError> {
    let mut parties = HashMap::new();
    let mut wanted: Vec<Value> = Vec::new();
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        for row in rows {
            if kept.record.as_ref().is_some_and(|record| record.kind == RecordKind::Delegation) {
                let row = model::<delegation::Entity>(row)?;
                parties.insert(row.id.0, row);
            } else if let Some(id @ Value::Uuid(Some(_))) = kept.table.get(row, "delegation_id") {
                wanted.push(id.clone());
            }
        }
    }
    wanted.retain(|id| !matches!(id, Value::Uuid(Some(id)) if parties.contains_key(id)));
    wanted.dedup();
    if let Some(kept) = table_of(RecordKind::Delegation).map(|at| &TABLES[at]) {
        for row in w.rows_with(&kept.table, "id", &wanted).await? {
            let row = model::<delegation::Entity>(&row)?;
            parties.insert(row.id.0, row);
        }
    }
    Ok(parties)
}

/// Puts a tombstone for each record; of findings, which are found again, none.
async fn bury(
    w: &mut Write,
    roots: &Roots,
    rows: &Rows,
    told: &[(Uuid, Event)],
) -> Result<(), WriteError> {
    let places = concerning(w, told.iter().map(|(_, event)| event.clone()).collect()).await?;
    let places: HashMap<Uuid, event::ActiveModel> =
        told.iter().map(|(id, _)| *id).zip(places).collect();
    let ids: Vec<Uuid> = told.iter().map(|(id, _)| *id).collect();
    let mut former = HashMap::new();
    for ids in ids.chunks(crate::db::IDS_PER_QUERY) {
        let which = tombstone::Column::Id.is_in(ids.iter().copied());
        for row in tombstone::Entity::find().filter(which).all(w.read()).await? {
            former.insert(row.id.0, row);
        }
    }
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        let Some(record) = kept.record.as_ref().filter(|record| record.kind != RecordKind::Finding)
        else {
            continue;
        };
        for row in rows {
            let id = uuid_of(kept, row);
            let (root, place) = (roots.of(kept, row)?, places.get(&id));
            let batch = kept.table.get(row, "batch_id");
            let tombstone = tombstone::Model {
                id: TombstoneId(id),
                key: kept.public_key(row).map_or_else(|| id.to_string(), str::to_owned),
                version: 1,
                created_at: w.now(),
                updated_at: w.now(),
                record_kind: record.kind,
                batch_id: batch.and_then(uuid),
                owner_id: place.and_then(|place| *place.owner_id.try_as_ref()?),
                public: place.is_some_and(|place| place.public.try_as_ref() == Some(&true)),
                with_id: (id != root).then_some(TombstoneId(root)),
                voided_at: w.now(),
                restored_at: None,
            };
            match former.remove(&id) {
                Some(former) => again.push((former, tombstone)),
                None => new.push(tombstone),
            }
        }
    }
    // The others refer to the first, which may have been void before.
    again.sort_by_key(|(_, tombstone)| tombstone.with_id.is_some());
    new.sort_by_key(|tombstone| tombstone.with_id.is_some());
    let waiting = again.partition_point(|(_, tombstone)| tombstone.with_id.is_none());
    let waiting = again.split_off(waiting);
    void_again(w, again).await?;
    w.put_all::<tombstone::Entity>(new).await?;
    void_again(w, waiting).await
}

/// Changes tombstones of records that were void before.
async fn void_again(
    w: &mut Write,
    all: Vec<(tombstone::Model, tombstone::Model)>,
) -> Result<(), WriteError> {
    for (former, now) in all {
        let draft = tombstone::ActiveModel {
            batch_id: Set(now.batch_id),
            owner_id: Set(now.owner_id),
            public: Set(now.public),
            with_id: Set(now.with_id),
            voided_at: Set(now.voided_at),
            restored_at: Set(now.restored_at),
            ..unset()
        };
        w.put::<tombstone::Entity>(Some(&former), draft).await?;
    }
    Ok(())
}

/// Has anew computed what followed from these rows, or is to follow from them.
pub(super) async fn mark(w: &mut Write, rows: &Rows) -> Result<(), WriteError> {
    let own = |kind| table_of(kind).and_then(|at| rows.get(&at)).into_iter().flatten();
    let batches: HashSet<Uuid> = own(RecordKind::Batch)
        .map(|row| Ok(model::<batch::Entity>(row)?.id.0))
        .collect::<Result<_, WriteError>>()?;
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        for row in rows {
            if let Some(record) = &kept.record {
                w.mark_for_reindex(record.kind, uuid_of(kept, row));
            }
            if let Some(Value::Uuid(Some(batch))) = kept.table.get(row, "batch_id")
                && !batches.contains(batch)
            {
                w.mark_dirty(BatchId(*batch));
            }
        }
    }
    if own(RecordKind::Person).chain(own(RecordKind::Institution)).next().is_some() {
        w.mark_names_dirty();
    }
    let groups = own(RecordKind::Membership)
        .map(|row| Ok(model::<membership::Entity>(row)?.regional_group_id))
        .collect::<Result<HashSet<RegionalGroupId>, WriteError>>()?;
    if !groups.is_empty() {
        let of_them = programme::Column::RegionalGroupId.is_in(groups);
        rule::mark_batches_of_dirty(w, of_them).await?;
    }
    Ok(())
}
