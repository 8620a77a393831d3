//! What holds for partnerships, and how they are written.

use entity::id::BatchId;
use entity::vocabulary::PartnershipRole;
use entity::{partnership, workshop};
use sea_orm::ActiveValue::Set;

use crate::db::{Changes, Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, Stem, check, optional, tidy_optional};

/// What the key of a partnership is made of where none is given: the key of what it is held in, the
/// role, and the key of the holder.
pub fn key_stem(of: &str, role: PartnershipRole, holder: &str) -> Stem<partnership::Entity> {
    Stem::of(of, &format!("{role} {holder}"))
}

/// Enters a partnership, or changes it.
///
/// Its holder is an institution or a regional group. It is held in a programme, a batch or a
/// workshop. The batch in which it is held, and that in which it was, are reconciled.
pub async fn enter(
    w: &mut Write,
    existing: Option<&partnership::Model>,
    mut draft: partnership::ActiveModel,
) -> Result<Put<partnership::Model>, WriteError> {
    tidy_optional(&mut draft.label, "label")?;
    check::exactly_one(&[
        ("institution_id", optional!(draft, existing, institution_id).is_some()),
        ("regional_group_id", optional!(draft, existing, regional_group_id).is_some()),
    ])?;
    check::exactly_one(&[
        ("programme_id", optional!(draft, existing, programme_id).is_some()),
        ("batch_id", optional!(draft, existing, batch_id).is_some()),
        ("workshop_id", optional!(draft, existing, workshop_id).is_some()),
    ])?;
    let put = rule::put::<partnership::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let batch = match put.row.workshop_id {
            Some(workshop) => {
                Some(rule::row_of::<workshop::Entity>(w, "workshop_id", workshop).await?.batch_id)
            }
            None => put.row.batch_id,
        };
        w.record(changed(&put.row, batch, changes));
        let former = match existing.and_then(|row| row.workshop_id) {
            Some(workshop) => {
                Some(rule::row_of::<workshop::Entity>(w, "workshop_id", workshop).await?.batch_id)
            }
            None => existing.and_then(|row| row.batch_id),
        };
        for batch in batch.into_iter().chain(former) {
            w.mark_dirty(batch);
        }
    }
    Ok(put)
}

/// Enters many partnerships that are new, complete, and held in batches, with tidy labels: what
/// [`enter`] holds them to, with a statement for some hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    rows: Vec<partnership::Model>,
) -> Result<(), WriteError> {
    for row in &rows {
        check::key(&row.key, false)?;
        if let Some(label) = &row.label {
            rule::bounded(label, "label")?;
        }
        check::exactly_one(&[
            ("institution_id", row.institution_id.is_some()),
            ("regional_group_id", row.regional_group_id.is_some()),
        ])?;
        if row.programme_id.is_some() || row.workshop_id.is_some() {
            return Err(WriteError::Contract(
                "a partnership that comes with many others is held in a batch",
            ));
        }
    }
    for put in rule::put_all::<partnership::Entity>(w, rows).await? {
        let (Some(batch), Some(changes)) = (put.row.batch_id, put.change.changes()) else {
            return Err(WriteError::Contract(
                "a partnership that comes with many others is held in a batch",
            ));
        };
        w.record(changed(&put.row, Some(batch), changes));
        w.mark_dirty(batch);
    }
    Ok(())
}

/// Tells of a partnership that is held in a batch, or at a workshop of it.
fn changed(row: &partnership::Model, batch: Option<BatchId>, changes: &Changes) -> Event {
    Event::about::<partnership::Entity>(EventKind::PartnershipChanged, row)
        .of_batch(batch)
        .changing(rule::public_changes::<partnership::Entity>(changes))
}

/// Ends a partnership, which it can be once.
pub async fn end(
    w: &mut Write,
    row: &partnership::Model,
) -> Result<Put<partnership::Model>, WriteError> {
    if row.ended_at.is_some() {
        let message = say!("\"{key}\" has ended already", key = &row.key);
        return Err(Refusal::new(RefusalCode::IllegalMove, "partnership_id", message).into());
    }
    let draft = partnership::ActiveModel { ended_at: Set(Some(w.now())), ..rule::unset() };
    enter(w, Some(row), draft).await
}
