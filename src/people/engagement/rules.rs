//! What holds for engagements, and how they are written. No sentence here repeats a key: it is made
//! of a name.

use std::collections::HashMap;

use entity::id::{BatchId, DelegationId, WorkshopId};
use entity::vocabulary::EngagementRole;
use entity::{appointment, delegation, engagement, workshop};
use sea_orm::ActiveValue::Set;

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, check, optional, required};

/// Enters an engagement, or changes it.
///
/// It is at a batch or at a workshop, and stays at that batch. Nobody stands in for himself. The
/// post in which somebody is engaged is that person's own. Only a participant and the head of a
/// delegation belong to one, and to one at the same batch. The event of it names nobody, and that
/// of a participant is not public.
pub async fn enter(
    w: &mut Write,
    existing: Option<&engagement::Model>,
    draft: engagement::ActiveModel,
) -> Result<Put<engagement::Model>, WriteError> {
    let (batch, workshop) =
        (optional!(draft, existing, batch_id), optional!(draft, existing, workshop_id));
    check::exactly_one(&[("batch_id", batch.is_some()), ("workshop_id", workshop.is_some())])?;
    let person = required!(draft, existing, person_id);
    if optional!(draft, existing, on_behalf_of_id) == Some(person) {
        let message = say!("nobody is engaged on his or her own behalf");
        return Err(check::invalid("on_behalf_of_id", message).into());
    }
    if let Some(post) = optional!(draft, existing, appointment_id)
        && rule::row_of::<appointment::Entity>(w, "appointment_id", post).await?.person_id != person
    {
        return Err(
            check::invalid("appointment_id", say!("the appointment is another person's")).into()
        );
    }
    let role = required!(draft, existing, role);
    let batch = batch_of(w, batch, workshop).await?;
    if let Some(row) = existing
        && batch_of(w, row.batch_id, row.workshop_id).await? != batch
    {
        let field = if workshop.is_some() { "workshop_id" } else { "batch_id" };
        let message = say!("an engagement stays at the batch at which it was entered");
        return Err(check::invalid(field, message).into());
    }
    if let Some(party) = optional!(draft, existing, delegation_id) {
        of_delegation(role)?;
        let party = rule::row_of::<delegation::Entity>(w, "delegation_id", party).await?;
        of_batch(&party, batch)?;
    }
    let put = rule::put::<engagement::Entity>(w, existing, draft).await?;
    emit(w, &put, batch);
    Ok(put)
}

/// Enters many engagements that are new, complete and at batches, in these delegations: what
/// [`enter`] holds them to, with a statement for some hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    rows: Vec<engagement::Model>,
    parties: &HashMap<DelegationId, delegation::Model>,
) -> Result<(), WriteError> {
    for row in &rows {
        check::key(&row.key, true)?;
        let elsewhere = row.batch_id.is_none() || row.workshop_id.is_some();
        if elsewhere || row.on_behalf_of_id.is_some() || row.appointment_id.is_some() {
            return Err(WriteError::Contract(
                "an engagement that comes with many others is at a batch, in no post",
            ));
        }
        if let Some(party) = row.delegation_id {
            of_delegation(row.role)?;
            of_batch(
                parties.get(&party).ok_or_else(|| rule::refers_to_nothing("delegation_id"))?,
                row.batch_id,
            )?;
        }
    }
    for put in rule::put_all::<engagement::Entity>(w, rows).await? {
        emit(w, &put, put.row.batch_id);
    }
    Ok(())
}

/// Only a participant and a head of delegation belong to a delegation.
fn of_delegation(role: EngagementRole) -> Result<(), Refusal> {
    if matches!(role, EngagementRole::Participant | EngagementRole::HeadOfDelegation) {
        return Ok(());
    }
    let message = say!(
        "only a PARTICIPANT and a HEAD_OF_DELEGATION belong to a delegation, not a {role}",
        role
    );
    Err(check::invalid("delegation_id", message))
}

/// It belongs to one at the same batch.
fn of_batch(party: &delegation::Model, batch: Option<BatchId>) -> Result<(), Refusal> {
    if Some(party.batch_id) == batch {
        return Ok(());
    }
    let message = say!("\"{key}\" is a delegation at another batch", key = &party.key);
    Err(check::invalid("delegation_id", message))
}

fn emit(w: &mut Write, put: &Put<engagement::Model>, batch: Option<BatchId>) {
    let Some(changes) = put.change.changes() else { return };
    let event = Event::about::<engagement::Entity>(EventKind::EngagementChanged, &put.row)
        .of_batch(batch)
        .changing(rule::public_changes::<engagement::Entity>(changes));
    w.record(event);
}

/// Ends an engagement, which it can be once.
pub async fn end(
    w: &mut Write,
    row: &engagement::Model,
) -> Result<Put<engagement::Model>, WriteError> {
    if row.ended_at.is_some() {
        let message = say!("the engagement has ended already");
        return Err(Refusal::new(RefusalCode::IllegalMove, "engagement_id", message).into());
    }
    let draft = engagement::ActiveModel { ended_at: Set(Some(w.now())), ..rule::unset() };
    enter(w, Some(row), draft).await
}

/// The batch at which it is, or at whose workshop.
async fn batch_of(
    w: &Write,
    batch: Option<BatchId>,
    workshop: Option<WorkshopId>,
) -> Result<Option<BatchId>, WriteError> {
    match workshop {
        Some(workshop) => {
            Ok(Some(rule::row_of::<workshop::Entity>(w, "workshop_id", workshop).await?.batch_id))
        }
        None => Ok(batch),
    }
}
