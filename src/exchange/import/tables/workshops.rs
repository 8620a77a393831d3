//! Activities of batches, known by their key or by batch and title.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::id::{BatchId, VenueId};
use entity::vocabulary::{DatePrecision, WorkshopKind, WorkshopStatus};
use entity::{batch, workshop};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, PaginatorTrait, QueryFilter};

use super::super::knowledge::{Knowledge, Named, RowKeys};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::place::{self, KnownPlaces, Place, StatedPlace};
use crate::access::policy::Action;
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::delivery::workshop::rules as workshops;
use crate::error::WriteError;
use crate::phrase::{Phrase, say};
use crate::rule::{self, Stem, check, look_up_keys, made_key, unset};
use crate::text::fold;

/// What people call kinds of activities, folded.
const KINDS: [(&str, WorkshopKind); 12] = [
    ("pelatihan", WorkshopKind::Training),
    ("ceramah", WorkshopKind::Lecture),
    ("kuliah", WorkshopKind::Lecture),
    ("praktik", WorkshopKind::HandsOn),
    ("praktek", WorkshopKind::HandsOn),
    ("kunjungan lab", WorkshopKind::LabVisit),
    ("kunjungan perusahaan", WorkshopKind::CompanyVisit),
    ("kunjungan industri", WorkshopKind::CompanyVisit),
    ("pameran", WorkshopKind::Exhibition),
    ("pembukaan", WorkshopKind::Opening),
    ("penutupan", WorkshopKind::Closing),
    ("lainnya", WorkshopKind::Other),
];

/// An activity that is to be entered or changed.
#[derive(Clone, Debug)]
pub(in super::super) struct Activity {
    batch: BatchId,
    batch_key: String,
    existing: Option<workshop::Model>,
    draft: workshop::ActiveModel,
    /// Where it takes place, where the register does not have the place yet.
    place: Option<Place>,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Activity>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let layout = k.layout.clone();
    let kept = k.allowed(db, Action::KeepRecord, &named.batches).await?;
    let ids: Vec<BatchId> = named.batches.keys().copied().collect();
    let mut known: HashMap<BatchId, Vec<workshop::Model>> = HashMap::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let at = workshop::Column::BatchId.is_in(some.iter().copied());
        for row in k.visible.select::<workshop::Entity>().filter(at).all(db).await? {
            known.entry(row.batch_id).or_default().push(row);
        }
    }
    let keys = RowKeys::read::<workshop::Entity>(k, db, rows).await?;
    let held = known.values().flatten().filter_map(|row| row.venue_id);
    let places = KnownPlaces::read(k, db, rows).await?.with(db, held).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let batch = named.batch(&mut parser).cloned();
        if batch.as_ref().is_some_and(|batch| !kept.contains(&batch.id)) {
            parser.refuse("batch", say!("is not yours: you may not enter activities there"));
        }
        let read = read(k, &mut parser);
        let (Some(batch), Some((key, title, mut draft, mut place))) = (batch, read) else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        let there = known.get(&batch.id).map(Vec::as_slice).unwrap_or_default();
        let existing = existing(&mut parser, &batch, there, key.as_deref(), &title);
        let seen = existing.as_ref().and_then(|there| k.seen_before(&there.id, row.line));
        let titled = (batch.id, fold(&title));
        if let Some(line) = k.titled_before(&titled, key.is_some(), row.line).or(seen) {
            let message = say!("stands in line {line} already: give each activity a key", line);
            parser.remark(Weight::Ambiguous, "title", message);
        }
        keys.check(k, &mut parser, key.as_deref(), existing.as_ref().map(|row| row.id.0));
        if let Some(place) = &mut place {
            resolve(k, &places, &mut parser, place, existing.as_ref());
            draft.venue_id = place.known.map_or(NotSet, |id| Set(Some(id)));
        }
        let place = place.filter(|place| place.known.is_none());
        if let Some(existing) = &existing {
            let called = |column, id: &sea_orm::Value| match (column, id) {
                ("venue_id", sea_orm::Value::Uuid(Some(id))) => places.shown(VenueId(*id)),
                _ => None,
            };
            parser.tell_changes::<workshop::Entity>(existing, &draft, called);
            if place.is_some() {
                let from = existing.venue_id.and_then(|id| places.shown(id));
                let to = say!("a place that is entered");
                parser.tell_change("venue_id", from.map(Phrase::verbatim), Some(to));
            }
        }
        let changed = existing.as_ref().is_none_or(|existing| {
            place.is_some() || !rule::same::<workshop::Entity>(existing, &draft)
        });
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        // All in one place, so that they are carried out in the order of the file: which place a
        // row means depends on those that rows before it enter.
        let activity = Activity { batch: batch.id, batch_key: batch.key, existing, draft, place };
        plans.push(Plan::of(row, parser, about, changed.then_some((is_new, activity))));
    }
    Ok(plans)
}

