//! What is sent to `/graphql`, as far as HTTP is concerned: by whom, and which requests.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use tokio::time::timeout;

use super::{ALLOWED, Caller};
use crate::access::Actor;
use crate::http::HttpState;
use crate::http::accept::languages;
use crate::http::client;
use crate::http::rate::{BYTES_A_UNIT, COST_OF_A_REQUEST};
use crate::http::reply::Closed;
use crate::request::decode::json;
use crate::request::{Code, GraphQlParams, Limit, RequestError};

/// What a body or a URL holds.
pub(in super::super) enum RequestBody {
    One(GraphQlParams),
    Many(Vec<Result<GraphQlParams, RequestError>>),
}

impl HttpState {
    /// Who sends a request, before anybody has looked at what it shows.
    pub(in super::super) fn caller(&self, request: &Request) -> Caller {
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
    pub(in super::super) async fn read(
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
