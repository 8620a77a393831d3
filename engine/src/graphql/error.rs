//! Errors at the top level of an answer: what was wrong with the request, or with us. Each has
//! `extensions.code`.

use std::fmt::Display;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions, ServerError, Value};
use sea_orm::DbErr;
use uuid::Uuid;

use super::page::shorten;
use crate::error::{Classified, Failure, Unavailable, WriteError};
use crate::request::Code;

/// The request asks for something that cannot be: a wrong cursor, a page of 1000.
pub fn bad_input(message: impl Into<String>) -> Error {
    Error::new(message)
        .extend_with(|_, extensions| extensions.set("code", Code::BadUserInput.as_str()))
}

/// A cursor names a place that the log does not have: it is from before a restore, or was never
/// given out.
pub fn lost(end: impl Display) -> Error {
    let message = "this log does not have the place that `after` names: the register was restored \
                   from a backup, or the cursor is another's. Read anew what you keep, and follow \
                   the log from `extensions.cursor`, where it ends now.";
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", CURSOR_LOST);
        extensions.set("cursor", end.to_string());
    })
}

/// What was shown is good for nothing any more, in the middle of a stream; with the place from
/// which to go on.
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

/// Something failed on our side: the client learns of which kind it is, the log the cause. Of a
/// fault of ours the client learns an id.
pub fn fault(cause: impl Classified, error_id: Uuid) -> Error {
    let (code, message) = match cause.failure() {
        Failure::Busy => (
            Code::Busy,
            "the register cannot take this now: nothing was done, and it may be sent again"
                .to_owned(),
        ),
        Failure::Unavailable(why) => (Code::Unavailable, why.to_string()),
        Failure::TimedOut => {
            (Code::RequestTimeout, "the database took longer than it may".to_owned())
        }
        Failure::Internal => {
            tracing::error!(%error_id, %cause, "a request failed");
            return Error::new("Something went wrong on the server.").extend_with(
                |_, extensions| {
                    extensions.set("code", INTERNAL);
                    extensions.set("errorId", error_id.to_string());
                },
            );
        }
    };
    tracing::warn!(code = code.as_str(), %cause, "a request found the database failing");
    failed(code, message)
}

/// A write failed on our side. Where the database went away in the middle, nobody knows whether the
/// write was committed.
pub fn write_fault(error: &WriteError, error_id: Uuid) -> Error {
    let Failure::Unavailable(why) = error.failure() else { return fault(error, error_id) };
    tracing::warn!(%error, "a write found the database failing");
    failed(Code::Unavailable, unsure(why))
}

/// What is said of a write in the middle of which the database went away.
pub fn unsure(why: Unavailable) -> String {
    format!(
        "{why}: whether the write was done is not known; sent again with the same `idempotencyKey` \
         it is done once at most"
    )
}

/// What a write that is done is answered with cannot be read now. This is never [`Code::Busy`],
/// which says that nothing was done.
pub fn written_fault(cause: impl Classified, error_id: Uuid) -> Error {
    if !matches!(cause.failure(), Failure::Busy | Failure::Unavailable(_)) {
        return fault(cause, error_id);
    }
    tracing::warn!(%cause, "the answer to a write could not be read");
    let message = "the write is done, and its answer cannot be read now: sent again with the same \
                   `idempotencyKey` it is answered";
    failed(Code::Unavailable, message)
}

/// The register gives no answer for now.
fn failed(code: Code, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code.as_str());
        if let Some(seconds) = code.retry_after() {
            extensions.set("retryAfter", seconds);
        }
    })
}

/// Which code of [`Code::failure`] an error has, if any.
pub fn failure_of(error: &ServerError) -> Option<Code> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Code::failure(code),
        _ => None,
    }
}

/// A failure that many fields may share, because one statement answered them all.
pub(super) type Shared = Arc<DbErr>;

/// A text that is no place in the log.
pub fn no_place(text: &str) -> Error {
    bad_input(format!("{:?} is not a cursor of the log", shorten(text)))
}
