//! What was found while a write lasts. Findings are stored once, when the write ends: the rows of
//! an import and the parts of a package come one after the other, and what does not fit between
//! two of them never was.

use std::collections::BTreeMap;
use std::sync::Arc;

use entity::id::BatchId;

use crate::db::{Undoable, Write};
use crate::provenance::finding::rules::Found;
use crate::writing::RecomputeScope;

/// What was found of a batch, and in which scope.
#[derive(Clone)]
pub(super) struct FoundOfBatch {
    pub scope: RecomputeScope,
    pub found: Arc<Vec<Found>>,
}

/// What was found last of each batch.
#[derive(Clone, Default)]
struct FoundSoFar(BTreeMap<BatchId, FoundOfBatch>);

/// Keeps what was found of a batch, instead of what was found before. What rests on the batch alone
/// stands where only its delegations were looked at.
pub(super) fn keep(w: &Write, batch: BatchId, scope: RecomputeScope, mut found: Vec<Found>) {
    w.remembered(|so_far: &mut Undoable<FoundSoFar>| {
        let so_far = &mut so_far.now.0;
        let before = so_far.get(&batch);
        if let (RecomputeScope::Parties, Some(before)) = (scope, before) {
            found.extend(before.found.iter().filter(|one| one.rests_on_the_batch()).cloned());
        }
        let scope = before.map_or(scope, |before| before.scope.max(scope));
        so_far.insert(batch, FoundOfBatch { scope, found: Arc::new(found) });
    });
}

/// Takes what was found last of each batch.
pub(super) fn take(w: &Write) -> BTreeMap<BatchId, FoundOfBatch> {
    w.remembered(|so_far: &mut Undoable<FoundSoFar>| std::mem::take(&mut so_far.now.0))
}
