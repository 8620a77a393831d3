//! What an applied import has done is undone: what it entered is voided, what it changed becomes
//! what it was. What others have changed since stays, and is listed.
//!
//! What it did is read from the log: its events stand right before that which says that it was
//! applied. So nothing is kept for the many imports that nobody undoes.

mod deeds;
mod put_back;
mod stays;

use std::collections::{BTreeMap, HashMap};

use entity::id::{BatchId, WorkshopId};
use entity::vocabulary::{ImportState, RecordKind};
use entity::{import, source, workshop};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Value};
use uuid::Uuid;

pub(super) use self::deeds::EVENTS;
use self::deeds::{Deed, Since};
pub(super) use self::stays::ImportUndone;
use self::stays::Stays;
use super::rules::emit_with;
use crate::access::Authorizer;
use crate::db::{ArchivedRow, IDS_PER_QUERY, Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::EventKind;
use crate::phrase::{Phrase, say};
use crate::provenance::source::rules as sources;
use crate::rule::{self, unset};
use crate::voiding::{Candidate, Permissions, TABLES, table_of, uuid, void_all};

/// The rows of records, by their ids.
type Found = HashMap<Uuid, ArchivedRow>;

/// Undoes an import: all of it that nobody has touched since, in this write.
///
/// It was applied, and was not undone before. What it changed goes back first, so that nothing
/// refers any more to what it entered.
pub(super) async fn undo(
    w: &mut Write,
    by: &Authorizer,
    import: &import::Model,
) -> Result<Put<import::Model>, WriteError> {
    applied(import)?;
    w.lock_register().await?;
    let (position, deeds) = deeds::of(w, import).await?;
    lock_batches(w, &deeds).await?;
    let found = locked(w, &deeds).await?;
    let since = deeds::since(w, position, &deeds).await?;
    let mut may = Permissions::of(by);
    let mut stays = Stays::default();
    let reverted = put_back::all(w, &mut may, &deeds, &found, &mut stays).await?;
    put_hash_back(w, import, &deeds).await?;
    let candidates = candidates(w, &mut may, &deeds, &found, &since).await?;
    let mut voided = 0;
    for one in void_all(w, candidates).await? {
        match one.stays {
            Some(why) => stays.add(one.kind, one.id, &one.row, None, &why),
            None => voided += 1,
        }
    }
    let draft = import::ActiveModel { state: Set(ImportState::Undone), ..unset() };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    let done = ImportUndone::new(voided, reverted, stays);
    emit_with(w, EventKind::ImportUndone, &put, done.told());
    Ok(put)
}

fn applied(import: &import::Model) -> Result<(), Refusal> {
    let message = match import.state {
        ImportState::Applied => return Ok(()),
        ImportState::Undone => say!("the import has been undone already"),
        state => say!("the import is {state}, and only one that is APPLIED can be undone", state),
    };
    Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message))
}

/// The ids of the records of deeds, by their kinds.
fn ids<'a>(deeds: impl Iterator<Item = &'a Deed>) -> BTreeMap<RecordKind, Vec<Value>> {
    let mut ids: BTreeMap<RecordKind, Vec<Value>> = BTreeMap::new();
    for deed in deeds {
        ids.entry(deed.kind).or_default().push(Value::from(deed.id));
    }
    ids
}

/// Locks the batches of which anything is undone, before any row that hangs from them: so no two
/// writes wait for each other.
async fn lock_batches(w: &Write, deeds: &[Deed]) -> Result<(), WriteError> {
    let (mut batches, mut workshops) = (Vec::new(), Vec::new());
    // What came in tells at which batch, and stays there.
    let told = |deed: &Deed| deed.changes.get("batch_id")?.1.as_str()?.parse::<Uuid>().ok();
    batches.extend(deeds.iter().filter_map(told));
    for (kind, ids) in ids(deeds.iter().filter(|deed| told(deed).is_none())) {
        let Some(kept) = table_of(kind).map(|at| &TABLES[at]) else { continue };
        if kind == RecordKind::Batch {
            batches.extend(ids.iter().filter_map(uuid));
        } else if kept.table.place("batch_id").is_some() {
            for row in w.rows_with(&kept.table, "id", &ids).await? {
                batches.extend(kept.table.get(&row, "batch_id").and_then(uuid));
                workshops
                    .extend(kept.table.get(&row, "workshop_id").and_then(uuid).map(WorkshopId));
            }
        }
    }
    for some in workshops.chunks(IDS_PER_QUERY) {
        let these = workshop::Column::Id.is_in(some.iter().copied());
        let rows = workshop::Entity::find().filter(these).all(w.read()).await?;
        batches.extend(rows.into_iter().map(|row| row.batch_id.0));
    }
    batches.sort_unstable();
    batches.dedup();
    for some in batches.chunks(IDS_PER_QUERY) {
        let some: Vec<BatchId> = some.iter().copied().map(BatchId).collect();
        w.lock_batches(&some).await?;
    }
    Ok(())
}

