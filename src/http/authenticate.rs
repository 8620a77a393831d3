//! Who sends a request, by its header `Authorization`.

use async_graphql::Pos;
use axum::http::{HeaderMap, StatusCode, header};

use super::reply::Closed;
use crate::access::{Actor, AuthError, bearer, by_token};
use crate::app::App;
use crate::graphql::error::internal;
use crate::request::{Code, RequestError};

/// Who sends a request. What is shown and not good for anything is refused, and not taken for nothing: whoever shows an expired
/// token is to know it.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor, AuthError> {
    let Some(shown) = headers.get(header::AUTHORIZATION) else { return Ok(Actor::Anonymous) };
    let shown = shown.to_str().map_err(|_| AuthError::Refused("the header Authorization is not text"))?;
    by_token(&app.db, &app.clock, bearer(shown)?).await
}

/// The answer to a request whose sender is not known: 401, in the form of any other GraphQL answer.
pub(super) fn unauthenticated(app: &App, error: AuthError) -> Closed {
    match error {
        AuthError::Refused(why) => Closed::unauthenticated(RequestError::new(Code::Unauthenticated, why)),
        AuthError::Database(error) => {
            let error = internal(error, app.clock.id()).into_server_error(Pos::default());
            Closed::new(StatusCode::INTERNAL_SERVER_ERROR, error)
        }
    }
}
