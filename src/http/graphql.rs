//! The door of GraphQL over HTTP, as its specification says: `POST` with JSON, `GET` for queries.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use async_graphql::Pos;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::FutureExt;
use serde_json::Value;
use tokio::time::timeout;
use tracing::Instrument;

use super::Door;
use super::accept::{Media, languages, media};
use super::authenticate::{authenticate, unauthenticated};
use super::client;
use super::rate::COST_OF_A_REQUEST;
use super::reply::{self, Closed, Keep, Reply};
use crate::access::Actor;
use crate::graphql::error::internal;
use crate::graphql::execute::Executed;
use crate::request::decode::json;
use crate::request::{GraphQlParams, Kind, Limit, Prepared, RequestError};
use crate::telemetry::metrics::Outcome;

const ALLOWED: &str = "GET, HEAD, POST, OPTIONS";

/// Who asks, and from where.
struct Asker {
    actor: Actor,
    address: IpAddr,
    headers: HeaderMap,
}

/// Answers whatever is sent to `/graphql`.
pub(super) async fn graphql(State(door): State<Door>, request: Request) -> Response<Body> {
    if request.method() == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, ALLOWED)]).into_response();
    }
    let address = client::address(request.extensions(), request.headers(), &door.settings.trusted_proxies);
    let mut asker = Asker { actor: Actor::Anonymous, address, headers: request.headers().clone() };
    let Some(media) = media(&asker.headers) else {
        let message = "answers are application/graphql-response+json or application/json, and `Accept` names neither";
        let closed = Closed::new(StatusCode::NOT_ACCEPTABLE, RequestError::input(message));
        return reply::one(Reply::Closed(closed), Media::Json, Keep::Nothing, &asker.headers);
    };
    match authenticate(&door.app, &asker.headers).await {
        Ok(actor) => asker.actor = actor,
        Err(error) => {
            // Whoever tries tokens spends what anybody may spend.
            let spent = door.spend(&asker, COST_OF_A_REQUEST).err();
            let closed = spent.unwrap_or_else(|| unauthenticated(&door.app, error));
            return reply::one(Reply::Closed(closed), media, Keep::Nothing, &asker.headers);
        }
    }
    let get = matches!(*request.method(), Method::GET | Method::HEAD);
    let keep = match (get, &asker.actor) {
        (false, _) => Keep::Nothing,
        (true, Actor::Anonymous) => Keep::Public,
        (true, _) => Keep::Private,
    };
    match door.read(request, &asker).await {
        Ok(Asked::One(params)) => {
            let reply = door.answer(&asker, &params, get).await;
            reply::one(reply, media, keep, &asker.headers)
        }
        Ok(Asked::Many(list)) => {
            let mut replies = Vec::with_capacity(list.len());
            for params in list {
                replies.push(match params {
                    Ok(params) => door.answer(&asker, &params, false).await,
                    Err(error) => Reply::Faulty(vec![error]),
                });
            }
            reply::many(replies, media)
        }
        Err(closed) => reply::one(Reply::Closed(closed), media, Keep::Nothing, &asker.headers),
    }
}

/// What a body or a URL holds.
enum Asked {
    One(GraphQlParams),
    Many(Vec<Result<GraphQlParams, RequestError>>),
}

impl Door {
    /// Reads a request as far as HTTP is concerned. What is wrong here is told by the status, in either media type.
    async fn read(&self, request: Request, asker: &Asker) -> Result<Asked, Closed> {
        self.spend(asker, COST_OF_A_REQUEST)?;
        let malformed = |error| Closed::new(StatusCode::BAD_REQUEST, error);
        match *request.method() {
            Method::GET | Method::HEAD => {
                if client::is_simple_of_browser(&asker.headers) && !self.is_welcome_origin(&asker.headers) {
                    let message = "a browser may have sent this for a page that was not asked: send JSON by POST, or the \
                                   header `GraphQL-Require-Preflight: 1`";
                    return Err(Closed::new(
                        StatusCode::FORBIDDEN,
                        RequestError::new(crate::request::Code::Forbidden, message),
                    ));
                }
                let query = request.uri().query().unwrap_or_default();
                let most = self.app.front.limits().max_body_bytes;
                if query.len() > most {
                    let message = format!("the query of the URL has {} bytes; at most {most} are read", query.len());
                    return Err(Closed::new(StatusCode::URI_TOO_LONG, RequestError::limit(Limit::Body, message)));
                }
                GraphQlParams::from_url_query(query).map(Asked::One).map_err(malformed)
            }
            Method::POST => {
                check_content_type(&asker.headers)?;
                let body = self.body(request).await?;
                match json(&body).map_err(malformed)? {
                    Value::Array(list) if self.settings.max_batch > 1 => self.batch(list).map(Asked::Many),
                    body => GraphQlParams::from_json(body).map(Asked::One).map_err(malformed),
                }
            }
            ref other => {
                let message = format!("{other} is no method of this address: use POST, or GET for queries");
                Err(Closed::method(ALLOWED, RequestError::input(message)))
            }
        }
    }

    fn batch(&self, list: Vec<Value>) -> Result<Vec<Result<GraphQlParams, RequestError>>, Closed> {
        let most = self.settings.max_batch;
        if list.is_empty() || list.len() > most {
            let message = format!("a list of requests has between 1 and {most} of them, not {}", list.len());
            return Err(Closed::new(StatusCode::BAD_REQUEST, RequestError::limit(Limit::Batch, message)));
        }
        Ok(list.into_iter().map(GraphQlParams::from_json).collect())
    }

