//! What a country says of its delegation, through its focal points: that what is recorded is right,
//! or what it knows otherwise. It speaks beside the host, in claims of its own statement.

use entity::vocabulary::{Comparator, DelegationStatus, Representation};
use entity::{batch, delegation};
use uuid::Uuid;

use super::Delegation;
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::mutation::{IdOf, mutations};
use crate::phrase::say;
use crate::provenance::claim::people::{BySex, People, PeopleBySexInput};
use crate::provenance::claim::value::is_absence;
use crate::provenance::statement::{Speaker, Statement, current, state_over};
use crate::rule::check;

mutations! {
    /// Mutations of what countries say of their delegations.
    COUNTRY_STATEMENT_MUTATIONS {
        /// Says for a country that what is recorded of its delegation is right: its accepted
        /// status, and the number of its people where one number is accepted. Said again, it stands
        /// for what is recorded by then. For focal points of the country.
        acknowledge_delegation(AcknowledgeDelegationInput)
            -> AcknowledgeDelegationPayload { delegation: Delegation }, a SpeakForCountry {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
        }

        /// Says for a country what it knows otherwise of its delegation. What the host has said
        /// came of the invitation stays accepted, and the disagreement is a finding. For focal
        /// points of the country; `withdrawClaim` takes it back.
        contest_delegation(ContestDelegationInput)
            -> ContestDelegationPayload { delegation: Delegation }, a SpeakForCountry {
            /// The delegation.
            delegation_id: IdOf<delegation::Entity>,
            /// Where it stood.
            status: Option<DelegationStatus>,
            /// How many people it had.
            headcount: Option<i32>,
            /// Of which sex they are. Women and men together are all where `headcount` is not
            /// given.
            headcount_by_sex: Option<PeopleBySexInput>,
        }
    }
}

async fn acknowledge_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &AcknowledgeDelegationInput,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, input.delegation_id.0).await?;
    let Some(status) = party.status else {
        let message = say!(
            "nothing is accepted of \"{key}\": contestDelegation says what the country knows",
            key = &party.key
        );
        return Err(Refusal::new(RefusalCode::IllegalMove, "delegation_id", message).into());
    };
    say_for_country(w, &batch, &party, Some(status), recorded(&party)).await
}

async fn contest_delegation(
    w: &mut Write,
    by: &Authorizer,
    input: &ContestDelegationInput,
) -> Result<Uuid, WriteError> {
    let (batch, party) = by.delegation(w, input.delegation_id.0).await?;
    let people = People::given("headcount", input.headcount, input.headcount_by_sex.as_ref())?;
    if input.status.is_none() && people.is_none() {
        let message =
            say!("neither a status nor a headcount is given of \"{key}\"", key = &party.key);
        return Err(Refusal::new(RefusalCode::Required, "status", message).into());
    }
    if let Some(status) = input.status
        && is_absence(status)
        && people.is_some()
    {
        let message = say!("nobody is counted of a delegation that is {status}", status);
        return Err(check::invalid("headcount", message).into());
    }
    let same_people = people.is_none_or(|people| {
        recorded(&party).is_some_and(|recorded| {
            let same_parts = !people.by_sex.is_given() || people.by_sex == recorded.by_sex;
            people.number == recorded.number && same_parts
        })
    });
    if input.status.is_none_or(|status| party.status == Some(status)) && same_people {
        let message = say!(
            "that is what is recorded of \"{key}\": acknowledgeDelegation says that it is right",
            key = &party.key
        );
        return Err(check::invalid("status", message).into());
    }
    say_for_country(w, &batch, &party, input.status, people).await
}

/// The number of people that is accepted, where it is one.
fn recorded(party: &delegation::Model) -> Option<People> {
    let number = party.headcount_min.filter(|min| party.headcount_max == Some(*min))?;
    let by_sex = BySex {
        female: party.headcount_female,
        male: party.headcount_male,
        other_or_unknown: party.headcount_other_or_unknown,
    };
    (party.headcount_comparator == Some(Comparator::Exact)).then_some(People { number, by_sex })
}

async fn say_for_country(
    w: &mut Write,
    batch: &batch::Model,
    party: &delegation::Model,
    status: Option<DelegationStatus>,
    people: Option<People>,
) -> Result<Uuid, WriteError> {
    let country = match &party.country_code {
        Some(country) if party.represents == Representation::Country => country,
        _ => {
            let message = say!(
                "\"{key}\" does not stand for a country, so none speaks for it",
                key = &party.key
            );
            return Err(check::invalid("delegation_id", message).into());
        }
    };
    let country = Speaker::Country(country);
    let said = current(w, country, batch, Some(party)).await?;
    let status = status.map(|status| Statement::Status(party.id, status));
    let people = people.map(|people| Statement::Headcount(party.id, people));
    let statements = status.into_iter().chain(people);
    state_over(w, country, batch, Some(party), &said, statements).await?;
    Ok(party.id.0)
}
