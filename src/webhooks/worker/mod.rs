//! One endpoint's way along the log: what its owner may see and asked for becomes deliveries, and
//! these are sent, in order where that is asked for, until they are taken.

mod kept;
mod landed;
mod made;
mod sent;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use entity::vocabulary::WebhookOrder;
use entity::{webhook_course, webhook_delivery, webhook_endpoint};
use sea_orm::DbErr;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use self::landed::Landed;
use self::sent::Sending;
use super::address;
use super::client::Connections;
use super::dispatch::WorkerContext;
use super::endpoint::rules;
use super::signature::SigningKeys;
use crate::access::{Actor, AuthError, Visible, by_account};
use crate::db::deliveries::Lanes;
use crate::db::write;
use crate::error::WriteError;
use crate::events::Choice;
use crate::events::log::Logged;

/// Deliveries that wait at most: what happens beyond stays in the log until there is room. Fewer
/// where the endpoint is failing.
const MOST_WAITING: usize = 20_000;
const MOST_WAITING_FAILING: usize = 1_000;
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_millis(250);

/// Where a delivery stands among others.
type Place = (i64, Uuid);

/// A delivery that may be tried.
struct PendingDelivery {
    row: webhook_delivery::Model,
    /// What it tells of; none where it is a ping.
    event: Option<Arc<Logged>>,
    on_its_way: bool,
}

/// Serves one endpoint.
pub(super) struct EndpointWorker {
    context: Arc<WorkerContext>,
    endpoint: webhook_endpoint::Model,
    choice: Choice,
    lanes: Lanes,
    course: webhook_course::Model,
    /// Changes when it is to finish.
    go: watch::Receiver<bool>,
    visible: Visible,
    /// How far the log has been looked through: as far as is written down, or further where nothing
    /// was to be told.
    seen: i64,
    noted: Instant,
    deliveries: BTreeMap<Place, PendingDelivery>,
    /// Lanes in which something is to be tried later, and when.
    held_up: HashMap<String, DateTime<Utc>>,
    /// When the next of what waits is due, and how many there are.
    wake: Option<DateTime<Utc>>,
    waiting: usize,
    /// Whether the database may have more that is due.
    more: bool,
    on_their_way: JoinSet<Landed>,
    /// What was tried and is not written down.
    tried: Vec<webhook_delivery::Model>,
    over: usize,
    given_up: bool,
    connections: Connections,
}

impl EndpointWorker {
    pub(super) fn new(
        context: Arc<WorkerContext>,
        endpoint: webhook_endpoint::Model,
        course: webhook_course::Model,
        go: watch::Receiver<bool>,
    ) -> Self {
        let lanes = match endpoint.delivery_order {
            WebhookOrder::None => Lanes::Each,
            WebhookOrder::PerSubject => Lanes::Records,
            WebhookOrder::Strict => Lanes::One,
        };
        Self {
            choice: Choice::from_stored(&endpoint.filter),
            lanes,
            seen: course.position,
            noted: Instant::now(),
            // Nothing is seen before the owner's rights are known.
            visible: Visible::to(Actor::Anonymous),
            deliveries: BTreeMap::new(),
            held_up: HashMap::new(),
            wake: None,
            waiting: 0,
            more: true,
            on_their_way: JoinSet::new(),
            tried: Vec::new(),
            over: 0,
            given_up: false,
            connections: Connections::default(),
            context,
            endpoint,
            course,
            go,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.context.with.clock.now()
    }

    /// Serves until it is to go, somebody else does, or the database is away.
    pub(super) async fn served(self) -> Result<(), DbErr> {
        let db = self.context.with.db.clone();
        db.reached(self.run()).await
    }

    async fn run(mut self) -> Result<(), DbErr> {
        let Ok(url) = address::parse(&self.endpoint.url) else { return Ok(()) };
        let signers = SigningKeys::from_stored(&self.endpoint.secrets).signers();
        let (began, mut end) = self.context.with.tail.end().await;
        if !self.renew().await? {
            return Ok(());
        }
        self.look_ahead().await?;
        let mut leaving = false;
        loop {
            leaving |= *self.go.borrow();
            let read = *end.borrow_and_update();
            // A restore took the log back: all of it is looked at anew.
            let Some(read) = read.filter(|read| read.epoch == began.epoch) else { return Ok(()) };
            let made = if leaving { Some(Vec::new()) } else { self.make_out(read).await? };
            let Some(made) = made else { return Ok(()) };
            let how = Sending { url: &url, signers: &signers, place: read, leaving };
            if !self.write(made, &how).await? {
                leaving = true;
            }
            if self.given_up {
                return self.give_up().await;
            }
            if leaving && self.on_their_way.is_empty() && self.tried.is_empty() {
                return Ok(());
            }
            if !leaving {
                self.refill().await?;
                self.launch(&how).await;
                if self.seen < read.position && self.has_room() {
                    self.land_all();
                    continue;
                }
            }
            tokio::select! {
                Some(landed) = self.on_their_way.join_next() => {
                    self.land(landed);
                    self.land_all();
                }
                _ = end.changed(), if !leaving => {}
                Ok(()) = self.go.changed(), if !leaving => {}
                () = sleep(LOOK) => {}
            }
        }
    }

    /// Learns what the owner may see now; false where the account is closed.
    async fn renew(&mut self) -> Result<bool, DbErr> {
        match by_account(&self.context.with.db, self.endpoint.account_id, None).await {
            Ok(actor) => {
                self.visible = Visible::to(actor);
                Ok(true)
            }
            Err(AuthError::Refused(_)) => Ok(false),
            Err(AuthError::Database(error)) => Err(error),
        }
    }

    /// Whether more may wait than does.
    fn has_room(&self) -> bool {
        let most = if self.course.failures > 0 { MOST_WAITING_FAILING } else { MOST_WAITING };
        self.deliveries.len() + self.waiting < most
    }

    /// What must come one after the other has the same lane.
    fn lane(&self, row: &webhook_delivery::Model) -> String {
        match self.lanes {
            Lanes::Each => row.id.to_string(),
            Lanes::Records => row.lane.clone(),
            Lanes::One => String::new(),
        }
    }

    /// Gives the endpoint up.
    async fn give_up(self) -> Result<(), DbErr> {
        let (with, endpoint, revision) =
            (&self.context.with, self.endpoint.id, self.course.revision);
        tracing::info!(endpoint = %self.endpoint.key, "a webhook endpoint is given up");
        let given_up = write(&with.db, &with.clock, Actor::Operator, async |w| {
            rules::give_up(w, endpoint, revision).await
        });
        match given_up.await {
            Ok(_) => Ok(()),
            Err(WriteError::Database(error)) => Err(error),
            Err(error) => Err(DbErr::Custom(error.to_string())),
        }
    }
}
