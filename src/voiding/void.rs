//! Taking a record out, with all that hangs from it.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::id::{BatchId, RegionalGroupId, TombstoneId};
use entity::vocabulary::{FindingState, RecordKind};
use entity::{batch, delegation, event, membership, programme, tombstone};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use super::allowed::RECORD;
use super::tables::{Kept, Parent, TABLES, model, table_of};
use crate::access::Authorizer;
use crate::access::policy::Action;
use crate::db::{ArchivedRow, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, unset};
use crate::writing::concerning;

/// The rows of each table, by its place among the tables.
pub(super) type Rows = BTreeMap<usize, Vec<ArchivedRow>>;

/// Voids a record that the writer may write.
///
/// What hangs from it goes along. Nothing else refers to any of it. Its batches, if it is a
/// programme, are the writer's as well.
pub(super) async fn void(
    w: &mut Write,
    by: &Authorizer,
    kind: RecordKind,
    id: Uuid,
    key: String,
    row: ArchivedRow,
) -> Result<(), WriteError> {
    if !hangs_from_a_batch(kind) {
        w.lock_register().await?;
    }
    let rows = hanging(w, kind, id, row).await?;
    unreferred(w, &rows, &key).await?;
    keep_batches(w, by, &rows).await?;
    let told = events(w, &rows, |kept| kept.0).await?;
    bury(w, id, &rows, &told).await?;
    told.into_iter().for_each(|(_, event)| w.record(event));
    // Whom an event is for follows from rows that are about to go.
    w.spool().await?;
    mark(w, &rows).await?;
    let in_order =
        rows.into_iter().flat_map(|(at, rows)| rows.into_iter().map(move |row| (at, row)));
    let in_order: Vec<_> = in_order.map(|(at, row)| (&TABLES[at].table, row)).collect();
    w.archive(TombstoneId(id), &in_order).await?;
    Ok(())
}

fn hangs_from_a_batch(kind: RecordKind) -> bool {
    use RecordKind::*;
    matches!(
        kind,
        Batch
            | BatchPart
            | Workshop
            | Delegation
            | Engagement
            | Claim
            | Outcome
            | ActionPlan
            | ActionItem
            | ProgressNote
    )
}

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

fn id_of(kept: &Kept, row: &ArchivedRow) -> Option<Value> {
    kept.table.get(row, "id").cloned()
}

/// The id of the record that a row is.
pub(super) fn uuid_of(kept: &Kept, row: &ArchivedRow) -> Uuid {
    match kept.table.get(row, "id") {
        Some(Value::Uuid(Some(id))) => *id,
        _ => Uuid::nil(),
    }
}

/// A record with all that hangs from it, directly or not.
async fn hanging(
    w: &Write,
    kind: RecordKind,
    id: Uuid,
    row: ArchivedRow,
) -> Result<Rows, WriteError> {
    let root = table_of(kind).ok_or(WriteError::Contract("a record that is kept nowhere"))?;
    let mut rows = Rows::from([(root, vec![row])]);
    let mut seen: HashSet<(usize, String)> =
        rows.iter().map(|(at, rows)| (*at, format!("{:?}", rows[0]))).collect();
    let mut next = vec![(kind, vec![Value::from(id)])];
    while let Some((kind, ids)) = next.pop() {
        for (at, kept) in TABLES.iter().enumerate() {
            let mut new = Vec::new();
            for (column, _) in kept.hangs().filter(|(_, parent)| reaches(*parent, kind)) {
                for row in w.rows_with(&kept.table, column, &ids).await? {
                    if seen.insert((at, format!("{row:?}"))) {
                        new.push(row);
                    }
                }
            }
            if let (Some(record), false) = (&kept.record, new.is_empty()) {
                next.push((record.kind, new.iter().filter_map(|row| id_of(kept, row)).collect()));
            }
            if !new.is_empty() {
                rows.entry(at).or_default().extend(new);
            }
        }
    }
    Ok(rows)
}

