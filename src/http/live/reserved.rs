//! graphql-sse with one stream for several operations: `PUT` reserves it, `GET` opens it, each
//! `POST` adds an operation, `DELETE` ends one. Without a reservation, `/graphql/stream` carries
//! one operation per stream.
//!
//! A stream lives in the process that reserved it: a balancer must lead all requests with its token
//! there.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::StreamExt;
use futures::stream::unfold;
use tokio::sync::mpsc;

use super::LiveFrame;
use super::reservations::{Full, PATIENCE, Reservation};
use super::sse::{self, SseText, written};
use crate::http::HttpState;
use crate::http::accept::Media;
use crate::http::client::Client;
use crate::http::graphql::Caller;
use crate::http::graphql::received::RequestBody;
use crate::http::rate::COST_OF_A_REQUEST;
use crate::http::reply::{Closed, Keep, Reply};
use crate::request::{Code, GraphQlParams, Limit, RequestError};

const TOKEN: &str = "x-graphql-event-stream-token";
const ALLOWED: &str = "GET, POST, PUT, DELETE";
/// Operations that go on at once on a stream.
const MOST_OPERATIONS: usize = 50;

/// Answers whatever is sent to `/graphql/stream`.
pub(in crate::http) async fn stream(
    State(state): State<HttpState>,
    request: Request,
) -> Response<Body> {
    let mut caller = state.caller(&request);
    if let Err(closed) = state.recognise(&mut caller).await {
        return state.refuse(Reply::Closed(closed), &caller);
    }
    let token = token(&caller.headers, request.uri().query());
    let answered = match (request.method().clone(), token) {
        (Method::PUT, _) => state.reserve(&caller),
        (Method::GET, Some(token)) if !has_query(&request) => state.open(&caller, &token),
        (Method::POST, Some(token)) => state.add(&caller, &token, request).await,
        (Method::DELETE, Some(token)) => state.end(&caller, &token, request.uri().query()),
        (Method::GET | Method::POST, _) => state.distinct(&caller, request).await,
        _ => Err(Closed::method(
            ALLOWED,
            RequestError::input("use GET, POST, PUT or DELETE with a token"),
        )),
    };
    answered.unwrap_or_else(|closed| state.refuse(Reply::Closed(closed), &caller))
}

fn token(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    let of_header = headers.get(TOKEN).and_then(|token| token.to_str().ok()).map(str::to_owned);
    of_header.or_else(|| parameter(query, "token"))
}

fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn has_query(request: &Request) -> bool {
    parameter(request.uri().query(), "query").is_some()
}

impl HttpState {
    /// One operation, one stream.
    async fn distinct(&self, caller: &Caller, request: Request) -> Result<Response<Body>, Closed> {
        let get = request.method() == Method::GET;
        let RequestBody::One(params) = self.read(request, caller).await? else {
            return Err(Closed::new(
                StatusCode::BAD_REQUEST,
                RequestError::input("a stream takes one request"),
            ));
        };
        Ok(match self.validate(caller, &params, get) {
            Ok(prepared) => sse::answer(self.clone(), caller, prepared).await,
            Err(reply) => self.refuse(reply, caller),
        })
    }

    pub(in crate::http) fn refuse(&self, reply: Reply, caller: &Caller) -> Response<Body> {
        self.reply(reply, Media::GraphQlResponse, Keep::Nothing, caller)
    }

    fn reserve(&self, caller: &Caller) -> Result<Response<Body>, Closed> {
        self.spend(caller, COST_OF_A_REQUEST)?;
        // Two ids have more than a hundred random bits between them.
        let token = format!("{}{}", self.app.clock.id().simple(), self.app.clock.id().simple());
        let client = Client::new(&caller.actor, caller.address);
        self.live.reservations.reserve(client, token.clone(), Instant::now()).map_err(|full| {
            let message = match full {
                Full::OfClient(most) => {
                    format!(
                        "{most} streams of this client are reserved and not open: open or \
                         leave them"
                    )
                }
                Full::OfAll => "too many streams are reserved and not open".to_owned(),
            };
            let message = format!("{message}; each is given up after {} s", PATIENCE.as_secs());
            let error = RequestError::limit(Limit::Operations, message);
            Closed::new(StatusCode::TOO_MANY_REQUESTS, error).retry_after(PATIENCE)
        })?;
        let headers = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        Ok((StatusCode::CREATED, headers, token).into_response())
    }

