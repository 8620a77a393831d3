//! Operations that go on: what is told of one, whichever way it travels (WebSocket, server-sent events).

mod follow;
mod leave;
pub mod message;
mod operations;
pub mod reserved;
mod shown;
pub mod socket;
pub mod sse;

use axum::extract::ws::Utf8Bytes;
use axum::http::StatusCode;
use futures::StreamExt;
use futures::stream::{BoxStream, once};

use self::follow::Following;
use self::leave::Leaving;
use self::reserved::Reservations;
use self::shown::Shown;
use super::Door;
use super::graphql::Asker;
use super::reply::{Closed, Reply};
use crate::events::LogCursor;
use crate::graphql::error::{CURSOR_LOST, INTERNAL};
use crate::request::{Code, Kind, Limit, Prepared, RequestError};
use crate::telemetry::metrics::{Followed, Followers};

pub use self::leave::Leave;

/// What the operations that go on in a process share.
#[derive(Default)]
pub struct Live {
    /// Items that were shown a moment ago.
    pub(super) shown: Shown,
    /// When all have to go, and how many are left.
    pub(super) leaving: Leaving,
    /// Streams of events that several operations share.
    pub(super) reservations: Reservations,
}

/// What is told of an operation; at the end of the stream it is complete.
#[derive(Clone, Debug)]
pub enum Told {
    /// An answer, as JSON; of a subscription with its place in the log.
    Next(Utf8Bytes, Option<LogCursor>),
    /// It ends with these errors, a JSON list.
    Fault(String),
    /// The process stops: the client is to go on elsewhere, from this place.
    Away(LogCursor),
}

/// What is told of one operation.
pub type Telling = BoxStream<'static, Told>;

/// Streams that go on at once; each takes a socket of the system and some memory.
const MOST_STREAMS: usize = 20_000;

impl Door {
    /// Whether there is a place for one more stream.
    fn takes_stream(&self) -> Result<(), Closed> {
        if self.staying() < MOST_STREAMS {
            return Ok(());
        }
        let message = format!("{MOST_STREAMS} streams go on already: come back later, or to another process");
        Err(Closed::new(StatusCode::SERVICE_UNAVAILABLE, RequestError::limit(Limit::Operations, message)))
    }

    /// What operators see of those who follow the log.
    pub(super) fn followers(&self) -> Followers {
        let (again, made) = self.live.shown.counts();
        Followers { streams: self.staying(), again, made }
    }

    /// Begins an operation that was judged good. What cannot be begun is the reply.
    pub(super) async fn begin(
        &self,
        asker: &Asker,
        prepared: Prepared,
        resume: Option<&str>,
        leave: Leave,
    ) -> Result<Telling, Reply> {
        if prepared.kind == Kind::Subscription {
            let following = Following::begin(self.clone(), asker, prepared, resume, leave).await;
            return following.map(Following::telling).map_err(|response| self.refused(response));
        }
        match self.run(asker, prepared, self.deadline()).await {
            Reply::Executed(executed) => {
                let json = Utf8Bytes::from(Reply::Executed(executed).into_json());
                Ok(once(async { Told::Next(json, None) }).boxed())
            }
            reply => Err(reply),
        }
    }

    /// A subscription that cannot begin: something is wrong with its arguments, or with us.
    fn refused(&self, mut response: async_graphql::Response) -> Reply {
        let Some(error) = response.errors.pop() else { return response.into() };
        let statuses = [
            (INTERNAL, StatusCode::INTERNAL_SERVER_ERROR),
            (Code::Unauthenticated.as_str(), StatusCode::UNAUTHORIZED),
            (CURSOR_LOST, StatusCode::BAD_REQUEST),
        ];
        let has = |code: &str| error.extensions.as_ref().and_then(|it| it.get("code")) == Some(&code.into());
        let found = statuses.into_iter().find(|(code, _)| has(code));
        let (code, status) = found.unwrap_or((Code::BadUserInput.as_str(), StatusCode::BAD_REQUEST));
        if code == CURSOR_LOST {
            self.metrics.followed(Followed::Lost);
        }
        Reply::Closed(Closed::of(status, code, error))
    }
}
