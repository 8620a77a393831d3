//! Time and ids. The only caller of `now` and of id generation (by lint), so that a test decides
//! what day it is.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock {
    /// Set where the time stands still until it is moved.
    fixed: Option<Arc<Mutex<DateTime<Utc>>>>,
    /// Keeps ids of one moment in the order in which they were made.
    order: Arc<Mutex<ContextV7>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { fixed: None, order: Arc::default() }
    }

    /// A clock that stands still at `at`.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self { fixed: Some(Arc::new(Mutex::new(at))), order: Arc::default() }
    }

    /// Moves a fixed clock; the machine's clock does not move.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Some(fixed) = &self.fixed {
            *fixed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = at;
        }
    }

    /// This moment, to the microsecond: what both databases can hold.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.fixed {
            Some(fixed) => *fixed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
            #[allow(clippy::disallowed_methods, reason = "this is the place")]
            None => Utc::now(),
        };
        now.trunc_subsecs(6)
    }

    /// Today in UTC. Calendar dates have no time zone; a register that spans many zones needs one
    /// reading of "today".
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// A new UUIDv7: later ids sort behind earlier ones.
    pub fn id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let order = self.order.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        #[allow(clippy::disallowed_methods, reason = "this is the place")]
        Uuid::new_v7(Timestamp::from_unix(&*order, seconds, now.timestamp_subsec_nanos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_sort_in_the_order_in_which_they_were_made() {
        let clock = Clock::fixed("2026-06-01T00:00:00Z".parse().unwrap());
        let ids: Vec<_> = (0..1000).map(|_| clock.id()).collect();
        assert!(ids.is_sorted());
    }
}
