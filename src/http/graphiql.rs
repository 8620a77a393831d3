//! GraphiQL, carried in the binary: the page at `/graphiql` and its files, as `build` put them
//! together from `web/`.

use axum::Router;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Redirect, Response};
use axum::routing::get;

use super::carried::{File, Kept};

/// All files, the page first; none where the program was built without GraphiQL.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/graphiql.rs"));

/// What the page may do: run our scripts and ask our server, nothing else. The hash is that of the
/// one style which GraphiQL writes into the page, to stop it from scrolling under a dialog; fonts
/// and small pictures lie in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
                      style-src 'self' \
                      'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; img-src 'self' data:; \
                      font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The addresses of all files; the page comes first.
pub fn paths() -> impl Iterator<Item = String> {
    FILES.iter().map(path)
}

/// The page and its files.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut router = Router::new();
    if !FILES.is_empty() {
        router = router.route("/graphiql/", get(async || Redirect::permanent("/graphiql")));
    }
    for file in FILES {
        router = router.route(&path(file), get(async |headers: HeaderMap| answer(file, &headers)));
    }
    router
}

/// The address of a file.
fn path(file: &File) -> String {
    if file.name.is_empty() { "/graphiql".to_owned() } else { format!("/graphiql/{}", file.name) }
}

/// A file; all but the page have a hash in their addresses.
fn answer(file: &File, request: &HeaderMap) -> Response {
    let kept = if file.name.is_empty() { Kept::AskAgain } else { Kept::Always };
    file.answer(request, &HeaderValue::from_static(POLICY), kept)
}
