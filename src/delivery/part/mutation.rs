//! What is done to parts of batches.

use async_graphql::MaybeUndefined;
use entity::vocabulary::DeliveryMode;
use entity::{batch, batch_part, venue};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{BatchPart, rules};
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, changed, given, mutations, reference};
use crate::rule::{Stem, key_or, unset};

mutations! {
    /// Mutations of parts of batches.
    BATCH_PART_MUTATIONS {
        /// Adds a part to a batch: what is held elsewhere, otherwise or at another time than the
        /// rest. `updateDelegation` says in which parts a delegation took part.
        add_batch_part(AddBatchPartInput)
            -> AddBatchPartPayload { batch_part: BatchPart }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The key; made from that of the batch unless given.
            key: Option<String>,
            /// Its place in the order of the parts, from 1; behind all others unless given.
            position: Option<i32>,
            /// What it is called, as printed: "virtual session".
            label: Option<String>,
            /// How it is attended; as the batch unless given.
            mode: Option<DeliveryMode>,
            /// The first day.
            starts_on: Option<Date>,
            /// The last day.
            ends_on: Option<Date>,
            /// Where.
            venue_id: Option<IdOf<venue::Entity>>,
        }

        /// Changes a part of a batch. What is left out stays as it is. `voidRecord` takes back a
        /// part that was entered in error.
        update_batch_part(UpdateBatchPartInput)
            -> UpdateBatchPartPayload { batch_part: BatchPart }, a KeepRecord {
            /// The part.
            batch_part_id: IdOf<batch_part::Entity>,
            /// Its place in the order of the parts, from 1.
            position: Option<i32>,
            /// What it is called, as printed; null where it is called nothing.
            label: MaybeUndefined<String>,
            /// How it is attended.
            mode: Option<DeliveryMode>,
            /// The first day; null where not known.
            starts_on: MaybeUndefined<Date>,
            /// The last day; null where not known.
            ends_on: MaybeUndefined<Date>,
            /// Where; null where not known.
            venue_id: MaybeUndefined<IdOf<venue::Entity>>,
        }
    }
}

async fn add_batch_part(
    w: &mut Write,
    by: &Authorizer,
    input: &AddBatchPartInput,
) -> Result<Uuid, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    let venue =
        by.find_optional::<venue::Entity>(w, "venue_id", input.venue_id.map(|id| id.0)).await?;
    let position = match input.position {
        Some(position) => position,
        None => next_place(w, &batch).await?,
    };
    let called = input.label.clone().unwrap_or_else(|| format!("part {position}"));
    let stem = Stem::<batch_part::Entity>::of(&batch.key, &called);
    let draft = batch_part::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        batch_id: Set(batch.id),
        position: Set(position),
        label: Set(input.label.clone()),
        mode: Set(input.mode.unwrap_or(batch.mode)),
        starts_on: Set(input.starts_on.as_ref().map(|day| day.0)),
        ends_on: Set(input.ends_on.as_ref().map(|day| day.0)),
        venue_id: Set(venue.map(|row| row.id)),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn update_batch_part(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateBatchPartInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<batch_part::Entity>(w, "batch_part_id", input.batch_part_id.0).await?;
    let venue_id = reference::<venue::Entity>(by, w, "venue_id", input.venue_id).await?;
    let draft = batch_part::ActiveModel {
        position: given(input.position),
        label: changed(input.label.clone(), |label| label),
        mode: given(input.mode),
        starts_on: changed(input.starts_on.clone(), |day| day.0),
        ends_on: changed(input.ends_on.clone(), |day| day.0),
        venue_id: changed(venue_id, |venue| venue.id),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

/// The place behind all parts of a batch.
async fn next_place(w: &Write, batch: &batch::Model) -> Result<i32, WriteError> {
    let last = batch_part::Entity::find()
        .filter(batch_part::Column::BatchId.eq(batch.id))
        .select_only()
        .column_as(batch_part::Column::Position.max(), "last")
        .into_tuple::<Option<i32>>()
        .one(w.read())
        .await?;
    Ok(last.flatten().unwrap_or(0).saturating_add(1))
}
