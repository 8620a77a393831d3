//! Putting a record back, with all that was taken along.

use std::collections::HashMap;

use entity::id::TombstoneId;
use entity::vocabulary::RecordKind;
use entity::{institution, person, tombstone, venue};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Value};
use serde_json::json;
use uuid::Uuid;

use super::allowed::{RECORD, require};
use super::tables::{Kept, Parent, TABLES, Unique, table_of};
use super::take_out::{Rows, events, ids, mark, reaches, uuid_of};
use crate::access::Authorizer;
use crate::db::{ArchivedRow, Changes, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::rule::unset;

/// Restores a record that the writer may write.
///
/// It was voided for itself, and not with another. What it refers to is there; where that was
/// merged into something, it refers to this. Nobody has taken its place. It is held to the rules of
/// today.
pub(super) async fn restore(
    w: &mut Write,
    by: &Authorizer,
    tombstone: tombstone::Model,
) -> Result<(), WriteError> {
    w.lock_register().await?;
    let key = &tombstone.key;
    if let Some(with) = tombstone.with_id {
        let first = tombstone::Entity::find_by_id(with).one(w.read()).await?;
        let (kind, first) = first.map(|row| (row.record_kind, row.key)).unwrap_or_default();
        let message = say!(
            "\"{key}\" was voided with the {kind} \"{first}\", from which it hangs: restore that",
            key,
            kind,
            first
        );
        return Err(Refusal::new(RefusalCode::IllegalMove, RECORD, message).into());
    }
    let mut rows = rows_of(w, &tombstone).await?;
    let kind = tombstone.record_kind;
    let root = table_of(kind).and_then(|at| rows.get(&at)?.first().cloned());
    let Some(root) = root else {
        let message = say!("\"{key}\" cannot be restored: who it was about has been erased", key);
        return Err(Refusal::new(RefusalCode::IllegalMove, RECORD, message).into());
    };
    let moved = refer_to_what_is_there(w, &mut rows, key).await?;
    require(w, by, kind, &root).await?;
    places_are_free(w, &rows, key).await?;
    put_back(w, &tombstone, rows, moved).await
}

/// Restores the record of this key, if it was voided for itself, on behalf of a write that needs
/// it and may enter such a record: nobody is asked. Whether it was.
pub(crate) async fn revive(w: &mut Write, kind: RecordKind, key: &str) -> Result<bool, WriteError> {
    let which = Condition::all()
        .add(tombstone::Column::RecordKind.eq(kind))
        .add(tombstone::Column::Key.eq(key))
        .add(tombstone::Column::WithId.is_null())
        .add(tombstone::Column::RestoredAt.is_null());
    let Some(tombstone) = tombstone::Entity::find().filter(which).one(w.read()).await? else {
        return Ok(false);
    };
    let mut rows = rows_of(w, &tombstone).await?;
    let moved = refer_to_what_is_there(w, &mut rows, key).await?;
    places_are_free(w, &rows, key).await?;
    put_back(w, &tombstone, rows, moved).await?;
    Ok(true)
}

/// The rows that are kept under a tombstone.
async fn rows_of(w: &Write, tombstone: &tombstone::Model) -> Result<Rows, WriteError> {
    let mut rows = Rows::new();
    for (at, row) in w.archived(tombstone.id, TABLES.iter().map(|kept| &kept.table)).await? {
        rows.entry(at).or_default().push(row);
    }
    Ok(rows)
}

/// What a record refers to since it is back, where that is another than before, by its id.
type Moved = HashMap<Uuid, Changes>;

/// Refuses to put back what refers to something that is void by now. What was merged meanwhile is
/// what it was merged into, and it is told which references that changes; not of people.
async fn refer_to_what_is_there(
    w: &Write,
    rows: &mut Rows,
    key: &str,
) -> Result<Moved, WriteError> {
    let (own, mut moved) = (ids(rows), Moved::new());
    for (at, rows) in rows.iter_mut() {
        let kept = &TABLES[*at];
        for (column, parent) in kept.referring() {
            for target in TABLES.iter() {
                let Some(kind) = target.record.as_ref().map(|record| record.kind) else { continue };
                if !reaches(parent, kind) {
                    continue;
                }
                let is_of_kind = |row: &&ArchivedRow| {
                    parent != Parent::Any
                        || kept.table.get(row, "subject_kind") == Some(&kind.into())
                };
                let ids = rows.iter().filter(is_of_kind);
                let mut ids: Vec<Value> = ids
                    .filter_map(|row| kept.table.get(row, column))
                    .filter(|id| matches!(id, Value::Uuid(Some(_))))
                    .filter(|id| !own.get(&kind).is_some_and(|own| own.contains(id)))
                    .cloned()
                    .collect();
                ids.sort_by_key(|id| format!("{id:?}"));
                ids.dedup();
                let there = in_use(w, target, kind, &ids).await?;
                if let Some(gone) = ids.iter().find(|id| !there.contains_key(&text(id))) {
                    return Err(void_itself(w, key, gone).await?.into());
                }
                let Some(place) = kept.table.place(column) else { continue };
                for row in rows.iter_mut() {
                    let Some(new) = there.get(&text(&row[place])) else { continue };
                    let old = kept.table.json_of(row, column);
                    let is_told = kept.record.is_some() && !is_of_person(kind);
                    let is_other = std::mem::replace(&mut row[place], new.clone()) != *new;
                    if is_told && is_other {
                        let change = json!([old, kept.table.json_of(row, column)]);
                        let changes = moved.entry(uuid_of(kept, row)).or_default();
                        changes.insert(column.to_owned(), change);
                    }
                }
            }
        }
    }
    Ok(moved)
}

/// Whether a reference to a record of a kind tells of a person.
fn is_of_person(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Person | RecordKind::Appointment)
}

