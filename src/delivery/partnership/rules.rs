//! What holds for partnerships, and how they are written.

use entity::{partnership, workshop};
use sea_orm::ActiveValue::Set;

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, check, optional, tidy_optional};

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
        let event = Event::about::<partnership::Entity>(EventKind::PartnershipChanged, &put.row)
            .of_batch(batch)
            .changing(rule::public_changes::<partnership::Entity>(changes));
        w.record(event);
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
