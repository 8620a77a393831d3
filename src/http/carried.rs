//! Files that lie in the binary, as `build` put them together for a page.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::reply::is_known;

/// A file of a page.
#[allow(dead_code, reason = "none is made where the program is built without the pages")]
pub(super) struct File {
    /// Its address beneath that of the page; empty for the page itself.
    pub name: &'static str,
    pub media_type: &'static str,
    pub etag: &'static str,
    pub content: &'static [u8],
}

/// How long a browser may keep a file.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    /// For good: an address with a hash in it never changes its content.
    Always,
    /// Until it has asked again, each time.
    AskAgain,
}

impl File {
    /// The file, unless the client has it; `policy` says what the page may do.
    pub fn answer(&self, request: &HeaderMap, policy: &HeaderValue, kept: Kept) -> Response {
        let cache = match kept {
            Kept::Always => "public, max-age=31536000, immutable",
            Kept::AskAgain => "no-cache",
        };
        let fixed = HeaderValue::from_static;
        let headers = [
            (header::CONTENT_TYPE, fixed(self.media_type)),
            (header::ETAG, fixed(self.etag)),
            (header::CACHE_CONTROL, fixed(cache)),
            (header::CONTENT_SECURITY_POLICY, policy.clone()),
            (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (header::REFERRER_POLICY, fixed("no-referrer")),
        ];
        if is_known(request, self.etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.content).into_response()
    }
}
