//! How far imports have come that this process is reading or applying. What a transaction does nobody else sees before it ends, so
//! this stands beside the database, and is known to this process alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use entity::id::ImportId;

static UNDER_WAY: Mutex<BTreeMap<ImportId, u64>> = Mutex::new(BTreeMap::new());

fn under_way() -> MutexGuard<'static, BTreeMap<ImportId, u64>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many rows of an import have been dealt with, where that is under way here.
pub(super) fn rows_done(import: ImportId) -> Option<u64> {
    under_way().get(&import).copied()
}

/// Work on an import, for as long as this is kept.
pub(super) struct Progress(ImportId);

impl Progress {
    /// Begins.
    pub(super) fn of(import: ImportId) -> Self {
        under_way().insert(import, 0);
        Self(import)
    }

    /// So many rows have been dealt with.
    pub(super) fn tell(&self, rows: u64) {
        under_way().insert(self.0, rows);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        under_way().remove(&self.0);
    }
}
