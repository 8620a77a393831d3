//! The desk, carried in the binary: an application at `/desk` for officers, which asks the public
//! schema and nothing else.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::get;

use super::HttpState;
use super::carried::{File, Kept};

/// All files, the page first; none where the program was built without the desk.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/desk.rs"));

/// What the page may do: run our scripts, and ask our server and what [`policy`] adds.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; connect-src 'self'";

/// The folder of files whose names have a hash in them.
const HASHED: &str = "assets/";

/// The addresses of all files; the page comes first.
pub fn paths() -> impl Iterator<Item = String> {
    FILES.iter().map(|file| format!("/desk/{}", file.name).trim_end_matches('/').to_owned())
}

/// The page at the addresses of all its views, and its files.
pub(super) fn routes() -> Router<HttpState> {
    let mut router = Router::new();
    let Some((page, files)) = FILES.split_first() else { return router };
    for path in ["/desk", "/desk/", "/desk/{*view}"] {
        router = router.route(
            path,
            get(async |State(state): State<HttpState>, headers: HeaderMap| {
                page.answer(&headers, &policy(&state).await, Kept::AskAgain)
            }),
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
                file.answer(&headers, &HeaderValue::from_static(POLICY), kept)
            }),
        );
    }
    router
}

/// The policy of the page. Where people sign in at a provider, the page may also read what that one
/// publishes of itself, and ask for a token where it says that it gives them: at these two
/// addresses and nowhere else.
async fn policy(state: &HttpState) -> HeaderValue {
    let plain = HeaderValue::from_static(POLICY);
    let Some(oidc) = &state.app.oidc else { return plain };
    let Some(token_endpoint) = oidc.token_endpoint().await else { return plain };
    let addresses = [oidc.metadata(), token_endpoint.to_string()].map(|url| source(&url));
    HeaderValue::try_from(format!("{POLICY} {}", addresses.join(" "))).unwrap_or(plain)
}

/// An address as a policy names it: without its query, and without what would end it there.
fn source(url: &str) -> String {
    let address = url.split(['?', '#']).next().unwrap_or_default();
    address.replace(';', "%3B").replace(',', "%2C").replace(char::is_whitespace, "%20")
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn an_address_says_nothing_else_in_a_policy() {
        for (url, named) in [
            ("https://login.example/token", "https://login.example/token"),
            ("https://login.example/token?p=1#x", "https://login.example/token"),
            ("https://login.example/a;script-src *", "https://login.example/a%3Bscript-src%20*"),
            ("https://login.example/a,b", "https://login.example/a%2Cb"),
        ] {
            assert_eq!(source(url), named);
        }
    }
}
