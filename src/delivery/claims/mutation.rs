//! What is done with all that a source states of a batch.

mod file;
mod numbers;
mod party;

use entity::vocabulary::{
    Comparator, Completeness, CostKind, CountBasis, CountScope, CountUnit, DatePrecision,
    DelegationCategory, DelegationStatus,
};
use entity::{batch, delegation, institution, person, regional_group, source, venue};
use uuid::Uuid;

use self::file::Filing;
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::input::input;
use crate::graphql::scalars::{CountryCode, Date};
use crate::mutation::{IdOf, mutations};
use crate::provenance::claim::Claim;
use crate::provenance::claim::people::PeopleBySexInput;
use crate::provenance::source::NewSourceInput;

mutations! {
    /// Mutations of all that one source states of a batch.
    BATCH_CLAIM_MUTATIONS {
        /// Says all that one source states of a batch and of its delegations: a claim of each part,
        /// beside those of other sources, as if filed one by one. All of them, or none. Delegations
        /// that the source names and the register has not are entered; that is for officers of the
        /// owner, the organisers and the hosts of the batch, as inviting them is. What the same
        /// source is known to state already, at the same place, is not entered again. Answers with
        /// the claims, in the order of the fields.
        file_claims(FileClaimsInput) -> FileClaimsPayload { claims: [Claim] }, a FileClaim {
            /// The source that states it; either this or `newSource`.
            source_id: Option<IdOf<source::Entity>>,
            /// The document that states it, where its id is not at hand. It is entered, unless the
            /// register has one of which all of this is recorded: then it is that one.
            new_source: Option<NewSourceInput>,
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The title.
            title: Option<TitleClaimInput>,
            /// The first day.
            starts_on: Option<DayClaimInput>,
            /// The last day.
            ends_on: Option<DayClaimInput>,
            /// The places, at most 300.
            venues: Option<Vec<VenueClaimInput>>,
            /// The organisers, at most 300.
            organisers: Option<Vec<OrganiserClaimInput>>,
            /// How many took part, in each unit and scope that the source counts in; at most 300.
            participants: Option<Vec<ParticipantCountInput>>,
            /// What was spent on it, at most 300.
            amounts: Option<Vec<AmountClaimInput>>,
            /// How many countries took part, where the source gives one number.
            country_count: Option<CountryCountInput>,
            /// How many countries took part, where the source gives several numbers: each of them,
            /// at most 300.
            country_counts: Option<Vec<CountryCountInput>>,
            /// Whether the countries among `attended` and `delegations` are all that took part:
            /// `EXHAUSTIVE` where the source lists them all ("namely"), `NON_EXHAUSTIVE` where it
            /// names some ("such as", "among others").
            completeness: Option<Completeness>,
            /// The countries that the source names as present, at most 300: short for `delegations`
            /// of which nothing but `ATTENDED` is stated.
            attended: Option<Vec<CountryCode>>,
            /// The delegations that the source names, and what it states of each; at most 300.
            delegations: Option<Vec<DelegationClaimInput>>,
            /// Whom the source quotes for all of it.
            stated_by_id: Option<IdOf<person::Entity>>,
            /// Where in the source all of it stands: "paragraph 4".
            locator: Option<String>,
        }
    }
}

async fn file_claims(
    w: &mut Write,
    by: &Authorizer,
    input: &FileClaimsInput,
) -> Result<Vec<Uuid>, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    Filing::begin(w, by, &batch, input).await?.all(w, input).await
}

input! {
    /// A title that a source prints.
    pub struct TitleClaimInput {
        /// The title, as printed.
        text: String,
        /// Its language (BCP 47 tag).
        language: String,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// A day that a source states.
    pub struct DayClaimInput {
        /// The day.
        date: Date,
        /// How exactly the day is stated.
        precision: DatePrecision = DatePrecision::Day,
        /// The weekday that is printed with it: 1 Monday … 7 Sunday.
        printed_weekday: Option<i32>,
        /// `INFERRED` where the day is not printed whole.
        basis: Option<CountBasis>,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// A place that a source names.
    pub struct VenueClaimInput {
        /// The place, where the register has it.
        venue_id: Option<IdOf<venue::Entity>>,
        /// The name, as printed.
        as_printed: Option<String>,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// An organiser that a source names.
    pub struct OrganiserClaimInput {
        /// The institution; or
        institution_id: Option<IdOf<institution::Entity>>,
        /// the group.
        group_id: Option<IdOf<regional_group::Entity>>,
        /// The name, as printed.
        as_printed: Option<String>,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// A number of those who took part, as a source states it.
    pub struct ParticipantCountInput {
        /// The number; or
        number: Option<i32>,
        /// the least number,
        number_min: Option<i32>,
        /// and the greatest.
        number_max: Option<i32>,
        /// How the stated number relates to the true one.
        comparator: Comparator = Comparator::Exact,
        /// What is counted.
        unit: CountUnit = CountUnit::Person,
        /// What the number rests on.
        basis: CountBasis = CountBasis::Reported,
        /// What the number covers.
        scope: CountScope = CountScope::WholeBatch,
        /// Of which category of delegations the people are; those of all unless given.
        category: Option<DelegationCategory>,
        /// Of which sex the people are.
        by_sex: Option<PeopleBySexInput>,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// An amount that was spent on a batch, as a source states it.
    pub struct AmountClaimInput {
        /// The amount, in `currency`.
        amount: f64,
        /// The currency (ISO 4217).
        currency: String,
        /// For what it is spent.
        cost_kind: CostKind = CostKind::Total,
        /// What the amount rests on: `PLANNED`, `REPORTED` or `INFERRED`.
        basis: CountBasis = CountBasis::Reported,
        /// Whether it is the worth of what is given in kind.
        in_kind: Option<bool>,
        /// What is paid for, as printed.
        as_printed: Option<String>,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// A number of countries, as a source states it.
    pub struct CountryCountInput {
        /// The number; or
        number: Option<i32>,
        /// the least number,
        number_min: Option<i32>,
        /// and the greatest.
        number_max: Option<i32>,
        /// How the stated number relates to the true one.
        comparator: Comparator = Comparator::Exact,
        /// What the number rests on.
        basis: CountBasis = CountBasis::Reported,
        /// What the number covers.
        scope: CountScope = CountScope::WholeBatch,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}

input! {
    /// A delegation that a source names, and what it states of it.
    pub struct DelegationClaimInput {
        /// The delegation, where the register has it; or
        delegation_id: Option<IdOf<delegation::Entity>>,
        /// the country that it represents,
        country: Option<CountryCode>,
        /// the institution that sends it, or that it represents where no country is given,
        institution_id: Option<IdOf<institution::Entity>>,
        /// the group, where it is the party itself,
        group_id: Option<IdOf<regional_group::Entity>>,
        /// and what tells two parties of one of these apart. The one delegation that fits is meant;
        /// where the register has none it is entered.
        label: Option<String>,
        /// Where it stands.
        status: Option<DelegationStatus>,
        /// How many people it had.
        headcount: Option<i32>,
        /// Of which sex the people are.
        headcount_by_sex: Option<PeopleBySexInput>,
        /// How that number relates to the true one.
        headcount_comparator: Comparator = Comparator::Exact,
        /// What that number rests on.
        headcount_basis: CountBasis = CountBasis::Reported,
        /// The name of the country or institution, as printed.
        as_printed: Option<String>,
        /// Whom the source quotes for it; as for all the rest unless given.
        stated_by_id: Option<IdOf<person::Entity>>,
        /// Where in the source; as for all the rest unless given.
        locator: Option<String>,
    }
}
