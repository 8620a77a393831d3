//! The site: which page an address means, in which language, and what is answered where there is
//! none.

mod list;
mod sitemap;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use serde_json::{Map, Value, json};

use self::list::Form;
use super::HttpState;
use super::accept::{self, Media};
use super::carried::{File, Kept};
use super::graphql::Caller;
use super::reply::{Keep, Reply, document};
use super::{desk, graphiql};
use crate::graphql::language::Languages;
use crate::request::{GraphQlParams, RequestError};
use crate::website::page::{About, PAGES, Page, TROUBLE, VOID, Whole};
use crate::website::{Asked, Carried, LANGUAGES, Trouble, Wrong};

/// What the pages fetch: stylesheet, icon, script and map, with a hash in their names.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// What a page may do: show our stylesheet and our pictures, and send its forms to us. It has no
/// script that could connect to us; tools that look at pages fetch `robots.txt` in their name.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the page that follows the log may do: run our script, and ask us, too.
const FOLLOWING: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                         connect-src 'self'; base-uri 'none'; form-action 'self'; \
                         frame-ancestors 'none'";
/// The page that follows the log.
const CHANGES: &str = "/changes";

/// What is paid for an operation of a page, however it is answered.
const COST: u64 = 5_000;
/// What part of its cost is paid besides where it was not answered before. What our own operations
/// may come to at most is several times what they cost, and a reader turns pages; but who asks for
/// one new page after the other does not get round the budget.
const SHARE: u64 = 4;

/// What the path names; an error where it names it in bytes that are no text.
type Named = Result<RawPathParams, RawPathParamsRejection>;

/// The list of which a table and a calendar can be had.
const BATCHES: &str = "/batches";

/// Whose unadorned address is that of the data, too.
const BATCH: &str = "/batches/{key}";

/// All pages: each at its address in each language, and at one that leaves the language to what the
/// reader's browser asks for.
pub(super) fn routes() -> Router<HttpState> {
    let mut router = Router::new();
    for page in PAGES {
        let at = |language: Option<&'static str>| {
            get(async move |State(state): State<HttpState>, named: Named, request: Request| {
                show(state, page, language, first_of(named).as_deref(), request).await
            })
        };
        for language in LANGUAGES {
            let path = format!("/{language}{}", page.path);
            router = match path.strip_suffix('/') {
                Some(start) => {
                    router.route(start, at(Some(language))).route(&path, at(Some(language)))
                }
                None => router.route(&path, at(Some(language))),
            };
        }
        if page.path != BATCH {
            router = router.route(page.path, at(None));
        }
    }
    for language in LANGUAGES {
        for form in [Form::Table, Form::Calendar] {
            let path = format!("/{language}/batches.{}", form.ending());
            router = router.route(
                &path,
                get(async move |State(state): State<HttpState>, request: Request| {
                    list::answer(state, form, language, request).await
                }),
            );
        }
    }
    for file in FILES {
        router = router.route(
            &format!("/site/{}", file.name),
            get(async |headers: HeaderMap| {
                file.answer(&headers, &HeaderValue::from_static("default-src 'none'"), Kept::Always)
            }),
        );
    }
    router.merge(sitemap::routes())
}

/// What a path names, where it is text.
fn first_of(named: Named) -> Option<String> {
    named.ok().and_then(|named| named.iter().next().map(|(_, value)| value.to_owned()))
}

/// The page of a batch at its permanent address.
pub(super) async fn batch(state: HttpState, key: &str, request: Request) -> Response<Body> {
    show(state, page_at(BATCH), None, Some(key), request).await
}

/// The page of a path, as the table has it.
fn page_at(path: &str) -> &'static Page {
    PAGES.iter().find(|page| page.path == path).unwrap_or(&TROUBLE)
}

/// What is answered where there is nothing: a page for people, a status for programs.
pub(super) async fn nothing(State(state): State<HttpState>, request: Request) -> Response<Body> {
    if accept::page(request.headers()) != Some(accept::Page::Html) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = request.uri().path();
    let begins =
        |tag: &&str| path.strip_prefix('/').and_then(|path| path.split('/').next()) == Some(*tag);
    let language = LANGUAGES.into_iter().find(begins);
    let visit = Visit::new(state, &TROUBLE, language, &request);
    visit.trouble(&visit.bare(), Problem::Missing)
}

/// A reader at an address.
struct Visit {
    state: HttpState,
    caller: Caller,
    page: &'static Page,
    language: &'static str,
    /// Whether the language was chosen by what the browser asks for.
    negotiated: bool,
    path: String,
}

