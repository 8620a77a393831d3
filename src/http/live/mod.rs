//! Operations that go on: what is sent of one, whichever way it travels (WebSocket, server-sent
//! events).

mod follow;
mod item_cache;
mod leave;
pub mod message;
mod operations;
mod reservations;
pub mod reserved;
mod slots;
pub mod socket;
pub mod sse;

use axum::extract::ws::Utf8Bytes;
use axum::http::StatusCode;
use futures::StreamExt;
use futures::stream::{BoxStream, once};

use self::follow::Following;
use self::item_cache::StreamItemCache;
use self::leave::Leaving;
use self::reservations::Reservations;
use self::slots::{Slot, Slots};
use super::HttpState;
use super::graphql::Caller;
use super::reply::{Closed, Reply};
use crate::db::in_own_task;
use crate::events::LogCursor;
use crate::graphql::error::{CURSOR_LOST, INTERNAL, failure_of};
use crate::request::{Code, Kind, Prepared, RequestError};
use crate::telemetry::metrics::{Followed, Followers};

pub use self::leave::Leave;

/// What the operations that go on in a process share.
#[derive(Default)]
pub struct Live {
    /// Items that were shown a moment ago.
    pub(super) shown: StreamItemCache,
    /// When all have to go, and how many are left.
    pub(super) leaving: Leaving,
    /// Streams of events that several operations share.
    pub(super) reservations: Reservations,
}

/// What is sent of an operation; at the end of the stream it is complete.
#[derive(Debug)]
pub enum LiveFrame {
    /// An answer, as JSON; of a subscription with its place in the log. Its slot is free when it is
    /// written.
    Next(Utf8Bytes, Option<LogCursor>, Slot),
    /// It ends with these errors, a JSON list.
    Fault(String),
    /// The register failed in the middle, with these errors: the client is to come back, with the
    /// place that it has come to.
    Broken(String),
    /// The process stops: the client is to go on elsewhere, from this place.
    Away(LogCursor),
}

/// What is sent of one operation.
pub type FrameStream = BoxStream<'static, LiveFrame>;

impl HttpState {
    /// Whether there is a place for one more stream: of all connections, a quarter is left to
    /// requests.
    fn takes_stream(&self) -> Result<(), Closed> {
        let most = self.places.most() / 4 * 3;
        if self.staying() < most {
            return Ok(());
        }
        let message =
            format!("{most} streams go on already: come back later, or to another process");
        Err(Closed::new(StatusCode::SERVICE_UNAVAILABLE, RequestError::new(Code::Busy, message)))
    }

    /// What operators see of those who follow the log.
    pub(super) fn followers(&self) -> Followers {
        let (again, made) = self.live.shown.counts();
        Followers { connections: self.places.taken(), streams: self.staying(), again, made }
    }

    /// Begins an operation that was found valid, in one of the slots of its connection. What cannot
    /// be begun is the reply.
    pub(super) async fn begin(
        &self,
        caller: &Caller,
        prepared: Prepared,
        resume: Option<String>,
        leave: Leave,
        slots: &Slots,
    ) -> Result<FrameStream, Reply> {
        let slot = slots.take().await;
        let (state, slots) = (self.clone(), slots.clone());
        let caller = Caller { headers: Default::default(), ..caller.clone() };
        let begin = async move {
            if prepared.kind == Kind::Subscription {
                let following =
                    Following::begin(state.clone(), caller, prepared, resume, leave, slots).await;
                return following
                    .map(Following::frames)
                    .map_err(|response| state.refused(response));
            }
            match state.run(&caller, prepared, state.deadline()).await {
                Reply::Executed(executed) => {
                    let json = Utf8Bytes::from(Reply::Executed(executed).into_json());
                    Ok(once(async { LiveFrame::Next(json, None, slot) }).boxed())
                }
                reply => Err(reply),
            }
        };
        in_own_task(begin).await
    }

    /// A subscription that cannot begin: something is wrong with its arguments, or with us.
    fn refused(&self, mut response: async_graphql::Response) -> Reply {
        let Some(error) = response.errors.pop() else { return response.into() };
        if failure_of(&error).is_some() {
            return Reply::Closed(Closed::failed(error));
        }
        let statuses = [
            (INTERNAL, StatusCode::INTERNAL_SERVER_ERROR),
            (Code::Unauthenticated.as_str(), StatusCode::UNAUTHORIZED),
            (CURSOR_LOST, StatusCode::BAD_REQUEST),
        ];
        let has = |code: &str| {
            error.extensions.as_ref().and_then(|it| it.get("code")) == Some(&code.into())
        };
        let found = statuses.into_iter().find(|(code, _)| has(code));
        let (code, status) =
            found.unwrap_or((Code::BadUserInput.as_str(), StatusCode::BAD_REQUEST));
        if code == CURSOR_LOST {
            self.metrics.followed(Followed::Lost);
        }
        Reply::Closed(Closed::of(status, code, error))
    }
}
