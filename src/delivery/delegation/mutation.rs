//! What is done to delegations.

mod bulk;

use async_graphql::MaybeUndefined;
use entity::vocabulary::{DelegationCategory, DelegationStatus, EngagementRole, Representation};
use entity::{batch, batch_part, delegation, engagement, institution, person, regional_group};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use self::bulk::{invite_countries, record_attendances};
use super::standing::{Voice, stand};
use super::{Delegation, rules};
use crate::access::Authorizer;
use crate::db::Write;
use crate::delivery::part::rules as parts;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::graphql::input::input;
use crate::graphql::scalars::CountryCode;
use crate::mutation::{IdOf, changed, mutations, reference, references};
use crate::people::engagement::rules as engagements;
use crate::people::person::rules as people;
use crate::phrase::say;
use crate::provenance::claim::people::{People, PeopleBySexInput};
use crate::provenance::statement::{Statement, state};
use crate::rule::country::known;
use crate::rule::{self, check, key_or, unguessable_key, unset};

mutations! {
    /// Mutations of delegations.
    DELEGATION_MUTATIONS {
        /// Asks a country, an institution or a group to send somebody to a batch. For officers of
        /// the owner, the organisers and the hosts.
        invite_delegation(InviteDelegationInput)
            -> InviteDelegationPayload { delegation: Delegation }, a KeepDelegations {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// Whom it is to stand for; `GROUP` where a group is given and no country, else
            /// `COUNTRY`, unless given.
            represents: Option<Representation>,
            /// The country.
            country: Option<CountryCode>,
            /// The institution that it stands for, or that sends it on behalf of the country.
            institution_id: Option<IdOf<institution::Entity>>,
            /// The group, where it is a party itself; not that of a country then.
            group_id: Option<IdOf<regional_group::Entity>>,
            /// As what it is to take part, where that is told apart.
            category: Option<DelegationCategory>,
            /// What tells two parties of one country, institution or group apart.
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

        /// Changes what is recorded of a delegation beside where it stands; what is not given stays
        /// as it is. A delegation of another country is another delegation: `voidRecord` takes back
        /// what was entered in error.
        update_delegation(UpdateDelegationInput)
            -> UpdateDelegationPayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// The institution that sends it on behalf of the country or group; null where not
            /// known.
            institution_id: MaybeUndefined<IdOf<institution::Entity>>,
            /// As what it takes part; null where that is not told apart.
            category: MaybeUndefined<DelegationCategory>,
            /// What tells it from another of the same country, institution or group.
            label: MaybeUndefined<String>,
            /// In which parts of the batch it took part, instead of what was said before.
            part_ids: Option<Vec<IdOf<batch_part::Entity>>>,
        }

        /// Says that a delegation has named its people, and who they are. For officers of the
        /// sender, of the institution that nominates for its country, and of the owner, organisers
        /// and hosts of the batch.
        nominate_delegation(NominateDelegationInput)
            -> NominateDelegationPayload { delegation: Delegation }, a AnswerInvitation {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// Its people, as far as they are to be recorded; at most 300. They are seen by
            /// officers of the owner, organisers and hosts of the batch, and of the institutions
            /// that send them, and by nobody else.
            participants: Option<Vec<ParticipantInput>>,
        }

        /// Accepts a delegation.
        confirm_delegation(ConfirmDelegationInput)
            -> ConfirmDelegationPayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }

        /// Says that a delegation was there. Said again, it corrects how many people it had, and
        /// what was recorded otherwise.
        record_attendance(RecordAttendanceInput)
            -> RecordAttendancePayload { delegation: Delegation }, a KeepDelegations {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// How many people it had; stays as it was stated unless given.
            headcount: Option<i32>,
            /// Of which sex they are. Women and men together are all where `headcount` is not
            /// given.
            headcount_by_sex: Option<PeopleBySexInput>,
        }

        /// Says which delegations of a batch were there, as `recordAttendance` does. All of them,
        /// or none. Each may name the version that you know; where one of them has another, the
        /// answer has that delegation as it is now.
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
    let group = input.group_id.map(|id| id.0);
    let group = by.find_optional::<regional_group::Entity>(w, "regional_group_id", group).await?;
    let party = rules::Party {
        country: input.country.as_ref().map(|code| code.0.0.as_str()),
        institution: body.as_ref().map(|row| row.key.as_str()),
        group: group.as_ref().map(|row| row.key.as_str()),
        label: input.label.as_deref(),
    };
    // Who names a group and nothing else means the group.
    let represents = match input.represents {
        Some(represents) => represents,
        None if group.is_some() && input.country.is_none() => Representation::Group,
        None => Representation::Country,
    };
    let stem = rules::key_stem(&batch.key, represents, party);
    let draft = delegation::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        represents: Set(represents),
        country_code: Set(known(w, input.country.as_ref().map(|code| &code.0)).await?),
        institution_id: Set(body.map(|row| row.id)),
        regional_group_id: Set(group.map(|row| row.id)),
        category: Set(input.category),
        label: Set(input.label.clone()),
        ..unset()
    };
    invite(w, &batch, draft).await
}

async fn update_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateDelegationInput,
) -> Result<Uuid, WriteError> {
    let (_, party) = by.delegation(w, input.delegation_id.0).await?;
    let body = reference(by, w, "institution_id", input.institution_id).await?;
    let draft = delegation::ActiveModel {
        institution_id: changed(body, |row: institution::Model| row.id),
        category: changed(input.category, |category| category),
        label: changed(input.label.clone(), |label| label),
        ..unset()
    };
    let put = rules::enter(w, Some(&party), draft).await?;
    if let Some(ids) = &input.part_ids {
        let rows = references::<batch_part::Entity>(by, w, "part_ids", ids).await?;
        let attended = rows.into_iter().map(|row| row.id).collect();
        let done = parts::enter_attended(w, &put, attended).await;
        done.map_err(|error| {
            error.retold(|refusal| match refusal.field {
                "part_id" => Refusal { field: "part_ids", ..refusal },
                _ => refusal,
            })
        })?;
    }
    Ok(party.id.0)
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
    let people = People::given("headcount", input.headcount, input.headcount_by_sex.as_ref())?;
    attend(w, &batch, &party, people).await
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
        /// Of which sex they are. Women and men together are all where `headcount` is not given.
        headcount_by_sex: Option<PeopleBySexInput>,
        /// The version of the delegation that you know; if it is another one by now, nothing is
        /// recorded of any delegation.
        expected_version: Option<i32>,
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
    people: Option<People>,
) -> Result<Uuid, WriteError> {
    stand(w, batch, party, (DelegationStatus::Attended, people), Voice::Keeper).await?;
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
