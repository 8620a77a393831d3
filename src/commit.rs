//! What every write of the register does before it is committed, put together of those who know
//! how: the door stands below them.

use futures::future::BoxFuture;

use crate::analysis::search;
use crate::db::{BeforeCommit, Write};
use crate::error::WriteError;
use crate::provenance;
use crate::writing::concerning;

/// What the database is given, wherever it is opened.
pub const BEFORE_COMMIT: BeforeCommit = BeforeCommit { put: search::note, reconcile, concerning };

/// Accepted values and findings first: records are found by what is accepted of them.
fn reconcile(w: &mut Write) -> BoxFuture<'_, Result<(), WriteError>> {
    Box::pin(async move {
        provenance::reconcile(w).await?;
        search::index(w).await
    })
}
