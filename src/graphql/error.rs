//! Errors at the top level of an answer: what was wrong with the request, or with us. Each has `extensions.code`.

use std::fmt::Display;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions};
use sea_orm::DbErr;
use uuid::Uuid;

/// The request asks for something that cannot be: a wrong cursor, a page of 1000.
pub fn bad_input(message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}

/// The code of a fault of ours.
pub const INTERNAL: &str = "INTERNAL_SERVER_ERROR";

/// Something failed on our side. The client learns an id, the log what it was.
pub fn internal(cause: impl Display, error_id: Uuid) -> Error {
    tracing::error!(%error_id, %cause, "a request failed");
    Error::new("Something went wrong on the server.").extend_with(|_, extensions| {
        extensions.set("code", INTERNAL);
        extensions.set("errorId", error_id.to_string());
    })
}

/// A failure that many fields may share, because one statement answered them all.
pub(super) type Shared = Arc<DbErr>;
