//! Records by whose words search finds them, where these may have changed.

use std::collections::BTreeSet;

use entity::vocabulary::RecordKind;

use crate::db::{Memory, News, Write};

/// The records whose words may have changed. Of a part that is undone they stay: their entries are
/// made anew as they were.
#[derive(Default)]
struct ReindexSet(BTreeSet<(RecordKind, String)>);

impl Memory for ReindexSet {
    fn hear(&mut self, _: News<'_>) {}
}

impl Write {
    /// The words by which a record is found may have changed, or the record is gone: its entry is
    /// to be made anew.
    pub fn mark_for_reindex(&mut self, kind: RecordKind, subject: impl ToString) {
        self.remembered(|known: &mut ReindexSet| known.0.insert((kind, subject.to_string())));
    }

    /// Takes the records whose words may have changed.
    pub fn take_records_to_reindex(&mut self) -> BTreeSet<(RecordKind, String)> {
        self.remembered(|known: &mut ReindexSet| std::mem::take(&mut known.0))
    }
}
