//! Where a delegation stands: what its owner may say of it, and what of that is new.

use entity::vocabulary::{BatchStatus, ClaimProperty, DelegationStatus};
use entity::{action_plan, batch, delegation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::People;
use crate::provenance::statement::{Speaker, Statement, current, state_over};
use crate::rule::check;

/// Whoever speaks in the name of the owner of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Keeps the delegations of the batch.
    Keeper,
    /// Answers for whoever was asked.
    Asked,
}

/// Where a delegation may go from where it stands: `INVITED → NOMINATED → CONFIRMED → ATTENDED`, in
/// steps of any length; out of it by declining, withdrawing, not showing up, or not being sent.
///
/// What came of it may be corrected: to say that it was otherwise is a newer statement. Whoever
/// declined or withdrew may come after all. No other outcome leads back to a plan.
/// Where nothing is accepted, since nothing is stated or sources contradict each other, the owner
/// may say anything.
pub fn moves(from: Option<DelegationStatus>) -> &'static [DelegationStatus] {
    use DelegationStatus::*;
    match from {
        None => &[Invited, Nominated, Confirmed, Attended, Declined, Withdrawn, NoShow, NotSent],
        Some(Invited) => &[Nominated, Confirmed, Attended, Declined, NotSent],
        Some(Nominated) => &[Confirmed, Attended, Declined, Withdrawn, NotSent],
        Some(Confirmed) => &[Attended, Withdrawn, NoShow, NotSent],
        Some(Declined) => &[Nominated, Confirmed, Attended, Withdrawn, NoShow, NotSent],
        Some(Withdrawn) => &[Nominated, Confirmed, Attended, Declined, NoShow, NotSent],
        Some(Attended) => &[Declined, Withdrawn, NoShow, NotSent],
        Some(NoShow) => &[Attended, Declined, Withdrawn, NotSent],
        Some(NotSent) => &[Attended, Declined, Withdrawn, NoShow],
    }
}

/// What helps whoever wants a delegation to go where it cannot go from where it stands.
fn way(from: DelegationStatus, to: DelegationStatus) -> Phrase {
    use DelegationStatus::*;
    match (from, to) {
        (Invited, Withdrawn) => {
            say!("nobody was named yet, and declineInvitation says that nobody will come")
        }
        (Invited | Nominated, NoShow) => {
            say!("confirmDelegation accepts it first, or markNotSent says that nobody was sent")
        }
        (Confirmed, Declined) => say!("withdrawDelegation calls its coming off"),
        (Confirmed, Nominated) => say!("its people are named, and engagePerson names more"),
        _ => say!(
            "recordAttendance, recordNoShow, markNotSent, declineInvitation or withdrawDelegation \
             corrects what came of it, and voidRecord takes back what was entered in error"
        ),
    }
}

/// States where a delegation stands, and how many people it had, in the name of the owner of its
/// batch.
///
/// It moves as [`moves`] says, from where it stands or from where the owner has said that it
/// stands: what others state of it takes no word from the owner. To say again what the owner has
/// said changes nothing. Whoever was asked answers, and does not correct what those say who keep
/// the batch. Nobody attends a batch that was called off, and who has an action plan has attended.
pub async fn stand(
    w: &mut Write,
    batch: &batch::Model,
    party: &delegation::Model,
    (status, people): (DelegationStatus, Option<People>),
    voice: Voice,
) -> Result<(), WriteError> {
    let owner = Speaker::Owner(batch.owner_id);
    let stated = current(w, owner, batch, Some(party)).await?;
    let said = stated.iter().find(|claim| claim.property == ClaimProperty::Attendance);
    let said = said.and_then(|claim| claim.status);
    if said != Some(status) {
        check_move(w, batch, party, (said, status), voice).await?;
    }
    let heads = people.map(|people| Statement::Headcount(party.id, people));
    let statements = [Statement::Status(party.id, status)].into_iter().chain(heads);
    state_over(w, owner, batch, Some(party), &stated, statements).await.map(|_| ())
}

/// Whether a delegation may go where it is said to stand, of which the owner has `said` something
/// else so far.
async fn check_move(
    w: &Write,
    batch: &batch::Model,
    party: &delegation::Model,
    (said, status): (Option<DelegationStatus>, DelegationStatus),
    voice: Voice,
) -> Result<(), WriteError> {
    use DelegationStatus::{Attended, NoShow, NotSent};
    let key = &party.key;
    let illegal =
        |message| Err(Refusal::new(RefusalCode::IllegalMove, "delegation_id", message).into());
    let mut known = [party.status, said].into_iter().flatten();
    let kept = known.find(|known| matches!(known, Attended | NoShow | NotSent));
    if let Some(known) = kept
        && voice == Voice::Asked
    {
        let message = say!(
            "\"{key}\" is {status}, as those say who keep the batch: only they correct it, and \
             fileClaim says what others know of it",
            key,
            status = known
        );
        return illegal(message);
    }
    let is_open = party.status == Some(status)
        || moves(party.status).contains(&status)
        || said.is_some_and(|said| moves(Some(said)).contains(&status));
    if let Some(from) = party.status
        && !is_open
    {
        let help = way(from, status);
        return Err(check::no_move("delegation_id", key, from, status, help).into());
    }
    if status == Attended && batch.status == BatchStatus::Cancelled {
        let message = say!(
            "\"{key}\" was CANCELLED, and nobody attended it: reopenBatch opens it again if it was \
             held",
            key = &batch.key
        );
        return illegal(message);
    }
    if status != Attended && party.status.is_none_or(|known| known == Attended) {
        let plan = action_plan::Entity::find()
            .filter(action_plan::Column::DelegationId.eq(party.id))
            .one(w.read())
            .await?;
        if let Some(plan) = plan {
            let message = say!(
                "\"{key}\" has the action plan \"{plan}\", and only a delegation that ATTENDED has \
                 one: voidRecord takes the plan back first",
                key,
                plan = &plan.key
            );
            return illegal(message);
        }
    }
    Ok(())
}
