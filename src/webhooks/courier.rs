//! One endpoint's way along the log: what its owner may see and asked for becomes deliveries, and these are sent, in order where that
//! is asked for, until they are taken.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, header};
use chrono::{DateTime, Utc};
use entity::vocabulary::{WebhookDeliveryState, WebhookOrder, WebhookOutcome};
use entity::{webhook_course, webhook_delivery, webhook_endpoint};
use hyper::body::Bytes;
use sea_orm::DbErr;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;
use uuid::{Builder, Uuid};

use super::client::{Connections, Sent};
use super::delivery::Attempt;
use super::dispatch::Post;
use super::endpoint::rules;
use super::schedule::{GIVEN_UP_AFTER, rest, wait};
use super::signature::{Keys, Signers};
use super::{address, cloud_event};
use crate::access::{Actor, AuthError, OF_ACCOUNTS, Visible, by_account};
use crate::db::deliveries::{Kept, Lanes, Progress, due, later};
use crate::db::write;
use crate::error::WriteError;
use crate::events::log::{self, Logged};
use crate::events::{Choice, LogCursor};

/// Events that are looked at at a time.
const CHUNK: usize = 256;
/// Deliveries that are kept in memory.
const WINDOW: usize = 512;
/// Messages that are on their way to an endpoint at a time.
const AT_A_TIME: usize = 16;
/// Deliveries that wait at most: what happens beyond stays in the log until there is room. Fewer where the endpoint is failing.
const MOST_WAITING: usize = 20_000;
const MOST_WAITING_FAILING: usize = 1_000;
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_millis(250);
/// How often the place in the log is written down where there is nothing else to write.
const NOTE_PLACE: Duration = Duration::from_secs(5);
/// After so many deliveries those are forgotten that nobody looks at any more.
const FORGET_AFTER: usize = 1_000;

/// Where a delivery stands among others.
type Place = (i64, Uuid);

/// A delivery that may be tried.
struct Parcel {
    row: webhook_delivery::Model,
    /// What it tells of; none where it is a ping.
    event: Option<Arc<Logged>>,
    on_its_way: bool,
}

/// A message that has arrived, or has not.
struct Landed {
    place: Place,
    at: DateTime<Utc>,
    took: Duration,
    sent: Sent,
}

/// How messages are sent.
struct Sending<'a> {
    url: &'a Url,
    signers: &'a Signers,
    /// Where the log ends.
    place: LogCursor,
    /// Whether nothing more is to be sent.
    leaving: bool,
}

/// Serves one endpoint.
pub(super) struct Courier {
    post: Arc<Post>,
    endpoint: webhook_endpoint::Model,
    choice: Choice,
    lanes: Lanes,
    course: webhook_course::Model,
    /// Changes when it is to finish.
    go: watch::Receiver<bool>,
    visible: Visible,
    /// How far the log has been looked through: as far as is written down, or further where nothing was to be told.
    seen: i64,
    noted: Instant,
    parcels: BTreeMap<Place, Parcel>,
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

impl Courier {
    pub(super) fn new(
        post: Arc<Post>,
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
            parcels: BTreeMap::new(),
            held_up: HashMap::new(),
            wake: None,
            waiting: 0,
            more: true,
            on_their_way: JoinSet::new(),
            tried: Vec::new(),
            over: 0,
            given_up: false,
            connections: Connections::default(),
            post,
            endpoint,
            course,
            go,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.post.app.clock.now()
    }

    /// Serves until it is to go, somebody else does, or the database is away.
    pub(super) async fn served(self) -> Result<(), DbErr> {
        let db = self.post.app.db.clone();
        db.reached(self.run()).await
    }

