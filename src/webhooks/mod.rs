//! Webhooks: events, sent as signed messages to whoever does not want to hold a socket open.
//!
//! An endpoint is somebody's address; a delivery says that it is told of one event. Each endpoint
//! is served by one worker in one process, which has a lease on it; all workers of a process
//! write through one progress writer.

pub mod address;
pub mod client;
pub mod cloud_event;
pub mod delivery;
mod dispatch;
pub mod endpoint;
mod metrics;
mod progress_writer;
pub mod schedule;
pub mod signature;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use self::address::Vetting;
use self::client::Client;
pub use self::dispatch::dispatch;
pub use self::metrics::{DeliveryBacklog, WebhookMetrics, standing};
use crate::clock::Clock;
use crate::db::Db;
use crate::eventlog::Tail;
use crate::site::Site;

/// How events are delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Whether this process delivers.
    pub deliver: bool,
    /// Networks to which something may be sent though they are not public.
    #[serde(deserialize_with = "address::networks")]
    pub allowed_networks: Vec<IpNet>,
    /// How long one attempt may take.
    pub timeout_seconds: u64,
    /// After how long the endpoints of a process that is gone are served by another.
    pub lease_seconds: u64,
}

/// What deliveries need besides the register.
pub struct WebhookSender {
    /// What sends.
    pub client: Client,
    /// What operators see.
    pub metrics: WebhookMetrics,
    lease: Duration,
}

/// What deliveries are made with: of a register, what they need, and the sender.
#[derive(Clone)]
pub struct Means {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The end of the log.
    pub tail: Arc<Tail>,
    /// Where the register stands on the web.
    pub site: Site,
    /// Sends messages.
    pub webhook_sender: Arc<WebhookSender>,
}

impl WebhookSender {
    /// A sender as configured.
    pub fn new(config: &WebhooksConfig) -> Arc<Self> {
        Self::with(Vetting::new(config.allowed_networks.clone()), config)
    }

    /// The same, which sends where `vetting` lets it.
    pub fn with(vetting: Vetting, config: &WebhooksConfig) -> Arc<Self> {
        let client = Client::new(vetting, Duration::from_secs(config.timeout_seconds));
        let lease = Duration::from_secs(config.lease_seconds);
        Arc::new(Self { client, metrics: WebhookMetrics::default(), lease })
    }
}
