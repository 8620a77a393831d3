//! Who sends a request, by its header `Authorization`.

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Actor, AuthError, bearer, by_token};
use crate::app::App;

/// Who sends a request. What is shown and not good for anything is refused, and not taken for nothing: whoever shows an expired
/// token is to know it.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor, AuthError> {
    let Some(shown) = headers.get(header::AUTHORIZATION) else { return Ok(Actor::Anonymous) };
    let shown = shown.to_str().map_err(|_| AuthError::Refused("the header Authorization is not text"))?;
    by_token(&app.db, &app.clock, bearer(shown)?).await
}

/// The answer to a request whose sender is not known: 401, in the form of any other GraphQL answer.
pub fn unauthenticated(app: &App, error: &AuthError) -> Response {
    let (status, code, message, error_id) = match error {
        AuthError::Refused(why) => (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", *why, None),
        AuthError::Database(error) => {
            let error_id = app.clock.id();
            tracing::error!(%error_id, %error, "a request could not be authenticated");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_SERVER_ERROR",
                "Something went wrong on the server.",
                Some(error_id),
            )
        }
    };
    let mut extensions = serde_json::json!({ "code": code });
    if let Some(error_id) = error_id {
        extensions["errorId"] = error_id.to_string().into();
    }
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": extensions }] });
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    (status, challenge, Json(body)).into_response()
}
