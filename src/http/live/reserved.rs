//! graphql-sse with one stream for several operations: `PUT` reserves it, `GET` opens it, each `POST` adds an operation, `DELETE`
//! ends one. Without a reservation, `/graphql/stream` carries one operation per stream.
//!
//! A stream lives in the process that reserved it: a balancer must lead all requests with its token there.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::StreamExt;
use futures::stream::unfold;
use tokio::sync::mpsc;

use super::Told;
use super::reservations::{Full, PATIENCE, Reservation};
use super::sse::{self, Written, written};
use crate::http::Door;
use crate::http::accept::Media;
use crate::http::client::Client;
use crate::http::graphql::{Asked, Asker};
use crate::http::rate::COST_OF_A_REQUEST;
use crate::http::reply::{Closed, Keep, Reply};
use crate::request::{Code, GraphQlParams, Limit, RequestError};

const TOKEN: &str = "x-graphql-event-stream-token";
const ALLOWED: &str = "GET, POST, PUT, DELETE";
/// Operations that go on at once on a stream.
const MOST_OPERATIONS: usize = 50;

/// Answers whatever is sent to `/graphql/stream`.
pub(in crate::http) async fn stream(State(door): State<Door>, request: Request) -> Response<Body> {
    let mut asker = door.asker(&request);
    if let Err(closed) = door.recognise(&mut asker).await {
        return door.refuse(Reply::Closed(closed), &asker);
    }
    let token = token(&asker.headers, request.uri().query());
    let answered = match (request.method().clone(), token) {
        (Method::PUT, _) => door.reserve(&asker),
        (Method::GET, Some(token)) if !has_query(&request) => door.open(&asker, &token),
        (Method::POST, Some(token)) => door.add(&asker, &token, request).await,
        (Method::DELETE, Some(token)) => door.end(&asker, &token, request.uri().query()),
        (Method::GET | Method::POST, _) => door.distinct(&asker, request).await,
        _ => Err(Closed::method(ALLOWED, RequestError::input("use GET, POST, PUT or DELETE with a token"))),
    };
    answered.unwrap_or_else(|closed| door.refuse(Reply::Closed(closed), &asker))
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

impl Door {
    /// One operation, one stream.
    async fn distinct(&self, asker: &Asker, request: Request) -> Result<Response<Body>, Closed> {
        let get = request.method() == Method::GET;
        let Asked::One(params) = self.read(request, asker).await? else {
            return Err(Closed::new(StatusCode::BAD_REQUEST, RequestError::input("a stream takes one request")));
        };
        Ok(match self.judge(asker, &params, get) {
            Ok(prepared) => sse::answer(self.clone(), asker, prepared).await,
            Err(reply) => self.refuse(reply, asker),
        })
    }

    pub(in crate::http) fn refuse(&self, reply: Reply, asker: &Asker) -> Response<Body> {
        self.reply(reply, Media::GraphQlResponse, Keep::Nothing, asker)
    }

    fn reserve(&self, asker: &Asker) -> Result<Response<Body>, Closed> {
        self.spend(asker, COST_OF_A_REQUEST)?;
        // Two ids have more than a hundred random bits between them.
        let token = format!("{}{}", self.app.clock.id().simple(), self.app.clock.id().simple());
        let client = Client::new(&asker.actor, asker.address);
        self.live.reservations.reserve(client, token.clone(), Instant::now()).map_err(|full| {
            let message = match full {
                Full::OfClient(most) => {
                    format!("{most} streams of this client are reserved and not open: open or leave them")
                }
                Full::OfAll => "too many streams are reserved and not open".to_owned(),
            };
            let message = format!("{message}; each is given up after {} s", PATIENCE.as_secs());
            let error = RequestError::limit(Limit::Operations, message);
            Closed::new(StatusCode::TOO_MANY_REQUESTS, error).retry_after(PATIENCE)
        })?;
        let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        Ok((StatusCode::CREATED, headers, token).into_response())
    }

    /// The stream with this token, for whoever reserved it.
    fn reserved(&self, asker: &Asker, token: &str) -> Result<Arc<Reservation>, Closed> {
        let client = Client::new(&asker.actor, asker.address);
        self.live.reservations.find(&client, token, Instant::now()).ok_or_else(|| {
            Closed::new(StatusCode::NOT_FOUND, RequestError::input("no stream was reserved with this token"))
        })
    }

    fn open(&self, asker: &Asker, token: &str) -> Result<Response<Body>, Closed> {
        self.reserved(asker, token)?;
        self.takes_stream()?;
        let Some(receive) = self.live.reservations.open(token) else {
            let error = RequestError::input("the stream with this token is open already");
            return Err(Closed::new(StatusCode::CONFLICT, error));
        };
        let (stay, mut leave) = self.stay();
        let open = Open { door: self.clone(), token: token.to_owned(), receive };
        let events = unfold(open, async |mut open| open.receive.recv().await.map(|event| (event, open)));
        let events = events.take_until(async move { leave.time().await });
        Ok(sse::respond(events.boxed(), stay))
    }

    async fn add(&self, asker: &Asker, token: &str, request: Request) -> Result<Response<Body>, Closed> {
        let reservation = self.reserved(asker, token)?;
        let bad = |message: &str| Closed::new(StatusCode::BAD_REQUEST, RequestError::input(message));
        let Asked::One(params) = self.read(request, asker).await? else {
            return Err(bad("a stream takes one request at a time"));
        };
        let Some(id) = operation_id(&params) else { return Err(bad("`extensions.operationId` names the operation")) };
        let prepared = match self.judge(asker, &params, false) {
            Ok(prepared) => prepared,
            Err(reply) => return Ok(self.refuse(reply, asker)),
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
        let (door, asker, send) = (self.clone(), asker.clone(), reservation.events());
        let (name, slots, weak) = (id.clone(), reservation.slots(), Arc::downgrade(&reservation));
        // The stream itself keeps the process waiting.
        let (_, leave) = self.stay();
        let work = async move {
            match door.begin(&asker, prepared, None, leave, &slots).await {
                Ok(mut telling) => {
                    while let Some(told) = telling.next().await {
                        // Nobody waits for it any more.
                        if send.send(written(told, Some(&name))).await.is_err() {
                            return;
                        }
                    }
                }
                Err(reply) => {
                    let fault = Told::Fault(reply.into_errors());
                    // Where the stream is gone, so is whoever would hear of it.
                    let _ = send.send(written(fault, Some(&name))).await;
                }
            }
            let id = serde_json::json!({ "id": name });
            let text = sse::event("complete", None, &id.to_string());
            let _ = send.send(Written { text, last: false, slot: None }).await;
            if let Some(reservation) = weak.upgrade() {
                reservation.operations().remove(&name);
            }
        };
        operations.insert(id, tokio::spawn(work).abort_handle());
        Ok(StatusCode::ACCEPTED.into_response())
    }

    fn end(&self, asker: &Asker, token: &str, query: Option<&str>) -> Result<Response<Body>, Closed> {
        let reservation = self.reserved(asker, token)?;
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
    params.extensions.get("operationId")?.as_str().filter(|id| !id.is_empty() && id.len() <= 128).map(str::to_owned)
}

/// A stream that is open; when it is dropped, its operations end.
struct Open {
    door: Door,
    token: String,
    receive: mpsc::Receiver<Written>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.door.live.reservations.remove(&self.token);
    }
}
