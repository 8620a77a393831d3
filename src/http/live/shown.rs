//! Items as they were shown a moment ago: who asks for the same in the same way gets the same bytes, so that an event is
//! made into an answer once, and not for each of those who follow.

use std::time::Instant;

use axum::extract::ws::Utf8Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::events::LogCursor;
use crate::request::cache::Digest;

/// What the items may take up.
const MOST_BYTES: u64 = 16 << 20;
const USUAL_ITEMS: usize = 4_096;

/// Which item, for whom, and in which second: what is shown of a record is never older than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    shape: Digest,
    after: LogCursor,
    cursor: LogCursor,
    second: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Utf8Bytes> for ByBytes {
    fn weight(&self, _: &Key, json: &Utf8Bytes) -> u64 {
        256 + json.len() as u64
    }
}

/// Items as they were shown a moment ago.
pub struct Shown {
    items: Cache<Key, Utf8Bytes, ByBytes>,
    began: Instant,
}

impl Default for Shown {
    fn default() -> Self {
        Self { items: Cache::with_weighter(USUAL_ITEMS, MOST_BYTES, ByBytes), began: Instant::now() }
    }
}

impl Shown {
    /// The item in this shape: as it was shown a moment ago, else as `show` makes it. Whoever asks meanwhile waits for that.
    pub async fn get(
        &self,
        shape: Digest,
        (after, cursor): (LogCursor, LogCursor),
        show: impl Future<Output = Utf8Bytes>,
    ) -> Utf8Bytes {
        let key = Key { shape, after, cursor, second: self.began.elapsed().as_secs() };
        let made = self.items.get_or_insert_async(&key, async { Ok::<_, std::convert::Infallible>(show.await) });
        match made.await {
            Ok(json) => json,
            Err(never) => match never {},
        }
    }

    /// How many items were shown again, and how many were made.
    pub fn counts(&self) -> (u64, u64) {
        (self.items.hits(), self.items.misses())
    }
}
