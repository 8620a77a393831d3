//! How far imports have come that this process is reading or applying. What a transaction does
//! nobody else sees before it ends, so this stands beside the database, and is known to this
//! process alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use entity::id::ImportId;

/// How many work on an import, one within the other, and how many of its rows have been dealt with.
type UnderWay = BTreeMap<ImportId, (usize, u64)>;

static UNDER_WAY: Mutex<UnderWay> = Mutex::new(BTreeMap::new());

fn under_way() -> MutexGuard<'static, UnderWay> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many rows of an import have been dealt with, where that is under way here.
pub(super) fn rows_done(import: ImportId) -> Option<u64> {
    under_way().get(&import).map(|(_, rows)| *rows)
}

/// Work on an import, for as long as this is kept.
pub(super) struct Progress(ImportId);

impl Progress {
    /// Begins.
    pub(super) fn of(import: ImportId) -> Self {
        under_way().entry(import).or_default().0 += 1;
        Self(import)
    }

    /// So many rows have been dealt with.
    pub(super) fn publish(&self, rows: u64) {
        if let Some(work) = under_way().get_mut(&self.0) {
            work.1 = rows;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let mut all = under_way();
        if let Some(work) = all.get_mut(&self.0) {
            work.0 -= 1;
            if work.0 == 0 {
                all.remove(&self.0);
            }
        }
    }
}
