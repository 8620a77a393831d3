//! What is done to batches.

mod entering;

use async_graphql::MaybeUndefined;
use entity::vocabulary::{BatchStatus, DatePrecision, DeliveryMode};
use entity::{batch, institution, programme, topic, venue};
use uuid::Uuid;

use self::entering::{Run, enter, place, programme};
use super::{Batch, rules, status};
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::input::input;
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, changed, given, mutations};
use crate::provenance::claim::people::{People, PeopleBySexInput};
use crate::provenance::statement::{Statement, state};
use crate::rule::unset;

mutations! {
    /// Mutations of batches.
    BATCH_MUTATIONS {
        /// Prepares a batch: a draft, which nobody but its owner, its organisers and hosts sees
        /// until it is announced. For officers of the institution that keeps the programme.
        draft_batch(DraftBatchInput) -> DraftBatchPayload { batch: Batch }, a KeepRecord {
            /// The programme of which it is a run.
            programme_id: IdOf<programme::Entity>,
            /// The institution that keeps its record; that of the programme unless given. You must
            /// be an officer of it.
            owner_id: Option<IdOf<institution::Entity>>,
            /// The key; made from that of the programme unless given.
            key: Option<String>,
            /// Which run of the programme it is: 1, 2 …
            ordinal: Option<i32>,
            /// The label as printed: "Batch II".
            label: Option<String>,
            /// How it is attended.
            mode: DeliveryMode = DeliveryMode::Onsite,
            /// The places there are, in persons.
            capacity: Option<i32>,
            /// The title, as the owner states it.
            title: Option<BatchTitleInput>,
            /// The first day, as the owner states it.
            starts_on: Option<Date>,
            /// The last day, as the owner states it.
            ends_on: Option<Date>,
            /// Where it is to be held.
            venue_ids: Option<Vec<IdOf<venue::Entity>>>,
            /// What it is about, besides the topics of its programme.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
        }

        /// Enters a batch of the past as it stands: held and closed, or called off. It is public at
        /// once, and told of as `batch.recorded`: nobody is told that it will take place. For
        /// officers of the institution that keeps the programme.
        record_past_batch(RecordPastBatchInput)
            -> RecordPastBatchPayload { batch: Batch }, a KeepRecord {
            /// The programme of which it is a run.
            programme_id: IdOf<programme::Entity>,
            /// The institution that keeps its record; that of the programme unless given. You must
            /// be an officer of it.
            owner_id: Option<IdOf<institution::Entity>>,
            /// The key; made from that of the programme unless given.
            key: Option<String>,
            /// Which run of the programme it is: 1, 2 …
            ordinal: Option<i32>,
            /// The label as printed: "Batch II".
            label: Option<String>,
            /// How it was attended.
            mode: DeliveryMode = DeliveryMode::Onsite,
            /// The places there were, in persons.
            capacity: Option<i32>,
            /// The title, as the owner states it.
            title: BatchTitleInput,
            /// The first day, as the owner states it. One of the two is needed.
            starts_on: Option<Date>,
            /// How exactly the first day is known.
            starts_precision: DatePrecision = DatePrecision::Day,
            /// The last day, as the owner states it. Neither is in the future.
            ends_on: Option<Date>,
            /// How exactly the last day is known.
            ends_precision: DatePrecision = DatePrecision::Day,
            /// Where it was held.
            venue_ids: Option<Vec<IdOf<venue::Entity>>>,
            /// What it was about, besides the topics of its programme.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
            /// Whether it was called off, and not held.
            was_cancelled: bool = false,
        }

        /// Makes a draft public, or announces a batch again that was put off. It needs a title, and
        /// dates unless they are to follow. What is announced already stays as it is.
        announce_batch(AnnounceBatchInput) -> AnnounceBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// Whether it is announced without a first day, which will follow.
            dates_to_follow: bool = false,
        }

        /// Says that a batch will take place.
        confirm_batch(ConfirmBatchInput) -> ConfirmBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
        }

        /// Puts a batch off to a date not yet known.
        postpone_batch(PostponeBatchInput) -> PostponeBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
        }

        /// Calls a batch off.
        cancel_batch(CancelBatchInput) -> CancelBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
        }

        /// Says that a batch was held and its record is complete.
        close_batch(CloseBatchInput) -> CloseBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
        }

        /// Opens a batch again. What was closed is confirmed, and what was called off is what it
        /// was before. Needs a reason.
        reopen_batch(ReopenBatchInput) -> ReopenBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
        }

        /// States other dates of a batch, in the name of its owner. The former statement is kept,
        /// and superseded.
        reschedule_batch(RescheduleBatchInput)
            -> RescheduleBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The first day; stays as it was stated unless given.
            starts_on: Option<Date>,
            /// How exactly the first day is known.
            starts_precision: DatePrecision = DatePrecision::Day,
            /// The last day; stays as it was stated unless given.
            ends_on: Option<Date>,
            /// How exactly the last day is known.
            ends_precision: DatePrecision = DatePrecision::Day,
        }

        /// Changes what is recorded of a batch besides its status and dates. What is left out stays
        /// as it is.
        update_batch(UpdateBatchInput) -> UpdateBatchPayload { batch: Batch }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// Which run of the programme it is; null where the runs are not numbered.
            ordinal: MaybeUndefined<i32>,
            /// The label as printed; null where none is printed.
            label: MaybeUndefined<String>,
            /// How it is attended.
            mode: Option<DeliveryMode>,
            /// The places there are, in persons; null where not known.
            capacity: MaybeUndefined<i32>,
            /// The title, as the owner states it.
            title: Option<BatchTitleInput>,
            /// How many people took part in the whole batch, as the owner states it.
            participants: Option<i32>,
            /// Of which sex they are. Women and men together are all where `participants` is not
            /// given.
            participants_by_sex: Option<PeopleBySexInput>,
            /// Where it is held, instead of what was said before.
            venue_ids: Option<Vec<IdOf<venue::Entity>>>,
            /// What it is about, instead of what was said before.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
        }
    }
}

