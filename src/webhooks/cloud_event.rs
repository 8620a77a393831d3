//! What is sent: a CloudEvent (1.0, structured JSON), made of an event as the log has it. No
//! personal data are in it, since none are in the log.

use axum::body::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use entity::vocabulary::RecordKind;
use entity::webhook_delivery;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::eventlog::shown;
use crate::events::LogCursor;
use crate::events::log::Logged;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;

/// The media type of such a body.
pub const MEDIA: &str = "application/cloudevents+json; charset=utf-8";

/// What a ping is called.
pub const PING: &str = "webhook.ping";

/// The body for an event.
///
/// `id` is that of the event, the same for all endpoints; `sequence` orders events as texts
/// (extension of that name), `cursor` is the place behind the event, for whoever would rather go on
/// by `events(after: …)`.
pub fn of_event(event: &Logged, cursor: LogCursor, source: &str) -> Bytes {
    let row = &event.row;
    let record = |kind: RecordKind, id: Uuid| global_id(kind, &Key::Id(id)).to_string();
    let records = |kind, ids: &[Uuid]| ids.iter().map(|id| record(kind, *id)).collect::<Vec<_>>();
    let subject =
        row.subject_kind.zip(row.subject_id.as_deref()).map(|(kind, id)| match id.parse() {
            Ok(id) if kind != RecordKind::Country => record(kind, id),
            _ => global_id(kind, &Key::Code(id.to_owned())).to_string(),
        });
    let changes = shown::changes(row).into_iter();
    let changes = changes
        .map(|change| json!({ "field": change.field, "from": change.from, "to": change.to }));
    let mut body = json!({
        "specversion": "1.0",
        "id": format!("{}-{}", cursor.epoch.simple(), row.position),
        "source": source,
        "type": row.kind,
        "time": moment(row.occurred_at),
        "datacontenttype": "application/json",
        "sequence": sequence(row.position),
        "cursor": cursor.to_string(),
        "data": {
            "position": row.position,
            "payloadVersion": shown::payload_version(row),
            "subjectKind": row.subject_kind,
            "subjectId": subject,
            "subjectKey": row.subject_key,
            "ownerId": row.owner_id.map(|id| record(RecordKind::Institution, id)),
            "batchId": event.batch.map(|id| record(RecordKind::Batch, id.0)),
            "countries": event.countries,
            "programmeIds": records(RecordKind::Programme, &event.programmes),
            "topicIds": records(RecordKind::Topic, &event.topics),
            "changes": changes.collect::<Vec<_>>(),
        },
    });
    if let Some(subject) = subject {
        body["subject"] = subject.into();
    }
    bytes(&body)
}

/// The body of a ping.
pub fn of_ping(delivery: &webhook_delivery::Model, source: &str) -> Bytes {
    bytes(&json!({
        "specversion": "1.0",
        "id": delivery.id.0.simple().to_string(),
        "source": source,
        "type": PING,
        "time": moment(delivery.occurred_at),
        "datacontenttype": "application/json",
        "data": {},
    }))
}

/// Positions as texts that sort as the numbers do.
fn sequence(position: i64) -> String {
    format!("{position:019}")
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn bytes(body: &Value) -> Bytes {
    body.to_string().into()
}
