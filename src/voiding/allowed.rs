//! Who may void a record, and restore it: whoever may write it.

use std::collections::HashMap;

use entity::vocabulary::RecordKind;
use entity::*;
use sea_orm::Value;

use super::tables::{Kept, TABLES, model, table_of};
use super::take_out::uuid_of;
use crate::access::Authorizer;
use crate::access::policy::{Action, Relation};
use crate::db::{ArchivedRow, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::provenance::claim::may_take_back;
use crate::rule::{history, row_of};

/// The field of the input that names the record.
pub(super) const RECORD: &str = "record_id";

/// Whether somebody may write many records. What is the same for those of one place is asked once.
pub(crate) struct Permissions<'a> {
    by: &'a Authorizer,
    known: HashMap<String, bool>,
}

/// The columns on which it depends who may write a record.
const PLACES: [&str; 9] = [
    "batch_id",
    "workshop_id",
    "programme_id",
    "delegation_id",
    "action_plan_id",
    "action_item_id",
    "owner_id",
    "source_id",
    "institution_id",
];

impl<'a> Permissions<'a> {
    /// Those of a writer.
    pub(crate) fn of(by: &'a Authorizer) -> Self {
        Self { by, known: HashMap::new() }
    }

    /// Whether the writer may change the record that a row is.
    pub(crate) async fn allow(
        &mut self,
        w: &Write,
        kind: RecordKind,
        kept: &Kept,
        row: &ArchivedRow,
    ) -> Result<bool, WriteError> {
        let mut place: Vec<_> =
            PLACES.iter().map(|column| kept.table.get(row, column).cloned()).collect();
        if kind == RecordKind::Institution {
            place.push(kept.table.get(row, "id").cloned());
        }
        if matches!(kind, RecordKind::Delegation | RecordKind::Engagement) {
            // Whoever keeps those of a batch keeps all of them.
            place.truncate(2);
        }
        let place = format!("{kind:?} {place:?}");
        if let Some(known) = self.known.get(&place) {
            return Ok(*known);
        }
        let allowed = match require_to_write(w, self.by, kind, row).await {
            Ok(()) => true,
            // What may not be seen is not there.
            Err(WriteError::Forbidden | WriteError::Refused(_)) => false,
            Err(error) => return Err(error),
        };
        self.known.insert(place, allowed);
        Ok(allowed)
    }

    /// Whether the writer may take back the record that a row is, which the writer has entered and
    /// nobody has changed since: as far as it could be entered. What belongs to nobody is changed
    /// by curators, and entered by officers.
    pub(crate) async fn allow_taking_back(
        &mut self,
        w: &Write,
        kind: RecordKind,
        kept: &Kept,
        row: &ArchivedRow,
    ) -> Result<bool, WriteError> {
        match entering(kind) {
            Some(entering) => Ok(self.by.acting(entering).may(Relation::Stranger)),
            None => self.allow(w, kind, kept, row).await,
        }
    }
}

/// What it is to enter a record that is changed by others than those who may enter it.
fn entering(kind: RecordKind) -> Option<Action> {
    match kind {
        RecordKind::Institution | RecordKind::Person | RecordKind::Venue | RecordKind::Source => {
            Some(Action::EnterCommon)
        }
        RecordKind::Claim => Some(Action::FileClaim),
        _ => None,
    }
}

/// Why somebody may void a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// By being allowed to change it.
    Keeping,
    /// By having entered it, as long as nobody else has touched it or hung anything on it.
    OwnEntry,
}

/// Refuses whoever may neither write the record that this row is, nor has entered it alone; and
/// locks the batch from which it hangs.
///
/// Whether somebody has entered it alone is to be asked again when the row is locked.
pub(super) async fn require(
    w: &Write,
    by: &Authorizer,
    kind: RecordKind,
    row: &ArchivedRow,
) -> Result<Right, WriteError> {
    match require_to_write(w, by, kind, row).await {
        Err(WriteError::Forbidden) => {}
        allowed => return allowed.map(|()| Right::Keeping),
    }
    let Some(entering) = entering(kind) else { return Err(WriteError::Forbidden) };
    require_own_entry(w, by, kind, row).await?;
    by.acting(entering).require(Relation::Stranger)?;
    if kind == RecordKind::Claim {
        w.lock_batches(&[model::<claim::Entity>(row)?.batch_id]).await?;
    }
    Ok(Right::OwnEntry)
}

/// Refuses whoever has not entered a record alone.
pub(super) async fn require_own_entry(
    w: &Write,
    by: &Authorizer,
    kind: RecordKind,
    row: &ArchivedRow,
) -> Result<(), WriteError> {
    let is_own = match table_of(kind).and_then(|at| TABLES.get(at)) {
        Some(kept) => is_own_entry(w, by, kept, row).await?,
        None => false,
    };
    if is_own { Ok(()) } else { Err(WriteError::Forbidden) }
}

/// Whether the writer has entered the record that a row is, and nobody else has touched it since.
pub(super) async fn is_own_entry(
    w: &Write,
    by: &Authorizer,
    kept: &Kept,
    row: &ArchivedRow,
) -> Result<bool, WriteError> {
    let entered = kept.table.get(row, "created_at");
    let Some(Value::ChronoDateTimeUtc(Some(entered))) = entered else { return Ok(false) };
    Ok(history::is_own_entry(w, by.actor(), uuid_of(kept, row), *entered).await?)
}

