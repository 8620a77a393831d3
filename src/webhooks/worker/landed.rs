//! What has come back: an attempt is noted, and what was not taken is put off, with what must not
//! overtake it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::vocabulary::{WebhookDeliveryState, WebhookOutcome};
use entity::webhook_delivery;

use super::{EndpointWorker, PendingDelivery, Place};
use crate::db::deliveries::Lanes;
use crate::webhooks::client::Sent;
use crate::webhooks::delivery::Attempt;
use crate::webhooks::schedule::{GIVEN_UP_AFTER, rest, wait};

/// A message that has arrived, or has not.
pub(super) struct Landed {
    pub(super) place: Place,
    pub(super) at: DateTime<Utc>,
    pub(super) took: Duration,
    pub(super) sent: Sent,
}

impl EndpointWorker {
    /// What was tried is over.
    pub(super) fn close(&mut self, mut row: webhook_delivery::Model, now: DateTime<Utc>) {
        row.updated_at = now;
        row.version += 1;
        self.over += usize::from(row.state != WebhookDeliveryState::Pending);
        self.tried.push(row);
    }

    /// Notes all that has come back.
    pub(super) fn land_all(&mut self) {
        while let Some(landed) = self.on_their_way.try_join_next() {
            self.land(landed);
        }
    }

    /// Notes what became of an attempt.
    pub(super) fn land(&mut self, landed: Result<Landed, tokio::task::JoinError>) {
        let Ok(Landed { place, at, took, sent }) = landed else { return };
        let (now, webhook_sender) = (self.now(), &self.context.with.webhook_sender);
        webhook_sender.metrics.count(sent.outcome);
        let Some(PendingDelivery { mut row, .. }) = self.deliveries.remove(&place) else { return };
        let milliseconds = i32::try_from(took.as_millis()).unwrap_or(i32::MAX);
        row.attempts =
            Attempt::new(at, sent.outcome, sent.status, milliseconds).added_to(&row.attempts);
        row.tries += 1;
        if sent.outcome == WebhookOutcome::Delivered {
            row.state = WebhookDeliveryState::Delivered;
            (self.course.failures, self.course.failing_since, self.course.resting_until) =
                (0, None, None);
            return self.close(row, now);
        }
        tracing::debug!(
            endpoint = %self.endpoint.key,
            outcome = %sent.outcome,
            status = sent.status,
            "not delivered"
        );
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
                .deliveries
                .iter()
                .filter(|(_, delivery)| self.lane(&delivery.row) == lane)
                .map(|(place, _)| *place)
                .collect();
            for place in held_up {
                self.deliveries.remove(&place);
                self.waiting += 1;
            }
            self.held_up.insert(lane, row.due_at);
        }
    }
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