/// Why a page is not shown.
enum Problem {
    /// There is nothing at this address.
    Missing,
    /// What was there was entered in error; the day on which that was found.
    Void(String),
    /// The address asks for what cannot be.
    Wrong(Wrong),
    /// The register cannot answer now, or not this reader.
    Refused(Reply),
    /// The page itself failed.
    Failed,
}

impl Problem {
    fn refused(errors: Vec<RequestError>) -> Self {
        Self::Refused(Reply::Faulty(errors))
    }
}

async fn show(
    state: HttpState,
    page: &'static Page,
    language: Option<&'static str>,
    named: Option<&str>,
    request: Request,
) -> Response<Body> {
    let visit = Visit::new(state, page, language, &request);
    let query = request.uri().query().unwrap_or_default();
    match Asked::read(page, visit.language, &visit.path, named, query) {
        Err(wrong) => visit.trouble(&visit.bare(), Problem::Wrong(wrong)),
        Ok(asked) => match visit.answer(&asked, named.unwrap_or_default()).await {
            Ok(response) => response,
            Err(problem) => visit.trouble(&asked, problem),
        },
    }
}

impl Visit {
    fn new(
        state: HttpState,
        page: &'static Page,
        language: Option<&'static str>,
        request: &Request,
    ) -> Self {
        let mut caller = state.caller(request);
        let chosen = language.unwrap_or_else(|| caller.languages.of_phrases());
        caller.languages = Languages::preferring([chosen]);
        let path = request.uri().path();
        let within = language.and_then(|tag| path.strip_prefix('/')?.strip_prefix(tag));
        let path = match within.unwrap_or(path) {
            "" => "/".to_owned(),
            path => path.to_owned(),
        };
        Self { state, caller, page, language: chosen, negotiated: language.is_none(), path }
    }

