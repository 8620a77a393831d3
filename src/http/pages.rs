//! Addresses that other programs read: calendars, feeds, and a page for each batch. By GET alone,
//! for everybody; each answer has an `ETag`, and is 304 where the client has it.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::{DateTime, Utc};
use entity::vocabulary::TokenScope;
use sea_orm::DbErr;
use serde::Deserialize;

use super::HttpState;
use super::accept::{self, Page, page};
use super::reply::{Keep, Reply, document};
use super::website;
use crate::access::{AuthError, by_token};
use crate::graphql::language::Languages;
use crate::pages::{self, PageScope};
use crate::reminders;
use crate::site::ScopeKind;

/// What an answer costs at least, and for each batch in it.
const COST: u64 = 100;
const COST_OF_A_BATCH: u64 = 10;

/// All such addresses.
pub(super) fn routes() -> Router<HttpState> {
    Router::new()
        .route("/calendar/{name}", get(calendar_of_all))
        .route("/calendar/{kind}/{name}", get(calendar_of_one))
        .route("/calendar/mine/{name}", get(calendar_of_mine))
        .route("/feeds/{name}", get(feed_of_all))
        .route("/feeds/{kind}/{name}", get(feed_of_one))
        .route("/batches/{key}", get(batch))
}

/// What a path names; an error where it names it in bytes that are no text.
type Named<T> = Result<Path<T>, PathRejection>;

/// What is answered.
enum Answer {
    /// A document, of this media type, about so many batches.
    Document(&'static str, String, u64),
    /// A calendar for nobody but the reader.
    Private(String),
    /// Nothing is there.
    Nothing,
    /// What was there was entered in error, and is void since then.
    Void(DateTime<Utc>),
    /// It is there, and in no form that the client takes.
    Otherwise,
}

const CALENDAR: &str = "text/calendar; charset=utf-8";
const FEED: &str = "application/atom+xml; charset=utf-8";

async fn answer(
    state: HttpState,
    request: Request,
    made: impl Future<Output = Result<Answer, DbErr>>,
) -> Response<Body> {
    let caller = state.caller(&request);
    if let Err(closed) = state.spend(&caller, COST) {
        return state.refuse(Reply::Closed(closed), &caller);
    }
    let db = state.app.db.clone();
    let made = match tokio::time::timeout(state.patience(), db.reached(made)).await {
        Ok(made) => made,
        Err(_) => {
            return state.refuse(Reply::Closed(state.late("the document was not ready")), &caller);
        }
    };
    match made {
        Ok(Answer::Document(media, text, batches)) => {
            // What it has cost is known now; the next one waits where it was too much.
            let _ = state.spend(&caller, batches * COST_OF_A_BATCH);
            document(media, text, Keep::Public, &caller.headers)
        }
        Ok(Answer::Private(text)) => document(CALENDAR, text, Keep::Private, &caller.headers),
        Ok(Answer::Nothing) => {
            said(StatusCode::NOT_FOUND, "there is nothing at this address\n".to_owned())
        }
        Ok(Answer::Void(since)) => {
            let day = since.date_naive();
            said(StatusCode::GONE, format!("this was entered in error, and is void since {day}\n"))
        }
        Ok(Answer::Otherwise) => {
            let offered = "this is offered as application/ld+json and text/html\n";
            let mut response = said(StatusCode::NOT_ACCEPTABLE, offered.to_owned());
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
            response
        }
        Err(error) => state.refuse(Reply::Closed(state.fault(error)), &caller),
    }
}

/// Why there is no document, which may change at any time.
pub(super) fn said(status: StatusCode, text: String) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, text).into_response()
}

/// The scope that an address names: a kind, and a key that ends as its documents do.
async fn scope(
    state: &HttpState,
    named: Named<(String, String)>,
    ending: &str,
) -> Result<Option<PageScope>, DbErr> {
    let Ok(Path((kind, name))) = named else { return Ok(None) };
    match (ScopeKind::of_segment(&kind), name.strip_suffix(ending)) {
        (Some(kind), Some(key)) => PageScope::find(state.app.db.reading(), kind, key).await,
        _ => Ok(None),
    }
}

async fn calendar_of_all(
    State(state): State<HttpState>,
    named: Named<String>,
    request: Request,
) -> Response<Body> {
    let scope = named.is_ok_and(|Path(name)| name == "all.ics").then(PageScope::all);
    answer(state.clone(), request, async move { calendar(&state, scope).await }).await
}

