//! What is done to claims.

use crate::access::Authorizer;
use crate::db::Write;
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, Completeness, CostKind, CountBasis, CountScope,
    CountUnit, DatePrecision, DelegationCategory, DelegationStatus, RankReason, SourceKind,
};
use entity::{batch, claim, delegation, institution, person, regional_group, source, venue};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::people::{PeopleBySexInput, parts_within};
use super::{Claim, check_days, rules};
use crate::access::policy::Relation;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, mutations};
use crate::phrase::say;
use crate::provenance::source::source_for_claims;
use crate::rule::{history, key_or, row_of, unset};

mutations! {
    /// Mutations of claims.
    CLAIM_MUTATIONS {
        /// Says what a source states of a batch, or of one of its delegations, whether it is right
        /// or wrong. What is accepted, and what does not fit, follows from that.
        file_claim(FileClaimInput) -> FileClaimPayload { claim: Claim }, a FileClaim {
            /// The source that states it.
            source_id: IdOf<source::Entity>,
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The delegation, of `ATTENDANCE` and `HEADCOUNT`.
            delegation_id: Option<IdOf<delegation::Entity>>,
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The property that it is about.
            property: ClaimProperty,
            /// Of `TITLE`, `VENUE` and `ORGANISER`: the title or name as printed; of `ATTENDANCE`
            /// and `HEADCOUNT`: the name of the country or institution as printed.
            text: Option<String>,
            /// Of `TITLE`: the language (BCP 47 tag).
            language: Option<String>,
            /// Of `STARTS_ON` and `ENDS_ON`: the day.
            date: Option<Date>,
            /// How exactly the day is stated.
            precision: Option<DatePrecision>,
            /// The weekday that is printed with the day: 1 Monday … 7 Sunday.
            printed_weekday: Option<i32>,
            /// Of counts: the least number that is stated.
            number_min: Option<i32>,
            /// Of counts: the greatest number that is stated.
            number_max: Option<i32>,
            /// Of counts: how the stated number relates to the true one.
            comparator: Option<Comparator>,
            /// Of counts: what is counted.
            unit: Option<CountUnit>,
            /// Of counts and amounts: what the number rests on. Of days: `INFERRED` where the day
            /// is not printed whole.
            basis: Option<CountBasis>,
            /// Of counts: what the number covers.
            scope: Option<CountScope>,
            /// Of `COUNTRIES` with the basis `NAMED`: whether the list names every country.
            completeness: Option<Completeness>,
            /// Of `ATTENDANCE`: the status of the delegation.
            status: Option<DelegationStatus>,
            /// Of `PARTICIPANTS`: of which category of delegations the people are that are counted;
            /// those of all unless given.
            category: Option<DelegationCategory>,
            /// Of `PARTICIPANTS` and `HEADCOUNT`: of which sex the people are.
            by_sex: Option<PeopleBySexInput>,
            /// Of `AMOUNT`: the amount, in `currency`.
            amount: Option<f64>,
            /// Of `AMOUNT`: the currency (ISO 4217).
            currency: Option<String>,
            /// Of `AMOUNT`: for what it is spent.
            cost_kind: Option<CostKind>,
            /// Of `AMOUNT`: whether it is the worth of what is given in kind.
            in_kind: Option<bool>,
            /// Of `VENUE`: the place.
            venue_id: Option<IdOf<venue::Entity>>,
            /// Of `ORGANISER`: the institution; or
            institution_id: Option<IdOf<institution::Entity>>,
            /// the group.
            group_id: Option<IdOf<regional_group::Entity>>,
            /// Whom the source quotes for it.
            stated_by_id: Option<IdOf<person::Entity>>,
            /// Where in the source: "paragraph 4".
            locator: Option<String>,
        }

        /// Gives a claim more weight, or less. For curators.
        rank_claim(RankClaimInput) -> RankClaimPayload { claim: Claim }, a Curate {
            /// The claim.
            claim_id: IdOf<claim::Entity>,
            /// The rank.
            rank: ClaimRank,
            /// Why, where it is `DEPRECATED`.
            rank_reason: Option<RankReason>,
        }

        /// Takes back what your institution or country has stated, or a claim that you have filed
        /// yourself and nobody else has touched since; what was accepted before is accepted again.
        /// Curators may take back any claim.
        withdraw_claim(WithdrawClaimInput)
            -> WithdrawClaimPayload { claim: Claim }, a WithdrawClaim {
            /// The claim.
            claim_id: IdOf<claim::Entity>,
        }
    }
}