/// Refuses whoever may not write the record that this row is, and locks the batch from which it
/// hangs.
async fn require_to_write(
    w: &Write,
    by: &Authorizer,
    kind: RecordKind,
    row: &ArchivedRow,
) -> Result<(), WriteError> {
    let keeping = by.acting(Action::KeepRecord);
    match kind {
        RecordKind::Programme => keeping.require_of(model::<programme::Entity>(row)?.owner_id),
        RecordKind::Batch => keeping.require_of(model::<batch::Entity>(row)?.owner_id),
        RecordKind::BatchPart => {
            under(w, &keeping, model::<batch_part::Entity>(row)?.batch_id).await
        }
        RecordKind::Workshop => under(w, &keeping, model::<workshop::Entity>(row)?.batch_id).await,
        RecordKind::Outcome => under(w, &keeping, model::<outcome::Entity>(row)?.batch_id).await,
        RecordKind::Partnership => {
            let row = model::<partnership::Entity>(row)?;
            match (row.programme_id, row.batch_id, row.workshop_id) {
                (Some(id), ..) => {
                    keeping.require_of(row_of::<programme::Entity>(w, RECORD, id).await?.owner_id)
                }
                (_, batch, workshop) => at(w, &keeping, batch, workshop).await,
            }
        }
        RecordKind::Tag => match model::<tag::Entity>(row)?.programme_id {
            Some(id) => {
                keeping.require_of(row_of::<programme::Entity>(w, RECORD, id).await?.owner_id)
            }
            None => by.acting(Action::KeepCommon).require(Relation::Stranger),
        },
        RecordKind::Engagement => {
            let row = model::<engagement::Entity>(row)?;
            at(w, &keeping, row.batch_id, row.workshop_id).await
        }
        RecordKind::Delegation => {
            let batch = model::<delegation::Entity>(row)?.batch_id;
            under(w, &by.acting(Action::KeepDelegations), batch).await
        }
        RecordKind::ActionPlan => {
            plan_of(w, by, model::<action_plan::Entity>(row)?.delegation_id).await
        }
        RecordKind::ActionItem => {
            let plan = model::<action_item::Entity>(row)?.action_plan_id;
            let plan = row_of::<action_plan::Entity>(w, RECORD, plan).await?;
            plan_of(w, by, plan.delegation_id).await
        }
        RecordKind::ProgressNote => {
            let item = model::<progress_note::Entity>(row)?.action_item_id;
            let item = row_of::<action_item::Entity>(w, RECORD, item).await?;
            let plan = row_of::<action_plan::Entity>(w, RECORD, item.action_plan_id).await?;
            plan_of(w, by, plan.delegation_id).await
        }
        RecordKind::Claim => {
            let row = model::<claim::Entity>(row)?;
            may_take_back(w, &by.acting(Action::WithdrawClaim), &row).await?;
            w.lock_batches(&[row.batch_id]).await.map(drop).map_err(WriteError::from)
        }
        RecordKind::Citation => {
            let common = by.acting(Action::KeepCommon);
            match model::<citation::Entity>(row)?.batch_id {
                Some(batch) if !common.may(Relation::Stranger) => under(w, &keeping, batch).await,
                _ => common.require(Relation::Stranger),
            }
        }
        RecordKind::Institution => {
            by.acting(Action::KeepInstitution).require_of(model::<institution::Entity>(row)?.id)
        }
        RecordKind::Appointment => by
            .acting(Action::KeepInstitution)
            .require_of(model::<appointment::Entity>(row)?.institution_id),
        RecordKind::Person => by.acting(Action::KeepPerson).require(Relation::Stranger),
        RecordKind::RegionalGroup
        | RecordKind::Membership
        | RecordKind::Topic
        | RecordKind::Venue
        | RecordKind::Source
        | RecordKind::Indicator
        | RecordKind::Observation => by.acting(Action::KeepCommon).require(Relation::Stranger),
        RecordKind::Country
        | RecordKind::Finding
        | RecordKind::Account
        | RecordKind::Grant
        | RecordKind::ApiToken
        | RecordKind::Import
        | RecordKind::WebhookEndpoint
        | RecordKind::WebhookDelivery
        | RecordKind::Tombstone => Err(not_voidable(kind).into()),
    }
}

/// What is said of a kind of record that nobody enters in error.
pub(super) fn not_voidable(kind: RecordKind) -> Refusal {
    let message = say!("a record of the kind {kind} cannot be voided", kind);
    Refusal::new(RefusalCode::Invalid, RECORD, message)
}

async fn under(w: &Write, by: &Authorizer, batch: id::BatchId) -> Result<(), WriteError> {
    by.under_batch(w, batch.0).await.map(drop)
}

/// At a batch, or at one of its workshops.
async fn at(
    w: &Write,
    by: &Authorizer,
    batch: Option<id::BatchId>,
    workshop: Option<id::WorkshopId>,
) -> Result<(), WriteError> {
    let batch = match (batch, workshop) {
        (Some(batch), _) => batch,
        (None, Some(id)) => row_of::<workshop::Entity>(w, RECORD, id).await?.batch_id,
        (None, None) => return Err(WriteError::Contract("a role that is held in nothing")),
    };
    under(w, by, batch).await
}

async fn plan_of(w: &Write, by: &Authorizer, party: id::DelegationId) -> Result<(), WriteError> {
    by.acting(Action::KeepPlan).delegation(w, party.0).await.map(drop)
}
