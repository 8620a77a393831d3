//! Figures for operators, in the text format of OpenMetrics that Prometheus reads.

mod live;
mod mails;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use self::live::Live;
use self::mails::Mails;
use crate::app::App;
use crate::request::{Kind, Limit};
use crate::webhooks::DeliveryBacklog;

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Without an error.
    Ok,
    /// With errors beside the data, or in their place.
    Errors,
    /// It panicked.
    Failed,
    /// It took too long.
    Timeout,
    /// Its client went away.
    Abandoned,
}

impl Outcome {
    /// As metrics and logs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Errors => "errors",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Abandoned => "abandoned",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    of: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Became {
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Pool {
    pool: &'static str,
    state: &'static str,
}

/// The figures of a process.
pub struct Metrics {
    registry: Registry,
    durations: Family<Answered, Histogram>,
    costs: Family<Of, Histogram>,
    limits: Family<Refused, Counter>,
    faults: Counter,
    lookups: Family<Of, Counter>,
    kept: Gauge,
    answers: Family<Of, Counter>,
    answers_kept: Gauge,
    pools: Family<Pool, Gauge>,
    live: Live,
    webhooks: Webhooks,
    mails: Mails,
}

/// Figures of deliveries to webhook endpoints.
struct Webhooks {
    attempts: Family<Became, Counter>,
    oldest: Gauge<f64, AtomicU64>,
    disabled: Gauge,
}

impl Webhooks {
    fn new(registry: &mut Registry) -> Self {
        let (attempts, oldest, disabled) = (Family::default(), Gauge::default(), Gauge::default());
        registry.register(
            "webhook_attempts",
            "Attempts to deliver, by what became of them",
            Clone::clone(&attempts),
        );
        let help =
            "Age of the oldest event that an active endpoint has not taken, of all processes";
        registry.register_with_unit(
            "webhook_oldest_pending",
            help,
            Unit::Seconds,
            Clone::clone(&oldest),
        );
        registry.register(
            "webhook_endpoints_disabled",
            "Endpoints that were given up",
            Clone::clone(&disabled),
        );
        Self { attempts, oldest, disabled }
    }
}

/// What became of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It begins at no place that the client was told of before.
    Anew,
    /// It goes on from such a place.
    Resumed,
    /// The log does not have the place.
    Lost,
}

/// What the doors know of those who follow the log.
#[derive(Clone, Copy, Debug)]
pub struct Followers {
    /// Connections to the public listener.
    pub connections: usize,
    /// Sockets and event streams that go on.
    pub streams: usize,
    /// Items that were shown again as they were.
    pub again: u64,
    /// Items that were made.
    pub made: u64,
}

/// What operators see of a cache.
#[derive(Clone, Copy, Debug)]
pub struct Cached {
    /// How often something was looked for: found, and not found.
    pub lookups: (u64, u64),
    /// What is kept takes up so many bytes.
    pub bytes: u64,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("jejaring");
        // From half a millisecond to half a minute, and from one field to four million.
        let durations = Family::<Answered, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.0005, 2.0, 17))
        });
        let costs = Family::<Of, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(1.0, 4.0, 12))
        });
        let (limits, faults, lookups) = (Family::default(), Counter::default(), Family::default());
        let (kept, pools) = (Gauge::default(), Family::default());
        let (answers, answers_kept) = (Family::default(), Gauge::default());
        let seconds = Unit::Seconds;
        registry.register_with_unit(
            "request_duration",
            "From the judged request to its answer",
            seconds,
            durations.clone(),
        );
        registry.register(
            "request_cost",
            "Fields that answers could have (requested) and had (actual)",
            costs.clone(),
        );
        registry.register(
            "requests_limited",
            "Requests refused, by the limit that they met",
            limits.clone(),
        );
        registry.register("requests_faulty", "Requests refused, for any reason", faults.clone());
        registry.register(
            "document_lookups",
            "Looks into the cache of judged documents",
            lookups.clone(),
        );
        registry.register_with_unit(
            "document_cache",
            "What the judged documents take up",
            Unit::Bytes,
            kept.clone(),
        );
        registry.register(
            "answer_lookups",
            "Looks into the cache of answers",
            Clone::clone(&answers),
        );
        let help = "What the answers take up that are kept until something is written";
        registry.register_with_unit("answer_cache", help, Unit::Bytes, Clone::clone(&answers_kept));
        registry.register("pool_connections", "Connections to the database", pools.clone());
        let (live, webhooks) = (Live::new(&mut registry), Webhooks::new(&mut registry));
        let mails = Mails::new(&mut registry);
        Self {
            registry,
            durations,
            costs,
            limits,
            faults,
            lookups,
            kept,
            answers,
            answers_kept,
            pools,
            live,
            webhooks,
            mails,
        }
    }
}

