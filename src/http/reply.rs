//! What is answered to a request of GraphQL, as HTTP: status, body, headers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_graphql::{Response as Answered, ServerError, Value};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::accept::Media;
use crate::error::Unavailable;
use crate::graphql::error::{INTERNAL, failure_of, unsure};
use crate::request::{Code, Limit, RequestError};
use crate::schema::execute::Executed;
use crate::text::hexadecimal;

/// The errors of an answer at most, and the bytes that they may take up.
const MOST_ERRORS: usize = 20;
const MOST_ERROR_BYTES: usize = 16 * 1024;

/// What of a request an answer depends on, besides its address.
pub const VARY: &str = "accept, accept-encoding, accept-language, authorization";

/// What is answered to one request.
#[derive(Debug)]
pub enum Reply {
    /// It was executed, now or before.
    Executed(Box<Answer>),
    /// It is well-formed, and nothing of it was executed.
    Faulty(Vec<RequestError>),
    /// It met a closed door, whatever it asks.
    Closed(Closed),
}

/// What an execution came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked for.
    pub data: Data,
    /// What went wrong.
    pub errors: Vec<ServerError>,
    /// What is told besides.
    pub extensions: BTreeMap<String, Value>,
}

/// What was asked for.
#[derive(Clone)]
pub enum Data {
    /// As it was made.
    Made(Value),
    /// As JSON.
    Json(Bytes),
}

impl Data {
    /// As JSON.
    pub fn into_json(self) -> Bytes {
        match self {
            // Maps of texts and values: nothing that JSON could not hold.
            Self::Made(value) => serde_json::to_vec(&value).unwrap_or_default().into(),
            Self::Json(json) => json,
        }
    }
}

impl fmt::Debug for Data {
    /// Nothing of it: it may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Made(_) => "made",
            Self::Json(_) => "JSON",
        })
    }
}

/// Why a request is not even looked at, or not answered to its end.
#[derive(Debug)]
pub struct Closed(Box<Reason>);

#[derive(Debug)]
struct Reason {
    status: StatusCode,
    code: &'static str,
    error: ServerError,
    limit: Option<Limit>,
    headers: HeaderMap,
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
    pub fn is_passing(&self) -> bool {
        Code::failure(self.0.code).and_then(Code::retry_after).is_some()
    }

    /// What the execution itself found, before it had anything to answer.
    pub fn of(status: StatusCode, code: &'static str, error: ServerError) -> Self {
        let closed = Self(Box::new(Reason { status, code, error, limit: None, headers: HeaderMap::new() }));
        match Code::failure(code).and_then(Code::retry_after) {
            Some(seconds) => closed.with(header::RETRY_AFTER, HeaderValue::from(seconds)),
            None => closed,
        }
    }

    /// The method is none of `allowed`.
    pub fn method(allowed: &'static str, error: RequestError) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, error).with(header::ALLOW, HeaderValue::from_static(allowed))
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

impl From<Answered> for Reply {
    fn from(answered: Answered) -> Self {
        Self::of(answered, None)
    }
}

impl From<Executed> for Reply {
    fn from(Executed { response, json, .. }: Executed) -> Self {
        Self::of(response, json)
    }
}

impl Reply {
    /// Where the register failed in the middle, part of an answer is none: the client is to come back for the whole.
    fn of(answered: Answered, json: Option<Bytes>) -> Self {
        let Answered { data, mut errors, extensions, .. } = answered;
        if let Some(place) = errors.iter().position(|error| failure_of(error).is_some()) {
            return Self::Closed(Closed::failed(errors.swap_remove(place)));
        }
        let data = json.map_or(Data::Made(data), Data::Json);
        Self::Executed(Box::new(Answer { data, errors, extensions }))
    }

    /// An answer without errors, of which the data are JSON already.
    pub fn good(data: Bytes, extensions: BTreeMap<String, Value>) -> Self {
        Self::Executed(Box::new(Answer { data: Data::Json(data), errors: Vec::new(), extensions }))
    }

    /// The code of what was refused, and the limit that it met; nothing of what was executed.
    pub fn refusal(&self) -> Option<(&'static str, Option<Limit>)> {
        match self {
            Self::Executed(_) => None,
            Self::Faulty(errors) => {
                let limit = errors.iter().find_map(|error| error.limit);
                errors.first().map(|error| (error.code.as_str(), limit))
            }
            Self::Closed(closed) => Some((closed.0.code, closed.0.limit)),
        }
    }

    /// The code of the first error.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Executed(executed) => executed.errors.first().and_then(|error| {
                let code = error.extensions.as_ref()?.get("code")?;
                if let Value::String(code) = code { Some(code.as_str()) } else { None }
            }),
            refused => refused.refusal().map(|(code, _)| code),
        }
    }

    /// Whether an answer was made without a fault.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Executed(executed) if executed.errors.is_empty())
    }

    fn status(&self, media: Media) -> StatusCode {
        match self {
            Self::Executed(answer) if media == Media::GraphQlResponse && !answer.errors.is_empty() => partial(),
            Self::Executed(_) => StatusCode::OK,
            Self::Faulty(errors) if errors.iter().any(|error| error.code == Code::Forbidden) => StatusCode::FORBIDDEN,
            Self::Faulty(errors) if errors.iter().any(|error| Code::failure(error.code.as_str()).is_some()) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            // An intermediary may have answered `application/json`: a status would not tell who refused.
            Self::Faulty(_) if media == Media::Json => StatusCode::OK,
            Self::Faulty(_) => StatusCode::BAD_REQUEST,
            Self::Closed(closed) => closed.0.status,
        }
    }

    /// The answer as JSON: what a stream sends as one item.
    pub fn into_json(self) -> String {
        String::from_utf8(self.into_body().into_json()).unwrap_or_default()
    }

    /// The errors as JSON, of an answer without data.
    pub fn into_errors(self) -> String {
        serde_json::to_string(&self.into_body().errors).unwrap_or_default()
    }

    fn into_body(self) -> Content {
        let (data, errors, extensions) = match self {
            Self::Executed(executed) => {
                let Answer { data, errors, extensions } = *executed;
                (Some(data), errors, extensions)
            }
            Self::Faulty(errors) => (None, errors.into_iter().map(ServerError::from).collect(), Default::default()),
            Self::Closed(closed) => (None, vec![closed.0.error], Default::default()),
        };
        let mut content = Content { data, errors: Vec::new(), extensions };
        let (count, mut bytes) = (errors.len(), 0);
        for error in errors {
            let json = serde_json::value::to_raw_value(&error).unwrap_or_else(|_| RawValue::NULL.to_owned());
            bytes += json.get().len();
            let fits = content.errors.len() < MOST_ERRORS && bytes <= MOST_ERROR_BYTES;
            if !fits && !content.errors.is_empty() {
                break;
            }
            content.errors.push(json);
        }
        if content.errors.len() < count {
            let omitted = Value::from(count - content.errors.len());
            content.extensions.insert("errorsOmitted".to_owned(), omitted);
        }
        content
    }
}

