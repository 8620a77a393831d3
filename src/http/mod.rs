//! The doors on the network: the router on one screen.

mod accept;
mod accept_loop;
mod answers;
pub mod authenticate;
mod carried;
mod client;
mod descriptors;
pub mod desk;
pub mod graphiql;
mod graphql;
mod imports;
mod live;
mod observe;
mod paced;
mod pages;
mod places;
mod rate;
mod ready;
mod reminders;
mod reply;
mod seldom;
mod serve;
mod table;
mod website;
mod workbook;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

pub use self::descriptors::most_connections;
pub use self::serve::{serve, serve_metrics};

use self::accept::Media;
use self::answers::Answers;
use self::live::Live;
use self::places::Places;
use self::rate::Rates;
use self::reply::{Keep, Reply};
use crate::app::App;
use crate::config::{Config, HttpConfig};
use crate::telemetry::metrics::Metrics;
use crate::webhooks;
use crate::website::Website;

/// How long a browser may remember what a preflight answered.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3600);

/// A register with a door on the network.
#[derive(Clone)]
pub struct HttpState(Arc<Inside>);

/// What stands behind the door.
pub struct Inside {
    app: App,
    settings: HttpConfig,
    rates: Rates,
    metrics: Metrics,
    live: Live,
    answers: Answers,
    places: Arc<Places>,
    website: Website,
    /// The schema as text.
    sdl: Bytes,
}

impl Deref for HttpState {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

impl HttpState {
    /// The door of `app`, as configured.
    pub fn new(app: App, config: &Config) -> Self {
        let rates = Rates::new(&config.rate, config.limits.max_cost);
        let sdl = Bytes::from(app.sdl.to_string());
        let (settings, metrics) = (config.http.clone(), Metrics::default());
        let answers = Answers::new(settings.answer_cache_bytes);
        let (most, of_one) = (settings.max_connections, settings.max_connections_per_address);
        let places = Places::new(most, of_one, settings.trusted_proxies.clone());
        let website = Website::new(&app.site, website::carried());
        Self(Arc::new(Inside {
            app,
            settings,
            rates,
            metrics,
            live: Live::default(),
            answers,
            places,
            website,
            sdl,
        }))
    }
}

/// All paths.
pub fn router(state: HttpState) -> Router {
    let body = DefaultBodyLimit::max(state.app.pipeline.limits().max_body_bytes);
    let catching = state.clone();
    let origins = &state.settings.cors_origins;
    let router = Router::new()
        .route("/graphql", any(graphql::graphql).layer(body))
        .route("/graphql/stream", any(live::reserved::stream).layer(body))
        .route("/schema.graphql", get(schema))
        .merge(graphiql::routes())
        .merge(desk::routes())
        .merge(imports::routes(&state))
        .merge(pages::routes())
        .merge(reminders::routes())
        .merge(website::routes())
        .fallback(website::nothing)
        .layer(CompressionLayer::new())
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready::readyz));
    let router = if origins.is_empty() { router } else { router.layer(cors(origins)) };
    router
        .layer(CatchPanicLayer::custom(move |_| panicked(&catching)))
        .layer(from_fn_with_state(state.clone(), observe::observe))
        .with_state(state)
}

/// Where operators look; on a listener of its own.
pub fn metrics_router(state: HttpState) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(state)
}

async fn schema(State(state): State<HttpState>, asked: HeaderMap) -> impl IntoResponse {
    reply::text(&state.sdl, &asked)
}

async fn metrics(State(state): State<HttpState>) -> impl IntoResponse {
    let db = &state.app.db;
    let standing = match db.reached(webhooks::standing(db.reading())).await {
        Ok(standing) => standing,
        Err(error) => {
            tracing::warn!(%error, "it is not known where deliveries stand");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    match state.metrics.text(&state.app, state.answers.metrics(), state.followers(), standing) {
        Ok(text) => {
            let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, media)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn panicked(state: &HttpState) -> axum::response::Response {
    let closed = Reply::Closed(state.fault("a handler panicked"));
    reply::one(closed, Media::Json, Keep::Nothing, &HeaderMap::new())
}

/// Which pages of other origins may read answers. Never with credentials of the browser: there are
/// none.
fn cors(origins: &[String]) -> CorsLayer {
    let allowed: Vec<HeaderValue> =
        origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok()).collect();
    let origins = if allowed.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(allowed)
    };
    let own = [
        "graphql-require-preflight",
        "apollo-require-preflight",
        "x-apollo-operation-name",
        "x-request-id",
    ];
    let headers = [
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::IF_NONE_MATCH,
    ];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(
            headers.into_iter().chain(own.map(HeaderName::from_static)).collect::<Vec<_>>(),
        )
        .expose_headers([header::ETAG, header::RETRY_AFTER, observe::REQUEST_ID])
        .max_age(PREFLIGHT_AGE)
}
