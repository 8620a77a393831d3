//! What is done to observations.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use chrono::Datelike;
use entity::vocabulary::{Comparator, CountBasis};
use entity::{batch, indicator, observation, person, programme, regional_group, source};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Observation, rules};
use crate::access::policy::Relation;
use crate::graphql::scalars::{CountryCode, Date};
use crate::mutation::{IdOf, given, mutations};
use crate::rule::country::known;
use crate::rule::{self, Stem, key_or, unset};

mutations! {
    /// Mutations of observations.
    OBSERVATION_MUTATIONS {
        /// Records a value of a sector statistic that a source quotes.
        record_observation(RecordObservationInput)
            -> RecordObservationPayload { observation: Observation }, a EnterCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The statistic.
            indicator_id: IdOf<indicator::Entity>,
            /// The source that quotes it.
            source_id: IdOf<source::Entity>,
            /// With which programme; or
            programme_id: Option<IdOf<programme::Entity>>,
            /// with which batch.
            batch_id: Option<IdOf<batch::Entity>>,
            /// Of which country; or
            country: Option<CountryCode>,
            /// of which group.
            group_id: Option<IdOf<regional_group::Entity>>,
            /// The first day of the period.
            period_from: Option<Date>,
            /// The last day of the period.
            period_to: Option<Date>,
            /// `INFERRED` where the period is not printed.
            period_basis: Option<CountBasis>,
            /// How the stated number relates to the true one.
            comparator: Comparator = Comparator::Exact,
            /// The value, in the unit of the statistic.
            value: f64,
            /// Whom the source quotes for it.
            stated_by_id: Option<IdOf<person::Entity>>,
            /// Where in the source: "paragraph 4".
            locator: Option<String>,
        }

        /// Corrects a value that was recorded wrongly. For curators.
        correct_observation(CorrectObservationInput)
            -> CorrectObservationPayload { observation: Observation }, a KeepCommon {
            /// The observation.
            observation_id: IdOf<observation::Entity>,
            /// How the stated number relates to the true one.
            comparator: Option<Comparator>,
            /// The value, in the unit of the statistic.
            value: Option<f64>,
        }
    }
}

async fn record_observation(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordObservationInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let indicator = by.find::<indicator::Entity>(w, "indicator_id", input.indicator_id.0).await?;
    let source = by.find::<source::Entity>(w, "source_id", input.source_id.0).await?;
    let programme = by
        .find_optional::<programme::Entity>(w, "programme_id", input.programme_id.map(|id| id.0))
        .await?;
    let batch =
        by.find_optional::<batch::Entity>(w, "batch_id", input.batch_id.map(|id| id.0)).await?;
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
    let of = [
        programme.as_ref().map(|row| row.key.clone()),
        batch.as_ref().map(|row| row.key.clone()),
        input.country.as_ref().map(|code| code.0.0.clone()),
        group.as_ref().map(|row| row.key.clone()),
        input.period_from.as_ref().or(input.period_to.as_ref()).map(|day| day.0.year().to_string()),
    ];
    let of: Vec<String> = of.into_iter().flatten().collect();
    let stem = Stem::<observation::Entity>::of(&indicator.key, &of.join(" "));
    let draft = observation::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        indicator_id: Set(indicator.id),
        source_id: Set(source.id),
        programme_id: Set(programme.map(|row| row.id)),
        batch_id: Set(batch.map(|row| row.id)),
        country_code: Set(known(w, input.country.as_ref().map(|code| &code.0)).await?),
        regional_group_id: Set(group.map(|row| row.id)),
        period_from: Set(input.period_from.as_ref().map(|day| day.0)),
        period_to: Set(input.period_to.as_ref().map(|day| day.0)),
        period_basis: Set(input.period_basis),
        comparator: Set(input.comparator),
        value: Set(input.value),
        stated_by_id: Set(person.map(|row| row.id)),
        locator: Set(input.locator.clone()),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<observation::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn correct_observation(
    w: &mut Write,
    by: &Authorizer,
    input: &CorrectObservationInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<observation::Entity>(w, "observation_id", input.observation_id.0).await?;
    let draft = observation::ActiveModel {
        comparator: given(input.comparator),
        value: given(input.value),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<observation::Entity>(w, &put);
    Ok(put.row.id.0)
}
