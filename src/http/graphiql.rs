//! GraphiQL, carried in the binary: the page at `/graphiql` and its files, as `build.rs` put them
//! together from `web/`.

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::reply::is_known;

/// A file of the page.
#[allow(dead_code, reason = "none is made where the program is built without GraphiQL")]
struct File {
    /// Its address beneath `/graphiql/`; empty for the page itself.
    name: &'static str,
    media_type: &'static str,
    etag: &'static str,
    content: &'static [u8],
}

/// All files, the page first; none where the program was built without GraphiQL.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/graphiql.rs"));

/// What the page may do: run our scripts and ask our server, nothing else. The hash is that of the
/// one style which GraphiQL writes into the page, to stop it from scrolling under a dialog; fonts
/// and small pictures lie in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
                      style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; img-src 'self' data:; \
                      font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The addresses of all files; the page comes first.
pub fn paths() -> impl Iterator<Item = String> {
    FILES.iter().map(File::path)
}

/// The page, its files, and what `/` leads to: the page, or the schema where there is none.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let start = if FILES.is_empty() { "/schema.graphql" } else { "/graphiql" };
    let mut router = Router::new().route("/", get(async move || Redirect::temporary(start)));
    if !FILES.is_empty() {
        router = router.route("/graphiql/", get(async || Redirect::permanent("/graphiql")));
    }
    for file in FILES {
        router = router.route(&file.path(), get(async |headers: HeaderMap| file.answer(&headers)));
    }
    router
}

impl File {
    fn path(&self) -> String {
        if self.name.is_empty() {
            "/graphiql".to_owned()
        } else {
            format!("/graphiql/{}", self.name)
        }
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        // An address with a hash in it never changes its content; the page is asked for anew each
        // time.
        let cache =
            if self.name.is_empty() { "no-cache" } else { "public, max-age=31536000, immutable" };
        let headers = [
            (header::CONTENT_TYPE, self.media_type),
            (header::ETAG, self.etag),
            (header::CACHE_CONTROL, cache),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        if is_known(request, self.etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.content).into_response()
    }
}
