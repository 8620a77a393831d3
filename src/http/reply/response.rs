//! An answer as HTTP: its headers, and who may keep it.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};

use super::Reply;
use crate::http::accept::Media;
use crate::text::hexadecimal;

/// What of a request an answer depends on, besides its address.
pub const VARY: &str = "accept, accept-encoding, accept-language, authorization";

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
    let headers = if let Reply::Closed(closed) = &reply {
        closed.0.headers.clone()
    } else {
        HeaderMap::new()
    };
    let keep = if reply.is_good() { keep } else { Keep::Nothing };
    let mut response = body(status, media, reply.into_body().into_json(), keep, asked);
    response.headers_mut().extend(headers);
    response
}

/// The answers to a list of requests.
pub fn many(replies: Vec<Reply>, media: Media) -> Response<Body> {
    let contents: Vec<Vec<u8>> =
        replies.into_iter().map(|reply| reply.into_body().into_json()).collect();
    let list = [b"[".as_slice(), &contents.join(b",".as_slice()), b"]"].concat();
    body(StatusCode::OK, media, list, Keep::Nothing, &HeaderMap::new())
}

fn body(
    status: StatusCode,
    media: Media,
    bytes: Vec<u8>,
    keep: Keep,
    asked: &HeaderMap,
) -> Response<Body> {
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
pub(in crate::http) fn text(text: &Bytes, asked: &HeaderMap) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, no-cache"),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    unless_known(StatusCode::OK, HeaderMap::from_iter(headers), text.clone(), asked)
}

/// A document, which may change at any time: for everybody, or for the reader alone.
pub(in crate::http) fn document(
    media: &'static str,
    text: String,
    keep: Keep,
    asked: &HeaderMap,
) -> Response<Body> {
    let control = if keep == Keep::Public { "public, no-cache" } else { "private, no-cache" };
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, control),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    unless_known(StatusCode::OK, HeaderMap::from_iter(headers), text.into(), asked)
}

/// The answer with its tag, or word that the client has it.
fn unless_known(
    status: StatusCode,
    mut headers: HeaderMap,
    bytes: Bytes,
    asked: &HeaderMap,
) -> Response<Body> {
    // Weak: the same answer may be compressed or not.
    let tag = format!("W/\"{}\"", hexadecimal(&Sha256::digest(&bytes)[..16]));
    let known = is_known(asked, &tag);
    headers.extend(HeaderValue::try_from(tag).ok().map(|tag| (header::ETAG, tag)));
    if known {
        response(StatusCode::NOT_MODIFIED, headers, Bytes::new())
    } else {
        response(status, headers, bytes)
    }
}

/// Whether the client has the answer with this tag (RFC 9110, 13.1.2, compared weakly).
pub(in crate::http) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    known
        .flat_map(|tags| tags.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

fn response(status: StatusCode, headers: HeaderMap, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