async fn calendar_of_one(
    State(state): State<HttpState>,
    named: Named<(String, String)>,
    request: Request,
) -> Response<Body> {
    answer(state.clone(), request, async move {
        calendar(&state, scope(&state, named, ".ics").await?).await
    })
    .await
}

/// The calendar of what is due, for whoever has the address: there is a token in it, which is for
/// nothing else. One that is not good is not told from one that is none.
async fn calendar_of_mine(
    State(state): State<HttpState>,
    named: Named<String>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response<Body> {
    let languages = match &wanted.language {
        Some(tag) => Languages::preferring([tag.as_str()]),
        None => accept::languages(request.headers()),
    };
    let made = {
        let state = state.clone();
        async move {
            let app = &state.app;
            let Ok(Path(name)) = named else { return Ok(Answer::Nothing) };
            let Some(token) = name.strip_suffix(".ics") else { return Ok(Answer::Nothing) };
            let actor = match by_token(&app.db, &app.clock, token).await {
                Ok(actor) => actor,
                Err(AuthError::Refused(_)) => return Ok(Answer::Nothing),
                Err(AuthError::Database(error)) => return Err(error),
            };
            if !actor.rights().scopes.contains(&TokenScope::Calendar) {
                return Ok(Answer::Nothing);
            }
            let due = reminders::due(app, actor.rights(), &languages).await;
            let due = due.map_err(DbErr::Custom)?;
            let (today, tag) = (app.clock.now().date_naive(), languages.of_phrases());
            Ok(Answer::Private(reminders::calendar(&due, today, &app.site, tag)))
        }
    };
    answer(state, request, made).await
}

/// How a calendar of one's own is wanted.
#[derive(Deserialize)]
struct Wanted {
    /// Programs for calendars send the language of their maker rather than that of their reader.
    language: Option<String>,
}

async fn calendar(state: &HttpState, scope: Option<PageScope>) -> Result<Answer, DbErr> {
    let Some(scope) = scope else { return Ok(Answer::Nothing) };
    let (shown, left_out) = pages::scheduled(state.app.db.reading(), &scope).await?;
    let text = pages::calendar(&scope, &shown, left_out, &state.app.site);
    Ok(Answer::Document(CALENDAR, text, shown.len() as u64))
}

async fn feed_of_all(
    State(state): State<HttpState>,
    named: Named<String>,
    request: Request,
) -> Response<Body> {
    let scope = named.is_ok_and(|Path(name)| name == "all.atom").then(PageScope::all);
    answer(state.clone(), request, async move { feed(&state, scope).await }).await
}

async fn feed_of_one(
    State(state): State<HttpState>,
    named: Named<(String, String)>,
    request: Request,
) -> Response<Body> {
    answer(state.clone(), request, async move {
        feed(&state, scope(&state, named, ".atom").await?).await
    })
    .await
}

async fn feed(state: &HttpState, scope: Option<PageScope>) -> Result<Answer, DbErr> {
    let Some(scope) = scope else { return Ok(Answer::Nothing) };
    let shown = pages::changed(state.app.db.reading(), &scope).await?;
    let text = pages::feed(&scope, &shown, &state.app.site);
    Ok(Answer::Document(FEED, text, shown.len() as u64))
}

/// A batch at its permanent address: as a page for people, or as data.
async fn batch(
    State(state): State<HttpState>,
    named: Named<String>,
    request: Request,
) -> Response<Body> {
    let wanted = page(request.headers());
    let key = named.ok().map(|Path(key)| key);
    if wanted == Some(Page::Html) {
        return match key {
            Some(key) => website::batch(state, &key, request).await,
            None => website::nothing(State(state), request).await,
        };
    }
    let made = {
        let state = state.clone();
        async move {
            let db = state.app.db.reading();
            let Some(key) = key else { return Ok(Answer::Nothing) };
            let Some(shown) = pages::one(db, &key).await? else {
                let since = pages::void_since(db, &key).await?;
                return Ok(since.map_or(Answer::Nothing, Answer::Void));
            };
            Ok(match wanted {
                Some(_) => Answer::Document(
                    "application/ld+json",
                    pages::json_ld(&shown, &state.app.site).to_string(),
                    1,
                ),
                None => Answer::Otherwise,
            })
        }
    };
    let mut response = answer(state, request, made).await;
    let vary = HeaderValue::from_static("accept, accept-encoding, accept-language");
    response.headers_mut().insert(header::VARY, vary);
    response
}
