//! What every write of the register does before it is committed, put together of those who know
//! how: the door stands below them.

use futures::future::BoxFuture;

use crate::analysis::search;
use crate::db::{BeforeCommit, Changes, ReadColumn, Write};
use crate::delivery::delegation;
use crate::error::WriteError;
use crate::provenance;
use crate::writing::concerning;

/// What the database is given, wherever it is opened.
pub const BEFORE_COMMIT: BeforeCommit = BeforeCommit { put: note, reconcile, concerning };

/// What a row that came in or changed makes due.
fn note(w: &mut Write, table: &str, changes: &Changes, value: ReadColumn<'_>) {
    search::note(w, table, changes, value);
    provenance::note_people(w, table, changes);
    delegation::note(w, table, changes, value);
}

/// Accepted values and findings first: records are found by what is accepted of them.
fn reconcile(w: &mut Write) -> BoxFuture<'_, Result<(), WriteError>> {
    Box::pin(async move {
        delegation::sort_renamed(w).await?;
        provenance::reconcile(w).await?;
        provenance::store_findings(w).await?;
        search::index(w).await
    })
}
