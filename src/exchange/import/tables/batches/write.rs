//! Writes what was planned. Each row may be written by itself: what rows of the same run and of the
//! same place before it have entered is looked up anew.

use std::collections::BTreeSet;

use entity::id::VenueId;
use entity::vocabulary::{ClaimRank, DeliveryMode};
use entity::{batch, batch_venue, claim, source};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::super::knowledge::Knowledge;
use super::super::super::plan::Plan;
use super::super::place;
use super::BatchRow;
use super::assertion::BatchAssertion;
use crate::db::{Change, Put, Write};
use crate::delivery::batch::rules as batches;
use crate::error::{Refusal, WriteError};
use crate::provenance::claim::{check_days, rules as claims};
use crate::rule::{Stem, key_or, look_up_keys, made_key};

/// What the key of a batch is made of that is new.
fn key_stem(run: &BatchRow) -> Stem<batch::Entity> {
    let starts = run.said.iter().find_map(BatchAssertion::starts);
    batches::key_stem(&run.programme.key, run.number, starts)
}

/// Writes what was planned.
pub(in super::super::super) async fn carry_out(
    w: &mut Write,
    source: &source::Model,
    runs: Vec<BatchRow>,
) -> Result<(), WriteError> {
    let new = runs.iter().filter(|run| run.existing.is_none() && run.key.is_none());
    look_up_keys(w, &new.map(key_stem).collect::<Vec<_>>()).await?;
    for run in runs {
        enter(w, source, run).await?;
    }
    Ok(())
}

/// Tells of rows which batches they were carried out as.
pub(in super::super::super) fn tell_entered<T>(k: &Knowledge, plans: &mut [Plan<T>]) {
    for plan in plans.iter_mut().filter(|plan| plan.about.is_none() && !plan.is_hindered()) {
        // What says the same as an earlier row is carried out with that.
        let entered = k
            .batches
            .entered
            .of(plan.line)
            .or_else(|| k.batches.entered.of(k.first_of(plan.line)?));
        plan.about = entered.map(|(_, key)| key);
    }
}

async fn enter(w: &mut Write, source: &source::Model, run: BatchRow) -> Result<(), WriteError> {
    let stem = key_stem(&run);
    let existing = match run.first {
        Some(first) => earlier(w, &run, first).await?,
        None => run.existing,
    };
    let mut draft = run.draft;
    let put = match &existing {
        Some(row) => {
            batches::enter(w, Some(row), batch::ActiveModel { status: NotSet, ..draft }).await?
        }
        None => {
            draft.key = key_or(w, run.key.as_ref(), stem).await?;
            draft.programme_id = Set(run.programme.id);
            draft.owner_id = Set(run.programme.owner_id);
            if draft.mode.is_not_set() {
                draft.mode = Set(DeliveryMode::Onsite);
            }
            batches::enter(w, None, draft).await?
        }
    };
    run.entered.keep(run.line, (put.row.id, put.row.key.clone()));
    let there = claim::Entity::find()
        .filter(claim::Column::BatchId.eq(put.row.id))
        .filter(claim::Column::DelegationId.is_null())
        .filter(claim::Column::SourceId.eq(source.id))
        .all(w.read())
        .await?;
    let mut entered = Vec::new();
    let stem = |said: &BatchAssertion| claims::key_stem(&put.row.key, said.property());
    look_up_keys(w, &run.said.iter().map(stem).collect::<Vec<_>>()).await?;
    for mut said in run.said {
        let venue = match &mut said {
            BatchAssertion::Venue(place) => {
                place.known = Some(place::entered(w, place).await?);
                place.known
            }
            _ => None,
        };
        if !there.iter().any(|row| said.is_in(row)) {
            let before = replaced(&said, &there);
            let property = said.property();
            let draft = said.draft(venue);
            let draft = match before {
                Some(_) => draft,
                None => claim::ActiveModel {
                    key: Set(made_key(w, claims::key_stem(&put.row.key, property)).await?),
                    source_id: Set(source.id),
                    batch_id: Set(put.row.id),
                    delegation_id: Set(None),
                    locator: Set(Some(locator(run.line))),
                    rank: Set(ClaimRank::Normal),
                    rank_reason: Set(None),
                    ..draft
                },
            };
            entered.push(claims::enter(w, before, draft).await?.row.id);
        }
        if let Some(venue) = venue.filter(|_| run.is_ours) {
            hold(w, &put.row, venue).await?;
        }
    }
    // Rows of one run may say what contradicts what others have said.
    match check_days(w, &entered).await?.into_iter().next() {
        Some((_, refusal)) => Err(Refusal { field: "ends_on", ..refusal }.into()),
        None => Ok(()),
    }
}

/// Where in a file something is claimed.
pub(super) fn locator(line: u64) -> String {
    format!("line {line}")
}

/// The claim of the source that is to state something else now. A batch has several places; what a
/// curator has ranked stays as it was ranked.
pub(super) fn replaced<'a>(
    said: &BatchAssertion,
    stated: &'a [claim::Model],
) -> Option<&'a claim::Model> {
    let several = matches!(said, BatchAssertion::Venue(_) | BatchAssertion::Unnamed(_));
    let normal = |row: &&claim::Model| said.is_of(row) && row.rank == ClaimRank::Normal && !several;
    stated.iter().find(normal)
}

/// The batch that a row before this one has entered or changed.
async fn earlier(
    w: &Write,
    run: &BatchRow,
    first: u64,
) -> Result<Option<batch::Model>, WriteError> {
    let ours = batch::Entity::find().filter(batch::Column::OwnerId.eq(run.programme.owner_id));
    let entered = run.entered.of(first).map(|(id, _)| id);
    let which = match (run.existing.as_ref().map(|row| row.id).or(entered), &run.key, run.number) {
        (Some(id), ..) => batch::Entity::find_by_id(id),
        (None, Some(key), _) => ours.filter(batch::Column::Key.eq(key)),
        (None, None, Some(number)) => ours
            .filter(batch::Column::ProgrammeId.eq(run.programme.id))
            .filter(batch::Column::Ordinal.eq(number)),
        (None, None, None) => return Ok(None),
    };
    Ok(which.one(w.read()).await?)
}

/// Adds a place to those at which the batch is held.
async fn hold(w: &mut Write, row: &batch::Model, venue: VenueId) -> Result<(), WriteError> {
    let links = batch_venue::Entity::find().filter(batch_venue::Column::BatchId.eq(row.id));
    let links = links.all(w.read()).await?;
    let all: BTreeSet<VenueId> =
        links.into_iter().map(|link| link.venue_id).chain([venue]).collect();
    let put = Put { row: row.clone(), change: Change::Unchanged };
    batches::enter_venues(w, &put, all).await?;
    Ok(())
}
