//! What holds for workshops, and how they are written.

use std::collections::BTreeSet;

use entity::id::{TopicId, WorkshopId};
use entity::vocabulary::WorkshopStatus;
use entity::{batch, workshop, workshop_topic};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::dates::outside;
use crate::rule::history::reasoned;
use crate::rule::{self, Replaced, check, optional, required, tidy, tidy_optional};
use crate::text;

/// Enters a workshop, or changes it.
///
/// It stays in the batch in which it was entered. It has a title, in a language, and a place in the
/// programme of its batch, counted from 1. It ends on or after the day on which it begins, and on
/// one day not before the time at which it begins. Times of day need an IANA time zone. It lies
/// within the dates of its batch, as far as these are known.
pub async fn enter(
    w: &mut Write,
    existing: Option<&workshop::Model>,
    draft: workshop::ActiveModel,
) -> Result<Put<workshop::Model>, WriteError> {
    w.lock_batches(&[required!(draft, existing, batch_id)]).await?;
    let put = enter_unchecked(w, existing, draft).await?;
    w.checked(put.row.id.0);
    match check_within_batch(w, &[put.row.id]).await?.into_iter().next() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(put),
    }
}

/// [`enter`], but for the dates of its batch: for workshops that come together with the claims that
/// say when their batch is, to be followed by [`check_within_batch`] once these are reconciled.
pub async fn enter_unchecked(
    w: &mut Write,
    existing: Option<&workshop::Model>,
    mut draft: workshop::ActiveModel,
) -> Result<Put<workshop::Model>, WriteError> {
    tidy(&mut draft.title, "title")?;
    tidy_optional(&mut draft.time_zone, "time_zone")?;
    check::at_least("position", required!(draft, existing, position), 1)?;
    check::language("language", &required!(draft, existing, language))?;
    let (starts_on, ends_on) =
        (optional!(draft, existing, starts_on), optional!(draft, existing, ends_on));
    // Of two that contradict each other the last is to be mended, unless the first alone comes in.
    let first_alone = draft.starts_on.is_set() && draft.ends_on.is_not_set();
    check::order(if first_alone { "starts_on" } else { "ends_on" }, starts_on, ends_on)?;
    let (starts_at, ends_at) =
        (optional!(draft, existing, starts_at), optional!(draft, existing, ends_at));
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end < start
        && ends_on.is_none_or(|day| Some(day) == starts_on)
    {
        let (start, end) = (start.format("%H:%M"), end.format("%H:%M"));
        let message = say!("the end, {end}, is before the start, {start}", end, start);
        let first_alone = draft.starts_at.is_set() && draft.ends_at.is_not_set();
        let field = if first_alone { "starts_at" } else { "ends_at" };
        return Err(Refusal::new(RefusalCode::OutOfRange, field, message).into());
    }
    match (optional!(draft, existing, time_zone), starts_at.or(ends_at)) {
        (Some(zone), _) => check::time_zone("time_zone", &zone)?,
        (None, Some(time)) => {
            let time = time.format("%H:%M");
            let message = say!("the time {time} needs a time zone such as Asia/Jakarta", time);
            return Err(Refusal::new(RefusalCode::Required, "time_zone", message).into());
        }
        (None, None) => {}
    }
    let status = required!(draft, existing, status);
    let batch = required!(draft, existing, batch_id);
    if let Some(row) = existing
        && row.batch_id != batch
    {
        let was = rule::key_of::<batch::Entity>(w, row.batch_id).await?;
        let message =
            say!("\"{key}\" is a workshop of \"{was}\" and stays there", key = &row.key, was);
        return Err(check::invalid("batch_id", message).into());
    }
    let of_batch = match starts_on.or(ends_on) {
        Some(date) => date,
        None => rule::row_of::<batch::Entity>(w, "batch_id", batch).await?.sort_date,
    };
    draft.sort_date = ActiveValue::Set(of_batch);
    draft.search_text = ActiveValue::Set(text::fold(&required!(draft, existing, title)));
    let put = rule::put::<workshop::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let kind = match existing {
            _ if status == WorkshopStatus::Cancelled
                && existing.is_none_or(|row| row.status != status) =>
            {
                EventKind::WorkshopCancelled
            }
            None => EventKind::WorkshopScheduled,
            Some(row) if row.status != status => EventKind::WorkshopReopened,
            Some(_) => EventKind::WorkshopMoved,
        };
        w.record(event(kind, &put.row).changing(rule::public_changes::<workshop::Entity>(changes)));
        w.check_later(put.row.id.0);
        w.mark_dirty(put.row.batch_id);
    }
    Ok(put)
}

