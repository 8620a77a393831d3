//! The desk, carried in the binary: an application at `/desk` for officers, which asks the public
//! schema and nothing else.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;

use super::carried::{File, Kept};

/// All files, the page first; none where the program was built without the desk.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/desk.rs"));

/// What the page may do: run our scripts and ask our server, nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The folder of files whose names have a hash in them.
const HASHED: &str = "assets/";

/// The addresses of all files; the page comes first.
pub fn paths() -> impl Iterator<Item = String> {
    FILES.iter().map(|file| format!("/desk/{}", file.name).trim_end_matches('/').to_owned())
}

/// The page at the addresses of all its views, and its files.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut router = Router::new();
    let Some((page, files)) = FILES.split_first() else { return router };
    for path in ["/desk", "/desk/", "/desk/{*view}"] {
        router = router.route(
            path,
            get(async |headers: HeaderMap| page.answer(&headers, POLICY, Kept::AskAgain)),
        );
    }
    // A file of a former version of the program is no view.
    router = router.route("/desk/assets/{*name}", get(async || StatusCode::NOT_FOUND));
    for file in files {
        router = router.route(
            &format!("/desk/{}", file.name),
            get(async |headers: HeaderMap| {
                let hashed = file.name.starts_with(HASHED);
                let kept = if hashed { Kept::Always } else { Kept::AskAgain };
                file.answer(&headers, POLICY, kept)
            }),
        );
    }
    router
}