    async fn run(mut self) -> Result<(), DbErr> {
        let Ok(url) = address::parse(&self.endpoint.url) else { return Ok(()) };
        let signers = Keys::from_stored(&self.endpoint.secrets).signers();
        let (began, mut end) = self.post.app.tail.end().await;
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
        match by_account(&self.post.app.db, self.endpoint.account_id, None).await {
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
        self.parcels.len() + self.waiting < most
    }

    /// Makes deliveries of the next events that the owner may see and asked for; none where there is no owner any more.
    async fn make_out(&mut self, end: LogCursor) -> Result<Option<Vec<Parcel>>, DbErr> {
        let mut made = Vec::new();
        if self.seen >= end.position || !self.has_room() {
            return Ok(Some(made));
        }
        for event in self.post.app.tail.after(self.seen, CHUNK).await? {
            self.seen = event.row.position;
            if event.row.subject_kind.is_some_and(|kind| OF_ACCOUNTS.contains(&kind)) && !self.renew().await? {
                return Ok(None);
            }
            if self.visible.sees(&event.row) && self.choice.has(&event) {
                let row = self.delivery(&event, end.at(event.row.position));
                made.push(Parcel { row, event: Some(event), on_its_way: false });
            }
        }
        Ok(Some(made))
    }

    fn delivery(&self, event: &Logged, place: LogCursor) -> webhook_delivery::Model {
        let (now, row) = (self.now(), &event.row);
        let id = delivery_id(self.endpoint.id.0, place);
        let lane = row.subject_id.clone().unwrap_or_default();
        webhook_delivery::Model {
            id: entity::id::WebhookDeliveryId(id),
            key: format!("evt-{}", id.simple()),
            version: 1,
            created_at: now,
            updated_at: now,
            endpoint_id: self.endpoint.id,
            position: Some(row.position),
            kind: row.kind.clone(),
            sort_position: row.position,
            lane,
            occurred_at: row.occurred_at,
            state: WebhookDeliveryState::Pending,
            due_at: now,
            tries: 0,
            attempts: serde_json::json!([]),
        }
    }

    /// Writes down what was done, and takes in what came into being; false where somebody else decides now. What can be sent
    /// meanwhile is: an endpoint waits for no transaction.
    async fn write(&mut self, made: Vec<Parcel>, how: &Sending<'_>) -> Result<bool, DbErr> {
        let idle = made.is_empty() && self.tried.is_empty();
        if idle && (self.seen == self.course.position || self.noted.elapsed() < NOTE_PLACE) {
            return Ok(true);
        }
        self.course.position = self.seen;
        self.noted = Instant::now();
        let progress = Progress {
            course: self.course.clone(),
            made: made.iter().map(|parcel| parcel.row.clone()).collect(),
            tried: std::mem::take(&mut self.tried),
            forget: self.over >= FORGET_AFTER,
        };
        if progress.forget {
            self.over = 0;
        }
        let post = self.post.clone();
        let mut writing = pin!(post.clerk.write(progress));
        self.launch(how).await;
        let kept = loop {
            tokio::select! {
                kept = &mut writing => break kept?,
                Some(landed) = self.on_their_way.join_next() => {
                    self.land(landed);
                    self.land_all();
                    self.launch(how).await;
                }
            }
        };
        if kept != Kept::All {
            return Ok(false);
        }
        for parcel in made {
            // What does not fit is read again when there is room; so is what waits for something before it.
            if self.more || self.parcels.len() >= WINDOW {
                self.more = true;
            } else if !self.held_up.contains_key(&self.lane(&parcel.row)) {
                self.parcels.insert((parcel.row.sort_position, parcel.row.id.0), parcel);
            }
        }
        Ok(true)
    }

    /// What must come one after the other has the same lane.
    fn lane(&self, row: &webhook_delivery::Model) -> String {
        match self.lanes {
            Lanes::Each => row.id.to_string(),
            Lanes::Records => row.lane.clone(),
            Lanes::One => String::new(),
        }
    }

    /// Reads what is to be tried later.
    async fn look_ahead(&mut self) -> Result<(), DbErr> {
        let later = later(self.post.app.db.reading(), self.endpoint.id, self.now()).await?;
        self.waiting = later.len();
        self.wake = later.iter().map(|(_, at)| *at).min();
        self.held_up = match self.lanes {
            Lanes::Each => HashMap::new(),
            Lanes::Records => later.into_iter().collect(),
            Lanes::One => later.into_iter().map(|(_, at)| (String::new(), at)).collect(),
        };
        Ok(())
    }

    /// Reads deliveries that are due, where there may be some that are not in memory.
    async fn refill(&mut self) -> Result<(), DbErr> {
        let now = self.now();
        if self.wake.is_some_and(|wake| wake <= now) {
            self.look_ahead().await?;
            self.more = true;
        }
        if !self.more || self.parcels.len() > WINDOW / 2 {
            return Ok(());
        }
        let known = self.parcels.keys().map(|(_, id)| *id).collect();
        let (db, most) = (self.post.app.db.reading(), WINDOW - self.parcels.len());
        let rows = due(db, self.endpoint.id, self.lanes, now, known, most as u64).await?;
        self.more = rows.len() == most;
        let events = log::at(db, rows.iter().filter_map(|row| row.position).collect()).await?;
        for row in rows {
            let event = row.position.and_then(|position| events.get(&position).cloned());
            self.parcels.insert((row.sort_position, row.id.0), Parcel { row, event, on_its_way: false });
        }
        Ok(())
    }

    /// Sends what is next.
    async fn launch(&mut self, how: &Sending<'_>) {
        let now = self.now();
        let resting = self.course.resting_until.is_some_and(|until| now < until);
        if how.leaving || self.given_up || resting || *self.post.held_until.read().await <= Instant::now() {
            return;
        }
        // An endpoint that has rested is tried with one message, whatever waits.
        let fewer = self.lanes == Lanes::One || self.course.resting_until.is_some();
        let most = if fewer { 1 } else { AT_A_TIME };
        let (mut lanes, mut next) = (HashSet::new(), Vec::new());
        for (place, parcel) in &self.parcels {
            if self.on_their_way.len() + next.len() >= most {
                break;
            }
            let is_first = self.lanes == Lanes::Each || lanes.insert(self.lane(&parcel.row));
            if is_first && !parcel.on_its_way && parcel.row.due_at <= now {
                next.push(*place);
            }
        }
        for place in next {
            self.send(place, how);
        }
    }

    fn send(&mut self, place: Place, how: &Sending<'_>) {
        let now = self.now();
        let Some(parcel) = self.parcels.get_mut(&place) else { return };
        let source = self.post.app.site.base();
        let body = match (&parcel.event, parcel.row.position) {
            (Some(event), _) if self.visible.sees(&event.row) => {
                cloud_event::of_event(event, how.place.at(event.row.position), source)
            }
            (None, None) => cloud_event::of_ping(&parcel.row, source),
            // The owner may not see it any more.
            _ => {
                if let Some(mut parcel) = self.parcels.remove(&place) {
                    parcel.row.state = WebhookDeliveryState::Withheld;
                    self.close(parcel.row, now);
                }
                return;
            }
        };
        parcel.on_its_way = true;
        let Some(headers) = headers(&parcel.row.key, how.signers, now, &body) else { return };
        let (post, connections, url) = (self.post.clone(), self.connections.clone(), how.url.clone());
        self.on_their_way.spawn(async move {
            let began = Instant::now();
            let sent = post.app.office.client.post(&connections, &url, headers, body, now).await;
            Landed { place, at: now, took: began.elapsed(), sent }
        });
    }

    /// What was tried is over.
    fn close(&mut self, mut row: webhook_delivery::Model, now: DateTime<Utc>) {
        row.updated_at = now;
        row.version += 1;
        self.over += usize::from(row.state != WebhookDeliveryState::Pending);
        self.tried.push(row);
    }

    /// Notes all that has come back.
    fn land_all(&mut self) {
        while let Some(landed) = self.on_their_way.try_join_next() {
            self.land(landed);
        }
    }

    /// Notes what became of an attempt.
    fn land(&mut self, landed: Result<Landed, tokio::task::JoinError>) {
        let Ok(Landed { place, at, took, sent }) = landed else { return };
        let (now, office) = (self.now(), &self.post.app.office);
        office.figures.count(sent.outcome);
        let Some(Parcel { mut row, .. }) = self.parcels.remove(&place) else { return };
        let milliseconds = i32::try_from(took.as_millis()).unwrap_or(i32::MAX);
        row.attempts = Attempt::new(at, sent.outcome, sent.status, milliseconds).added_to(&row.attempts);
        row.tries += 1;
        if sent.outcome == WebhookOutcome::Delivered {
            row.state = WebhookDeliveryState::Delivered;
            (self.course.failures, self.course.failing_since, self.course.resting_until) = (0, None, None);
            return self.close(row, now);
        }
        tracing::debug!(endpoint = %self.endpoint.key, outcome = %sent.outcome, status = sent.status, "not delivered");
        self.course.failures = self.course.failures.saturating_add(1);
        let since = *self.course.failing_since.get_or_insert(at);
        let rest = rest(self.course.failures, sent.retry_after).map(|rest| now + rest);
        self.course.resting_until = self.course.resting_until.max(rest);
        self.given_up |= sent.outcome == WebhookOutcome::Gone || now - since >= GIVEN_UP_AFTER;
        match wait(row.tries, sent.retry_after, chance()) {
            Some(wait) => {
                row.due_at = now + wait;
                self.put_off(&row);
            }
            None => row.state = WebhookDeliveryState::Failed,
        }
        self.close(row, now);
    }

    /// What must not overtake a delivery waits with it.
    fn put_off(&mut self, row: &webhook_delivery::Model) {
        self.waiting += 1;
        self.wake = Some(self.wake.map_or(row.due_at, |wake| wake.min(row.due_at)));
        if self.lanes != Lanes::Each {
            let lane = self.lane(row);
            let held_up: Vec<Place> = self
                .parcels
                .iter()
                .filter(|(_, parcel)| self.lane(&parcel.row) == lane)
                .map(|(place, _)| *place)
                .collect();
            for place in held_up {
                self.parcels.remove(&place);
                self.waiting += 1;
            }
            self.held_up.insert(lane, row.due_at);
        }
    }

    /// Gives the endpoint up.
    async fn give_up(self) -> Result<(), DbErr> {
        let (app, endpoint, revision) = (&self.post.app, self.endpoint.id, self.course.revision);
        tracing::info!(endpoint = %self.endpoint.key, "a webhook endpoint is given up");
        let given_up =
            write(&app.db, &app.clock, Actor::Operator, async |w| rules::give_up(w, endpoint, revision).await);
        match given_up.await {
            Ok(_) => Ok(()),
            Err(WriteError::Database(error)) => Err(error),
            Err(error) => Err(DbErr::Custom(error.to_string())),
        }
    }
}

/// The id of a delivery: the same however often the event is sent to the endpoint, and another after a restore, when another
/// event may have the position.
fn delivery_id(endpoint: Uuid, place: LogCursor) -> Uuid {
    let digest = Sha256::digest(format!("{endpoint} {} {}", place.epoch, place.position));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn headers(id: &str, signers: &Signers, now: DateTime<Utc>, body: &Bytes) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let signature = signers.sign(id, now, body);
    Some(vec![
        (header::CONTENT_TYPE, HeaderValue::from_static(cloud_event::MEDIA)),
        (HeaderName::from_static("webhook-id"), HeaderValue::try_from(id).ok()?),
        (HeaderName::from_static("webhook-timestamp"), now.timestamp().into()),
        (HeaderName::from_static("webhook-signature"), HeaderValue::try_from(signature).ok()?),
    ])
}

/// A number from 0 to 1, as the machine's source of chance gives it.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without chance, what failed together comes back together: no more than that.
    if getrandom::fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}