    fn bare(&self) -> Asked<'static> {
        Asked::bare(self.page, self.language, &self.path)
    }

    /// The page, or why there is none.
    async fn answer(&self, asked: &Asked<'_>, named: &str) -> Result<Response<Body>, Problem> {
        let mut data = Map::new();
        for operation in self.page.operations {
            data.extend(self.ask(operation, &asked.variables).await?);
        }
        if let Some(whole) = &self.page.whole {
            data.extend(self.ask_all(whole, &asked.variables, usize::MAX).await?);
        }
        if let Some(field) = self.page.field() {
            let record = data.get(field).unwrap_or(&Value::Null);
            if record.is_null() {
                return Err(self.missing(named).await?);
            }
            if let Some(key) = record["mergedInto"]["key"].as_str() {
                let address = self.state.website.path(self.language, &self.page.of(key));
                return Ok(self.lead(&address));
            }
        }
        let today = self.state.app.clock.today();
        let html = self.state.website.render(asked, &Value::Object(data), today);
        let html = html.map_err(|error| {
            tracing::error!(
                page = self.page.name,
                error = format!("{error:#}"),
                "no page was made"
            );
            Problem::Failed
        })?;
        let mut response =
            document("text/html; charset=utf-8", html, Keep::Public, &self.caller.headers);
        self.dress(response.headers_mut());
        Ok(response)
    }

    /// Leads to where a record is now: for good, unless it is the reader who chose the language.
    fn lead(&self, address: &str) -> Response<Body> {
        let redirect = if self.negotiated { Redirect::temporary } else { Redirect::permanent };
        let mut response = redirect(address).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
        self.dress(headers);
        response
    }

    /// The answer to an operation.
    async fn ask(&self, operation: &str, variables: &Value) -> Result<Map<String, Value>, Problem> {
        let params = GraphQlParams {
            variables: variables.as_object().cloned().unwrap_or_default(),
            ..GraphQlParams::new(operation)
        };
        let state = &self.state;
        state
            .spend(&self.caller, COST)
            .map_err(|closed| Problem::Refused(Reply::Closed(closed)))?;
        let prepared = state.app.pipeline.prepare(&params);
        let prepared = prepared.map_err(Problem::refused)?;
        let fresh = prepared.requested_cost / SHARE;
        match state.run_paid(&self.caller, prepared, state.deadline(), fresh).await {
            Reply::Executed(answer) if answer.errors.is_empty() => {
                serde_json::from_slice(&answer.data.into_json()).map_err(|_| Problem::Failed)
            }
            reply => Err(Problem::Refused(reply)),
        }
    }

    /// The answer with all nodes of a list, or the first pages of it that have `most`.
    async fn ask_all(
        &self,
        whole: &Whole,
        variables: &Value,
        most: usize,
    ) -> Result<Map<String, Value>, Problem> {
        let (mut variables, mut nodes) = (variables.clone(), Vec::new());
        loop {
            let mut answer = Value::Object(self.ask(whole.operation, &variables).await?);
            let list = answer.pointer_mut(whole.list).ok_or(Problem::Failed)?;
            nodes.extend(list["nodes"].as_array_mut().map(std::mem::take).unwrap_or_default());
            if list["pageInfo"]["hasNextPage"] == true && nodes.len() < most {
                variables["place"] = list["pageInfo"]["endCursor"].take();
                continue;
            }
            list["nodes"] = nodes.into();
            return match answer {
                Value::Object(data) => Ok(data),
                _ => Err(Problem::Failed),
            };
        }
    }

    /// Why there is no record of this name.
    async fn missing(&self, named: &str) -> Result<Problem, Problem> {
        let About::Record(kind) = self.page.about else { return Ok(Problem::Missing) };
        let data = self.ask(VOID, &json!({ "record": { "kind": kind, "key": named } })).await?;
        let since = data.get("tombstone").and_then(|stone| stone["voidedAt"].as_str());
        Ok(since.map_or(Problem::Missing, |since| Problem::Void(since.to_owned())))
    }

    /// The page that says what is wrong.
    fn trouble(&self, asked: &Asked<'_>, problem: Problem) -> Response<Body> {
        let place = asked.given.iter().find(|(name, _)| name == "after" || name == "before");
        let mut wait = None;
        let plain = |status, text| (status, text, String::new(), String::new());
        let (status, text, value, about) = match problem {
            Problem::Missing => plain(StatusCode::NOT_FOUND, "missing"),
            Problem::Void(since) => (StatusCode::GONE, "void", String::new(), since),
            Problem::Wrong(Wrong { text, value, about }) => {
                (StatusCode::BAD_REQUEST, text, value, about)
            }
            Problem::Failed => plain(StatusCode::INTERNAL_SERVER_ERROR, "failed"),
            Problem::Refused(reply) => {
                self.state.note(&reply);
                wait = reply.retry_after().cloned();
                let status = reply.status(Media::GraphQlResponse);
                let is_bad =
                    !matches!(reply, Reply::Closed(_)) && reply.code() == Some("BAD_USER_INPUT");
                let is_busy = status != StatusCode::INTERNAL_SERVER_ERROR
                    && (status.is_server_error() || status.is_client_error());
                match place {
                    Some((_, value)) if is_bad => {
                        let value = value.chars().take(80).collect();
                        (StatusCode::BAD_REQUEST, "wrongPlace", value, String::new())
                    }
                    None if is_bad => plain(StatusCode::BAD_REQUEST, "wrongAsked"),
                    _ if is_busy => plain(status, "busy"),
                    _ => plain(StatusCode::INTERNAL_SERVER_ERROR, "failed"),
                }
            }
        };
        let trouble = Trouble { status: status.as_u16(), text, value, about };
        let today = self.state.app.clock.today();
        let made = self.state.website.trouble(asked, &trouble, today);
        let html = made.unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "no page was made");
            String::new()
        });
        let media = HeaderValue::from_static("text/html; charset=utf-8");
        let mut response = (status, [(header::CONTENT_TYPE, media)], html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
        self.dress(headers);
        response
    }

    /// What each page is sent with.
    fn dress(&self, headers: &mut HeaderMap) {
        let vary = match (self.page.path, self.negotiated) {
            (BATCH, true) => "accept, accept-encoding, accept-language",
            (_, true) => "accept-encoding, accept-language",
            (_, false) => "accept-encoding",
        };
        let policy = if self.page.path == CHANGES { FOLLOWING } else { POLICY };
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CONTENT_LANGUAGE, self.language),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::VARY, vary),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// What the program carries, of what pages refer to.
pub(super) fn carried() -> Carried {
    let named = |stem: &str| {
        FILES.iter().map(|file| file.name).find(|name| name.starts_with(stem)).unwrap_or_default()
    };
    Carried {
        style: named("style"),
        icon: named("icon"),
        script: named("changes"),
        map: named("map"),
        graphiql: graphiql::paths().next().is_some(),
        desk: desk::paths().next().is_some(),
    }
}
