//! The door of GraphQL over HTTP, as its specification says: `POST` with JSON, `GET` for queries.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Pos;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::FutureExt;
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument;

use super::HttpState;
use super::accept::{Media, languages, media, takes_stream};
use super::client;
use super::live::{socket, sse};
use super::rate::{BYTES_A_UNIT, COST_OF_A_REQUEST};
use super::reply::{self, Closed, Keep, Reply};
use super::table;
use crate::access::Actor;
use crate::error::Classified;
use crate::graphql::error::fault;
use crate::graphql::language::Languages;
use crate::request::decode::json;
use crate::request::{Code, GraphQlParams, Kind, Limit, Prepared, RequestError};
use crate::telemetry::metrics::Outcome;

const ALLOWED: &str = "GET, HEAD, POST, OPTIONS";

/// Who asks, and from where.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) actor: Actor,
    pub(super) address: IpAddr,
    pub(super) languages: Languages,
    pub(super) headers: HeaderMap,
}

/// Answers whatever is sent to `/graphql`.
pub(super) async fn graphql(State(state): State<HttpState>, request: Request) -> Response<Body> {
    if request.method() == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, ALLOWED)]).into_response();
    }
    if socket::is_upgrade(&request) {
        return socket::upgrade(state, request).await;
    }
    let mut caller = state.caller(&request);
    let (media, streams) = (media(&caller.headers), takes_stream(&caller.headers));
    if media.is_none() && !streams {
        let message = "answers are application/graphql-response+json or application/json, streams \
                       text/event-stream, tables text/csv or application/x-ndjson, and `Accept` \
                       names none of them";
        let closed = Closed::new(StatusCode::NOT_ACCEPTABLE, RequestError::input(message));
        return state.reply(Reply::Closed(closed), Media::Json, Keep::Nothing, &caller);
    }
    let only_streams = media.is_none();
    let media = media.unwrap_or(Media::GraphQlResponse);
    if let Err(closed) = state.recognise(&mut caller).await {
        return state.reply(Reply::Closed(closed), media, Keep::Nothing, &caller);
    }
    let caller = Arc::new(caller);
    let get = matches!(*request.method(), Method::GET | Method::HEAD);
    let keep = match (get, &caller.actor) {
        (false, _) => Keep::Nothing,
        (true, Actor::Anonymous) => Keep::Public,
        (true, _) => Keep::Private,
    };
    match state.read(request, &caller).await {
        Ok(RequestBody::One(params)) => {
            if let Media::Table(format) = media {
                let answered = table::answer(state.clone(), caller.clone(), &params, format).await;
                return answered
                    .unwrap_or_else(|reply| state.reply(reply, media, Keep::Nothing, &caller));
            }
            let reply = match state.validate(&caller, &params, get) {
                Ok(prepared)
                    if only_streams || (streams && prepared.kind == Kind::Subscription) =>
                {
                    return sse::answer(state, &caller, prepared).await;
                }
                Ok(prepared) => state.run(&caller, prepared, state.deadline()).await,
                Err(reply) => reply,
            };
            state.reply(reply, media, keep, &caller)
        }
        Ok(RequestBody::Many(list)) => state.answer_all(&caller, list, media).await,
        Err(closed) => state.reply(Reply::Closed(closed), media, Keep::Nothing, &caller),
    }
}

/// What a body or a URL holds.
pub(super) enum RequestBody {
    One(GraphQlParams),
    Many(Vec<Result<GraphQlParams, RequestError>>),
}

impl HttpState {
    /// Who sends a request, before anybody has looked at what it shows.
    pub(super) fn caller(&self, request: &Request) -> Caller {
        let address = client::address(
            request.extensions(),
            request.headers(),
            &self.settings.trusted_proxies,
        );
        let headers = request.headers().clone();
        Caller { actor: Actor::Anonymous, address, languages: languages(&headers), headers }
    }

    /// Reads a request as far as HTTP is concerned. What is wrong here is told by the status, in
    /// either media type.
    pub(super) async fn read(
        &self,
        request: Request,
        caller: &Caller,
    ) -> Result<RequestBody, Closed> {
        self.spend(caller, COST_OF_A_REQUEST)?;
        let malformed = |error| Closed::new(StatusCode::BAD_REQUEST, error);
        match *request.method() {
            Method::GET | Method::HEAD => {
                if client::is_simple_of_browser(&caller.headers)
                    && !self.is_welcome_origin(&caller.headers)
                {
                    let message = "a browser may have sent this for a page that was not asked: \
                                   send JSON by POST, or the header `GraphQL-Require-Preflight: 1`";
                    return Err(Closed::new(
                        StatusCode::FORBIDDEN,
                        RequestError::new(Code::Forbidden, message),
                    ));
                }
                let query = request.uri().query().unwrap_or_default();
                let most = self.app.pipeline.limits().max_body_bytes;
                if query.len() > most {
                    let message = format!(
                        "the query of the URL has {} bytes; at most {most} are read",
                        query.len()
                    );
                    return Err(Closed::new(
                        StatusCode::URI_TOO_LONG,
                        RequestError::limit(Limit::Body, message),
                    ));
                }
                self.spend(caller, query.len() as u64 / BYTES_A_UNIT)?;
                GraphQlParams::from_url_query(query).map(RequestBody::One).map_err(malformed)
            }
            Method::POST => {
                check_content_type(&caller.headers)?;
                let body = self.body(request).await?;
                // Validation takes time with the length of what is validated.
                self.spend(caller, body.len() as u64 / BYTES_A_UNIT)?;
                match json(&body).map_err(malformed)? {
                    Value::Array(list) if self.settings.max_batch > 1 => {
                        self.spend(
                            caller,
                            COST_OF_A_REQUEST * (list.len() as u64).saturating_sub(1),
                        )?;
                        self.batch(list).map(RequestBody::Many)
                    }
                    body => GraphQlParams::from_json(body).map(RequestBody::One).map_err(malformed),
                }
            }
            ref other => {
                let message =
                    format!("{other} is no method of this address: use POST, or GET for queries");
                Err(Closed::method(ALLOWED, RequestError::input(message)))
            }
        }
    }

