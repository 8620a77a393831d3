//! GraphQL over WebSocket: one task per socket reads what the client says, and tells it what its
//! operations come to.

use std::time::Duration;

use axum::body::Body;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::stream::once;
use futures::{FutureExt, StreamExt};
use serde_json::{Map, Value};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use super::message::{self, PROTOCOL, Said};
use super::operations::Operations;
use super::slots::Slots;
use super::{Leave, LiveFrame};
use crate::access::{AuthError, renewed};
use crate::error::{Classified, Failure};
use crate::events::LogCursor;
use crate::graphql::error::fault;
use crate::http::HttpState;
use crate::http::accept::Media;
use crate::http::authenticate::identify;
use crate::http::graphql::Caller;
use crate::http::rate::COST_OF_A_REQUEST;
use crate::http::reply::{Closed, Keep, Reply};
use crate::request::{Code, GraphQlParams, Limit, RequestError};

/// How long a client may take to begin.
const INIT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a message may take to be written; who reads slower is let go, and comes back with a
/// cursor.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// How long the client may take to close as well.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(2);
/// How often the server asks whether the client is there.
const PING: Duration = Duration::from_secs(6);
/// After how long a silence it is taken to be gone.
const SILENCE: Duration = Duration::from_secs(12);
/// Operations that go on at once on a socket.
const MOST_OPERATIONS: usize = 50;
/// Thousands of sockets are idle: their buffers are their memory.
const READ_BUFFER: usize = 512;
/// The longest reason that a close frame holds, in bytes.
const LONGEST_REASON: usize = 123;

/// As much of a reason as a close frame holds.
fn cut(reason: &str) -> &str {
    let mut end = reason.len().min(LONGEST_REASON);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}

/// Why the server closes a socket.
type Close = (u16, String);

/// Whether a request wants to become a WebSocket.
pub fn is_upgrade(request: &Request) -> bool {
    let upgrade = request.headers().get(header::UPGRADE).and_then(|upgrade| upgrade.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Whether the page that asks is of this server. A browser does not keep pages of other origins
/// from opening sockets.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return true };
    origin.split_once("://").is_some_and(|(_, host)| text(header::HOST) == Some(host))
}

/// Makes a request a WebSocket.
pub async fn upgrade(state: HttpState, request: Request) -> Response<Body> {
    let mut caller = state.caller(&request);
    if let Err(closed) = state.recognise(&mut caller).await {
        return state.reply(Reply::Closed(closed), Media::Json, Keep::Nothing, &caller);
    }
    let refuse = |status, code, message: &str| {
        let closed = Closed::new(status, RequestError::new(code, message));
        state.reply(Reply::Closed(closed), Media::Json, Keep::Nothing, &caller)
    };
    if !is_own_origin(&caller.headers) && !state.is_welcome_origin(&caller.headers) {
        return refuse(
            StatusCode::FORBIDDEN,
            Code::Forbidden,
            "pages of this origin may not open sockets here",
        );
    }
    if let Err(closed) = state.spend(&caller, COST_OF_A_REQUEST).and_then(|()| state.takes_stream())
    {
        return state.reply(Reply::Closed(closed), Media::Json, Keep::Nothing, &caller);
    }
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        Err(rejection) => return rejection.into_response(),
    };
    if upgrade.selected_protocol().is_none() {
        return refuse(
            StatusCode::BAD_REQUEST,
            Code::BadUserInput,
            "sockets here speak graphql-transport-ws",
        );
    }
    let most = state.app.pipeline.limits().max_body_bytes;
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(most)
        .max_frame_size(most)
        .on_upgrade(move |socket| serve(state, caller, socket).boxed())
}

async fn serve(state: HttpState, mut caller: Caller, socket: WebSocket) {
    let (stay, leave) = state.stay();
    // Headers are parts of the 16 KiB in which the request was read, and would hold these as long
    // as the socket.
    caller.headers = HeaderMap::new();
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let state = Socket {
        state,
        caller,
        socket,
        begun: false,
        heard: Instant::now(),
        ping,
        leave,
        operations: Operations::default(),
        slots: Slots::default(),
        place: None,
    };
    Box::pin(state.run()).await;
    drop(stay);
}

