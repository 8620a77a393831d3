//! Operations over server-sent events, as graphql-sse has them
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>): here one operation, one
//! stream.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use futures::stream::{BoxStream, once, unfold};
use futures::{Stream, StreamExt};
use tokio::time::timeout;

use super::slots::{Slot, Slots};
use super::{LiveFrame, leave::Stay};
use crate::http::HttpState;
use crate::http::accept::Media;
use crate::http::graphql::Caller;
use crate::http::reply::{Keep, Reply};
use crate::request::Prepared;

/// After how long a silence a comment says that the server is there.
const SILENCE: Duration = Duration::from_secs(12);
/// The place that a browser's `EventSource` has come to, when it comes back.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Carries out an operation, and answers with a stream of what it comes to.
pub async fn answer(state: HttpState, caller: &Caller, prepared: Prepared) -> Response<Body> {
    if let Err(closed) = state.takes_stream() {
        return state.reply(Reply::Closed(closed), Media::GraphQlResponse, Keep::Nothing, caller);
    }
    let resume =
        caller.headers.get(LAST_EVENT_ID).and_then(|place| place.to_str().ok()).map(str::to_owned);
    let (stay, leave) = state.stay();
    match state.begin(caller, prepared, resume, leave, &Slots::default()).await {
        Ok(frames) => {
            let events = frames.map(|frame| written(frame, None));
            // Without an end, whoever was told to go comes back.
            let complete = once(async {
                SseText { text: event("complete", None, ""), last: true, slot: None }
            });
            respond(events.chain(complete).boxed(), stay)
        }
        Err(reply) => state.reply(reply, Media::GraphQlResponse, Keep::Nothing, caller),
    }
}

/// Text for a stream of events.
pub struct SseText {
    /// An event, or nothing.
    pub text: String,
    /// Whether the stream ends with it.
    pub last: bool,
    /// What is free when it is written.
    #[expect(dead_code, reason = "it is given back when this is dropped")]
    pub slot: Option<Slot>,
}

/// What is sent, as events; with the id of the operation inside, where a stream has several.
pub fn written(frame: LiveFrame, operation: Option<&str>) -> SseText {
    let inside = |payload: &str| match operation {
        None => payload.to_owned(),
        Some(id) => {
            let id = serde_json::Value::from(id);
            format!(r#"{{"id":{id},"payload":{payload}}}"#)
        }
    };
    let broken = matches!(frame, LiveFrame::Broken(_));
    match frame {
        LiveFrame::Next(json, cursor, slot) => {
            let id = cursor.filter(|_| operation.is_none()).map(|cursor| cursor.to_string());
            SseText {
                text: event("next", id.as_deref(), &inside(&json)),
                last: false,
                slot: Some(slot),
            }
        }
        LiveFrame::Fault(errors) | LiveFrame::Broken(errors) => {
            let data = inside(&format!(r#"{{"errors":{errors}}}"#));
            // Without an end the client comes back. Where operations share the stream, the others
            // go on.
            let last = broken && operation.is_none();
            SseText { text: event("next", None, &data), last, slot: None }
        }
        LiveFrame::Away(_) => SseText { text: String::new(), last: true, slot: None },
    }
}

/// One event. JSON has no line breaks outside of texts, where they are escaped.
pub fn event(name: &str, id: Option<&str>, data: &str) -> String {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("event: {name}\n{id}data: {data}\n\n")
}

/// A stream of events as a response; a comment at its beginning and after each silence.
pub fn respond(events: BoxStream<'static, SseText>, stay: Stay) -> Response<Body> {
    let mut response = Response::new(Body::from_stream(spoken(events, stay)));
    *response.status_mut() = StatusCode::OK;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Proxies such as nginx would hold events back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    response
        .headers_mut()
        .extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

fn spoken(
    events: BoxStream<'static, SseText>,
    stay: Stay,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let begin = once(async { Ok(Bytes::from_static(b":\n\n")) });
    let rest = unfold(Some((events, stay)), async |state| {
        let (mut events, stay) = state?;
        match timeout(SILENCE, events.next()).await {
            Err(_) => Some((Ok(Bytes::from_static(b":\n\n")), Some((events, stay)))),
            Ok(Some(SseText { text, last: false, .. })) => {
                Some((Ok(text.into()), Some((events, stay))))
            }
            Ok(Some(SseText { text, last: true, .. })) => Some((Ok(text.into()), None)),
            Ok(None) => None,
        }
    });
    begin.chain(rest)
}