fn text(value: &Value) -> String {
    format!("{value:?}")
}

/// Those of some records that are there: each with the one that is in use, where it was merged.
async fn in_use(
    w: &Write,
    kept: &Kept,
    kind: RecordKind,
    ids: &[Value],
) -> Result<HashMap<String, Value>, WriteError> {
    let mut there = HashMap::new();
    for row in w.rows_with(&kept.table, "id", ids).await? {
        let Some(id @ Value::Uuid(Some(uuid))) = kept.table.get(&row, "id") else { continue };
        let mut used = *uuid;
        while let Some(next) = merged_into(w, kind, used).await? {
            used = next;
        }
        there.insert(text(id), Value::from(used));
    }
    Ok(there)
}

async fn merged_into(w: &Write, kind: RecordKind, id: Uuid) -> Result<Option<Uuid>, WriteError> {
    Ok(match kind {
        RecordKind::Institution => {
            let row = institution::Entity::find_by_id(entity::id::InstitutionId(id));
            row.one(w.read()).await?.and_then(|row| row.merged_into_id).map(|id| id.0)
        }
        RecordKind::Person => {
            let row = person::Entity::find_by_id(entity::id::PersonId(id));
            row.one(w.read()).await?.and_then(|row| row.merged_into_id).map(|id| id.0)
        }
        RecordKind::Venue => {
            let row = venue::Entity::find_by_id(entity::id::VenueId(id));
            row.one(w.read()).await?.and_then(|row| row.merged_into_id).map(|id| id.0)
        }
        _ => None,
    })
}

async fn void_itself(w: &Write, key: &str, id: &Value) -> Result<Refusal, WriteError> {
    let Value::Uuid(Some(id)) = id else { return Ok(refused(say!("it refers to nothing"))) };
    let row = tombstone::Entity::find_by_id(TombstoneId(*id)).one(w.read()).await?;
    let message = match row {
        Some(row) => say!(
            "\"{key}\" refers to the {kind} \"{other}\", which is void: restore that first",
            key,
            kind = row.record_kind,
            other = row.key
        ),
        None => say!("\"{key}\" refers to a record that is not there any more", key),
    };
    Ok(refused(message))
}

