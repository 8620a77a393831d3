//! Writes down what the workers of a process have done: as much as has come together meanwhile, in
//! one transaction.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::sleep;
use uuid::Uuid;

use crate::db::Db;
use crate::db::deliveries::{Progress, WriteOutcome, progress};

/// How many of them go into one transaction.
const TOGETHER: usize = 64;
/// The others have their turn at the database.
const PAUSE: Duration = Duration::from_millis(5);

type ProgressEntry = (Progress, oneshot::Sender<WriteOutcome>);

/// What the workers of a process write through.
pub(super) struct ProgressWriter {
    entries: mpsc::Sender<ProgressEntry>,
    task: AbortHandle,
}

impl Drop for ProgressWriter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ProgressWriter {
    /// Begins to write on behalf of a process.
    pub(super) fn begin(db: Db, process: Uuid) -> Self {
        let (entries, waiting) = mpsc::channel(TOGETHER);
        let task = tokio::spawn(write(db, process, waiting)).abort_handle();
        Self { entries, task }
    }

    /// Writes down what a worker has done, together with what others have.
    pub(super) async fn write(&self, progress: Progress) -> Result<WriteOutcome, DbErr> {
        let (answer, written) = oneshot::channel();
        let gone = || DbErr::Custom("what was delivered could not be written down".to_owned());
        self.entries.send((progress, answer)).await.map_err(|_| gone())?;
        written.await.map_err(|_| gone())
    }
}

async fn write(db: Db, process: Uuid, mut waiting: mpsc::Receiver<ProgressEntry>) {
    let mut entries = Vec::new();
    while waiting.recv_many(&mut entries, TOGETHER).await > 0 {
        let (all, answers): (Vec<Progress>, Vec<_>) = entries.drain(..).unzip();
        match db.reached(progress(&db, process, &all)).await {
            Ok(kept) => {
                for (answer, kept) in answers.into_iter().zip(kept) {
                    // A worker that has gone meanwhile needs no answer.
                    let _ = answer.send(kept);
                }
            }
            // Those who wait hear that there is no answer, and begin anew with what the database
            // has.
            Err(error) => tracing::warn!(%error, "deliveries could not be written down"),
        }
        sleep(PAUSE).await;
    }
}