/// The activity that a row is about: the one with its key; without a key the one with its title.
fn existing(
    parser: &mut RowParser<'_>,
    batch: &batch::Model,
    there: &[workshop::Model],
    key: Option<&str>,
    title: &str,
) -> Option<workshop::Model> {
    if let Some(row) = there.iter().find(|row| Some(row.key.as_str()) == key) {
        return Some(row.clone());
    }
    let mut titled: Vec<&workshop::Model> =
        there.iter().filter(|row| fold(&row.title) == fold(title)).collect();
    titled.sort_by(|one, other| one.key.cmp(&other.key));
    if key.is_some() {
        for other in titled {
            let key = &other.key;
            let message = say!("is the title of \"{key}\" too: entered as another activity", key);
            parser.remark(Weight::Note, "title", message);
        }
        return None;
    }
    match titled[..] {
        [] => None,
        [only] => Some(only.clone()),
        _ => {
            let (count, batch) = (titled.len(), &batch.key);
            let message = say!(
                "is the title of {count} activities of \"{batch}\": give the key",
                count,
                batch
            );
            parser.remark(Weight::Ambiguous, "title", message);
            None
        }
    }
}

/// What a row says of where the activity takes place. Nothing is kept of a place without a name.
fn place(k: &Knowledge, parser: &mut RowParser<'_>) -> Option<Place> {
    match place::read(k, parser)? {
        StatedPlace::Named(place) => Some(place),
        StatedPlace::Unnamed(..) => {
            for field in ["country", "country_code", "latitude", "longitude"] {
                if !parser.layout.cell(parser.row, field).is_empty() {
                    let message = say!("is not taken: the row has neither a venue nor a city");
                    parser.remark(Weight::Note, field, message);
                }
            }
            None
        }
    }
}

/// Which place is meant: the one of the key, else one of the name.
fn resolve(
    k: &mut Knowledge,
    places: &KnownPlaces,
    parser: &mut RowParser<'_>,
    place: &mut Place,
    existing: Option<&workshop::Model>,
) {
    if let Some(row) = places.keyed(place) {
        place.known = Some(row.id);
        return;
    }
    let is_stated = |id| existing.is_some_and(|row| row.venue_id == Some(id));
    place::resolve(k, places, is_stated, parser, place);
}

/// What a row says: the key, the title, and all as a draft.
fn read(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
) -> Option<(Option<String>, String, workshop::ActiveModel, Option<Place>)> {
    let key = super::key(parser);
    let title = parser.required_name("title");
    let language = parser.language("language");
    let kind = parser.vocabulary("kind", &KINDS);
    let starts = parser.day("starts_on").map(|day| (day.date, day.precision));
    let (starts, ends) = (kept(parser, "starts_on", starts), parser.last_day("ends_on"));
    let ends = kept(parser, "ends_on", ends);
    let position = parser.position("position");
    let place = place(k, parser);
    if let Err(refusal) = check::order("ends_on", starts, ends) {
        parser.refuse(refusal.field, refusal.message);
    }
    let (title, false) = (title?, parser.is_hindered()) else { return None };
    let draft = workshop::ActiveModel {
        key: key.clone().map_or(NotSet, Set),
        title: Set(title.clone()),
        language: language.map_or(NotSet, Set),
        kind: kind.map_or(NotSet, Set),
        starts_on: starts.map_or(NotSet, |day| Set(Some(day))),
        ends_on: ends.map_or(NotSet, |day| Set(Some(day))),
        position: position.map_or(NotSet, Set),
        ..unset()
    };
    Some((key, title, draft, place))
}

/// The day of an activity, beside which it is not kept how exactly it is known.
fn kept(
    parser: &mut RowParser<'_>,
    field: &str,
    day: Option<(NaiveDate, DatePrecision)>,
) -> Option<NaiveDate> {
    let (day, precision) = day?;
    if precision != DatePrecision::Day {
        let message =
            say!("is kept as {day}: how exactly a day of an activity is known is not kept", day);
        parser.remark(Weight::Note, field, message);
    }
    Some(day)
}

/// What the key of an activity is made of that is new.
fn key_stem(
    batch_key: &str,
    draft: &workshop::ActiveModel,
) -> Result<Stem<workshop::Entity>, WriteError> {
    let none: Option<&workshop::Model> = None;
    Ok(Stem::of(batch_key, &rule::required!(draft, none, title)))
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    activities: Vec<Activity>,
) -> Result<(), WriteError> {
    let new = activities.iter().filter(|one| one.existing.is_none() && one.draft.key.is_not_set());
    let stems =
        new.map(|one| key_stem(&one.batch_key, &one.draft)).collect::<Result<Vec<_>, _>>()?;
    look_up_keys(w, &stems).await?;
    for one in activities {
        enter(w, one).await?;
    }
    Ok(())
}

async fn enter(w: &mut Write, one: Activity) -> Result<(), WriteError> {
    let mut draft = one.draft;
    if let Some(place) = &one.place {
        draft.venue_id = Set(Some(place::entered(w, place).await?));
    }
    if one.existing.is_none() {
        draft.batch_id = Set(one.batch);
        draft.status = Set(WorkshopStatus::Scheduled);
        if draft.key.is_not_set() {
            draft.key = Set(made_key(w, key_stem(&one.batch_key, &draft)?).await?);
        }
        if draft.language.is_not_set() {
            draft.language = Set("und".to_owned());
        }
        if draft.kind.is_not_set() {
            draft.kind = Set(WorkshopKind::Other);
        }
        if draft.position.is_not_set() {
            let there = workshop::Entity::find()
                .filter(workshop::Column::BatchId.eq(one.batch))
                .count(w.read())
                .await?;
            draft.position = Set(i32::try_from(there).unwrap_or(i32::MAX - 1) + 1);
        }
    }
    workshops::enter(w, one.existing.as_ref(), draft).await.map(|_| ())
}
