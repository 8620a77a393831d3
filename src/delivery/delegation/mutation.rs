//! What is done to delegations.

use std::collections::HashMap;

use entity::vocabulary::{ClaimProperty, DelegationStatus, EngagementRole, Representation};
use entity::{batch, delegation, engagement, institution, person};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::standing::{Voice, stand};
use super::{Delegation, rules};
use crate::access::{Authorizer, nothing};
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::graphql::input::input;
use crate::graphql::scalars::CountryCode;
use crate::mutation::{IdOf, mutations};
use crate::people::engagement::rules as engagements;
use crate::people::person::rules as people;
use crate::phrase::say;
use crate::provenance::claim::rules as claims;
use crate::provenance::statement::{Statement, state};
use crate::rule::country::known;
use crate::rule::{self, check, key_or, look_up_keys, made_keys, unguessable_key, unset};

mutations! {
    /// Mutations of delegations.
    DELEGATION_MUTATIONS {
        /// Asks a country, or an institution, to send somebody to a batch. For officers of the owner, the organisers and the hosts.
        invite_delegation(InviteDelegationInput)
            -> InviteDelegationPayload { delegation: Delegation }, a KeepDelegations {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// Whom it is to stand for.
            represents: Representation = Representation::Country,
            /// The country.
            country: Option<CountryCode>,
            /// The institution that it stands for, or that sends it on behalf of the country.
            institution_id: Option<IdOf<institution::Entity>>,
            /// What tells two parties of one country or institution apart.
            label: Option<String>,
            /// The key; made from that of the batch unless given.
            key: Option<String>,
        }

        /// Asks several countries at once. All of them, or none.
        invite_countries(InviteCountriesInput)
            -> InviteCountriesPayload { delegations: [Delegation] }, a KeepDelegations {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The countries, at most 300.
            countries: Vec<CountryCode>,
        }

        /// Says that a delegation has named its people, and who they are. For officers of the sender, of the institution that
        /// nominates for its country, and of the owner, organisers and hosts of the batch.
        nominate_delegation(NominateDelegationInput)
            -> NominateDelegationPayload { delegation: Delegation }, a AnswerInvitation {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// Its people, as far as they are to be recorded; at most 300. They are seen by officers of the owner, organisers and
            /// hosts of the batch, and of the institutions that send them, and by nobody else.
            participants: Option<Vec<ParticipantInput>>,
        }

        /// Accepts a delegation.
        confirm_delegation(ConfirmDelegationInput)
            -> ConfirmDelegationPayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }

        /// Says that a delegation was there. Said again, it corrects how many people it had, and what was recorded otherwise.
        record_attendance(RecordAttendanceInput)
            -> RecordAttendancePayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// How many people it had; stays as it was stated unless given.
            headcount: Option<i32>,
        }

        /// Says which delegations of a batch were there, as `recordAttendance` does. All of them, or none.
        record_attendances(RecordAttendancesInput)
            -> RecordAttendancesPayload { delegations: [Delegation] }, a KeepDelegations {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// Who was there, at most 300.
            attendances: Vec<AttendanceInput>,
        }

        /// Says that a delegation will not come, on behalf of whoever was asked.
        decline_invitation(DeclineInvitationInput)
            -> DeclineInvitationPayload { delegation: Delegation }, a AnswerInvitation {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }

        /// Calls off the coming of a delegation that was named.
        withdraw_delegation(WithdrawDelegationInput)
            -> WithdrawDelegationPayload { delegation: Delegation }, a AnswerInvitation {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }

        /// Says that a delegation that was confirmed did not come.
        record_no_show(RecordNoShowInput)
            -> RecordNoShowPayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }

        /// Says that whoever was asked sent nobody.
        mark_not_sent(MarkNotSentInput)
            -> MarkNotSentPayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }
    }
}