/// The body of an answer.
struct Content {
    data: Option<Data>,
    errors: Vec<Box<RawValue>>,
    extensions: BTreeMap<String, Value>,
}

impl Content {
    /// As JSON: the data stand in it as they were written.
    fn into_json(self) -> Vec<u8> {
        let data = self.data.map(Data::into_json);
        let mut json = Vec::with_capacity(data.as_ref().map_or(0, Bytes::len) + 256);
        let mut part = |name: &str, value: &[u8]| {
            json.push(if json.is_empty() { b'{' } else { b',' });
            json.extend_from_slice(format!("\"{name}\":").as_bytes());
            json.extend_from_slice(value);
        };
        if let Some(data) = data {
            part("data", &data);
        }
        // Maps of texts and values: nothing that JSON could not hold.
        if !self.errors.is_empty() {
            part("errors", &serde_json::to_vec(&self.errors).unwrap_or_default());
        }
        if !self.extensions.is_empty() {
            part("extensions", &serde_json::to_vec(&self.extensions).unwrap_or_default());
        }
        if json.is_empty() {
            json.push(b'{');
        }
        json.push(b'}');
        json
    }
}

/// What may be kept of an answer, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the request was no GET, or met a fault.
    Nothing,
    /// Whoever asked may keep it, and asks whether it is still right.
    Private,
    /// Anybody may keep it, and asks whether it is still right.
    Public,
}

/// The answer to one request.
pub fn one(reply: Reply, media: Media, keep: Keep, asked: &HeaderMap) -> Response<Body> {
    let status = reply.status(media);
    let headers = if let Reply::Closed(closed) = &reply { closed.0.headers.clone() } else { HeaderMap::new() };
    let keep = if reply.is_good() { keep } else { Keep::Nothing };
    let mut response = body(status, media, reply.into_body().into_json(), keep, asked);
    response.headers_mut().extend(headers);
    response
}

/// The answers to a list of requests.
pub fn many(replies: Vec<Reply>, media: Media) -> Response<Body> {
    let contents: Vec<Vec<u8>> = replies.into_iter().map(|reply| reply.into_body().into_json()).collect();
    let list = [b"[".as_slice(), &contents.join(b",".as_slice()), b"]"].concat();
    body(StatusCode::OK, media, list, Keep::Nothing, &HeaderMap::new())
}

fn body(status: StatusCode, media: Media, bytes: Vec<u8>, keep: Keep, asked: &HeaderMap) -> Response<Body> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.insert(header::VARY, HeaderValue::from_static(VARY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let control = match keep {
        Keep::Nothing => "no-store",
        Keep::Private => "private, no-cache",
        Keep::Public => "public, no-cache",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
    if keep == Keep::Nothing {
        response(status, headers, bytes.into())
    } else {
        unless_known(status, headers, bytes.into(), asked)
    }
}

/// A text that changes with the program alone.
pub(super) fn text(text: &Bytes, asked: &HeaderMap) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, no-cache"),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    unless_known(StatusCode::OK, HeaderMap::from_iter(headers), text.clone(), asked)
}

/// A document for everybody, which may change at any time.
pub(super) fn document(media: &'static str, text: String, asked: &HeaderMap) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "public, no-cache"),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    unless_known(StatusCode::OK, HeaderMap::from_iter(headers), text.into(), asked)
}

/// The answer with its tag, or word that the client has it.
fn unless_known(status: StatusCode, mut headers: HeaderMap, bytes: Bytes, asked: &HeaderMap) -> Response<Body> {
    // Weak: the same answer may be compressed or not.
    let tag = format!("W/\"{}\"", hexadecimal(&Sha256::digest(&bytes)[..16]));
    let known = is_known(asked, &tag);
    headers.extend(HeaderValue::try_from(tag).ok().map(|tag| (header::ETAG, tag)));
    if known { response(StatusCode::NOT_MODIFIED, headers, Bytes::new()) } else { response(status, headers, bytes) }
}

/// Whether the client has the answer with this tag (RFC 9110, 13.1.2, compared weakly).
pub(super) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    known.flat_map(|tags| tags.split(',')).any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

/// The status of data with errors beside them
/// (<https://graphql.github.io/graphql-over-http/draft/#sec-Partial-success>).
fn partial() -> StatusCode {
    StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
}

fn response(status: StatusCode, headers: HeaderMap, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
