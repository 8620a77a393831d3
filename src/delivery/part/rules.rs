//! What holds for parts of batches, and how they are written.

use std::collections::BTreeSet;

use entity::id::BatchPartId;
use entity::{batch, batch_part, delegation, delegation_part};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, Replaced, check, optional, required, tidy_optional};

/// Enters a part of a batch, or changes it.
///
/// It stays in the batch in which it was entered. It has a place among the parts, counted from 1,
/// and ends on or after the day on which it begins. Its days lie within the dates of the batch, as
/// far as these are known when they are entered.
pub async fn enter(
    w: &mut Write,
    existing: Option<&batch_part::Model>,
    mut draft: batch_part::ActiveModel,
) -> Result<Put<batch_part::Model>, WriteError> {
    tidy_optional(&mut draft.label, "label")?;
    check::at_least("position", required!(draft, existing, position), 1)?;
    let (starts_on, ends_on) =
        (optional!(draft, existing, starts_on), optional!(draft, existing, ends_on));
    let first_alone = draft.starts_on.is_set() && draft.ends_on.is_not_set();
    check::order(if first_alone { "starts_on" } else { "ends_on" }, starts_on, ends_on)?;
    let batch = required!(draft, existing, batch_id);
    let (batch, _) = w
        .lock_batches(&[batch])
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| rule::refers_to_nothing("batch_id"))?;
    if let Some(row) = existing
        && row.batch_id != batch.id
    {
        let was = rule::key_of::<batch::Entity>(w, row.batch_id).await?;
        let message = say!("\"{key}\" is a part of \"{was}\" and stays there", key = &row.key, was);
        return Err(check::invalid("batch_id", message).into());
    }
    let known = existing.map(|row| [row.starts_on, row.ends_on]).unwrap_or_default();
    for (field, day, before) in [("starts_on", starts_on, known[0]), ("ends_on", ends_on, known[1])]
    {
        let Some(day) = day.filter(|_| day != before) else { continue };
        let is_outside = batch.starts_on.is_some_and(|first| day < first)
            || batch.ends_on.is_some_and(|last| last < day);
        if is_outside {
            let message = say!(
                "{day} is not within the dates of \"{key}\", {period}",
                day,
                key = &batch.key,
                period = check::period(batch.starts_on, batch.ends_on)
            );
            return Err(Refusal::new(RefusalCode::OutOfRange, field, message).into());
        }
    }
    let put = rule::put::<batch_part::Entity>(w, existing, draft).await?;
    if !batch.has_parts {
        let draft = batch::ActiveModel { has_parts: ActiveValue::Set(true), ..rule::unset() };
        w.put::<batch::Entity>(Some(&batch), draft).await?;
    }
    if put.change.changes().is_some() {
        rule::emit::<batch_part::Entity>(w, &put);
        w.mark_dirty(batch.id);
    }
    Ok(put)
}

/// Says in which parts of its batch a delegation took part, instead of what was said before.
pub async fn enter_attended(
    w: &mut Write,
    party: &Put<delegation::Model>,
    parts: BTreeSet<BatchPartId>,
) -> Result<Replaced, WriteError> {
    let row = &party.row;
    let known = batch_part::Entity::find()
        .filter(batch_part::Column::Id.is_in(parts.iter().copied()))
        .all(w.read())
        .await?;
    if let Some(part) = known.iter().find(|part| part.batch_id != row.batch_id) {
        let message = say!("\"{key}\" is a part of another batch", key = &part.key);
        return Err(check::invalid("part_id", message).into());
    }
    let existing = rule::rows_of::<delegation_part::Entity, _>(
        w,
        party,
        delegation_part::Column::DelegationId.eq(row.id),
    )
    .await?;
    let old = existing.iter().map(|link| link.part_id.to_string()).collect();
    let new = parts.iter().map(BatchPartId::to_string).collect();
    let links = parts.into_iter().map(|part| delegation_part::ActiveModel {
        delegation_id: ActiveValue::Set(row.id),
        part_id: ActiveValue::Set(part),
    });
    let replaced = rule::replace::<delegation::Entity, delegation_part::Entity>(
        w,
        party,
        existing,
        links.collect(),
    )
    .await?;
    if replaced.changed() {
        w.mark_parties_dirty(row.batch_id);
        if !party.change.is_new() {
            let event = Event::about::<delegation::Entity>(EventKind::DelegationUpdated, row);
            w.record(event.of_party(row).changing(rule::set_change("parts", old, new)));
        }
    }
    Ok(replaced)
}
