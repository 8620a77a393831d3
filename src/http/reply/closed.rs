//! Closed doors: why a request is not even looked at, or not answered to its end.

use std::time::Duration;

use async_graphql::ServerError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::error::Unavailable;
use crate::graphql::error::{INTERNAL, failure_of, unsure};
use crate::request::{Code, Limit, RequestError};

/// Why a request is not even looked at, or not answered to its end.
#[derive(Debug)]
pub struct Closed(pub(super) Box<Reason>);

/// What is said at a closed door.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) error: ServerError,
    pub(super) limit: Option<Limit>,
    pub(super) headers: HeaderMap,
}

impl Closed {
    /// What is wrong with the request, under this status.
    pub fn new(status: StatusCode, error: RequestError) -> Self {
        let (code, limit) = (error.code.as_str(), error.limit);
        let mut closed = Self::of(status, code, error.into());
        closed.0.limit = limit;
        closed
    }

    /// A failure on our side.
    pub fn failed(error: ServerError) -> Self {
        match failure_of(&error) {
            Some(code) => Self::of(StatusCode::SERVICE_UNAVAILABLE, code.as_str(), error),
            None => Self::of(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, error),
        }
    }

    /// The database is known to be away. Of a write it may not be known whether it was done.
    pub fn away(why: Unavailable, writes: bool) -> Self {
        let message = if writes { unsure(why) } else { why.to_string() };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, RequestError::new(Code::Unavailable, message))
    }

    /// What was not ready in time.
    pub fn late(message: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, RequestError::limit(Limit::Timeout, message))
    }

    /// Whether the same may be had a moment later: the register is busy, or its database away.
    pub fn is_retryable(&self) -> bool {
        Code::failure(self.0.code).and_then(Code::retry_after).is_some()
    }

    /// What the execution itself found, before it had anything to answer.
    pub fn of(status: StatusCode, code: &'static str, error: ServerError) -> Self {
        let closed =
            Self(Box::new(Reason { status, code, error, limit: None, headers: HeaderMap::new() }));
        match Code::failure(code).and_then(Code::retry_after) {
            Some(seconds) => closed.with(header::RETRY_AFTER, HeaderValue::from(seconds)),
            None => closed,
        }
    }

    /// The method is none of `allowed`.
    pub fn method(allowed: &'static str, error: RequestError) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, error)
            .with(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// The budget of the client is spent, and it is to come back later.
    pub fn later(wait: Duration) -> Self {
        // Rounded up: who comes back after this long finds the door open.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let message = format!("the budget of this client is spent; come back in {seconds} s");
        let error = RequestError::limit(Limit::Rate, message);
        Self::new(StatusCode::TOO_MANY_REQUESTS, error).retry_after(Duration::from_secs(seconds))
    }

    /// The same, with word of when to come back.
    pub fn retry_after(self, wait: Duration) -> Self {
        self.with(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()))
    }

    /// Nobody knows who the client is, though it says so.
    pub fn unauthenticated(error: RequestError) -> Self {
        let challenge = HeaderValue::from_static("Bearer");
        Self::new(StatusCode::UNAUTHORIZED, error).with(header::WWW_AUTHENTICATE, challenge)
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }
}
