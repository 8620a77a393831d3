//! What holds for batches, and how they are written. Title, dates and participants are not written
//! here: they are accepted from claims.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use entity::id::{TopicId, VenueId};
use entity::vocabulary::{BatchStatus, DatePrecision};
use entity::{batch, batch_topic, batch_venue, programme, workshop};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

use super::status::{announcement, entry, moves, way};
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::{Phrase, say};
use crate::provenance::claim::check_days;
use crate::provenance::statement::{Statement, state};
use crate::rule::dates::outside;
use crate::rule::{self, Replaced, Stem, check, folded, optional, required, tidy_optional};
use crate::text;

/// What the key of a batch is made of where none is given: the key of its programme, and which run
/// it is, else the year in which it starts, else a number that is free.
pub fn key_stem(
    programme_key: &str,
    ordinal: Option<i32>,
    starts: Option<NaiveDate>,
) -> Stem<batch::Entity> {
    match ordinal.or(starts.map(|day| day.year())) {
        Some(number) => Stem::of(programme_key, &number.to_string()),
        None => Stem::counted(programme_key),
    }
}

/// Enters a batch, or changes it.
///
/// It is the first, second … run of its programme, and the only one with that number. It has places
/// for nobody or more. It may be entered at any status, since history is; from then on it moves as
/// `moves` says. Until claims say more it has the title of its programme and no dates.
pub async fn enter(
    w: &mut Write,
    existing: Option<&batch::Model>,
    mut draft: batch::ActiveModel,
) -> Result<Put<batch::Model>, WriteError> {
    tidy_optional(&mut draft.label, "label")?;
    let programme = required!(draft, existing, programme_id);
    if let Some(ordinal) = optional!(draft, existing, ordinal) {
        is_number("ordinal", ordinal)?;
        let same = (Some(ordinal), programme);
        if existing.is_none_or(|row| (row.ordinal, row.programme_id) != same) {
            check_ordinal_is_free(w, existing, programme, ordinal).await?;
        }
    }
    if let Some(capacity) = optional!(draft, existing, capacity) {
        is_capacity("capacity", capacity)?;
    }
    let status = required!(draft, existing, status);
    if let Some(row) = existing
        && row.status != status
        && !moves(row.status).contains(&status)
    {
        let help = way(row.status, status);
        return Err(check::no_move("status", &row.key, row.status, status, help).into());
    }
    write(w, existing, draft, None).await
}

/// Writes a batch of which all has been checked, and tells of it: as `kind` says or, where nothing
/// is said, as its status has it.
pub(super) async fn write(
    w: &mut Write,
    existing: Option<&batch::Model>,
    mut draft: batch::ActiveModel,
    kind: Option<EventKind>,
) -> Result<Put<batch::Model>, WriteError> {
    let status = required!(draft, existing, status);
    if existing.is_none() {
        let programme = required!(draft, existing, programme_id);
        let programme = rule::row_of::<programme::Entity>(w, "programme_id", programme).await?;
        let label = optional!(draft, existing, label);
        draft.sort_date = ActiveValue::Set(check::LAST_DAY);
        draft.sort_title = ActiveValue::Set(text::fold(&programme.title));
        draft.search_text =
            ActiveValue::Set(folded([Some(programme.title.as_str()), label.as_deref()]));
    }
    let put = rule::put::<batch::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let kind = kind.unwrap_or_else(|| match existing {
            None => entry(status),
            Some(row) if row.status != status => announcement(status),
            Some(_) => EventKind::BatchUpdated,
        });
        w.record(event(kind, &put.row).changing(rule::public_changes::<batch::Entity>(changes)));
        w.mark_dirty(put.row.id);
    }
    Ok(put)
}

/// The runs of a programme are counted from 1.
pub fn is_number(field: &'static str, number: i32) -> Result<(), Refusal> {
    check::at_least(field, number, 1)
}

