//! The newest events, in memory, for all who follow the log. Bounded in number and in bytes: who
//! falls behind reads the log.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::events::log::Logged;

/// How many events are kept at most.
pub const MOST: usize = 2_048;
/// What they may take up.
const MOST_BYTES: usize = 16 << 20;

/// The newest events: contiguous, in order.
#[derive(Default)]
pub struct Recent {
    events: VecDeque<Arc<Logged>>,
    bytes: usize,
}

impl Recent {
    /// Takes in the next event.
    pub fn push(&mut self, event: Arc<Logged>) {
        self.bytes += event.bytes();
        self.events.push_back(event);
        while self.events.len() > MOST || (self.bytes > MOST_BYTES && self.events.len() > 1) {
            if let Some(gone) = self.events.pop_front() {
                self.bytes -= gone.bytes();
            }
        }
    }

    /// At most `most` events behind a position; none where they are not all here.
    pub fn after(&self, position: i64, most: usize) -> Option<Vec<Arc<Logged>>> {
        let first = self.events.front()?.row.position;
        let skipped = usize::try_from(position + 1 - first).ok()?;
        Some(self.events.iter().skip(skipped).take(most).cloned().collect())
    }
}
