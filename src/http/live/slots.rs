//! How much one connection may have executed, and hold of what was executed, at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Executions of one connection at once, together with the answers that wait to be written to it.
const MOST: usize = 4;

/// The slots of one connection. An operation takes one before it reads anything, and gives it back
/// when its answer is written: until then it waits, and holds neither a connection to the database
/// nor an answer.
#[derive(Clone)]
pub struct Slots(Arc<Semaphore>);

/// The right to execute, and to hold what came of it.
#[derive(Debug)]
pub struct Slot(
    #[expect(dead_code, reason = "it is given back when it is dropped")]
    Option<OwnedSemaphorePermit>,
);

impl Default for Slots {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Slots {
    /// A slot, as soon as one is free.
    pub async fn take(&self) -> Slot {
        // It is never closed.
        Slot(self.0.clone().acquire_owned().await.ok())
    }
}