/// A batch has places for nobody or more.
pub fn is_capacity(field: &'static str, places: i32) -> Result<(), Refusal> {
    check::at_least(field, places, 0)
}

/// Days that are stated of a batch, each as exactly as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub starts: Option<(NaiveDate, DatePrecision)>,
    /// The last day.
    pub ends: Option<(NaiveDate, DatePrecision)>,
}

impl Days {
    /// The batch starts before it ends, by what is stated or, of a day that is not, by what is
    /// accepted of the batch that is there.
    pub fn check(self, existing: Option<&batch::Model>) -> Result<(), Refusal> {
        let [first, last] = self.with(existing);
        check::order(self.field(), first, last)
    }

    /// The day that is to be mended where the two contradict each other.
    fn field(self) -> &'static str {
        if self.ends.is_some() { "ends_on" } else { "starts_on" }
    }

    /// The first and the last day of the batch once these are stated.
    fn with(self, existing: Option<&batch::Model>) -> [Option<NaiveDate>; 2] {
        let (first, last) = existing.map_or((None, None), |row| (row.starts_on, row.ends_on));
        [self.starts.map(|day| day.0).or(first), self.ends.map(|day| day.0).or(last)]
    }

    /// What is stated.
    pub fn statements(self) -> impl Iterator<Item = Statement> {
        let starts = self.starts.map(|(day, precision)| Statement::Starts(day, precision));
        let ends = self.ends.map(|(day, precision)| Statement::Ends(day, precision));
        starts.into_iter().chain(ends)
    }
}

/// States other days of a batch, in the name of its owner.
///
/// One day at least is given, and they are in order as [`Days::check`] has it. Its workshops lie
/// within it. What was called off, or is closed, has no other days.
pub async fn reschedule(w: &mut Write, row: &batch::Model, days: Days) -> Result<(), WriteError> {
    if matches!(row.status, BatchStatus::Cancelled | BatchStatus::Closed) {
        let message = say!(
            "\"{key}\" is {status} and cannot be rescheduled: reopenBatch opens it again",
            key = &row.key,
            status = row.status
        );
        return Err(Refusal::new(RefusalCode::IllegalMove, "batch_id", message).into());
    }
    if days == Days::default() {
        let message = say!("a first or a last day is needed");
        return Err(Refusal::new(RefusalCode::Required, "starts_on", message).into());
    }
    days.check(Some(row))?;
    let [first, last] = days.with(Some(row));
    let workshops =
        workshop::Entity::find().filter(workshop::Column::BatchId.eq(row.id)).all(w.read()).await?;
    for workshop in
        workshops.iter().filter(|workshop| outside(workshop, row.starts_on, row.ends_on).is_none())
    {
        if let Some(refusal) = outside(workshop, first, last) {
            let message = say!(
                "the workshop {key} would lie outside: {why}",
                key = &workshop.key,
                why = refusal.message
            );
            let field = if days.starts.is_some() { "starts_on" } else { "ends_on" };
            return Err(Refusal::new(RefusalCode::OutOfRange, field, message).into());
        }
    }
    let stated = state(w, row, None, days.statements()).await?;
    let stated: Vec<_> = stated.into_iter().map(|put| put.row.id).collect();
    // What is accepted may be another's: what the owner has stated is in order as well.
    match check_days(w, &stated).await?.into_iter().next() {
        Some((_, refusal)) => Err(Refusal { field: days.field(), ..refusal }.into()),
        None => Ok(()),
    }
}

/// A batch that is entered as history has ended: of its first and its last day one at least is
/// known, they are in order, and neither is in the future.
pub fn has_ended(w: &Write, days: Days) -> Result<(), Refusal> {
    days.check(None)?;
    if days == Days::default() {
        return Err(Refusal::new(
            RefusalCode::Required,
            "ends_on",
            say!("a first or a last day is needed"),
        ));
    }
    let today = w.today();
    for (field, day) in [("ends_on", days.ends), ("starts_on", days.starts)] {
        if let Some((day, _)) = day.filter(|(day, _)| *day > today) {
            let message = say!(
                "{day} is in the future, and today is {today}: draftBatch prepares a batch that is \
                 to come",
                day,
                today
            );
            return Err(Refusal::new(RefusalCode::OutOfRange, field, message));
        }
    }
    Ok(())
}