async fn file_claim(
    w: &mut Write,
    by: &Authorizer,
    input: &FileClaimInput,
) -> Result<Uuid, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    let source = source_for_claims(w, by, input.source_id).await?;
    let party = by
        .find_optional::<delegation::Entity>(w, "delegation_id", input.delegation_id.map(|id| id.0))
        .await?;
    let venue =
        by.find_optional::<venue::Entity>(w, "venue_id", input.venue_id.map(|id| id.0)).await?;
    let body = by
        .find_optional::<institution::Entity>(
            w,
            "institution_id",
            input.institution_id.map(|id| id.0),
        )
        .await?;
    let group = by
        .find_optional::<regional_group::Entity>(
            w,
            "regional_group_id",
            input.group_id.map(|id| id.0),
        )
        .await?;
    let person = by
        .find_optional::<person::Entity>(w, "stated_by_id", input.stated_by_id.map(|id| id.0))
        .await?;
    let of = party.as_ref().map_or(&batch.key, |party| &party.key).clone();
    let by_sex = input.by_sex.as_ref().map(PeopleBySexInput::stated).unwrap_or_default();
    let draft = claim::ActiveModel {
        source_id: Set(source.id),
        batch_id: Set(batch.id),
        delegation_id: Set(party.map(|row| row.id)),
        property: Set(input.property),
        text: Set(input.text.clone()),
        language: Set(input.language.clone()),
        date: Set(input.date.as_ref().map(|day| day.0)),
        precision: Set(input.precision),
        printed_weekday: Set(input.printed_weekday),
        number_min: Set(input.number_min),
        number_max: Set(input.number_max),
        comparator: Set(input.comparator),
        unit: Set(input.unit),
        basis: Set(input.basis),
        scope: Set(input.scope),
        completeness: Set(input.completeness),
        status: Set(input.status),
        category: Set(input.category),
        amount: Set(input.amount),
        currency: Set(input.currency.clone()),
        cost_kind: Set(input.cost_kind),
        in_kind: Set(input.in_kind),
        venue_id: Set(venue.map(|row| row.id)),
        institution_id: Set(body.map(|row| row.id)),
        regional_group_id: Set(group.map(|row| row.id)),
        stated_by_id: Set(person.map(|row| row.id)),
        locator: Set(input.locator.clone()),
        ..by_sex.as_claim()
    };
    // A date without a precision is known to the day: the rule fills it in where it is not set.
    let draft = match input.precision {
        Some(_) => draft,
        None => claim::ActiveModel { precision: sea_orm::ActiveValue::NotSet, ..draft },
    };
    if input.key.is_none() {
        let stated = rules::of_source(w, source.id, batch.id).await?;
        if let Some(same) = rules::same(&stated, &draft) {
            return Ok(same.id.0);
        }
    }
    let draft = claim::ActiveModel {
        key: key_or(w, input.key.as_ref(), rules::key_stem(&of, input.property)).await?,
        rank: Set(ClaimRank::Normal),
        ..draft
    };
    let put = rules::enter(w, None, draft).await;
    let put = put.map_err(|error| error.retold(|refusal| parts_within(refusal, "by_sex")))?;
    in_order(w, &put.row, "date").await?;
    Ok(put.row.id.0)
}

async fn rank_claim(
    w: &mut Write,
    by: &Authorizer,
    input: &RankClaimInput,
) -> Result<Uuid, WriteError> {
    let (_, row) = by.batch_scoped::<claim::Entity>(w, "claim_id", input.claim_id.0).await?;
    let draft = claim::ActiveModel {
        rank: Set(input.rank),
        rank_reason: Set(input.rank_reason),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    in_order(w, &put.row, "rank").await?;
    Ok(put.row.id.0)
}

/// The source of a claim does not state that the batch ends before it starts.
async fn in_order(w: &Write, row: &claim::Model, field: &'static str) -> Result<(), WriteError> {
    if !matches!(row.property, ClaimProperty::StartsOn | ClaimProperty::EndsOn) {
        return Ok(());
    }
    match check_days(w, &[row.id]).await?.into_iter().next() {
        Some((_, refusal)) => {
            let message = say!(
                "{why}, as the same source states it: rankClaim makes the one that is wrong \
                 DEPRECATED, and so it is kept",
                why = refusal.message
            );
            Err(Refusal { field, message, ..refusal }.into())
        }
        None => Ok(()),
    }
}

/// Refuses whoever may not take a claim back: its institution may, where it is an owner's own
/// statement, its country, where it is that of a country, and otherwise curators.
pub(crate) async fn may_take_back(
    w: &Write,
    by: &Authorizer,
    row: &claim::Model,
) -> Result<(), WriteError> {
    let source = row_of::<source::Entity>(w, "claim_id", row.source_id).await?;
    let statement = source.publisher_id.filter(|_| source.kind == SourceKind::OwnerStatement);
    if statement.is_some_and(|publisher| by.is_ours(publisher)) {
        return by.require(Relation::Own);
    }
    let speaks = source.country_code.as_ref().is_some_and(|country| by.is_our_country(country));
    if speaks && by.may(Relation::OwnCountry) {
        return Ok(());
    }
    by.require(Relation::Stranger)
}

async fn withdraw_claim(
    w: &mut Write,
    by: &Authorizer,
    input: &WithdrawClaimInput,
) -> Result<Uuid, WriteError> {
    let row = by.find::<claim::Entity>(w, "claim_id", input.claim_id.0).await?;
    let may_take_back = match may_take_back(w, by, &row).await {
        Err(WriteError::Forbidden) => false,
        allowed => allowed.map(|()| true)?,
    };
    w.lock_batches(&[row.batch_id]).await?;
    let row = by.target::<claim::Entity>(w, "claim_id", input.claim_id.0).await?;
    if !may_take_back {
        // Asked when nobody else can touch it any more.
        if !history::is_own_entry(w, by.actor(), row.id.0, row.created_at).await? {
            return Err(WriteError::Forbidden);
        }
        by.require(Relation::Own)?;
    }
    if row.rank == ClaimRank::Deprecated {
        let message = say!("\"{key}\" is {status} already", key = &row.key, status = row.rank);
        return Err::<_, WriteError>(
            Refusal::new(RefusalCode::IllegalMove, "claim_id", message).into(),
        );
    }
    let (rank, reason) = (ClaimRank::Deprecated, Some(RankReason::Withdrawn));
    let draft = claim::ActiveModel { rank: Set(rank), rank_reason: Set(reason), ..unset() };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}