async fn invite_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &InviteDelegationInput,
) -> Result<Uuid, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    let body = input.institution_id.map(|id| id.0);
    let body = by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
    let stem = rules::key_stem(
        &batch.key,
        input.represents,
        input.country.as_ref().map(|code| code.0.0.as_str()),
        body.as_ref().map(|row| row.key.as_str()),
        input.label.as_deref(),
    );
    let draft = delegation::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        represents: Set(input.represents),
        country_code: Set(known(w, input.country.as_ref().map(|code| &code.0)).await?),
        institution_id: Set(body.map(|row| row.id)),
        label: Set(input.label.clone()),
        ..unset()
    };
    invite(w, &batch, draft).await
}

async fn invite_countries(
    w: &mut Write,
    by: &Authorizer,
    input: &InviteCountriesInput,
) -> Result<Vec<Uuid>, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    check::at_most("countries", input.countries.len(), LONGEST_LIST)?;
    let stem = |country: &CountryCode| {
        let code = Some(country.0.0.as_str());
        (None, rules::key_stem(&batch.key, Representation::Country, code, None, None))
    };
    let keys = made_keys(w, input.countries.iter().map(stem).collect()).await?;
    let status = |key: &String| claims::key_stem(key, ClaimProperty::Attendance);
    look_up_keys(w, &keys.iter().map(status).collect::<Vec<_>>()).await?;
    let mut invited = Vec::new();
    for ((place, country), key) in input.countries.iter().enumerate().zip(keys) {
        let of_it = |error: WriteError| error.within(place).within("countries");
        let draft = delegation::ActiveModel {
            key: Set(key),
            represents: Set(Representation::Country),
            country_code: Set(known(w, Some(&country.0)).await.map_err(of_it)?),
            ..unset()
        };
        invited.push(invite(w, &batch, draft).await.map_err(of_it)?);
    }
    Ok(invited)
}

async fn nominate_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &NominateDelegationInput,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, input.delegation_id.0).await?;
    let participants = input.participants.as_deref().unwrap_or_default();
    check::at_most("participants", participants.len(), LONGEST_LIST)?;
    if party.status == Some(DelegationStatus::Nominated) && !participants.is_empty() {
        let message = say!(
            "the people of \"{key}\" are named already: engagePerson names more",
            key = &party.key
        );
        return Err(Refusal::new(RefusalCode::IllegalMove, "delegation_id", message).into());
    }
    answer(w, by, (&batch, &party), DelegationStatus::Nominated).await?;
    for (place, participant) in participants.iter().enumerate() {
        let taken = take_part(w, by, &party, participant).await;
        taken.map_err(|error| error.within(place).within("participants"))?;
    }
    Ok(party.id.0)
}

async fn confirm_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &ConfirmDelegationInput,
) -> Result<Uuid, WriteError> {
    keep(w, by, input.delegation_id, DelegationStatus::Confirmed).await
}

async fn record_attendance(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordAttendanceInput,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, input.delegation_id.0).await?;
    attend(w, &batch, &party, input.headcount).await
}

async fn record_attendances(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordAttendancesInput,
) -> Result<Vec<Uuid>, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    check::at_most("attendances", input.attendances.len(), LONGEST_LIST)?;
    let ids = input.attendances.iter().map(|attendance| attendance.delegation_id.0).collect();
    let parties = by.find_some::<delegation::Entity>(w, &ids).await?;
    let parties: HashMap<Uuid, delegation::Model> =
        parties.into_iter().map(|row| (row.id.0, row)).collect();
    let mut stems = Vec::new();
    for party in parties.values() {
        for property in [ClaimProperty::Attendance, ClaimProperty::Headcount] {
            stems.push(claims::key_stem(&party.key, property));
        }
    }
    look_up_keys(w, &stems).await?;
    let mut attended = Vec::new();
    for (place, attendance) in input.attendances.iter().enumerate() {
        let done = match parties.get(&attendance.delegation_id.0) {
            None => Err(nothing("delegation_id").into()),
            Some(party) if party.batch_id == batch.id => {
                attend(w, &batch, party, attendance.headcount).await
            }
            Some(_) => {
                let message = say!("the delegation is not one of this batch");
                Err(check::invalid("delegation_id", message).into())
            }
        };
        attended.push(done.map_err(|error| error.within(place).within("attendances"))?);
    }
    Ok(attended)
}

