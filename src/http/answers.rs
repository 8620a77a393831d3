//! Answers that were given before, for as long as nothing has been written since.
//!
//! What readers see changes with the log: no write without an event, and no event without another
//! place at its end. So an answer that was begun when the log ended at a place is right for as long
//! as it ends there, which one small statement tells. Answers are kept for readers without an
//! account, who all see the same; what an account sees changes with its rights too.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{Response, Value};
use axum::body::Bytes;
use chrono::NaiveDate;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::reply::{Closed, Data, Reply};
use crate::access::Actor;
use crate::app::App;
use crate::events::{LogCursor, log};
use crate::graphql::language::Languages;
use crate::request::cache::{Digest, bounded};
use crate::request::{Kind, Prepared};
use crate::schema::execute::Executed;
use crate::telemetry::metrics::Cached;

/// What an answer takes up besides its text, in bytes (an estimate on the high side).
const BYTES_BESIDES: u64 = 512;
/// What an answer usually takes up.
const USUAL_BYTES: u64 = 4096;

/// What an answer follows from, besides the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct AnswerKey {
    request: Digest,
    languages: Languages,
    /// Plans are overdue, and batches over, as at a day.
    day: NaiveDate,
}

/// An answer without errors.
#[derive(Clone)]
struct CachedAnswer {
    /// Where the log ended before it was made.
    place: LogCursor,
    data: Bytes,
    extensions: BTreeMap<String, Value>,
    cost: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<AnswerKey, CachedAnswer> for ByBytes {
    fn weight(&self, _: &AnswerKey, kept: &CachedAnswer) -> u64 {
        BYTES_BESIDES + kept.data.len() as u64
    }
}

/// Answers that were given before.
pub(super) struct Answers {
    kept: Option<Cache<AnswerKey, CachedAnswer, ByBytes>>,
    /// How often one was there and right.
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Answers {
    /// Answers that take up at most `bytes`; of 0, none is kept.
    pub(super) fn new(bytes: usize) -> Self {
        let cache = || bounded(bytes as u64, USUAL_BYTES, ByBytes);
        Self { kept: (bytes > 0).then(cache), hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// What operators see.
    pub(super) fn metrics(&self) -> Cached {
        let lookups = (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed));
        Cached { lookups, bytes: self.kept.as_ref().map_or(0, Cache::weight) }
    }

    /// Answers a request that was found good: as it was answered before, where that is right;
    /// else, once `pay` has paid for it, anew. With the fields that the answer has.
    pub(super) async fn answer(
        &self,
        app: &App,
        (actor, languages): (Actor, Languages),
        prepared: &Prepared,
        pay: impl FnOnce() -> Result<(), Closed>,
    ) -> (Reply, u64) {
        let may_keep = prepared.kind == Kind::Query && actor == Actor::Anonymous;
        let Some(cache) = self.kept.as_ref().filter(|_| may_keep) else {
            if let Err(closed) = pay() {
                return (Reply::Closed(closed), 0);
            }
            let executed = app.run(actor, languages, prepared).await;
            let cost = executed.actual_cost;
            return (executed.into(), cost);
        };
        let answer_key = AnswerKey {
            request: prepared.digest(),
            languages: languages.clone(),
            day: app.clock.today(),
        };
        // Where the place cannot be read, neither can the rest, and that is told with an id.
        let place = log::head(app.db.reading()).await.ok();
        if let Some(CachedAnswer { data, extensions, cost, .. }) =
            cache.get(&answer_key).filter(|kept| Some(kept.place) == place)
        {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return (Reply::good(data, extensions), cost);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        if let Err(closed) = pay() {
            return (Reply::Closed(closed), 0);
        }
        let executed = app.run(actor, languages, prepared).await;
        let cost = executed.actual_cost;
        let Some(place) = place.filter(|_| executed.response.errors.is_empty()) else {
            return (executed.into(), cost);
        };
        let Executed { response: Response { data, extensions, .. }, json, .. } = executed;
        let data = json.map_or(Data::Made(data), Data::Json).into_json();
        cache.insert(
            answer_key,
            CachedAnswer { place, data: data.clone(), extensions: extensions.clone(), cost },
        );
        (Reply::good(data, extensions), cost)
    }
}
