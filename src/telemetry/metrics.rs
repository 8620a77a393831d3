//! Figures for operators, in the text format of OpenMetrics that Prometheus reads.

use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::app::App;
use crate::request::{Kind, Limit};

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
}

impl Outcome {
    /// As metrics and logs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Errors => "errors",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
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
    pools: Family<Pool, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("jejaring");
        // From half a millisecond to half a minute, and from one field to four million.
        let durations = Family::<Answered, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.0005, 2.0, 17))
        });
        let costs = Family::<Of, Histogram>::new_with_constructor(|| Histogram::new(exponential_buckets(1.0, 4.0, 12)));
        let (limits, faults, lookups) = (Family::default(), Counter::default(), Family::default());
        let (kept, pools) = (Gauge::default(), Family::default());
        let seconds = Unit::Seconds;
        registry.register_with_unit(
            "request_duration",
            "From the judged request to its answer",
            seconds,
            durations.clone(),
        );
        registry.register("request_cost", "Fields that answers could have (requested) and had (actual)", costs.clone());
        registry.register("requests_limited", "Requests refused, by the limit that they met", limits.clone());
        registry.register("requests_faulty", "Requests refused before their execution, for any reason", faults.clone());
        registry.register("document_lookups", "Looks into the cache of judged documents", lookups.clone());
        registry.register_with_unit("document_cache", "What the judged documents take up", Unit::Bytes, kept.clone());
        registry.register("pool_connections", "Connections to the database", pools.clone());
        Self { registry, durations, costs, limits, faults, lookups, kept, pools }
    }
}

impl Metrics {
    /// A request was executed.
    pub fn answered(&self, kind: Kind, outcome: Outcome, elapsed: Duration, requested: u64, actual: u64) {
        let operation = kind.as_str();
        self.durations.get_or_create(&Answered { operation, outcome: outcome.as_str() }).observe(elapsed.as_secs_f64());
        self.costs.get_or_create(&Of { of: "requested" }).observe(requested as f64);
        self.costs.get_or_create(&Of { of: "actual" }).observe(actual as f64);
    }

    /// A request was refused before its execution.
    pub fn refused(&self, limit: Option<Limit>) {
        self.faults.inc();
        if let Some(limit) = limit {
            self.limited(limit);
        }
    }

    /// A limit was met.
    pub fn limited(&self, limit: Limit) {
        self.limits.get_or_create(&Refused { limit: limit.as_str() }).inc();
    }

    /// All figures as text.
    pub fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        let documents = app.front.documents();
        let (hits, misses) = documents.lookups();
        for (of, count) in [("hit", hits), ("miss", misses)] {
            self.lookups.get_or_create(&Of { of }).inner().store(count, Ordering::Relaxed);
        }
        self.kept.set(i64::try_from(documents.bytes()).unwrap_or(i64::MAX));
        for (pool, state, count) in app.db.pools() {
            self.pools.get_or_create(&Pool { pool, state }).set(i64::from(count));
        }
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