/// No other run of the programme has this number.
async fn check_ordinal_is_free(
    w: &Write,
    existing: Option<&batch::Model>,
    programme: entity::id::ProgrammeId,
    ordinal: i32,
) -> Result<(), WriteError> {
    let other = batch::Entity::find()
        .filter(batch::Column::ProgrammeId.eq(programme))
        .filter(batch::Column::Ordinal.eq(ordinal))
        .one(w.read())
        .await?;
    let Some(other) = other.filter(|other| existing.is_none_or(|row| row.id != other.id)) else {
        return Ok(());
    };
    let programme = rule::key_of::<programme::Entity>(w, programme).await?;
    // Whose draft it is, and what it is called, is told to nobody: who writes may not be among
    // those who prepare it.
    let other = match other.status {
        BatchStatus::Draft => say!("another batch"),
        _ => Phrase::verbatim(format!("\"{}\"", other.key)),
    };
    let message = say!(
        "{other} is already run number {ordinal} of \"{programme}\"",
        other,
        ordinal,
        programme
    );
    Err(Refusal::new(RefusalCode::Duplicate, "ordinal", message).into())
}

/// Says where a batch is held, instead of what was said before.
pub async fn enter_venues(
    w: &mut Write,
    batch: &Put<batch::Model>,
    venues: BTreeSet<VenueId>,
) -> Result<Replaced, WriteError> {
    let id = batch.row.id;
    let existing =
        rule::rows_of::<batch_venue::Entity, _>(w, batch, batch_venue::Column::BatchId.eq(id))
            .await?;
    let old = existing.iter().map(|row| row.venue_id.to_string()).collect();
    let new = venues.iter().map(VenueId::to_string).collect();
    let links = venues.into_iter().map(|venue| batch_venue::ActiveModel {
        batch_id: ActiveValue::Set(id),
        venue_id: ActiveValue::Set(venue),
    });
    let replaced =
        rule::replace::<batch::Entity, batch_venue::Entity>(w, batch, existing, links.collect())
            .await?;
    if replaced.changed() {
        w.mark_dirty(id);
        if !batch.change.is_new() {
            w.record(
                event(EventKind::BatchUpdated, &batch.row)
                    .changing(rule::set_change("venues", old, new)),
            );
        }
    }
    Ok(replaced)
}

/// Says what a batch is about, instead of what was said before.
pub async fn enter_topics(
    w: &mut Write,
    batch: &Put<batch::Model>,
    topics: BTreeSet<TopicId>,
) -> Result<Replaced, WriteError> {
    let id = batch.row.id;
    let existing =
        rule::rows_of::<batch_topic::Entity, _>(w, batch, batch_topic::Column::BatchId.eq(id))
            .await?;
    let old = existing.iter().map(|row| row.topic_id.to_string()).collect();
    let new = topics.iter().map(TopicId::to_string).collect();
    let links = topics.into_iter().map(|topic| batch_topic::ActiveModel {
        batch_id: ActiveValue::Set(id),
        topic_id: ActiveValue::Set(topic),
    });
    let replaced =
        rule::replace::<batch::Entity, batch_topic::Entity>(w, batch, existing, links.collect())
            .await?;
    if replaced.changed() && !batch.change.is_new() {
        w.record(
            event(EventKind::BatchUpdated, &batch.row)
                .changing(rule::set_change("topics", old, new)),
        );
    }
    Ok(replaced)
}

fn event(kind: EventKind, row: &batch::Model) -> Event {
    Event::about::<batch::Entity>(kind, row)
}