async fn draft_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &DraftBatchInput,
) -> Result<Uuid, WriteError> {
    let (programme, owner_id) = programme(w, by, input.programme_id, input.owner_id).await?;
    let day = |day: &Option<Date>| day.as_ref().map(|day| (day.0, DatePrecision::Day));
    let run = Run {
        key: input.key.as_ref(),
        ordinal: input.ordinal,
        label: input.label.as_ref(),
        mode: input.mode,
        capacity: input.capacity,
        status: BatchStatus::Draft,
        title: input.title.clone(),
        days: rules::Days { starts: day(&input.starts_on), ends: day(&input.ends_on) },
        venues: input.venue_ids.as_deref(),
        topics: input.topic_ids.as_deref(),
    };
    enter(w, by, (programme, owner_id), run).await
}

async fn record_past_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordPastBatchInput,
) -> Result<Uuid, WriteError> {
    let (programme, owner_id) = programme(w, by, input.programme_id, input.owner_id).await?;
    let (starts, ends) = (input.starts_on.as_ref(), input.ends_on.as_ref());
    let days = rules::Days {
        starts: starts.map(|day| (day.0, input.starts_precision)),
        ends: ends.map(|day| (day.0, input.ends_precision)),
    };
    rules::has_ended(w, days)?;
    let run = Run {
        key: input.key.as_ref(),
        ordinal: input.ordinal,
        label: input.label.as_ref(),
        mode: input.mode,
        capacity: input.capacity,
        status: if input.was_cancelled { BatchStatus::Cancelled } else { BatchStatus::Closed },
        title: Some(input.title.clone()),
        days,
        venues: input.venue_ids.as_deref(),
        topics: input.topic_ids.as_deref(),
    };
    enter(w, by, (programme, owner_id), run).await
}

async fn announce_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &AnnounceBatchInput,
) -> Result<Uuid, WriteError> {
    let row = by.batch(w, input.batch_id.0).await?;
    status::announce(w, &row, input.dates_to_follow).await?;
    Ok(row.id.0)
}

async fn confirm_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &ConfirmBatchInput,
) -> Result<Uuid, WriteError> {
    decide(w, by, input.batch_id, BatchStatus::Confirmed).await
}

async fn postpone_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &PostponeBatchInput,
) -> Result<Uuid, WriteError> {
    decide(w, by, input.batch_id, BatchStatus::Postponed).await
}

async fn cancel_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &CancelBatchInput,
) -> Result<Uuid, WriteError> {
    decide(w, by, input.batch_id, BatchStatus::Cancelled).await
}

async fn close_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &CloseBatchInput,
) -> Result<Uuid, WriteError> {
    decide(w, by, input.batch_id, BatchStatus::Closed).await
}

async fn reopen_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &ReopenBatchInput,
) -> Result<Uuid, WriteError> {
    let row = by.batch(w, input.batch_id.0).await?;
    status::reopen(w, &row).await?;
    Ok(row.id.0)
}

async fn reschedule_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &RescheduleBatchInput,
) -> Result<Uuid, WriteError> {
    let row = by.batch(w, input.batch_id.0).await?;
    let (starts, ends) =
        (input.starts_on.as_ref().map(|day| day.0), input.ends_on.as_ref().map(|day| day.0));
    let days = rules::Days {
        starts: starts.map(|day| (day, input.starts_precision)),
        ends: ends.map(|day| (day, input.ends_precision)),
    };
    rules::reschedule(w, &row, days).await?;
    Ok(row.id.0)
}

async fn update_batch(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateBatchInput,
) -> Result<Uuid, WriteError> {
    let row = by.batch(w, input.batch_id.0).await?;
    let draft = batch::ActiveModel {
        ordinal: changed(input.ordinal, |ordinal| ordinal),
        label: changed(input.label.clone(), |label| label),
        mode: given(input.mode),
        capacity: changed(input.capacity, |capacity| capacity),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    place(w, by, &put, input.venue_ids.as_deref(), input.topic_ids.as_deref()).await?;
    let title = input.title.clone().map(BatchTitleInput::statement);
    let by_sex = input.participants_by_sex.as_ref();
    let people = People::given("participants", input.participants, by_sex)?;
    let participants = people.map(Statement::Participants);
    state(w, &put.row, None, [title, participants].into_iter().flatten()).await?;
    Ok(put.row.id.0)
}

input! {
    /// A title, as printed.
    pub struct BatchTitleInput {
        /// The title.
        text: String,
        /// Its language (BCP 47 tag).
        language: String,
    }
}

impl BatchTitleInput {
    fn statement(self) -> Statement {
        Statement::Title(self.text, self.language)
    }
}

async fn decide(
    w: &mut Write,
    by: &Authorizer,
    id: IdOf<batch::Entity>,
    decision: BatchStatus,
) -> Result<Uuid, WriteError> {
    let row = by.batch(w, id.0).await?;
    status::decide(w, &row, decision).await?;
    Ok(row.id.0)
}
