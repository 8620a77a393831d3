//! Who serves which endpoint: each process takes leases on endpoints that nobody serves, and has a
//! worker for each.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::id::WebhookEndpointId;
use entity::webhook_endpoint;
use sea_orm::{DbErr, EntityTrait};
use tokio::sync::{RwLock, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::Means;
use super::progress_writer::ProgressWriter;
use super::worker::EndpointWorker;
use crate::access::OF_ACCOUNTS;
use crate::db::deliveries::{lease, release};

/// Endpoints that a process takes at a time, so that several that start together share them.
const TAKEN_AT_A_TIME: u64 = 8;
/// How often it is looked whether endpoints are free, at least.
const LOOK: Duration = Duration::from_secs(1);
/// What is said where a worker stops too early.
const BROKEN_OFF: &str = "deliveries to an endpoint were broken off; trying again";
/// Events that are read at a time to see whether they are about endpoints.
const CHUNK: usize = 500;

/// What the workers of a process share.
pub(super) struct WorkerContext {
    pub(super) with: Means,
    pub(super) progress_writer: ProgressWriter,
    /// Until when the leases are surely held.
    pub(super) held_until: RwLock<Instant>,
}

struct Running {
    endpoint: WebhookEndpointId,
    revision: i32,
    /// Changes when the worker is to finish what is on its way, and go.
    go: watch::Sender<bool>,
}

/// Delivers until `stop` changes, then lets what is on its way arrive.
pub async fn dispatch(with: Means, mut stop: watch::Receiver<bool>) {
    let (process, patience) = (with.clock.id(), with.webhook_sender.lease);
    let progress_writer = ProgressWriter::begin(with.db.clone(), process);
    let context =
        Arc::new(WorkerContext { with, progress_writer, held_until: RwLock::new(Instant::now()) });
    let (workers, running) = (JoinSet::new(), HashMap::new());
    let mut dispatcher = Dispatcher { context, process, patience, workers, running };
    let mut look = interval(LOOK.min(patience / 3));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut seen, mut end) = dispatcher.context.with.tail.end().await;
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            _ = look.tick() => dispatcher.look().await,
            Ok(()) = end.changed() => {
                let now = *end.borrow_and_update();
                let Some(now) = now else { continue };
                match dispatcher.concerns(seen.position, now.position).await {
                    Ok(true) => dispatcher.look().await,
                    Ok(false) => {}
                    Err(error) => tracing::debug!(%error, "the log could not be looked through"),
                }
                seen = now;
            }
            Some(ended) = dispatcher.workers.join_next_with_id() => {
                let id = match &ended {
                    Ok((id, _)) => *id,
                    Err(error) => error.id(),
                };
                dispatcher.running.remove(&id);
                match ended {
                    // It has been asked to look anew, or has nothing more to do: others may have.
                    Ok((_, Ok(()))) => dispatcher.look().await,
                    Ok((_, Err(error))) => tracing::warn!(%error, "{BROKEN_OFF}"),
                    Err(error) => tracing::error!(%error, "a courier failed"),
                }
            }
        }
    }
    dispatcher.leave().await;
}

struct Dispatcher {
    context: Arc<WorkerContext>,
    process: Uuid,
    patience: Duration,
    workers: JoinSet<Result<(), DbErr>>,
    running: HashMap<Id, Running>,
}

impl Dispatcher {
    /// Whether something in a stretch of the log may change who is to be served, or how.
    async fn concerns(&self, after: i64, until: i64) -> Result<bool, DbErr> {
        let mut seen = after;
        while seen < until {
            let events = self.context.with.tail.after(seen, CHUNK).await?;
            let of_accounts = |kind| OF_ACCOUNTS.contains(&kind);
            if events.iter().any(|event| event.row.subject_kind.is_some_and(of_accounts)) {
                return Ok(true);
            }
            match events.last() {
                Some(last) => seen = last.row.position,
                None => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Renews the leases, takes what is free, and has a worker for each endpoint.
    async fn look(&mut self) {
        if let Err(error) = self.looked_at().await {
            tracing::warn!(%error, "it could not be looked which endpoints are to be served");
        }
    }

    async fn looked_at(&mut self) -> Result<(), DbErr> {
        let db = self.context.with.db.clone();
        db.reached(self.looked()).await
    }

    async fn looked(&mut self) -> Result<(), DbErr> {
        let with = &self.context.with;
        let (now, began) = (with.clock.now(), Instant::now());
        let until = now + TimeDelta::from_std(self.patience).unwrap_or(TimeDelta::MAX);
        let courses = lease(&with.db, self.process, now, until, TAKEN_AT_A_TIME).await?;
        *self.context.held_until.write().await = began + self.patience;
        let mut served: HashMap<WebhookEndpointId, &Running> = HashMap::new();
        for running in self.running.values() {
            let course = courses.iter().find(|course| course.endpoint_id == running.endpoint);
            if course.is_none_or(|course| course.revision != running.revision) {
                running.go.send_replace(true);
            }
            served.insert(running.endpoint, running);
        }
        // An endpoint whose worker is finishing gets its new one when that has gone.
        let mut unserved = courses;
        unserved.retain(|course| !served.contains_key(&course.endpoint_id));
        for course in unserved {
            let row = webhook_endpoint::Entity::find_by_id(course.endpoint_id);
            let row = row.one(with.db.reading()).await?;
            let Some(row) = row else { continue };
            let (go, told) = watch::channel(false);
            let (endpoint, revision) = (course.endpoint_id, course.revision);
            let worker = EndpointWorker::new(self.context.clone(), row, course, told);
            let id = self.workers.spawn(worker.served()).id();
            self.running.insert(id, Running { endpoint, revision, go });
        }
        Ok(())
    }

    /// Lets what is on its way arrive, and gives the leases up, so that others need not wait for
    /// them to end.
    async fn leave(mut self) {
        for running in self.running.values() {
            running.go.send_replace(true);
        }
        while self.workers.join_next().await.is_some() {}
        let db = &self.context.with.db;
        if let Err(error) = db.reached(release(db, self.process)).await {
            tracing::warn!(%error, "the endpoints are free only when their leases end");
        }
    }
}
