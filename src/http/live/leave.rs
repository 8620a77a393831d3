//! How operations that go on end when the process stops: each connection after a while of its own,
//! so that not all clients come back to the next process in the same moment.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::http::HttpState;

/// Over how long the connections are spread.
const SPREAD: Duration = Duration::from_secs(2);

/// When all have to go, and how many are left.
#[derive(Default)]
pub struct Leaving {
    closing: watch::Sender<bool>,
    /// Connections that go on.
    left: watch::Sender<usize>,
    number: AtomicU64,
}

/// When a connection has to go.
#[derive(Clone)]
pub struct Leave {
    closing: watch::Receiver<bool>,
    wait: Duration,
    /// The moment, once it is known.
    at: Option<Instant>,
}

/// A connection that goes on; until it is dropped, the process waits for it.
pub struct Stay(HttpState);

impl Drop for Stay {
    fn drop(&mut self) {
        self.0.live.leaving.left.send_modify(|left| *left -= 1);
    }
}

impl HttpState {
    /// A connection begins that goes on.
    pub(super) fn stay(&self) -> (Stay, Leave) {
        let leaving = &self.live.leaving;
        leaving.left.send_modify(|left| *left += 1);
        // Multiples of the golden ratio spread evenly, however many there are.
        let number = leaving.number.fetch_add(1, Ordering::Relaxed);
        let share = (number as f64 * 0.618_033_988_749_895).fract();
        (
            Stay(self.clone()),
            Leave { closing: leaving.closing.subscribe(), wait: SPREAD.mul_f64(share), at: None },
        )
    }

    /// Tells all connections to go.
    pub(in crate::http) fn close(&self) {
        self.live.leaving.closing.send_replace(true);
    }

    /// Resolves when no connection goes on any more.
    pub(in crate::http) async fn left(&self) {
        let mut left = self.live.leaving.left.subscribe();
        // The sender lives as long as the door.
        let _ = left.wait_for(|left| *left == 0).await;
    }

    /// Connections that go on.
    pub(in crate::http) fn staying(&self) -> usize {
        *self.live.leaving.left.borrow()
    }
}

impl Leave {
    /// Resolves when it is time to go.
    pub async fn time(&mut self) {
        if self.closing.wait_for(|closing| *closing).await.is_err() {
            std::future::pending::<()>().await;
        }
        let at = *self.at.get_or_insert_with(|| Instant::now() + self.wait);
        sleep_until(at).await;
    }
}