/// Whether a reference may be one to a record of a kind.
pub(super) fn reaches(parent: Parent, kind: RecordKind) -> bool {
    parent == Parent::Any || parent == Parent::Kind(kind)
}

/// Refuses what other records refer to.
async fn unreferred(w: &Write, rows: &Rows, key: &str) -> Result<(), WriteError> {
    let ids = ids(rows);
    for (at, kept) in TABLES.iter().enumerate() {
        let own: HashSet<String> =
            rows.get(&at).into_iter().flatten().map(|row| format!("{row:?}")).collect();
        for (column, parent) in kept.refers() {
            for (_, ids) in ids.iter().filter(|(kind, _)| reaches(parent, **kind)) {
                let mut others = w.rows_with(&kept.table, column, ids).await?;
                others.retain(|row| !own.contains(&format!("{row:?}")));
                if let Some(first) = others.first() {
                    return Err(referred(key, kept, others.len(), first).into());
                }
            }
        }
    }
    Ok(())
}

fn referred(key: &str, kept: &Kept, count: usize, first: &ArchivedRow) -> Refusal {
    let kind = kept.table.name.replace('_', " ");
    let message = match kept.public_key(first) {
        Some(other) => say!(
            "\"{key}\" cannot be voided: {count} of the kind {kind} refer to it, among them \"{other}\"; \
             void or change these first, or merge it",
            key,
            count,
            kind,
            other
        ),
        None => say!(
            "\"{key}\" cannot be voided: {count} of the kind {kind} refer to it; void or change these first, \
             or merge it",
            key,
            count,
            kind
        ),
    };
    Refusal::new(RefusalCode::Invalid, RECORD, message)
}

/// Refuses to take along batches that are another institution's.
async fn keep_batches(w: &Write, by: &Authorizer, rows: &Rows) -> Result<(), WriteError> {
    let keeping = by.acting(Action::KeepRecord);
    let batches = table_of(RecordKind::Batch).and_then(|at| rows.get(&at));
    let mut ids = Vec::new();
    for row in batches.into_iter().flatten() {
        let row = model::<batch::Entity>(row)?;
        if keeping.require_of(row.owner_id).is_err() {
            let message =
                say!("\"{key}\" hangs from it, and is kept by another institution", key = row.key);
            return Err(Refusal::new(RefusalCode::Invalid, RECORD, message).into());
        }
        ids.push(row.id);
    }
    w.lock_batches(&ids).await?;
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
    root: Uuid,
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
    let mut buried = Vec::new();
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        let Some(record) = kept.record.as_ref().filter(|record| record.kind != RecordKind::Finding)
        else {
            continue;
        };
        for row in rows {
            let id = uuid_of(kept, row);
            let key = kept.public_key(row).map_or_else(|| id.to_string(), str::to_owned);
            let batch = match kept.table.get(row, "batch_id") {
                Some(Value::Uuid(batch)) => *batch,
                _ => None,
            };
            let place = places.get(&id);
            buried.push((
                id == root,
                tombstone::ActiveModel {
                    id: Set(TombstoneId(id)),
                    key: Set(key),
                    record_kind: Set(record.kind),
                    batch_id: Set(batch),
                    owner_id: Set(place.and_then(|place| *place.owner_id.try_as_ref()?)),
                    public: Set(place.is_some_and(|place| place.public.try_as_ref() == Some(&true))),
                    with_id: Set((id != root).then_some(TombstoneId(root))),
                    voided_at: Set(w.now()),
                    restored_at: Set(None),
                    ..unset()
                },
            ));
        }
    }
    // The others refer to the first.
    buried.sort_by_key(|(is_root, _)| !is_root);
    for (_, draft) in buried {
        let existing = draft.id.try_as_ref().and_then(|id| former.get(&id.0));
        w.put::<tombstone::Entity>(existing, draft).await?;
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
