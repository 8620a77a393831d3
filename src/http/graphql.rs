//! The door of GraphQL over HTTP, as its specification says: `POST` with JSON, `GET` for queries.

pub(super) mod received;

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Pos;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::FutureExt;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use self::received::RequestBody;
use super::HttpState;
use super::accept::{Media, media, takes_stream};
use super::live::{socket, sse};
use super::reply::{self, Closed, Keep, Reply};
use super::{table, workbook};
use crate::access::Actor;
use crate::error::Classified;
use crate::graphql::error::fault;
use crate::graphql::language::Languages;
use crate::request::{GraphQlParams, Kind, Limit, Prepared, RequestError};
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
                       text/event-stream, tables text/csv, application/x-ndjson or that of XLSX, \
                       and `Accept` names none of them";
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
            let file = match media {
                Media::Table(format) => {
                    Some(table::answer(state.clone(), caller.clone(), &params, format).await)
                }
                Media::Workbook => {
                    Some(workbook::answer(state.clone(), caller.clone(), &params).await)
                }
                _ => None,
            };
            if let Some(answered) = file {
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

impl HttpState {
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
        self.run_paid(caller, prepared, deadline, 0).await
    }

    /// The same, where `fresh` is spent before it is executed, unless it was answered before.
    pub(super) async fn run_paid(
        &self,
        caller: &Caller,
        prepared: Prepared,
        deadline: Instant,
        fresh: u64,
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
        let (state, who) = (self.clone(), (caller.actor.clone(), caller.languages.clone()));
        let (rates, spender, address) = (self.clone(), caller.actor.clone(), caller.address);
        let pay = move || rates.spend_of(&spender, address, fresh);
        let span = match kind {
            Kind::Mutation => tracing::info_span!("mutation"),
            Kind::Query | Kind::Subscription => tracing::info_span!("query"),
        };
        let run = async move { state.answers.answer(&state.app, who, &prepared, pay).await }
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
        self.spend_of(&caller.actor, caller.address, cost)
    }

    fn spend_of(&self, actor: &Actor, address: IpAddr, cost: u64) -> Result<(), Closed> {
        self.rates.spend(actor, address, cost).map_err(Closed::later)
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
