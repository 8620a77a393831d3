//! The doors on the network: the router on one screen, and how the process serves and stops.

pub mod authenticate;
pub mod graphiql;

use std::future::IntoFuture;
use std::time::Duration;

use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sea_orm::ConnectionTrait;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::trace::TraceLayer;

use self::authenticate::{authenticate, unauthenticated};
use crate::app::{App, sdl};
use crate::graphql::language::Languages;

/// How long requests that are under way may take to end when the process is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// All paths.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(graphiql::routes())
        .route("/graphql", post(graphql))
        .route("/schema.graphql", get(schema))
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

async fn graphql(State(app): State<App>, headers: HeaderMap, request: GraphQLRequest) -> Response {
    let actor = match authenticate(&app, &headers).await {
        Ok(actor) => actor,
        Err(error) => return unauthenticated(&app, &error),
    };
    let answer = app.execute(actor, accepted_languages(&headers), request.into_inner()).await;
    GraphQLResponse::from(answer).into_response()
}

async fn schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sdl())
}

/// Ready means that the database answers.
async fn readyz(State(app): State<App>) -> impl IntoResponse {
    match app.db.reading().execute_unprepared("SELECT 1").await {
        Ok(_) => (StatusCode::OK, Json(serde_json::json!({ "ready": true }))),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::json!({ "ready": false })))
        }
    }
}

/// The languages of `Accept-Language` (RFC 9110), the dearest first; those of weight 0 left out.
fn accepted_languages(headers: &HeaderMap) -> Languages {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut weighted: Vec<(u32, String)> = Vec::new();
    for part in accepted.split(',') {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = match parameters.trim() {
            "" => Some(1.0),
            weight => weight.strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok()),
        };
        let Some(weight) = weight.filter(|weight| (0.0..=1.0).contains(weight)) else { continue };
        let tag = tag.trim();
        if weight > 0.0 && !tag.is_empty() && tag != "*" {
            weighted.push(((weight * 1000.0) as u32, tag.to_owned()));
        }
    }
    weighted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    Languages(weighted.into_iter().map(|(_, tag)| tag).collect())
}

/// Serves until `stop` resolves, then lets requests that are under way end.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
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
    tokio::select! {
        served = server.into_future() => served,
        () = overdue => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
        accepted_languages(&headers).0
    }

    #[test]
    fn languages_come_in_the_order_of_their_weight() {
        assert_eq!(accepted("id;q=0.5, en-GB, *;q=0.1, fr;q=0"), ["en-GB", "id"]);
        assert_eq!(accepted("rubbish;;q=x,,"), Vec::<String>::new());
    }
}
