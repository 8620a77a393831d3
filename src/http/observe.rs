//! One line in the log and one id for each request. Never what was asked: the query of a URL may
//! hold personal data.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::HttpState;

/// The id under which the log knows a request; a client or proxy may choose it.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 64;
/// What comes behind one of these in a path is a secret.
const SECRET_BEYOND: [&str; 2] = ["/calendar/mine/", "/reminders/"];

/// Gives the request its id, in the log and in the answer.
pub(super) async fn observe(
    State(state): State<HttpState>,
    request: Request,
    next: Next,
) -> Response {
    let given =
        request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| is_plain(id));
    let id = given.map_or_else(|| state.app.clock.id().to_string(), str::to_owned);
    let path = loggable(request.uri().path());
    let span = tracing::info_span!("request", id, method = %request.method(), path);
    let started = Instant::now();
    async {
        let mut response = next.run(request).await;
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        tracing::debug!(status = response.status().as_u16(), milliseconds, "answered");
        response.headers_mut().extend(HeaderValue::try_from(&id).ok().map(|id| (REQUEST_ID, id)));
        response
    }
    .instrument(span)
    .await
}

/// A path without the secret that may stand in it.
fn loggable(path: &str) -> &str {
    SECRET_BEYOND.into_iter().find(|before| path.starts_with(before)).unwrap_or(path)
}

/// Whether an id may enter the log as it is.
fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(plain)
}