fn refused(message: crate::phrase::Phrase) -> Refusal {
    Refusal::new(RefusalCode::Invalid, RECORD, message)
}

/// Refuses to put back what has been entered anew meanwhile.
async fn places_are_free(w: &Write, rows: &Rows, key: &str) -> Result<(), WriteError> {
    for (at, rows) in rows {
        let kept = &TABLES[*at];
        for unique in &kept.unique {
            let [first, ..] = unique.columns else { continue };
            let of = |row: &ArchivedRow| kept.table.get(row, first).cloned();
            let mut values: Vec<Value> = rows.iter().filter_map(of).collect();
            values.sort_by_key(text);
            values.dedup();
            let there = w.rows_with(&kept.table, first, &values).await?;
            let mut taken: HashMap<String, &ArchivedRow> = HashMap::new();
            for row in &there {
                taken.extend(place(kept, unique, row).map(|place| (place, row)));
            }
            let other = rows.iter().filter_map(|row| place(kept, unique, row));
            if let Some(row) = other.filter_map(|place| taken.get(&place)).next() {
                return Err(place_taken(kept, key, row).into());
            }
        }
    }
    Ok(())
}

/// The place that a row takes, where it takes one that only one row may have.
fn place(kept: &Kept, unique: &Unique, row: &ArchivedRow) -> Option<String> {
    let holds =
        |(column, value): &(&str, &str)| kept.table.get(row, column) == Some(&Value::from(*value));
    if !unique.where_is.iter().all(holds) {
        return None;
    }
    let mut place = String::new();
    for column in unique.columns {
        let value = kept.table.get(row, column)?;
        if is_null(value) && !unique.even_null {
            return None;
        }
        place.push_str(&text(value));
    }
    Some(place)
}

fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

fn place_taken(kept: &Kept, key: &str, row: &ArchivedRow) -> Refusal {
    let kind = kept.table.name.replace('_', " ");
    let message = match kept.public_key(row) {
        Some(other) => say!(
            "\"{key}\" cannot be restored: the {kind} \"{other}\" has taken a place of it",
            key,
            kind,
            other
        ),
        None => {
            say!("\"{key}\" cannot be restored: another {kind} has taken a place of it", key, kind)
        }
    };
    Refusal::new(RefusalCode::Duplicate, RECORD, message)
}

async fn put_back(
    w: &mut Write,
    tombstone: &tombstone::Model,
    rows: Rows,
    mut moved: Moved,
) -> Result<(), WriteError> {
    let in_order = rows.iter().flat_map(|(at, rows)| rows.iter().map(|row| (*at, row.clone())));
    let in_order: Vec<_> = in_order.map(|(at, row)| (&TABLES[at].table, row)).collect();
    w.put_back(tombstone.id, in_order).await?;
    let same = Condition::all()
        .add(tombstone::Column::WithId.eq(tombstone.id))
        .add(tombstone::Column::RestoredAt.is_null());
    let mut same = tombstone::Entity::find().filter(same).all(w.read()).await?;
    same.push(tombstone.clone());
    for row in same {
        let draft = tombstone::ActiveModel { restored_at: Set(Some(w.now())), ..unset() };
        w.put::<tombstone::Entity>(Some(&row), draft).await?;
    }
    for (at, rows) in &rows {
        if let Some(record) = &TABLES[*at].record {
            for row in rows {
                (record.enter)(w, row.clone(), Vec::new()).await?;
            }
        }
    }
    mark(w, &rows).await?;
    for (id, event) in events(w, &rows, |told| told.1).await? {
        // Whoever goes back over the log finds there what stood while the record was void.
        w.record(event.changing(moved.remove(&id).unwrap_or_default()));
    }
    Ok(())
}