impl Metrics {
    /// A request was executed.
    pub fn answered(
        &self,
        kind: Kind,
        outcome: Outcome,
        elapsed: Duration,
        requested: u64,
        actual: u64,
    ) {
        let operation = kind.as_str();
        self.durations
            .get_or_create(&Answered { operation, outcome: outcome.as_str() })
            .observe(elapsed.as_secs_f64());
        self.costs.get_or_create(&Of { of: "requested" }).observe(requested as f64);
        self.costs.get_or_create(&Of { of: "actual" }).observe(actual as f64);
    }

    /// A request was refused, or given up.
    pub fn refused(&self, limit: Option<Limit>) {
        self.faults.inc();
        if let Some(limit) = limit {
            self.limits.get_or_create(&Refused { limit: limit.as_str() }).inc();
        }
    }

    /// A subscription was asked for: what became of it.
    pub fn followed(&self, result: Followed) {
        let of = match result {
            Followed::Anew => "new",
            Followed::Resumed => "resumed",
            Followed::Lost => "lost",
        };
        self.live.followed.get_or_create(&Of { of }).inc();
    }

    /// A subscription waits until its client's budget allows more.
    pub fn waited(&self) {
        self.limits.get_or_create(&Refused { limit: Limit::Rate.as_str() }).inc();
    }

    /// A socket was closed because its client read too slowly.
    pub fn too_slow(&self) {
        self.live.too_slow.inc();
    }

    /// Counts connections for which there was no place.
    pub fn turned_away(&self) -> Counter {
        self.live.turned_away.clone()
    }

    /// All figures as text.
    pub fn text(
        &self,
        app: &App,
        answers: Cached,
        followers: Followers,
        standing: DeliveryBacklog,
    ) -> Result<String, std::fmt::Error> {
        let documents = app.pipeline.documents();
        let documents = Cached { lookups: documents.lookups(), bytes: documents.bytes() };
        let caches =
            [(&self.lookups, &self.kept, documents), (&self.answers, &self.answers_kept, answers)];
        for (lookups, kept, Cached { lookups: (hits, misses), bytes }) in caches {
            for (of, count) in [("hit", hits), ("miss", misses)] {
                lookups.get_or_create(&Of { of }).inner().store(count, Ordering::Relaxed);
            }
            kept.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        for (pool, state, count) in app.db.pools() {
            self.pools.get_or_create(&Pool { pool, state }).set(i64::from(count));
        }
        let (live, tail) = (&self.live, app.tail.metrics());
        live.connections.set(i64::try_from(followers.connections).unwrap_or(i64::MAX));
        live.streams.set(i64::try_from(followers.streams).unwrap_or(i64::MAX));
        for (of, count) in [("again", followers.again), ("made", followers.made)] {
            live.shown.get_or_create(&Of { of }).inner().store(count, Ordering::Relaxed);
        }
        live.events.inner().store(tail.events.load(Ordering::Relaxed), Ordering::Relaxed);
        live.gaps.inner().store(tail.gaps.load(Ordering::Relaxed), Ordering::Relaxed);
        live.behind.set(i64::try_from(tail.behind.load(Ordering::Relaxed)).unwrap_or(i64::MAX));
        live.late.set(app.tail.late_by().unwrap_or_default().as_secs_f64());
        for (outcome, count) in app.webhook_sender.metrics.all() {
            let became = Became { outcome: outcome.to_string().to_lowercase() };
            self.webhooks
                .attempts
                .get_or_create(&became)
                .inner()
                .store(count.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        self.mails.set(&app.mails);
        let waiting =
            standing.oldest.map_or(0.0, |oldest| (app.clock.now() - oldest).as_seconds_f64());
        self.webhooks.oldest.set(waiting.max(0.0));
        self.webhooks.disabled.set(i64::try_from(standing.disabled).unwrap_or(i64::MAX));
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