/// Calls a workshop off. To call it off again changes nothing.
pub async fn cancel(w: &mut Write, row: &workshop::Model) -> Result<(), WriteError> {
    decide(w, row, WorkshopStatus::Cancelled).await
}

/// Says that a workshop takes place after all that had been called off, and why.
pub async fn reopen(w: &mut Write, row: &workshop::Model) -> Result<(), WriteError> {
    if row.status != WorkshopStatus::Cancelled {
        let message = say!(
            "\"{key}\" is {status}, and only what is CANCELLED can be reopened: moveWorkshop gives \
             it another time or place",
            key = &row.key,
            status = row.status
        );
        return Err(Refusal::new(RefusalCode::IllegalMove, "workshop_id", message).into());
    }
    reasoned(w)?;
    decide(w, row, WorkshopStatus::Scheduled).await
}

async fn decide(
    w: &mut Write,
    row: &workshop::Model,
    status: WorkshopStatus,
) -> Result<(), WriteError> {
    if row.status == status {
        return Ok(());
    }
    let draft = workshop::ActiveModel { status: ActiveValue::Set(status), ..rule::unset() };
    enter(w, Some(row), draft).await.map(|_| ())
}

/// Which of these workshops lie outside the dates of their batch, as far as these are known.
pub async fn check_within_batch(
    w: &Write,
    ids: &[WorkshopId],
) -> Result<Vec<(WorkshopId, Refusal)>, DbErr> {
    let mut refusals = Vec::new();
    for ids in ids.chunks(crate::db::IDS_PER_QUERY) {
        let rows = workshop::Entity::find()
            .filter(workshop::Column::Id.is_in(ids.iter().copied()))
            .find_also_related(batch::Entity)
            .all(w.read())
            .await?;
        for (workshop, batch) in rows {
            if let Some(refusal) =
                batch.and_then(|batch| outside(&workshop, batch.starts_on, batch.ends_on))
            {
                refusals.push((workshop.id, refusal));
            }
        }
    }
    Ok(refusals)
}

/// Says what a workshop is about, instead of what was said before.
pub async fn enter_topics(
    w: &mut Write,
    workshop: &Put<workshop::Model>,
    topics: BTreeSet<TopicId>,
) -> Result<Replaced, WriteError> {
    let id = workshop.row.id;
    let existing = rule::rows_of::<workshop_topic::Entity, _>(
        w,
        workshop,
        workshop_topic::Column::WorkshopId.eq(id),
    )
    .await?;
    let old = existing.iter().map(|row| row.topic_id.to_string()).collect();
    let new = topics.iter().map(TopicId::to_string).collect();
    let links = topics.into_iter().map(|topic| workshop_topic::ActiveModel {
        workshop_id: ActiveValue::Set(id),
        topic_id: ActiveValue::Set(topic),
    });
    let replaced = rule::replace::<workshop::Entity, workshop_topic::Entity>(
        w,
        workshop,
        existing,
        links.collect(),
    )
    .await?;
    if replaced.changed() && !workshop.change.is_new() {
        w.record(
            event(EventKind::WorkshopMoved, &workshop.row)
                .changing(rule::set_change("topics", old, new)),
        );
    }
    Ok(replaced)
}

fn event(kind: EventKind, row: &workshop::Model) -> Event {
    Event::about::<workshop::Entity>(kind, row)
}