/// What the payload of connection_init shows: its `Authorization`, in any case, as the header has
/// it.
fn shown(payload: &Map<String, Value>) -> Result<Option<&str>, Close> {
    match payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        None | Some((_, Value::Null)) => Ok(None),
        Some((_, Value::String(shown))) => Ok(Some(shown)),
        Some(_) => Err((4403, "Forbidden: `Authorization` is a text".to_owned())),
    }
}

/// The door is closed to whoever shows something that is good for nothing.
fn forbidden(state: &HttpState, error: AuthError) -> Close {
    match error {
        AuthError::Refused(why) => (4403, format!("Forbidden: {why}")),
        AuthError::Database(error) => {
            // Try again later, where that is worth while.
            let code = if error.failure() == Failure::Internal { 1011 } else { 1013 };
            (code, fault(error, state.app.clock.id()).message)
        }
    }
}

struct Socket {
    state: HttpState,
    caller: Caller,
    socket: WebSocket,
    /// Whether the client has begun.
    begun: bool,
    /// When anything was heard of it.
    heard: Instant,
    ping: Interval,
    leave: Leave,
    operations: Operations,
    slots: Slots,
    /// The last place that was sent.
    place: Option<LogCursor>,
}

impl Socket {
    async fn run(mut self) {
        let farewell = match self.talk().await {
            Ok(()) => None,
            Err((code, reason)) => {
                tracing::debug!(code, reason, "a socket is closed");
                Some(Message::Close(Some(CloseFrame { code, reason: cut(&reason).into() })))
            }
        };
        let close = async {
            if let Some(farewell) = farewell {
                self.socket.send(farewell).await?;
            }
            // Until both sides have closed: what the client sent before that is of no interest.
            while let Some(message) = self.socket.recv().await {
                message?;
            }
            Ok::<_, axum::Error>(())
        };
        // Who does not take it is gone all the same.
        let _ = timeout(FAREWELL_PATIENCE, close).await;
    }

