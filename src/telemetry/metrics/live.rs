//! Figures of the log and of those who follow it.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::Of;

/// Figures of the log and of those who follow it.
pub(super) struct Live {
    pub(super) followed: Family<Of, Counter>,
    pub(super) too_slow: Counter,
    pub(super) turned_away: Counter,
    pub(super) connections: Gauge,
    pub(super) streams: Gauge,
    pub(super) shown: Family<Of, Counter>,
    pub(super) events: Counter,
    pub(super) gaps: Counter,
    pub(super) behind: Gauge,
    pub(super) late: Gauge<f64, AtomicU64>,
}

impl Live {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let (followed, too_slow, streams) =
            (Family::default(), Counter::default(), Gauge::default());
        let (turned_away, connections) = (Counter::default(), Gauge::default());
        let (shown, events, gaps, behind, late) = (
            Family::default(),
            Counter::default(),
            Counter::default(),
            Gauge::default(),
            Gauge::default(),
        );
        registry.register(
            "subscriptions",
            "Subscriptions: begun anew, resumed from a place told before, or asked for from a \
             place that is lost",
            Clone::clone(&followed),
        );
        registry.register(
            "slow_readers",
            "Sockets closed because the client read too slowly",
            Clone::clone(&too_slow),
        );
        registry.register(
            "connections_open",
            "Connections to the public listener",
            Clone::clone(&connections),
        );
        let help =
            "Connections closed at once since all places, or those of their address, were taken";
        registry.register("connections_turned_away", help, Clone::clone(&turned_away));
        registry.register(
            "streams_open",
            "Sockets and event streams that go on",
            Clone::clone(&streams),
        );
        registry.register(
            "items",
            "Items of subscriptions: made, or shown again as they were",
            Clone::clone(&shown),
        );
        registry.register(
            "log_events",
            "Events of the log that the tail has read",
            Clone::clone(&events),
        );
        registry.register(
            "log_gaps",
            "Positions missing in the log; must be 0",
            Clone::clone(&gaps),
        );
        registry.register(
            "log_behind",
            "Events that the tail had yet to read when it last looked",
            Clone::clone(&behind),
        );
        let help = "Since when the tail has not been known to be at the end of the log";
        registry.register_with_unit("log_lag", help, Unit::Seconds, Clone::clone(&late));
        Self {
            followed,
            too_slow,
            turned_away,
            connections,
            streams,
            shown,
            events,
            gaps,
            behind,
            late,
        }
    }
}
