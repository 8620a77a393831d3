//! What is done to workshops.

use async_graphql::MaybeUndefined;
use entity::vocabulary::{WorkshopKind, WorkshopStatus};
use entity::{batch, topic, venue, workshop};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{Workshop, rules};
use crate::access::Authorizer;
use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::graphql::scalars::{Date, Time};
use crate::mutation::{IdOf, changed, given, mutations, reference, references};
use crate::rule::{Stem, key_or, unset};

mutations! {
    /// Mutations of workshops.
    WORKSHOP_MUTATIONS {
        /// Adds an activity to a batch.
        schedule_workshop(ScheduleWorkshopInput)
            -> ScheduleWorkshopPayload { workshop: Workshop }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The key; made from that of the batch unless given.
            key: Option<String>,
            /// Its place in the programme of the batch, from 1; behind all others unless given.
            position: Option<i32>,
            /// What kind of activity it is.
            kind: WorkshopKind,
            /// The title, as printed.
            title: String,
            /// The language of the title (BCP 47 tag).
            language: String,
            /// The first day.
            starts_on: Option<Date>,
            /// The last day.
            ends_on: Option<Date>,
            /// When it begins, at the time zone.
            starts_at: Option<Time>,
            /// When it ends, at the time zone.
            ends_at: Option<Time>,
            /// The IANA time zone of the times.
            time_zone: Option<String>,
            /// Where.
            venue_id: Option<IdOf<venue::Entity>>,
            /// What it is about.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
        }

        /// Gives a workshop another time or place. What is left out stays as it is.
        move_workshop(MoveWorkshopInput)
            -> MoveWorkshopPayload { workshop: Workshop }, a KeepRecord {
            /// The workshop.
            workshop_id: IdOf<workshop::Entity>,
            /// The first day; null where not known.
            starts_on: MaybeUndefined<Date>,
            /// The last day; null where not known.
            ends_on: MaybeUndefined<Date>,
            /// When it begins, at the time zone; null where not known.
            starts_at: MaybeUndefined<Time>,
            /// When it ends, at the time zone; null where not known.
            ends_at: MaybeUndefined<Time>,
            /// The IANA time zone of the times; null where there are none.
            time_zone: MaybeUndefined<String>,
            /// Where; null where not known.
            venue_id: MaybeUndefined<IdOf<venue::Entity>>,
        }

        /// Changes what a workshop is. What is left out stays as it is.
        update_workshop(UpdateWorkshopInput)
            -> UpdateWorkshopPayload { workshop: Workshop }, a KeepRecord {
            /// The workshop.
            workshop_id: IdOf<workshop::Entity>,
            /// Its place in the programme of the batch, from 1.
            position: Option<i32>,
            /// What kind of activity it is.
            kind: Option<WorkshopKind>,
            /// The title, as printed.
            title: Option<String>,
            /// The language of the title (BCP 47 tag).
            language: Option<String>,
            /// What it is about, instead of what was said before.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
        }

        /// Calls a workshop off.
        cancel_workshop(CancelWorkshopInput)
            -> CancelWorkshopPayload { workshop: Workshop }, a KeepRecord {
            /// The workshop.
            workshop_id: IdOf<workshop::Entity>,
        }

        /// Says that a workshop takes place after all that had been called off. Needs a reason.
        reopen_workshop(ReopenWorkshopInput)
            -> ReopenWorkshopPayload { workshop: Workshop }, a KeepRecord {
            /// The workshop.
            workshop_id: IdOf<workshop::Entity>,
        }
    }
}

async fn schedule_workshop(
    w: &mut Write,
    by: &Authorizer,
    input: &ScheduleWorkshopInput,
) -> Result<Uuid, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    let venue =
        by.find_optional::<venue::Entity>(w, "venue_id", input.venue_id.map(|id| id.0)).await?;
    let position = match input.position {
        Some(position) => position,
        None => next_place(w, &batch).await?,
    };
    let draft = workshop::ActiveModel {
        key: key_or(w, input.key.as_ref(), Stem::<workshop::Entity>::of(&batch.key, &input.title))
            .await?,
        batch_id: Set(batch.id),
        position: Set(position),
        kind: Set(input.kind),
        title: Set(input.title.clone()),
        language: Set(input.language.clone()),
        starts_on: Set(input.starts_on.as_ref().map(|day| day.0)),
        ends_on: Set(input.ends_on.as_ref().map(|day| day.0)),
        starts_at: Set(input.starts_at.as_ref().map(|time| time.0)),
        ends_at: Set(input.ends_at.as_ref().map(|time| time.0)),
        time_zone: Set(input.time_zone.clone()),
        venue_id: Set(venue.map(|row| row.id)),
        status: Set(WorkshopStatus::Scheduled),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    about(w, by, &put, input.topic_ids.as_deref()).await?;
    Ok(put.row.id.0)
}

async fn move_workshop(
    w: &mut Write,
    by: &Authorizer,
    input: &MoveWorkshopInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<workshop::Entity>(w, "workshop_id", input.workshop_id.0).await?;
    let venue_id = reference::<venue::Entity>(by, w, "venue_id", input.venue_id).await?;
    let draft = workshop::ActiveModel {
        starts_on: changed(input.starts_on.clone(), |day| day.0),
        ends_on: changed(input.ends_on.clone(), |day| day.0),
        starts_at: changed(input.starts_at.clone(), |time| time.0),
        ends_at: changed(input.ends_at.clone(), |time| time.0),
        time_zone: changed(input.time_zone.clone(), |zone| zone),
        venue_id: changed(venue_id, |venue| venue.id),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

async fn update_workshop(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateWorkshopInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<workshop::Entity>(w, "workshop_id", input.workshop_id.0).await?;
    let draft = workshop::ActiveModel {
        position: given(input.position),
        kind: given(input.kind),
        title: given(input.title.clone()),
        language: given(input.language.clone()),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    about(w, by, &put, input.topic_ids.as_deref()).await?;
    Ok(put.row.id.0)
}

async fn cancel_workshop(
    w: &mut Write,
    by: &Authorizer,
    input: &CancelWorkshopInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<workshop::Entity>(w, "workshop_id", input.workshop_id.0).await?;
    rules::cancel(w, &row).await?;
    Ok(row.id.0)
}

async fn reopen_workshop(
    w: &mut Write,
    by: &Authorizer,
    input: &ReopenWorkshopInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<workshop::Entity>(w, "workshop_id", input.workshop_id.0).await?;
    rules::reopen(w, &row).await?;
    Ok(row.id.0)
}

/// The place behind all workshops of a batch.
async fn next_place(w: &Write, batch: &batch::Model) -> Result<i32, WriteError> {
    let there = workshop::Entity::find()
        .filter(workshop::Column::BatchId.eq(batch.id))
        .count(w.read())
        .await?;
    Ok(i32::try_from(there).unwrap_or(i32::MAX - 1) + 1)
}

async fn about(
    w: &mut Write,
    by: &Authorizer,
    put: &Put<workshop::Model>,
    topics: Option<&[IdOf<topic::Entity>]>,
) -> Result<(), WriteError> {
    let Some(ids) = topics else { return Ok(()) };
    let rows = references::<topic::Entity>(by, w, "topic_ids", ids).await?;
    rules::enter_topics(w, put, rows.into_iter().map(|row| row.id).collect()).await.map(|_| ())
}