    /// The stream with this token, for whoever reserved it.
    fn reserved(&self, caller: &Caller, token: &str) -> Result<Arc<Reservation>, Closed> {
        let client = Client::new(&caller.actor, caller.address);
        self.live.reservations.find(&client, token, Instant::now()).ok_or_else(|| {
            Closed::new(
                StatusCode::NOT_FOUND,
                RequestError::input("no stream was reserved with this token"),
            )
        })
    }

    fn open(&self, caller: &Caller, token: &str) -> Result<Response<Body>, Closed> {
        self.reserved(caller, token)?;
        self.takes_stream()?;
        let Some(receive) = self.live.reservations.open(token) else {
            let error = RequestError::input("the stream with this token is open already");
            return Err(Closed::new(StatusCode::CONFLICT, error));
        };
        let (stay, mut leave) = self.stay();
        let open = Open { state: self.clone(), token: token.to_owned(), receive };
        let events =
            unfold(open, async |mut open| open.receive.recv().await.map(|event| (event, open)));
        let events = events.take_until(async move { leave.time().await });
        Ok(sse::respond(events.boxed(), stay))
    }

    async fn add(
        &self,
        caller: &Caller,
        token: &str,
        request: Request,
    ) -> Result<Response<Body>, Closed> {
        let reservation = self.reserved(caller, token)?;
        let bad =
            |message: &str| Closed::new(StatusCode::BAD_REQUEST, RequestError::input(message));
        let RequestBody::One(params) = self.read(request, caller).await? else {
            return Err(bad("a stream takes one request at a time"));
        };
        let Some(id) = operation_id(&params) else {
            return Err(bad("`extensions.operationId` names the operation"));
        };
        let prepared = match self.validate(caller, &params, false) {
            Ok(prepared) => prepared,
            Err(reply) => return Ok(self.refuse(reply, caller)),
        };
        let mut operations = reservation.operations();
        if operations.contains_key(&id) {
            let error = RequestError::input("an operation with this id goes on already");
            return Err(Closed::new(StatusCode::CONFLICT, error));
        }
        if operations.len() >= MOST_OPERATIONS {
            let message = format!("at most {MOST_OPERATIONS} operations go on at once on a stream");
            let error = RequestError::limit(Limit::Operations, message);
            return Err(Closed::new(StatusCode::BAD_REQUEST, error));
        }
        let (state, caller, send) = (self.clone(), caller.clone(), reservation.events());
        let (name, slots, weak) = (id.clone(), reservation.slots(), Arc::downgrade(&reservation));
        // The stream itself keeps the process waiting.
        let (_, leave) = self.stay();
        let work = async move {
            match state.begin(&caller, prepared, None, leave, &slots).await {
                Ok(mut frames) => {
                    while let Some(frame) = frames.next().await {
                        // Nobody waits for it any more.
                        if send.send(written(frame, Some(&name))).await.is_err() {
                            return;
                        }
                    }
                }
                Err(reply) => {
                    let fault = LiveFrame::Fault(reply.into_errors());
                    // Where the stream is gone, so is whoever would hear of it.
                    let _ = send.send(written(fault, Some(&name))).await;
                }
            }
            let id = serde_json::json!({ "id": name });
            let text = sse::event("complete", None, &id.to_string());
            let _ = send.send(SseText { text, last: false, slot: None }).await;
            if let Some(reservation) = weak.upgrade() {
                reservation.operations().remove(&name);
            }
        };
        operations.insert(id, tokio::spawn(work).abort_handle());
        Ok(StatusCode::ACCEPTED.into_response())
    }

    fn end(
        &self,
        caller: &Caller,
        token: &str,
        query: Option<&str>,
    ) -> Result<Response<Body>, Closed> {
        let reservation = self.reserved(caller, token)?;
        let id = parameter(query, "operationId").ok_or_else(|| {
            let error = RequestError::new(Code::BadUserInput, "`operationId` names the operation");
            Closed::new(StatusCode::BAD_REQUEST, error)
        })?;
        if let Some(operation) = reservation.operations().remove(&id) {
            operation.abort();
        }
        Ok(StatusCode::OK.into_response())
    }
}

fn operation_id(params: &GraphQlParams) -> Option<String> {
    params
        .extensions
        .get("operationId")?
        .as_str()
        .filter(|id| !id.is_empty() && id.len() <= 128)
        .map(str::to_owned)
}

/// A stream that is open; when it is dropped, its operations end.
struct Open {
    state: HttpState,
    token: String,
    receive: mpsc::Receiver<SseText>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.state.live.reservations.remove(&self.token);
    }
}
