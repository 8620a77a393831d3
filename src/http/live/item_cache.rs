//! Items as they were shown a moment ago: who asks for the same in the same way gets the same
//! bytes, so that an event is made into an answer once, and not for each of those who follow.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::ws::Utf8Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::events::LogCursor;
use crate::http::reply::Closed;
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
pub struct StreamItemCache {
    items: Cache<Key, Utf8Bytes, ByBytes>,
    began: Instant,
    /// How often one was found, and how many were made.
    found: AtomicU64,
    made: AtomicU64,
}

impl Default for StreamItemCache {
    fn default() -> Self {
        let items = Cache::with_weighter(USUAL_ITEMS, MOST_BYTES, ByBytes);
        Self { items, began: Instant::now(), found: AtomicU64::new(0), made: AtomicU64::new(0) }
    }
}

impl StreamItemCache {
    fn key(&self, shape: Digest, (after, cursor): (LogCursor, LogCursor)) -> Key {
        Key { shape, after, cursor, second: self.began.elapsed().as_secs() }
    }

    /// The item in this shape, where it was shown a moment ago.
    pub fn find(&self, shape: Digest, place: (LogCursor, LogCursor)) -> Option<Utf8Bytes> {
        let found = self.items.get(&self.key(shape, place));
        self.found.fetch_add(u64::from(found.is_some()), Ordering::Relaxed);
        found
    }

    /// The item in this shape: as it was shown a moment ago, else as `show` makes it. Whoever asks
    /// meanwhile waits for that, and makes it himself where it fails.
    pub async fn get(
        &self,
        shape: Digest,
        place: (LogCursor, LogCursor),
        show: impl Future<Output = Result<Utf8Bytes, Closed>>,
    ) -> Result<Utf8Bytes, Closed> {
        let mut made = false;
        let make = async {
            made = true;
            show.await
        };
        let json = self.items.get_or_insert_async(&self.key(shape, place), make).await;
        if made { &self.made } else { &self.found }.fetch_add(1, Ordering::Relaxed);
        json
    }

    /// How many items were shown again, and how many were made.
    pub fn counts(&self) -> (u64, u64) {
        (self.found.load(Ordering::Relaxed), self.made.load(Ordering::Relaxed))
    }
}
