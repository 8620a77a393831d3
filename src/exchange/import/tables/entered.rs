//! What rows have entered, for later rows that are about it or name it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The records that rows were carried out as, by their lines. What was undone since, as it is where
/// rows are rehearsed, leaves ids that no record has.
#[derive(Debug)]
pub(super) struct Entered<T>(Arc<Mutex<HashMap<u64, T>>>);

impl<T> Clone for Entered<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Entered<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Entered<T> {
    pub(super) fn of(&self, line: u64) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&line).cloned()
    }

    pub(super) fn keep(&self, line: u64, record: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(line, record);
    }
}
