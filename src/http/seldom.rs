//! Lines in the log about what may happen thousands of times a second.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far apart two lines are at least.
const APART: Duration = Duration::from_secs(10);

/// Counts what happens, and says when it is time for a line about it.
#[derive(Default)]
pub struct Seldom(Mutex<(Option<Instant>, u64)>);

impl Seldom {
    /// It has happened. Where it is time for a line: how often since the last one.
    pub fn count(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += 1;
        if state.0.is_some_and(|last| last.elapsed() < APART) {
            return None;
        }
        state.0 = Some(Instant::now());
        Some(std::mem::take(&mut state.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_time_is_told_and_the_next_ones_are_counted() {
        let seldom = Seldom::default();
        assert_eq!((seldom.count(), seldom.count(), seldom.count()), (Some(1), None, None));
        seldom.0.lock().unwrap().0 = Instant::now().checked_sub(APART);
        assert_eq!(seldom.count(), Some(3));
    }
}
