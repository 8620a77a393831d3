//! Errors at the top level of an answer: what was wrong with the request, or with us. Each has `extensions.code`.

use std::fmt::Display;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::request::Code;

/// The request asks for something that cannot be: a wrong cursor, a page of 1000.
pub fn bad_input(message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", Code::BadUserInput.as_str()))
}

/// A cursor names a place that the log does not have: it is from before a restore, or was never given out.
pub fn lost(end: impl Display) -> Error {
    let message = "this log does not have the place that `after` names: the register was restored from a backup, or the cursor is \
                   another's. Read anew what you keep, and follow the log from `extensions.cursor`, where it ends now.";
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", CURSOR_LOST);
        extensions.set("cursor", end.to_string());
    })
}

/// What was shown is good for nothing any more, in the middle of a stream; with the place from which to go on.
pub fn ended(why: &str, place: impl Display) -> Error {
    Error::new(why).extend_with(|_, extensions| {
        extensions.set("code", Code::Unauthenticated.as_str());
        extensions.set("cursor", place.to_string());
    })
}

/// The code of a place that the log does not have.
pub const CURSOR_LOST: &str = "CURSOR_LOST";

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