async fn decline_invitation(
    w: &mut Write,
    by: &Authorizer,
    input: &DeclineInvitationInput,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, input.delegation_id.0).await?;
    answer(w, by, (&batch, &party), DelegationStatus::Declined).await
}

async fn withdraw_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &WithdrawDelegationInput,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, input.delegation_id.0).await?;
    answer(w, by, (&batch, &party), DelegationStatus::Withdrawn).await
}

async fn record_no_show(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordNoShowInput,
) -> Result<Uuid, WriteError> {
    keep(w, by, input.delegation_id, DelegationStatus::NoShow).await
}

async fn mark_not_sent(
    w: &mut Write,
    by: &Authorizer,
    input: &MarkNotSentInput,
) -> Result<Uuid, WriteError> {
    keep(w, by, input.delegation_id, DelegationStatus::NotSent).await
}

/// The longest list of a mutation in bulk.
const LONGEST_LIST: usize = 300;

input! {
    /// Who takes part.
    pub struct ParticipantInput {
        /// The name, as printed.
        name: String,
        /// The institution that sends the person.
        institution_id: Option<IdOf<institution::Entity>>,
    }
}

input! {
    /// Who was there.
    pub struct AttendanceInput {
        /// The delegation.
        delegation_id: IdOf<delegation::Entity>,
        /// How many people it had; stays as it was stated unless given.
        headcount: Option<i32>,
    }
}

async fn invite(
    w: &mut Write,
    batch: &batch::Model,
    draft: delegation::ActiveModel,
) -> Result<Uuid, WriteError> {
    let draft = delegation::ActiveModel { batch_id: Set(batch.id), ..draft };
    let party = rules::enter(w, None, draft).await?.row;
    state(w, batch, Some(&party), [Statement::Status(party.id, DelegationStatus::Invited)]).await?;
    Ok(party.id.0)
}

/// Says where a delegation stands, as whoever keeps it.
async fn keep(
    w: &mut Write,
    by: &Authorizer,
    id: IdOf<delegation::Entity>,
    status: DelegationStatus,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, id.0).await?;
    stand(w, &batch, &party, (status, None), Voice::Keeper).await?;
    Ok(party.id.0)
}

/// Answers an invitation, for whoever was asked or as whoever keeps it.
async fn answer(
    w: &mut Write,
    by: &Authorizer,
    (batch, party): (&batch::Model, &delegation::Model),
    status: DelegationStatus,
) -> Result<Uuid, WriteError> {
    let keeps = by.keeps_delegations(w, batch).await?;
    let voice = if keeps { Voice::Keeper } else { Voice::Asked };
    stand(w, batch, party, (status, None), voice).await?;
    Ok(party.id.0)
}

async fn attend(
    w: &mut Write,
    batch: &batch::Model,
    party: &delegation::Model,
    headcount: Option<i32>,
) -> Result<Uuid, WriteError> {
    stand(w, batch, party, (DelegationStatus::Attended, headcount), Voice::Keeper).await?;
    Ok(party.id.0)
}

/// Records somebody who takes part in a delegation.
async fn take_part(
    w: &mut Write,
    by: &Authorizer,
    party: &delegation::Model,
    participant: &ParticipantInput,
) -> Result<(), WriteError> {
    let body = participant.institution_id.map(|id| id.0);
    let body = by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
    let draft = person::ActiveModel {
        key: Set(unguessable_key(w, "person")),
        name: Set(participant.name.clone()),
        ..unset()
    };
    let person = people::enter(w, None, draft).await?;
    rule::emit::<person::Entity>(w, &person);
    let draft = engagement::ActiveModel {
        key: Set(unguessable_key(w, "engagement")),
        person_id: Set(person.row.id),
        batch_id: Set(Some(party.batch_id)),
        role: Set(EngagementRole::Participant),
        institution_id: Set(body.map(|row| row.id).or(party.institution_id)),
        delegation_id: Set(Some(party.id)),
        ..unset()
    };
    engagements::enter(w, None, draft).await.map(|_| ())
}
