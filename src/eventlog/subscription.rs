//! The root of all subscriptions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_graphql::{Context, ID, Result, Subscription};
use entity::id::BatchId;
use entity::vocabulary::RecordKind;
use futures::Stream;
use futures::stream::iter;

use super::feed::{FeedRequest, Item};
use super::query::{choice, place};
use super::{
    BatchChangedPayload, DelegationChangedPayload, EventFilter, EventsFrom, EventsPayload,
};
use crate::events::Choice;
use crate::graphql::error::bad_input;
use crate::graphql::loader::Key;
use crate::graphql::node::record_id;
use crate::graphql::scalars::Cursor;

/// The longest silence, in seconds.
const LONGEST_SILENCE: i32 = 3_600;

/// What a root field is to do: a subscription is executed once to learn what it wants, then anew
/// for each item.
pub enum Step {
    /// Say what is wanted.
    Begin(Mutex<Option<FeedRequest>>),
    /// Show this item.
    Show(Item),
}

impl Default for Step {
    fn default() -> Self {
        Self::Begin(Mutex::default())
    }
}

impl Step {
    /// What the root field said.
    pub fn wanted(&self) -> Option<FeedRequest> {
        match self {
            Self::Begin(wanted) => {
                wanted.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
            }
            Self::Show(_) => None,
        }
    }

    /// Takes down what is wanted, or gives the item.
    fn take(&self, wanted: impl FnOnce() -> Result<FeedRequest>) -> Result<Option<Item>> {
        match self {
            Self::Begin(slot) => {
                *slot.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(wanted()?);
                Ok(None)
            }
            Self::Show(item) => Ok(Some(item.clone())),
        }
    }
}

fn step<'a>(ctx: &'a Context<'_>) -> &'a Step {
    ctx.data_unchecked::<Arc<Step>>()
}

fn silence(seconds: i32) -> Result<Duration> {
    let within = u64::try_from(seconds).ok().filter(|_| (1..=LONGEST_SILENCE).contains(&seconds));
    within.map(Duration::from_secs).ok_or_else(|| {
        bad_input(format!(
            "`heartbeatSeconds` must lie between 1 and {LONGEST_SILENCE}; it is {seconds}"
        ))
    })
}

fn count(first: Option<i32>) -> Result<Option<u64>> {
    let count = |first: i32| u64::try_from(first).ok().filter(|first| *first > 0);
    let wrong = |first: i32| bad_input(format!("`first` must be at least 1; it is {first}"));
    first.map(|first| count(first).ok_or_else(|| wrong(first))).transpose()
}

/// What concerns one batch.
fn about(
    kind: RecordKind,
    batch: &ID,
    after: Option<Cursor>,
    heartbeat_seconds: i32,
) -> Result<FeedRequest> {
    let batch = BatchId(record_id::<entity::batch::Entity>(batch)?);
    Ok(FeedRequest {
        choice: Choice { batch: Some((kind, batch)), ..Choice::default() },
        after: place(after)?,
        from_beginning: false,
        first: None,
        heartbeat: silence(heartbeat_seconds)?,
    })
}

/// The entry to all that can be listened to. Streams are resumable: each item has a `cursor`, and
/// whoever comes back with it as `after`, to any process of the register, misses nothing.
pub struct Subscription;

/// The entry to all that can be listened to. Streams are resumable: each item has a `cursor`, and
/// whoever comes back with it as `after`, to any process of the register, misses nothing.
#[Subscription]
impl Subscription {
    /// What happens in the register, in order. Without `after` the first item tells the place where
    /// the stream begins, so that what is read afterwards by a query leaves no gap.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Behind this place: the `cursor` of an item, or of a mutation.")]
        after: Option<Cursor>,
        #[graphql(desc = "Where to begin where `after` is not given.", default)] from: EventsFrom,
        #[graphql(desc = "Which events.")] filter: Option<EventFilter>,
        #[graphql(desc = "After how many items the stream ends; never where it is not given.")]
        first: Option<i32>,
        #[graphql(
            desc = "After how many seconds of silence an item without an event says how far the \
                    log was read, 1 to 3600.",
            default = 15
        )]
        heartbeat_seconds: i32,
    ) -> Result<impl Stream<Item = EventsPayload> + use<>> {
        let wanted = || {
            Ok(FeedRequest {
                choice: choice(filter)?,
                after: place(after)?,
                from_beginning: from == EventsFrom::Beginning,
                first: count(first)?,
                heartbeat: silence(heartbeat_seconds)?,
            })
        };
        Ok(iter(step(ctx).take(wanted)?.map(EventsPayload::from)))
    }

    /// A batch, each time something happens to it. The first item has it as it stands.
    async fn batch_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the batch.")] id: ID,
        #[graphql(desc = "Behind this place in the log.")] after: Option<Cursor>,
        #[graphql(
            desc = "After how many seconds of silence an item without an event says how far the \
                    log was read, 1 to 3600.",
            default = 15
        )]
        heartbeat_seconds: i32,
    ) -> Result<impl Stream<Item = BatchChangedPayload> + use<>> {
        let batch = Key::Id(record_id::<entity::batch::Entity>(&id)?);
        let item = step(ctx).take(|| about(RecordKind::Batch, &id, after, heartbeat_seconds))?;
        Ok(iter(item.map(|item| BatchChangedPayload { item: item.into(), batch })))
    }

    /// The delegations of a batch, each time something happens to one of them.
    async fn delegation_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the batch.")] batch: ID,
        #[graphql(desc = "Behind this place in the log.")] after: Option<Cursor>,
        #[graphql(
            desc = "After how many seconds of silence an item without an event says how far the \
                    log was read, 1 to 3600.",
            default = 15
        )]
        heartbeat_seconds: i32,
    ) -> Result<impl Stream<Item = DelegationChangedPayload> + use<>> {
        let item =
            step(ctx).take(|| about(RecordKind::Delegation, &batch, after, heartbeat_seconds))?;
        Ok(iter(item.map(|item| DelegationChangedPayload(item.into()))))
    }
}
