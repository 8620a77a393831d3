//! Whether the process is of use: `/readyz`, for whoever sends it requests.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;
use tokio::time::timeout;

use super::HttpState;
use crate::db::Reach;
use crate::error::{Classified, Failure, Unavailable};

/// How far the tail of the log may be behind.
const LATEST: Duration = Duration::from_secs(2);
/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What is said of a part that is well.
const WELL: &str = "ok";

/// Ready means that the database answers, that whoever follows the log is told in time, and that it
/// can be written. Each part says what is wrong with it, and nothing of where it is.
pub(super) async fn readyz(State(state): State<HttpState>) -> impl IntoResponse {
    let database = state.database().await;
    let log = state.log();
    let writes = state.writes().await;
    let parts = [("database", &database), ("log", &log), ("writes", &writes)];
    let ready = parts.iter().all(|(_, found)| found.is_ok());
    if !ready {
        tracing::warn!(?parts, "not ready");
    }
    let said = parts.map(|(part, found)| {
        (part.to_owned(), found.as_ref().err().map_or(WELL, String::as_str).into())
    });
    let said: serde_json::Map<String, serde_json::Value> = said.into_iter().collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let headers =
        HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    (status, headers, Json(json!({ "ready": ready, "parts": said })))
}

impl HttpState {
    async fn database(&self) -> Result<(), String> {
        let db = &self.app.db;
        let asked =
            timeout(PATIENCE, db.reached::<_, DbErr>(db.reading().execute_unprepared("SELECT 1")));
        match asked.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(match (db.reach(), error.failure()) {
                (Reach::Away(why), _) | (_, Failure::Unavailable(why)) => why.to_string(),
                (_, Failure::Busy) => "no connection is free".to_owned(),
                (_, Failure::TimedOut | Failure::Internal) => "the database fails".to_owned(),
            }),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    fn log(&self) -> Result<(), String> {
        match self.app.tail.late_by().filter(|late| *late > LATEST) {
            Some(late) => Err(format!("the log was last read to its end {} s ago", late.as_secs())),
            None => Ok(()),
        }
    }

    async fn writes(&self) -> Result<(), String> {
        match self.app.db.reach() {
            Reach::ReadOnly => Err(Unavailable::ReadOnly.to_string()),
            Reach::Away(why) => Err(why.to_string()),
            // The reason names the file, which is for the log alone.
            Reach::Reached => self.app.db.writable().await.map_err(|reason| {
                tracing::warn!(reason, "the database takes no writes");
                "the database takes no writes; the log of the server says why".to_owned()
            }),
        }
    }
}
