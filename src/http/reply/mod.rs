//! What is answered to a request of GraphQL: executed, faulty, or closed out; and its status.

mod closed;
mod content;
mod response;

use std::collections::BTreeMap;

use async_graphql::{Response as Answered, ServerError, Value};
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};

pub use self::closed::Closed;
pub use self::content::Data;
pub use self::response::{Keep, VARY, many, one};
pub(super) use self::response::{document, is_known, text};
use super::accept::Media;
use crate::graphql::error::failure_of;
use crate::request::{Code, Limit, RequestError};
use crate::schema::execute::Executed;

/// What is answered to one request.
#[derive(Debug)]
pub enum Reply {
    /// It was executed, now or before.
    Executed(Box<Answer>),
    /// It is well-formed, and nothing of it was executed.
    Faulty(Vec<RequestError>),
    /// It met a closed door, whatever it asks.
    Closed(Closed),
}

/// What an execution came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked for.
    pub data: Data,
    /// What went wrong.
    pub errors: Vec<ServerError>,
    /// What is told besides.
    pub extensions: BTreeMap<String, Value>,
}

impl From<Answered> for Reply {
    fn from(answered: Answered) -> Self {
        Self::of(answered, None)
    }
}

impl From<Executed> for Reply {
    fn from(Executed { response, json, .. }: Executed) -> Self {
        Self::of(response, json)
    }
}

impl Reply {
    /// Where the register failed in the middle, part of an answer is none: the client is to come
    /// back for the whole.
    fn of(answered: Answered, json: Option<Bytes>) -> Self {
        let Answered { data, mut errors, extensions, .. } = answered;
        if let Some(place) = errors.iter().position(|error| failure_of(error).is_some()) {
            return Self::Closed(Closed::failed(errors.swap_remove(place)));
        }
        let data = json.map_or(Data::Made(data), Data::Json);
        Self::Executed(Box::new(Answer { data, errors, extensions }))
    }

    /// An answer without errors, of which the data are JSON already.
    pub fn good(data: Bytes, extensions: BTreeMap<String, Value>) -> Self {
        Self::Executed(Box::new(Answer { data: Data::Json(data), errors: Vec::new(), extensions }))
    }

    /// The code of what was refused, and the limit that it met; nothing of what was executed.
    pub fn refusal(&self) -> Option<(&'static str, Option<Limit>)> {
        match self {
            Self::Executed(_) => None,
            Self::Faulty(errors) => {
                let limit = errors.iter().find_map(|error| error.limit);
                errors.first().map(|error| (error.code.as_str(), limit))
            }
            Self::Closed(closed) => Some((closed.0.code, closed.0.limit)),
        }
    }

    /// After how many seconds it may be had, where the door is closed for a while.
    pub fn retry_after(&self) -> Option<&HeaderValue> {
        match self {
            Self::Closed(closed) => closed.0.headers.get(header::RETRY_AFTER),
            Self::Executed(_) | Self::Faulty(_) => None,
        }
    }

    /// The code of the first error.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Executed(executed) => executed.errors.first().and_then(|error| {
                let code = error.extensions.as_ref()?.get("code")?;
                if let Value::String(code) = code { Some(code.as_str()) } else { None }
            }),
            refused => refused.refusal().map(|(code, _)| code),
        }
    }

    /// Whether an answer was made without a fault.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Executed(executed) if executed.errors.is_empty())
    }

    /// The status of the answer in a media type.
    pub fn status(&self, media: Media) -> StatusCode {
        match self {
            Self::Executed(answer)
                if media == Media::GraphQlResponse && !answer.errors.is_empty() =>
            {
                partial()
            }
            Self::Executed(_) => StatusCode::OK,
            Self::Faulty(errors) if errors.iter().any(|error| error.code == Code::Forbidden) => {
                StatusCode::FORBIDDEN
            }
            Self::Faulty(errors)
                if errors.iter().any(|error| Code::failure(error.code.as_str()).is_some()) =>
            {
                StatusCode::SERVICE_UNAVAILABLE
            }
            // An intermediary may have answered `application/json`: a status would not tell who
            // refused.
            Self::Faulty(_) if media == Media::Json => StatusCode::OK,
            Self::Faulty(_) => StatusCode::BAD_REQUEST,
            Self::Closed(closed) => closed.0.status,
        }
    }

    /// The answer as JSON: what a stream sends as one item.
    pub fn into_json(self) -> String {
        String::from_utf8(self.into_body().into_json()).unwrap_or_default()
    }

    /// The errors as JSON, of an answer without data.
    pub fn into_errors(self) -> String {
        serde_json::to_string(&self.into_body().errors).unwrap_or_default()
    }
}

/// The status of data with errors beside them
/// (<https://graphql.github.io/graphql-over-http/draft/#sec-Partial-success>).
fn partial() -> StatusCode {
    StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
}
