//! Taking a record out, with all that hangs from it.

use std::collections::HashSet;

use entity::batch;
use entity::vocabulary::RecordKind;
use sea_orm::Value;
use uuid::Uuid;

use super::allowed::{RECORD, Right, is_own_entry};
use super::tables::{Kept, TABLES, model, table_of};
use super::take_out::{Roots, Rows, id_of, ids, reaches, take_out};
use crate::access::Authorizer;
use crate::access::policy::Action;
use crate::db::{ArchivedRow, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;

/// A record that is to be voided.
pub(super) struct Found {
    pub(super) row: ArchivedRow,
    pub(super) key: String,
    /// Why the writer may void it.
    pub(super) right: Right,
}

/// Voids a record that the writer may void.
///
/// What hangs from it goes along; from what is the writer's by having entered it alone, nothing
/// hangs that others have entered. Nothing else refers to any of it. Its batches, if it is a
/// programme, are the writer's as well.
pub(super) async fn void(
    w: &mut Write,
    by: &Authorizer,
    kind: RecordKind,
    id: Uuid,
    Found { row, key, right }: Found,
) -> Result<(), WriteError> {
    if !hangs_from_a_batch(kind) {
        w.lock_register().await?;
    }
    let rows = hanging(w, kind, id, row).await?;
    match right {
        Right::Keeping => unreferred(w, &rows, &key).await?,
        Right::OwnEntry => untouched(w, by, &rows, &key).await?,
    }
    keep_batches(w, by, &rows).await?;
    let roots = Roots::all(&rows, id);
    take_out(w, rows, &roots).await
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

/// Refuses what others have hung something on, or what is referred to. Of records of others nothing
/// is told: the writer may not see all of them.
async fn untouched(w: &Write, by: &Authorizer, rows: &Rows, key: &str) -> Result<(), WriteError> {
    for (at, rows) in rows {
        let Some(kept) = TABLES.get(*at) else { continue };
        // Findings follow from the other records.
        let is_entered = kept.record.as_ref().is_some_and(|it| it.kind != RecordKind::Finding);
        for row in rows.iter().filter(|_| is_entered) {
            if !is_own_entry(w, by, kept, row).await? {
                return Err(held_by_others(key).into());
            }
        }
    }
    for (kept, others) in referring(w, rows).await? {
        for row in &others {
            if kept.record.is_none() || !is_own_entry(w, by, kept, row).await? {
                return Err(held_by_others(key).into());
            }
        }
        if let Some(first) = others.first() {
            return Err(referred(key, kept, others.len(), first).into());
        }
    }
    Ok(())
}

fn held_by_others(key: &str) -> Refusal {
    let message = say!(
        "\"{key}\" cannot be voided: others have entered records that refer to it or hang from it; \
         a curator can",
        key
    );
    Refusal::new(RefusalCode::Invalid, RECORD, message)
}

/// Refuses what other records refer to.
async fn unreferred(w: &Write, rows: &Rows, key: &str) -> Result<(), WriteError> {
    for (kept, others) in referring(w, rows).await? {
        if let Some(first) = others.first() {
            return Err(referred(key, kept, others.len(), first).into());
        }
    }
    Ok(())
}

/// The rows that refer to any of these and are none of them.
async fn referring(
    w: &Write,
    rows: &Rows,
) -> Result<Vec<(&'static Kept, Vec<ArchivedRow>)>, WriteError> {
    let ids = ids(rows);
    let mut referring = Vec::new();
    for (at, kept) in TABLES.iter().enumerate() {
        let own: HashSet<String> =
            rows.get(&at).into_iter().flatten().map(|row| format!("{row:?}")).collect();
        for (column, parent) in kept.refers() {
            for (_, ids) in ids.iter().filter(|(kind, _)| reaches(parent, **kind)) {
                let mut others = w.rows_with(&kept.table, column, ids).await?;
                others.retain(|row| !own.contains(&format!("{row:?}")));
                if !others.is_empty() {
                    referring.push((kept, others));
                }
            }
        }
    }
    Ok(referring)
}

fn referred(key: &str, kept: &Kept, count: usize, first: &ArchivedRow) -> Refusal {
    let kind = kept.table.name.replace('_', " ");
    let message = match kept.public_key(first) {
        Some(other) => say!(
            "\"{key}\" cannot be voided: {count} of the kind {kind} refer to it, among them \
             \"{other}\"; void or change these first, or merge it",
            key,
            count,
            kind,
            other
        ),
        None => say!(
            "\"{key}\" cannot be voided: {count} of the kind {kind} refer to it; void or change \
             these first, or merge it",
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