    fn batch(&self, list: Vec<Value>) -> Result<Vec<Result<GraphQlParams, RequestError>>, Closed> {
        let most = self.settings.max_batch;
        if list.is_empty() || list.len() > most {
            let message =
                format!("a list of requests has between 1 and {most} of them, not {}", list.len());
            return Err(Closed::new(
                StatusCode::BAD_REQUEST,
                RequestError::limit(Limit::Batch, message),
            ));
        }
        Ok(list.into_iter().map(GraphQlParams::from_json).collect())
    }

    async fn body(&self, request: Request) -> Result<Bytes, Closed> {
        let most = self.app.pipeline.limits().max_body_bytes;
        let too_large = || {
            let message = format!("a body has at most {most} bytes");
            Closed::new(StatusCode::PAYLOAD_TOO_LARGE, RequestError::limit(Limit::Body, message))
        };
        // What is announced as too large need not arrive.
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|announced: u64| announced > most as u64) {
            return Err(too_large());
        }
        let patience = self.patience();
        let read = timeout(patience, Bytes::from_request(request, &())).await;
        let read = read.map_err(|_| {
            let message = format!("the body did not arrive within {} s", patience.as_secs());
            Closed::new(StatusCode::REQUEST_TIMEOUT, RequestError::limit(Limit::Timeout, message))
        })?;
        read.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Closed::new(
                StatusCode::BAD_REQUEST,
                RequestError::input("the body could not be read"),
            ),
        })
    }

    /// Answers a list of requests one after the other, all of them within the time of one. A door
    /// that closes on the first of them is closed on all; what was answered before one on which it
    /// closes stands: a write among it is done.
    async fn answer_all(
        &self,
        caller: &Caller,
        list: Vec<Result<GraphQlParams, RequestError>>,
        media: Media,
    ) -> Response<Body> {
        let deadline = self.deadline();
        let mut replies = Vec::with_capacity(list.len());
        for params in list {
            let reply = match params {
                Ok(params) => match self.validate(caller, &params, false) {
                    Ok(prepared) => self.run(caller, prepared, deadline).await,
                    Err(reply) => reply,
                },
                Err(error) => Reply::Faulty(vec![error]),
            };
            if matches!(reply, Reply::Closed(_)) && replies.is_empty() {
                return self.reply(reply, media, Keep::Nothing, caller);
            }
            self.note(&reply);
            replies.push(reply);
        }
        reply::many(replies, media)
    }

    /// Validates one request: whether it is good, and within what the client may ask for.
    pub(super) fn validate(
        &self,
        caller: &Caller,
        params: &GraphQlParams,
        get: bool,
    ) -> Result<Prepared, Reply> {
        let prepared = self.app.pipeline.prepare(params).map_err(Reply::Faulty)?;
        if get && prepared.kind == Kind::Mutation {
            let error = RequestError::input("a mutation is executed by POST, not by GET");
            return Err(Reply::Closed(Closed::method("POST", error)));
        }
        self.spend(caller, prepared.requested_cost).map_err(Reply::Closed)?;
        Ok(prepared)
    }

    /// Notes what was refused, for operators.
    pub(super) fn note(&self, reply: &Reply) {
        if let Some((code, limit)) = reply.refusal() {
            self.metrics.refused(limit);
            tracing::info!(code, limit = limit.map(Limit::as_str), "request refused");
        }
    }

    pub(super) fn reply(
        &self,
        reply: Reply,
        media: Media,
        keep: Keep,
        caller: &Caller,
    ) -> Response<Body> {
        self.note(&reply);
        reply::one(reply, media, keep, &caller.headers)
    }

    /// Executes, until the deadline. A mutation goes on to its end even if nobody waits for it any
    /// more, so that nothing is cut in the middle; a query ends with its client.
    pub(super) async fn run(
        &self,
        caller: &Caller,
        prepared: Prepared,
        deadline: Instant,
    ) -> Reply {
        let kind = prepared.kind;
        if kind == Kind::Subscription {
            let message = "a subscription is answered as text/event-stream or over a WebSocket \
                           (graphql-transport-ws)";
            return Reply::Closed(Closed::new(
                StatusCode::NOT_ACCEPTABLE,
                RequestError::input(message),
            ));
        }
        let mut watch = Watch::new(self, &prepared);
        let (state, actor, languages) =
            (self.clone(), caller.actor.clone(), caller.languages.clone());
        let span = match kind {
            Kind::Mutation => tracing::info_span!("mutation"),
            Kind::Query | Kind::Subscription => tracing::info_span!("query"),
        };
        let run =
            async move { state.answers.answer(&state.app, actor, languages, &prepared).await }
                .instrument(span);
        let run = AssertUnwindSafe(run).catch_unwind();
        let db = self.app.db.clone();
        // What hangs on a database that is away is given up: a transaction that did not end is
        // undone there.
        let run = async move {
            tokio::select! {
                biased;
                why = db.away() => Err(why),
                ended = run => Ok(ended),
            }
        };
        let ended = match kind {
            Kind::Mutation => {
                let task = tokio::spawn(run);
                timeout_at(deadline, async {
                    task.await.unwrap_or_else(|error| Ok(Err(Box::new(error))))
                })
                .await
            }
            Kind::Query | Kind::Subscription => timeout_at(deadline, run).await,
        };
        let ended = match ended {
            Ok(Ok(ended)) => Ok(ended),
            Ok(Err(why)) => {
                watch.ended(Outcome::Failed, 0);
                return Reply::Closed(Closed::away(why, kind == Kind::Mutation));
            }
            Err(late) => Err(late),
        };
        match ended {
            Ok(Ok((reply, actual_cost))) => {
                watch.ended(
                    if reply.is_good() { Outcome::Ok } else { Outcome::Errors },
                    actual_cost,
                );
                reply
            }
            Ok(Err(_panic)) => {
                // What it panicked with may hold data.
                watch.ended(Outcome::Failed, 0);
                Reply::Closed(self.fault("a resolver panicked"))
            }
            Err(_) => {
                watch.ended(Outcome::Timeout, 0);
                Reply::Closed(self.late("the answer was not ready"))
            }
        }
    }

    /// What a client may know of a failure on our side; the log is told the cause.
    pub(super) fn fault(&self, cause: impl Classified) -> Closed {
        Closed::failed(fault(cause, self.app.clock.id()).into_server_error(Pos::default()))
    }

    /// That something was not there in the time that a request has.
    pub(super) fn late(&self, what: &str) -> Closed {
        Closed::late(format!("{what} within {} s", self.patience().as_secs()))
    }

    pub(super) fn spend(&self, caller: &Caller, cost: u64) -> Result<(), Closed> {
        self.rates.spend(&caller.actor, caller.address, cost).map_err(Closed::later)
    }

    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.timeout_seconds)
    }

    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience()
    }

    pub(super) fn is_welcome_origin(&self, headers: &HeaderMap) -> bool {
        let welcome = &self.settings.cors_origins;
        headers
            .get(header::ORIGIN)
            .is_some_and(|origin| welcome.iter().any(|it| it == "*" || origin == it.as_str()))
    }
}