    /// Talks until the client is gone, or a reason to close.
    async fn talk(&mut self) -> Result<(), Close> {
        let began = Instant::now();
        loop {
            tokio::select! {
                said = self.socket.recv() => match said {
                    Some(Ok(message)) => {
                        self.heard = Instant::now();
                        if Box::pin(self.hear(message)).await?.is_break() {
                            return Ok(());
                        }
                    }
                    Some(Err(error)) => {
                        return Err((4400, format!("a message cannot be read: {error}")));
                    }
                    None => return Ok(()),
                },
                (id, frame) = self.operations.next() => self.send_frame(&id, frame).await?,
                () = tokio::time::sleep_until(began + INIT_PATIENCE), if !self.begun => {
                    return Err((4408, "Connection initialisation timeout".to_owned()));
                }
                _ = self.ping.tick() => {
                    if self.heard.elapsed() >= SILENCE {
                        return Err((4408, "nothing was heard of the client".to_owned()));
                    }
                    self.send(Message::Ping(Default::default())).await?;
                }
                () = self.leave.time(), if self.operations.is_empty() => return Err(self.away()),
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<std::ops::ControlFlow<()>, Close> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err((4400, "messages are text".to_owned())),
            Message::Ping(_) | Message::Pong(_) => return Ok(std::ops::ControlFlow::Continue(())),
            Message::Close(_) => return Ok(std::ops::ControlFlow::Break(())),
        };
        match Said::read(&text).map_err(|reason| (4400, reason))? {
            Said::Init(_) if self.begun => {
                return Err((4429, "Too many initialisation requests".to_owned()));
            }
            Said::Init(payload) => {
                self.identify(payload.unwrap_or_default()).await?;
                self.begun = true;
                self.say(message::ack()).await?;
            }
            Said::Ping(payload) => self.say(message::pong(payload)).await?,
            Said::Pong => {}
            Said::Complete(id) => self.operations.end(&id),
            Said::Subscribe(..) if !self.begun => return Err((4401, "Unauthorized".to_owned())),
            Said::Subscribe(id, params) => self.subscribe(id, params).await?,
        }
        Ok(std::ops::ControlFlow::Continue(()))
    }

    /// Learns who it is, by what is shown with connection_init; else as the request said that
    /// became the socket.
    async fn identify(&mut self, payload: Map<String, Value>) -> Result<(), Close> {
        let Some(shown) = shown(&payload)? else { return Ok(()) };
        match identify(&self.state.app, shown).await {
            Ok(actor) => {
                self.caller.actor = actor;
                Ok(())
            }
            Err(error) => {
                let spent = self.state.spend(&self.caller, COST_OF_A_REQUEST);
                Err(spent.map_or((4429, "Too many requests".to_owned()), |()| {
                    forbidden(&self.state, error)
                }))
            }
        }
    }

    /// Begins an operation, with the rights that the client has by now.
    async fn subscribe(&mut self, id: String, params: GraphQlParams) -> Result<(), Close> {
        if self.operations.has(&id) {
            return Err((4409, format!("Subscriber for {id} already exists")));
        }
        let actor = renewed(&self.state.app.db, &self.state.app.clock, &self.caller.actor).await;
        self.caller.actor = actor.map_err(|error| forbidden(&self.state, error))?;
        let refusal = if self.operations.len() >= MOST_OPERATIONS {
            let message = format!("at most {MOST_OPERATIONS} operations go on at once on a socket");
            Some(Reply::Faulty(vec![RequestError::limit(Limit::Operations, message)]))
        } else {
            self.state.spend(&self.caller, COST_OF_A_REQUEST).err().map(Reply::Closed)
        };
        let prepared =
            refusal.map_or_else(|| self.state.validate(&self.caller, &params, false), Err);
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(reply) => {
                self.state.note(&reply);
                return self.say(message::error(&id, &reply.into_errors())).await;
            }
        };
        let (state, caller, leave) = (self.state.clone(), self.caller.clone(), self.leave.clone());
        let slots = self.slots.clone();
        let frames = async move {
            match state.begin(&caller, prepared, None, leave, &slots).await {
                Ok(frames) => frames,
                Err(reply) => {
                    let fault = LiveFrame::Fault(reply.into_errors());
                    once(async { fault }).boxed()
                }
            }
        };
        self.operations.begin(id, frames.boxed());
        Ok(())
    }

    /// Passes on what an operation comes to.
    async fn send_frame(&mut self, id: &str, frame: Option<LiveFrame>) -> Result<(), Close> {
        match frame {
            Some(LiveFrame::Next(json, cursor, _slot)) => {
                self.place = cursor.or(self.place);
                self.say(message::next(id, &json)).await
            }
            Some(LiveFrame::Fault(errors) | LiveFrame::Broken(errors)) => {
                self.operations.end(id);
                self.say(message::error(id, &errors)).await
            }
            Some(LiveFrame::Away(place)) => {
                self.place = Some(place);
                self.operations.end(id);
                if self.operations.is_empty() { Err(self.away()) } else { Ok(()) }
            }
            None => self.say(message::complete(id)).await,
        }
    }

    /// The process stops: where to go on elsewhere.
    fn away(&self) -> Close {
        let place = self.place.map(|place| format!("; after: {place}"));
        (1012, format!("the server restarts{}", place.unwrap_or_default()))
    }

    async fn say(&mut self, text: Utf8Bytes) -> Result<(), Close> {
        self.send(Message::Text(text)).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Close> {
        match timeout(WRITE_PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err((1011, format!("the client cannot be written to: {error}"))),
            Err(_) => {
                self.state.metrics.too_slow();
                Err((1013, "the client reads too slowly".to_owned()))
            }
        }
    }
}