/// The rows of records that are still there; nobody else changes them until this write has ended.
async fn locked(w: &Write, deeds: &[Deed]) -> Result<Found, WriteError> {
    let mut found = Found::new();
    for (kind, ids) in ids(deeds.iter()) {
        let Some(kept) = table_of(kind).map(|at| &TABLES[at]) else { continue };
        for row in w.rows_locked(&kept.table, &ids).await? {
            if let Some(id) = kept.table.get(&row, "id").and_then(uuid) {
                found.insert(id, row);
            }
        }
    }
    Ok(found)
}

/// What was entered and is still there, each with the reason where it is known to stay.
async fn candidates(
    w: &Write,
    may: &mut Permissions<'_>,
    deeds: &[Deed],
    found: &Found,
    since: &HashMap<Uuid, Since>,
) -> Result<Vec<Candidate>, WriteError> {
    let mut candidates = Vec::new();
    for deed in deeds.iter().filter(|deed| deed.is_new) {
        // What is void already is no obstacle.
        let (Some(row), Some(at)) = (found.get(&deed.id), table_of(deed.kind)) else { continue };
        let kept = &TABLES[at];
        let stays = match since.get(&deed.id).and_then(|since| since.touched(deed.kind)) {
            Some(why) => Some(why),
            None if was_merged(deed.kind, row) => Some(say!("it was merged into another record")),
            None if is_silent_change(deed.kind, row) => Some(deeds::touched()),
            None if !may.allow_taking_back(w, deed.kind, kept, row).await? => Some(not_allowed()),
            None => None,
        };
        candidates.push(Candidate { kind: deed.kind, id: deed.id, row: row.clone(), stays });
    }
    Ok(candidates)
}

fn not_allowed() -> Phrase {
    say!("your account may not change it")
}

fn was_merged(kind: RecordKind, row: &ArchivedRow) -> bool {
    let into = table_of(kind).and_then(|at| TABLES[at].table.get(row, "merged_into_id"));
    into.and_then(uuid).is_some()
}

/// Whether a place or a person is no more as it was entered, which a package that was loaded does
/// not tell of each.
fn is_silent_change(kind: RecordKind, row: &ArchivedRow) -> bool {
    let version = table_of(kind).and_then(|at| TABLES[at].table.get(row, "version"));
    matches!(kind, RecordKind::Venue | RecordKind::Person) && version != Some(&Value::from(1))
}

/// The file is no more the newest version of its source: the one before is, if there is one.
async fn put_hash_back(
    w: &mut Write,
    import: &import::Model,
    deeds: &[Deed],
) -> Result<(), WriteError> {
    let by_key = source::Column::Key.eq(&import.source_key);
    let Some(row) = source::Entity::find().filter(by_key).one(w.read()).await? else {
        return Ok(());
    };
    let is_entered = deeds.iter().any(|deed| deed.is_new && deed.id == row.id.0);
    if is_entered || row.archive_sha256.as_ref() != Some(&import.sha256) {
        return Ok(());
    }
    let before = Condition::all()
        .add(import::Column::SourceKey.eq(&import.source_key))
        .add(import::Column::State.eq(ImportState::Applied))
        .add(import::Column::Id.ne(import.id));
    let before = import::Entity::find()
        .filter(before)
        .order_by_desc(import::Column::AppliedAt)
        .order_by_desc(import::Column::Id);
    if let Some(before) = before.one(w.read()).await? {
        let draft = source::ActiveModel { archive_sha256: Set(Some(before.sha256)), ..unset() };
        sources::enter(w, Some(&row), draft).await?;
    }
    Ok(())
}
