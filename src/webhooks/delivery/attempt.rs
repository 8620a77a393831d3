//! Attempts: what became of each.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::vocabulary::WebhookOutcome;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Attempts at one delivery that are kept: the newest.
const MOST: usize = 30;

/// An attempt to deliver. Nothing of the answer is kept but its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize)]
#[graphql(name = "WebhookAttemptPayload")]
pub struct Attempt {
    /// When it began.
    at: DateTime<Utc>,
    /// What became of it.
    outcome: WebhookOutcome,
    /// The status of the answer; null where there was none.
    status: Option<u16>,
    /// How long it took, in milliseconds.
    milliseconds: i32,
}

impl Attempt {
    /// An attempt that began `at` some moment.
    pub fn new(
        at: DateTime<Utc>,
        outcome: WebhookOutcome,
        status: Option<u16>,
        milliseconds: i32,
    ) -> Self {
        Self { at, outcome, status, milliseconds }
    }

    /// The attempts with this one as the newest.
    pub fn added_to(self, stored: &Value) -> Value {
        let mut all = attempts(stored);
        all.push(self);
        json!(all[all.len().saturating_sub(MOST)..])
    }
}

/// The attempts as they were stored, the newest last.
pub fn attempts(stored: &Value) -> Vec<Attempt> {
    serde_json::from_value(stored.clone()).unwrap_or_default()
}