    async fn body(&self, request: Request) -> Result<Bytes, Closed> {
        let most = self.app.front.limits().max_body_bytes;
        let patience = self.patience();
        let read = timeout(patience, Bytes::from_request(request, &())).await;
        let read = read.map_err(|_| {
            let message = format!("the body did not arrive within {} s", patience.as_secs());
            Closed::new(StatusCode::REQUEST_TIMEOUT, RequestError::limit(Limit::Timeout, message))
        })?;
        read.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let message = format!("a body has at most {most} bytes");
                Closed::new(StatusCode::PAYLOAD_TOO_LARGE, RequestError::limit(Limit::Body, message))
            }
            _ => Closed::new(StatusCode::BAD_REQUEST, RequestError::input("the body could not be read")),
        })
    }

    /// Judges and answers one request.
    async fn answer(&self, asker: &Asker, params: &GraphQlParams, get: bool) -> Reply {
        let started = Instant::now();
        let prepared = match self.app.front.prepare(params) {
            Ok(prepared) => prepared,
            Err(errors) => {
                let limit = errors.iter().find_map(|error| error.limit);
                self.metrics.refused(limit);
                tracing::info!(
                    code = errors.first().map(|error| error.code.as_str()),
                    limit = limit.map(Limit::as_str),
                    "request refused"
                );
                return Reply::Faulty(errors);
            }
        };
        let (kind, hash, requested) = (prepared.kind, prepared.operation_hash.clone(), prepared.requested_cost);
        if get && kind != Kind::Query {
            let message = format!("a {} is executed by POST, not by GET", kind.as_str());
            return Reply::Closed(Closed::method("POST", RequestError::input(message)));
        }
        if let Err(closed) = self.spend(asker, requested) {
            return Reply::Closed(closed);
        }
        let (reply, outcome, actual) = self.run(asker, prepared).await;
        let elapsed = started.elapsed();
        self.metrics.answered(kind, outcome, elapsed, requested, actual);
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        tracing::info!(
            operation = kind.as_str(),
            hash,
            requested,
            actual,
            milliseconds,
            outcome = outcome.as_str(),
            "request answered"
        );
        reply
    }

    /// Executes, for as long as patience lasts. A mutation goes on to its end even if nobody waits for it any more, so
    /// that nothing is cut in the middle; a query ends with its client.
    async fn run(&self, asker: &Asker, prepared: Prepared) -> (Reply, Outcome, u64) {
        let kind = prepared.kind;
        let (app, actor, languages) = (self.app.clone(), asker.actor.clone(), languages(&asker.headers));
        let span = match kind {
            Kind::Query => tracing::info_span!("query"),
            Kind::Mutation => tracing::info_span!("mutation"),
            Kind::Subscription => tracing::info_span!("subscription"),
        };
        let run =
            AssertUnwindSafe(async move { app.run(actor, languages, prepared).await }.instrument(span)).catch_unwind();
        let ended = match kind {
            Kind::Mutation => {
                timeout(self.patience(), async { tokio::spawn(run).await.unwrap_or_else(|error| Err(Box::new(error))) })
                    .await
            }
            Kind::Query | Kind::Subscription => timeout(self.patience(), run).await,
        };
        match ended {
            Ok(Ok(Executed { response, actual_cost })) => {
                let outcome = if response.errors.is_empty() { Outcome::Ok } else { Outcome::Errors };
                (Reply::Executed(response), outcome, actual_cost)
            }
            Ok(Err(_panic)) => {
                // What it panicked with is in the log already, from the panic hook; it may hold data.
                let error = internal("a resolver panicked", self.app.clock.id()).into_server_error(Pos::default());
                (Reply::Closed(Closed::new(StatusCode::INTERNAL_SERVER_ERROR, error)), Outcome::Failed, 0)
            }
            Err(_) => {
                let message = format!("the answer was not ready within {} s", self.patience().as_secs());
                self.metrics.limited(Limit::Timeout);
                let error = RequestError::limit(Limit::Timeout, message);
                (Reply::Closed(Closed::new(StatusCode::SERVICE_UNAVAILABLE, error)), Outcome::Timeout, 0)
            }
        }
    }

    fn spend(&self, asker: &Asker, cost: u64) -> Result<(), Closed> {
        self.rates.spend(&asker.actor, asker.address, cost).map_err(|wait| {
            self.metrics.limited(Limit::Rate);
            let message = format!("the budget of this client is spent; come back in {} s", wait.as_secs() + 1);
            Closed::later(wait, RequestError::limit(Limit::Rate, message))
        })
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.timeout_seconds)
    }

    fn is_welcome_origin(&self, headers: &HeaderMap) -> bool {
        let welcome = &self.settings.cors_origins;
        headers.get(header::ORIGIN).is_some_and(|origin| welcome.iter().any(|it| it == "*" || origin == it.as_str()))
    }
}

/// A body is JSON in UTF-8, as it is: nothing that a browser's form could send.
fn check_content_type(headers: &HeaderMap) -> Result<(), Closed> {
    let refuse = |message: String| Closed::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, RequestError::input(message));
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    if !parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json")) {
        return Err(refuse(format!("a body is application/json; `Content-Type` is {given:?}")));
    }
    let charset =
        parts.find_map(|part| part.split_once('=').filter(|(key, _)| key.trim().eq_ignore_ascii_case("charset")));
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
