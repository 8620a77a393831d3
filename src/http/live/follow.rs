//! One subscription under way.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::{Pos, Response};
use axum::extract::ws::Utf8Bytes;
use futures::stream::unfold;
use futures::{FutureExt, StreamExt};
use tokio::time::{sleep, timeout};

use super::slots::Slots;
use super::{FrameStream, Leave, LiveFrame};
use crate::access::Visible;
use crate::db::in_own_task;
use crate::eventlog::feed::{Feed, Item};
use crate::events::LogCursor;
use crate::graphql::error::fault;
use crate::graphql::language::Languages;
use crate::http::HttpState;
use crate::http::graphql::Caller;
use crate::http::rate::COST_OF_A_REQUEST;
use crate::http::reply::{Closed, Reply};
use crate::request::cache::{Digest, digest};
use crate::request::{Limit, Prepared, RequestError};
use crate::schema::subscribe::failure;
use crate::telemetry::metrics::Followed;
use crate::text::hexadecimal;

/// One subscription under way.
pub struct Following {
    state: HttpState,
    caller: Caller,
    prepared: Arc<Prepared>,
    feed: Feed,
    leave: Leave,
    slots: Slots,
    /// What decides how items look to this reader.
    shape: Digest,
    /// What it has had made and not paid.
    debt: u64,
    step: Step,
}

enum Step {
    Following,
    /// The place has been sent; all that is left is to go.
    Leaving,
    Over,
}

/// What decides how items look to a reader: what it selects, what it may see, and its languages.
fn shape(prepared: &Prepared, caller: &Caller) -> Digest {
    digest(&format!("{} {:?} {:?}", hexadecimal(&prepared.shape()), caller.actor, caller.languages))
}

impl Following {
    /// Begins a subscription; behind `resume`, where the client was told of that place before.
    pub async fn begin(
        state: HttpState,
        caller: Caller,
        prepared: Prepared,
        resume: Option<String>,
        leave: Leave,
        slots: Slots,
    ) -> Result<Self, Response> {
        let visible = Visible::to(caller.actor.clone());
        let feed = state.app.follow(&visible, &prepared, resume.as_deref()).await?;
        state.metrics.followed(if feed.resumed() { Followed::Resumed } else { Followed::Anew });
        let (shape, prepared) = (shape(&prepared, &caller), Arc::new(prepared));
        Ok(Self {
            state,
            caller,
            prepared,
            feed,
            leave,
            slots,
            shape,
            debt: 0,
            step: Step::Following,
        })
    }

    /// What is sent of it.
    pub fn frames(self) -> FrameStream {
        unfold(Box::new(self), async |mut following| {
            following.next().await.map(|frame| (frame, following))
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<LiveFrame> {
        match self.step {
            Step::Over => return None,
            Step::Leaving => {
                self.step = Step::Over;
                return Some(LiveFrame::Away(self.feed.place()));
            }
            Step::Following => {}
        }
        self.pay().await;
        let item = tokio::select! {
            item = self.feed.next() => item?,
            () = self.leave.time() => {
                self.step = Step::Leaving;
                Ok(self.feed.pause())
            }
        };
        match item {
            // In a box, which is gone when it is shown: thousands of streams wait for their next
            // item.
            Ok(item) => Some(Box::pin(self.show(item)).await),
            Err(error) => {
                self.step = Step::Over;
                let reply = Reply::from(failure(self.state.app.failed(error)));
                let broken = matches!(reply, Reply::Closed(_));
                let errors = reply.into_errors();
                Some(if broken { LiveFrame::Broken(errors) } else { LiveFrame::Fault(errors) })
            }
        }
    }

    /// Who has items made pays for them, and waits where nothing is left of the budget: nothing is
    /// lost by that.
    async fn pay(&mut self) {
        while self.debt > 0 {
            match self.state.rates.spend(&self.caller.actor, self.caller.address, self.debt) {
                Ok(()) => self.debt = 0,
                Err(wait) => {
                    self.state.metrics.waited();
                    sleep(wait).await;
                }
            }
        }
    }

    async fn show(&mut self, item: Item) -> LiveFrame {
        if self.caller.actor != *self.feed.visible().actor() {
            self.caller.actor = self.feed.visible().actor().clone();
            self.shape = shape(&self.prepared, &self.caller);
        }
        let (place, cursor): ((LogCursor, LogCursor), _) = ((item.after, item.cursor), item.cursor);
        let slot = self.slots.take().await;
        if let Some(json) = self.state.live.shown.find(self.shape, place) {
            return LiveFrame::Next(json, Some(cursor), slot);
        }
        let (state, prepared, visible) =
            (self.state.clone(), self.prepared.clone(), self.feed.visible().clone());
        let (languages, shape) = (self.caller.languages.clone(), self.shape);
        let show = async move {
            let mut cost = 0;
            let made = state.live.shown.get(
                shape,
                place,
                show(&state, &prepared, &visible, languages, item, &mut cost),
            );
            (made.await, cost, slot)
        };
        // Others may wait for the same item: it must not wait for the client of this one.
        let (made, cost, slot) = in_own_task(show).await;
        self.debt = cost;
        match made {
            Ok(json) => LiveFrame::Next(json, Some(cursor), slot),
            Err(closed) => {
                self.step = Step::Over;
                LiveFrame::Broken(Reply::Closed(closed).into_errors())
            }
        }
    }
}

/// Makes an answer of an item; with what that costs. Where the register fails, there is none.
async fn show(
    state: &HttpState,
    prepared: &Prepared,
    visible: &Visible,
    languages: Languages,
    item: Item,
    cost: &mut u64,
) -> Result<Utf8Bytes, Closed> {
    *cost =
        prepared.requested_cost.min(state.app.pipeline.limits().max_cost).max(COST_OF_A_REQUEST);
    let shown = state.app.show(visible, languages, prepared, item);
    let shown = timeout(state.patience(), AssertUnwindSafe(shown).catch_unwind()).await;
    let response = match shown {
        Ok(Ok(executed)) => executed.response,
        Ok(Err(_panic)) => failure(fault("a resolver panicked", state.app.clock.id())),
        Err(_) => {
            let message =
                format!("the answer was not ready within {} s", state.patience().as_secs());
            let error = RequestError::limit(Limit::Timeout, message);
            let mut error = async_graphql::ServerError::from(error);
            error.locations = vec![Pos::default()];
            Response::from_errors(vec![error])
        }
    };
    match Reply::from(response) {
        Reply::Closed(closed) if closed.is_retryable() => Err(closed),
        reply => Ok(Utf8Bytes::from(reply.into_json())),
    }
}
