//! Keeping the stored findings in step with what the rules find now.

use std::collections::BTreeMap;

use entity::id::BatchId;
use entity::vocabulary::{FindingRule, FindingState};
use entity::{finding, finding_claim};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::ByBatch;
use crate::db::{Put, Write, row};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::provenance::finding::found::{self, fnv1a};
use crate::provenance::finding::rules::{Found, is_certain, rank};
use crate::rule::unset;

/// Which stored findings what was found replaces.
#[derive(Clone, Copy)]
pub(super) enum FindingScope {
    /// Those that concern a batch.
    Batch(BatchId),
    /// Those of a rule that looks at the whole register; for curators.
    Register,
}

/// The stored findings that concern some batches.
pub(super) async fn of_batches(
    w: &Write,
    batches: Vec<BatchId>,
) -> Result<ByBatch<finding::Model>, DbErr> {
    let which = finding::Entity::find().filter(finding::Column::BatchId.is_in(batches));
    let mut stored = ByBatch::new();
    for row in row::all(w.read(), which).await? {
        if let Some(batch) = row.batch_id {
            stored.entry(batch).or_insert_with(Vec::new).push(row);
        }
    }
    Ok(stored)
}

/// Whether a stored finding rests on nothing that the delegations of the batch could change.
pub(super) fn rests_on_the_batch(row: &finding::Model) -> bool {
    found::rests_on_the_batch(row.rule, row.subject_kind)
}

/// The stored findings of a rule that looks at the whole register.
pub(super) async fn of_rule(w: &Write, rule: FindingRule) -> Result<Vec<finding::Model>, DbErr> {
    finding::Entity::find().filter(finding::Column::Rule.eq(rule)).all(w.read()).await
}

/// Opens what is new, resolves what is gone, and keeps the state of what stands: an explanation
/// survives for as long as what it explains is the same. The values that it tells are those of
/// today. `stored` is what there was in the scope.
pub(super) async fn store(
    w: &mut Write,
    scope: FindingScope,
    stored: Vec<finding::Model>,
    found: Vec<Found>,
) -> Result<(), WriteError> {
    let mut stored: BTreeMap<String, finding::Model> =
        stored.into_iter().map(|row| (row.fingerprint.clone(), row)).collect();
    for found in found {
        let fingerprint = found.fingerprint();
        match stored.remove(&fingerprint) {
            Some(row) if row.state != FindingState::Resolved => restate(w, &row, found).await?,
            Some(row) => change(w, &row, restated(FindingState::Open, found)).await?,
            None => open(w, scope, found, fingerprint).await?,
        }
    }
    for row in stored.values().filter(|row| row.state != FindingState::Resolved) {
        let resolved = finding::ActiveModel { state: Set(FindingState::Resolved), ..unset() };
        change(w, row, resolved).await?;
    }
    Ok(())
}

async fn open(
    w: &mut Write,
    scope: FindingScope,
    found: Found,
    fingerprint: String,
) -> Result<(), WriteError> {
    let id = entity::id::FindingId(w.new_id());
    let subject_id = found.subject.id.parse();
    let subject_id = subject_id
        .map_err(|_| WriteError::Contract("a finding is about something that has no id"))?;
    // Of the whole fingerprint: what is behind two findings about different records may be the
    // same.
    let hash = format!("{:032x}", fnv1a(fingerprint.as_bytes()));
    let draft = finding::ActiveModel {
        id: Set(id),
        key: Set(format!("{}-{hash}", found.rule.to_string().to_lowercase().replace('_', "-"))),
        rule: Set(found.rule),
        severity: Set(found.severity),
        sort_severity: Set(rank(found.severity, is_certain(found.rule))),
        state: Set(FindingState::Open),
        subject_kind: Set(found.subject.kind),
        subject_id: Set(subject_id),
        batch_id: Set(match scope {
            FindingScope::Batch(id) => Some(id),
            FindingScope::Register => None,
        }),
        property: Set(found.property),
        fingerprint: Set(fingerprint),
        detail: Set(found.detail),
        ..unset()
    };
    let Put { row, .. } = w.put::<finding::Entity>(None, draft).await?;
    let links = found
        .claims
        .iter()
        .map(|claim| finding_claim::ActiveModel { finding_id: Set(id), claim_id: Set(*claim) });
    w.insert_all(links.collect()).await?;
    announce(w, EventKind::FindingOpened, &row);
    Ok(())
}

/// A stored finding with the values of today.
fn restated(state: FindingState, found: Found) -> finding::ActiveModel {
    finding::ActiveModel {
        state: Set(state),
        severity: Set(found.severity),
        sort_severity: Set(rank(found.severity, is_certain(found.rule))),
        detail: Set(found.detail),
        ..unset()
    }
}

/// What stands says other values than before. That follows from something that has been told; where
/// nothing has, as when only time went by, the finding is told again.
async fn restate(w: &mut Write, row: &finding::Model, found: Found) -> Result<(), WriteError> {
    let Put { row, change } =
        w.put::<finding::Entity>(Some(row), restated(row.state, found)).await?;
    if change.changes().is_some() && w.is_silent() {
        announce(w, EventKind::FindingOpened, &row);
    }
    Ok(())
}

async fn change(
    w: &mut Write,
    row: &finding::Model,
    draft: finding::ActiveModel,
) -> Result<(), WriteError> {
    let Put { row, .. } = w.put::<finding::Entity>(Some(row), draft).await?;
    let kind = if row.state == FindingState::Open {
        EventKind::FindingOpened
    } else {
        EventKind::FindingResolved
    };
    announce(w, kind, &row);
    Ok(())
}

fn announce(w: &mut Write, kind: EventKind, row: &finding::Model) {
    let mut changes = serde_json::Map::new();
    changes.insert("rule".to_owned(), serde_json::json!([null, row.rule]));
    changes.insert("severity".to_owned(), serde_json::json!([null, row.severity]));
    w.record(Event::about::<finding::Entity>(kind, row).changing(changes));
}
