//! What is on its way: the next messages, as many at a time and in such an order as the endpoint
//! has it.

use std::collections::HashSet;
use std::time::Instant;

use axum::http::{HeaderName, HeaderValue, header};
use chrono::{DateTime, Utc};
use entity::vocabulary::WebhookDeliveryState;
use hyper::body::Bytes;
use url::Url;

use super::{EndpointWorker, Landed, Place};
use crate::db::deliveries::Lanes;
use crate::events::LogCursor;
use crate::webhooks::cloud_event;
use crate::webhooks::signature::Signers;

/// Messages that are on their way to an endpoint at a time.
const AT_A_TIME: usize = 16;

/// How messages are sent.
pub(super) struct Sending<'a> {
    pub(super) url: &'a Url,
    pub(super) signers: &'a Signers,
    /// Where the log ends.
    pub(super) place: LogCursor,
    /// Whether nothing more is to be sent.
    pub(super) leaving: bool,
}

impl EndpointWorker {
    /// Sends what is next.
    pub(super) async fn launch(&mut self, how: &Sending<'_>) {
        let now = self.now();
        let resting = self.course.resting_until.is_some_and(|until| now < until);
        if how.leaving
            || self.given_up
            || resting
            || *self.context.held_until.read().await <= Instant::now()
        {
            return;
        }
        // An endpoint that has rested is tried with one message, whatever waits.
        let fewer = self.lanes == Lanes::One || self.course.resting_until.is_some();
        let most = if fewer { 1 } else { AT_A_TIME };
        let (mut lanes, mut next) = (HashSet::new(), Vec::new());
        for (place, delivery) in &self.deliveries {
            if self.on_their_way.len() + next.len() >= most {
                break;
            }
            let is_first = self.lanes == Lanes::Each || lanes.insert(self.lane(&delivery.row));
            if is_first && !delivery.on_its_way && delivery.row.due_at <= now {
                next.push(*place);
            }
        }
        for place in next {
            self.send(place, how);
        }
    }

    fn send(&mut self, place: Place, how: &Sending<'_>) {
        let now = self.now();
        let Some(delivery) = self.deliveries.get_mut(&place) else { return };
        let source = self.context.with.site.base();
        let body = match (&delivery.event, delivery.row.position) {
            (Some(event), _) if self.visible.sees(&event.row) => {
                cloud_event::of_event(event, how.place.at(event.row.position), source)
            }
            (None, None) => cloud_event::of_ping(&delivery.row, source),
            // The owner may not see it any more.
            _ => {
                if let Some(mut delivery) = self.deliveries.remove(&place) {
                    delivery.row.state = WebhookDeliveryState::Withheld;
                    self.close(delivery.row, now);
                }
                return;
            }
        };
        delivery.on_its_way = true;
        let Some(headers) = headers(&delivery.row.key, how.signers, now, &body) else { return };
        let (context, connections, url) =
            (self.context.clone(), self.connections.clone(), how.url.clone());
        self.on_their_way.spawn(async move {
            let began = Instant::now();
            let sent = context
                .with
                .webhook_sender
                .client
                .post(&connections, &url, headers, body, now)
                .await;
            Landed { place, at: now, took: began.elapsed(), sent }
        });
    }
}

fn headers(
    id: &str,
    signers: &Signers,
    now: DateTime<Utc>,
    body: &Bytes,
) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let signature = signers.sign(id, now, body);
    Some(vec![
        (header::CONTENT_TYPE, HeaderValue::from_static(cloud_event::MEDIA)),
        (HeaderName::from_static("webhook-id"), HeaderValue::try_from(id).ok()?),
        (HeaderName::from_static("webhook-timestamp"), now.timestamp().into()),
        (HeaderName::from_static("webhook-signature"), HeaderValue::try_from(signature).ok()?),
    ])
}
