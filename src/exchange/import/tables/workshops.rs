//! Activities of batches, known by their key or by batch and title.

use std::collections::HashMap;

use entity::id::BatchId;
use entity::vocabulary::{WorkshopKind, WorkshopStatus};
use entity::workshop;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, PaginatorTrait, QueryFilter};

use super::super::knowledge::{Knowledge, Named};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::reading::Reading;
use super::super::remark::Weight;
use crate::access::policy::Action;
use crate::db::Write;
use crate::delivery::workshop::rules as workshops;
use crate::error::WriteError;
use crate::rule::{self, IDS_PER_QUERY, check, made_key, unset};
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
#[derive(Debug)]
pub(in super::super) struct Activity {
    batch: BatchId,
    batch_key: String,
    existing: Option<workshop::Model>,
    draft: workshop::ActiveModel,
    line: u64,
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
    let mut known: HashMap<(BatchId, String), Vec<workshop::Model>> = HashMap::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let at = workshop::Column::BatchId.is_in(some.iter().copied());
        for row in k.visible.select::<workshop::Entity>().filter(at).all(db).await? {
            known.entry((row.batch_id, row.key.clone())).or_default().push(row.clone());
            known.entry((row.batch_id, fold(&row.title))).or_default().push(row);
        }
    }
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut reading = Reading::new(&layout, row);
        let batch = named.batch(&mut reading).cloned();
        if batch.as_ref().is_some_and(|batch| !kept.contains(&batch.id)) {
            reading.refuse("batch", "is not yours: you may not enter activities there");
        }
        let read = read(&mut reading);
        let (Some(batch), Some((key, title, draft))) = (batch, read) else {
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let by = key.clone().unwrap_or_else(|| fold(&title));
        let there = known.get(&(batch.id, by.clone())).map(Vec::as_slice).unwrap_or_default();
        let existing = match there {
            [] => None,
            [only] => Some(only.clone()),
            several => {
                let message = format!("is the title of {} activities of {:?}: give the key", several.len(), batch.key);
                reading.remark(Weight::Ambiguous, "title", message);
                None
            }
        };
        if let Some(line) = k.seen_before(&(batch.id, by), row.line) {
            reading.remark(
                Weight::Ambiguous,
                "title",
                format!("stands in line {line} already: give each activity a key"),
            );
        }
        let changed = existing.as_ref().is_none_or(|existing| !rule::same::<workshop::Entity>(existing, &draft));
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        let place = batch.key.clone();
        let activity = Activity { batch: batch.id, batch_key: batch.key, existing, draft, line: row.line };
        plans.push(Plan::of(row, reading, about, changed.then_some((is_new, activity))).at(&place));
    }
    Ok(plans)
}

/// What a row says: the key, the title, and all as a draft.
fn read(reading: &mut Reading<'_>) -> Option<(Option<String>, String, workshop::ActiveModel)> {
    let key = super::key(reading);
    let title = reading.required("title");
    let language = reading.language("language").unwrap_or_else(|| "und".to_owned());
    let kind = reading.vocabulary("kind", &KINDS);
    let (starts, ends) = (reading.day("starts_on").map(|day| day.date), reading.last_day("ends_on").map(|day| day.0));
    let position = reading.whole("position");
    if let Err(refusal) = check::order("ends_on", starts, ends) {
        reading.refuse(refusal.field, refusal.message);
    }
    let (title, false) = (title?, reading.is_hindered()) else { return None };
    let draft = workshop::ActiveModel {
        key: key.clone().map_or(NotSet, Set),
        title: Set(title.clone()),
        language: Set(language),
        kind: kind.map_or(NotSet, Set),
        starts_on: starts.map_or(NotSet, |day| Set(Some(day))),
        ends_on: ends.map_or(NotSet, |day| Set(Some(day))),
        position: position.map_or(NotSet, Set),
        ..unset()
    };
    Some((key, title, draft))
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(w: &mut Write, activities: Vec<Activity>) -> Result<(), WriteError> {
    for one in activities {
        let line = one.line;
        enter(w, one).await.map_err(|error| super::at_line(error, line))?;
    }
    Ok(())
}

async fn enter(w: &mut Write, one: Activity) -> Result<(), WriteError> {
    let mut draft = one.draft;
    if one.existing.is_none() {
        draft.batch_id = Set(one.batch);
        draft.status = Set(WorkshopStatus::Scheduled);
        if draft.key.is_not_set() {
            draft.key = Set(made_key(w, &one.batch_key));
        }
        if draft.kind.is_not_set() {
            draft.kind = Set(WorkshopKind::Other);
        }
        if draft.position.is_not_set() {
            let there =
                workshop::Entity::find().filter(workshop::Column::BatchId.eq(one.batch)).count(w.read()).await?;
            draft.position = Set(i32::try_from(there).unwrap_or(i32::MAX - 1) + 1);
        }
    }
    workshops::enter(w, one.existing.as_ref(), draft).await.map(|_| ())
}
