//! The doors on the network: the router on one screen, and how the process serves and stops.

mod accept;
pub mod authenticate;
mod client;
pub mod graphiql;
mod graphql;
mod observe;
mod rate;
mod reply;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Pos;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use axum::{Json, Router};
use sea_orm::ConnectionTrait;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::accept::Media;
use self::rate::Rates;
use self::reply::{Closed, Keep, Reply};
use crate::app::{App, sdl};
use crate::config::{Config, HttpConfig};
use crate::graphql::error::internal;
use crate::telemetry::metrics::Metrics;

/// How long requests that are under way may take to end when the process is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often clients are forgotten whose budget is full again.
const FORGETTING: Duration = Duration::from_secs(60);
/// How long a browser may remember what a preflight answered.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3600);

/// A register with a door on the network.
#[derive(Clone)]
pub struct Door(Arc<Inside>);

/// What stands behind the door.
pub struct Inside {
    app: App,
    settings: HttpConfig,
    rates: Rates,
    metrics: Metrics,
    /// The schema as text.
    sdl: String,
}

impl Deref for Door {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

impl Door {
    /// The door of `app`, as configured.
    pub fn new(app: App, config: &Config) -> Self {
        let rates = Rates::new(&config.rate, config.limits.max_cost);
        let (settings, metrics) = (config.http.clone(), Metrics::default());
        Self(Arc::new(Inside { app, settings, rates, metrics, sdl: sdl() }))
    }
}

/// All paths.
pub fn router(door: Door) -> Router {
    let body = DefaultBodyLimit::max(door.app.front.limits().max_body_bytes);
    let app = door.app.clone();
    let origins = &door.settings.cors_origins;
    let router = Router::new()
        .merge(graphiql::routes())
        .route("/graphql", any(graphql::graphql).layer(body))
        .route("/schema.graphql", get(schema))
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .layer(CompressionLayer::new());
    let router = if origins.is_empty() { router } else { router.layer(cors(origins)) };
    router
        .layer(CatchPanicLayer::custom(move |_| panicked(&app)))
        .layer(from_fn_with_state(door.clone(), observe::observe))
        .with_state(door)
}

/// Where operators look; on a listener of its own.
pub fn metrics_router(door: Door) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(door)
}

async fn schema(State(door): State<Door>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], door.sdl.clone())
}

/// Ready means that the database answers.
async fn readyz(State(door): State<Door>) -> impl IntoResponse {
    match door.app.db.reading().execute_unprepared("SELECT 1").await {
        Ok(_) => (StatusCode::OK, Json(serde_json::json!({ "ready": true }))),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({ "ready": false })))
        }
    }
}

async fn metrics(State(door): State<Door>) -> impl IntoResponse {
    match door.metrics.text(&door.app) {
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

fn panicked(app: &App) -> axum::response::Response {
    let error = internal("a handler panicked", app.clock.id()).into_server_error(Pos::default());
    let closed = Reply::Closed(Closed::new(StatusCode::INTERNAL_SERVER_ERROR, error));
    reply::one(closed, Media::Json, Keep::Nothing, &HeaderMap::new())
}

/// Which pages of other origins may read answers. Never with credentials of the browser: there are none.
fn cors(origins: &[String]) -> CorsLayer {
    let allowed: Vec<HeaderValue> = origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok()).collect();
    let origins =
        if allowed.iter().any(|origin| origin == "*") { AllowOrigin::any() } else { AllowOrigin::list(allowed) };
    let own = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name", "x-request-id"];
    let headers = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::AUTHORIZATION, header::CONTENT_TYPE];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(headers.into_iter().chain(own.map(HeaderName::from_static)).collect::<Vec<_>>())
        .expose_headers([header::ETAG, header::RETRY_AFTER, observe::REQUEST_ID])
        .max_age(PREFLIGHT_AGE)
}

/// Serves until `stop` resolves, then lets requests that are under way end.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let forgetting = tokio::spawn(forget(door.clone()));
    let service = router(door).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping: requests under way may end");
        let _ = stopping.send(());
    });
    let overdue = async {
        if stopped.await.is_ok() {
            tokio::time::sleep(PATIENCE).await;
            tracing::warn!("requests still under way after {} s are dropped", PATIENCE.as_secs());
        } else {
            std::future::pending::<()>().await;
        }
    };
    let served = tokio::select! {
        served = server.into_future() => served,
        () = overdue => Ok(()),
    };
    forgetting.abort();
    served
}

async fn forget(door: Door) {
    let mut minutes = tokio::time::interval(FORGETTING);
    loop {
        minutes.tick().await;
        door.rates.forget();
    }
}