/// Tells operators how an execution ended, also where its client went away in the middle.
struct Watch<'a> {
    state: &'a HttpState,
    kind: Kind,
    hash: String,
    requested: u64,
    started: Instant,
    ended: Option<(Outcome, u64)>,
}

impl<'a> Watch<'a> {
    fn new(state: &'a HttpState, prepared: &Prepared) -> Self {
        let (kind, hash, requested) =
            (prepared.kind, prepared.operation_hash.clone(), prepared.requested_cost);
        Self { state, kind, hash, requested, started: Instant::now(), ended: None }
    }

    fn ended(&mut self, outcome: Outcome, actual: u64) {
        self.ended = Some((outcome, actual));
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let (outcome, actual) = self.ended.unwrap_or((Outcome::Abandoned, 0));
        let elapsed = self.started.elapsed();
        self.state.metrics.answered(self.kind, outcome, elapsed, self.requested, actual);
        let (operation, hash, requested, outcome) =
            (self.kind.as_str(), &self.hash, self.requested, outcome.as_str());
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        tracing::info!(
            operation,
            hash,
            requested,
            actual,
            milliseconds,
            outcome,
            "request executed"
        );
    }
}

/// A body is JSON in UTF-8, as it is: nothing that a browser's form could send.
fn check_content_type(headers: &HeaderMap) -> Result<(), Closed> {
    let refuse = |message: String| {
        Closed::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, RequestError::input(message))
    };
    let given =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    if !parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json")) {
        return Err(refuse(format!("a body is application/json; `Content-Type` is {given:?}")));
    }
    let charset = parts.find_map(|part| {
        part.split_once('=').filter(|(key, _)| key.trim().eq_ignore_ascii_case("charset"))
    });
    if let Some((_, charset)) = charset
        && !charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    {
        return Err(refuse(format!("a body is in UTF-8; `charset` is {charset:?}")));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => {
            Err(refuse(format!("a body is not compressed; `Content-Encoding` is {encoding:?}")))
        }
        _ => Ok(()),
    }
}
