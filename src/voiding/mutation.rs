//! What is done to records that were entered in error.

use async_graphql::ID;
use entity::vocabulary::RecordKind;
use entity::*;
use uuid::Uuid;

use super::allowed::{RECORD, Right, not_voidable, require, require_own_entry};
use super::void::Found;
use super::{Tombstone, restore, void};
use crate::access::Authorizer;
use crate::db::Write;
use crate::db::row::values;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::graphql::loader::Key;
use crate::graphql::node::parse_id;
use crate::mutation::mutations;
use crate::phrase::say;
use crate::rule::check;
use crate::rule::history::reasoned;

mutations! {
    /// Mutations of records that were entered in error.
    VOIDING_MUTATIONS {
        /// Says that a record was entered in error: what it tells never was. It leaves all lists,
        /// counts, calendars, feeds, search and findings, with all that hangs from it, and its
        /// place is free. Its id and key lead to a tombstone, and no other record of its kind gets
        /// the key. For whoever may change the record; a claim, source, venue, institution or
        /// person that nobody else has touched since, also for whoever entered it. Needs a reason.
        /// What merely changed (a batch that was called off, a delegation that did not come) is no
        /// error: other mutations say so.
        void_record(VoidRecordInput) -> VoidRecordPayload { tombstone: Tombstone }, a KeepRecord {
            /// The record, of any kind but countries, findings, accounts, grants, tokens, imports
            /// and webhooks.
            record_id: ID,
        }

        /// Restores a record that was voided, as it was, with what was voided with it. Refused
        /// where others have taken its place meanwhile, and where it refers to what is void itself.
        /// For whoever may void the record.
        restore_record(RestoreRecordInput) -> RestoreRecordPayload { tombstone: Tombstone },
        a KeepRecord {
            /// The record, by its former id, or by that of its tombstone.
            record_id: ID,
        }
    }
}

async fn void_record(
    w: &mut Write,
    by: &Authorizer,
    input: &VoidRecordInput,
) -> Result<Uuid, WriteError> {
    reasoned(w)?;
    let (kind, id) = named(&input.record_id)?;
    let found = found(w, by, kind, id).await?;
    void::void(w, by, kind, id, found).await?;
    Ok(id)
}

async fn restore_record(
    w: &mut Write,
    by: &Authorizer,
    input: &RestoreRecordInput,
) -> Result<Uuid, WriteError> {
    let (_, id) = named(&input.record_id)?;
    let tombstone = by.target::<tombstone::Entity>(w, RECORD, id).await?;
    if tombstone.restored_at.is_some() {
        let found = found(w, by, tombstone.record_kind, id).await?;
        let message = say!("\"{key}\" is not void", key = found.key);
        return Err(Refusal::new(RefusalCode::IllegalMove, RECORD, message).into());
    }
    restore::restore(w, by, tombstone).await?;
    Ok(id)
}

/// The record that an id names.
fn named(id: &ID) -> Result<(RecordKind, Uuid), Refusal> {
    match parse_id(id) {
        Ok((kind, Key::Id(id))) => Ok((kind, id)),
        Ok((kind, _)) => Err(not_voidable(kind)),
        Err(_) => Err(check::invalid(RECORD, say!("this is not the id of a record"))),
    }
}

/// The row of a record that the writer sees and may void; nobody else changes it until this write
/// has ended. The batch from which it hangs is locked first, so that no two writes wait for each
/// other.
async fn found(
    w: &Write,
    by: &Authorizer,
    kind: RecordKind,
    id: Uuid,
) -> Result<Found, WriteError> {
    macro_rules! found {
        ($($kind:ident => $module:ident,)+) => {
            match kind {
                $(RecordKind::$kind => {
                    let row = by.find::<$module::Entity>(w, RECORD, id).await?;
                    let right = require(w, by, kind, &values::<$module::Entity>(&row)).await?;
                    let row = by.target::<$module::Entity>(w, RECORD, id).await?;
                    let (row, key) = (values::<$module::Entity>(&row), row.key);
                    if right == Right::OwnEntry {
                        // Somebody else may have changed it before it was locked.
                        require_own_entry(w, by, kind, &row).await?;
                    }
                    Ok(Found { row, key, right })
                })+
                _ => Err(not_voidable(kind).into()),
            }
        };
    }
    found! {
        RegionalGroup => regional_group,
        Membership => membership,
        Institution => institution,
        Programme => programme,
        Batch => batch,
        BatchPart => batch_part,
        Workshop => workshop,
        Partnership => partnership,
        Delegation => delegation,
        Person => person,
        Appointment => appointment,
        Engagement => engagement,
        Venue => venue,
        Topic => topic,
        Tag => tag,
        ActionPlan => action_plan,
        ActionItem => action_item,
        ProgressNote => progress_note,
        Outcome => outcome,
        Indicator => indicator,
        Observation => observation,
        Source => source,
        Claim => claim,
        Citation => citation,
    }
}
