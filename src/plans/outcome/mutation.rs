//! What is done to outcomes.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::vocabulary::OutcomeKind;
use entity::{batch, institution, outcome, person};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Outcome, rules};
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, changed, given, mutations, reference};
use crate::rule::{Stem, key_or, unset};

mutations! {
    /// Mutations of outcomes.
    OUTCOME_MUTATIONS {
        /// Records an aim, a result or a follow-up of a batch.
        record_outcome(RecordOutcomeInput)
            -> RecordOutcomePayload { outcome: Outcome }, a KeepRecord {
            /// The batch.
            batch_id: IdOf<batch::Entity>,
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// What it is to the batch.
            kind: OutcomeKind,
            /// The label in English.
            label_en: String,
            /// The label in Indonesian.
            label_id: Option<String>,
            /// On which day it came about.
            occurred_on: Option<Date>,
            /// The institution that it concerns.
            institution_id: Option<IdOf<institution::Entity>>,
            /// Who says so.
            stated_by_id: Option<IdOf<person::Entity>>,
        }

        /// Changes an outcome. What is left out stays as it is.
        update_outcome(UpdateOutcomeInput)
            -> UpdateOutcomePayload { outcome: Outcome }, a KeepRecord {
            /// The outcome.
            outcome_id: IdOf<outcome::Entity>,
            /// What it is to the batch.
            kind: Option<OutcomeKind>,
            /// The label in English.
            label_en: Option<String>,
            /// The label in Indonesian; null where there is none.
            label_id: MaybeUndefined<String>,
            /// On which day it came about; null where not known.
            occurred_on: MaybeUndefined<Date>,
            /// The institution that it concerns; null where it concerns none.
            institution_id: MaybeUndefined<IdOf<institution::Entity>>,
        }
    }
}

async fn record_outcome(
    w: &mut Write,
    by: &Authorizer,
    input: &RecordOutcomeInput,
) -> Result<Uuid, WriteError> {
    let batch = by.under_batch(w, input.batch_id.0).await?;
    let body = by
        .find_optional::<institution::Entity>(
            w,
            "institution_id",
            input.institution_id.map(|id| id.0),
        )
        .await?;
    let person = by
        .find_optional::<person::Entity>(w, "stated_by_id", input.stated_by_id.map(|id| id.0))
        .await?;
    let draft = outcome::ActiveModel {
        key: key_or(
            w,
            input.key.as_ref(),
            Stem::<outcome::Entity>::of(&batch.key, &input.label_en),
        )
        .await?,
        batch_id: Set(batch.id),
        kind: Set(input.kind),
        label_en: Set(input.label_en.clone()),
        label_id: Set(input.label_id.clone()),
        occurred_on: Set(input.occurred_on.as_ref().map(|day| day.0)),
        institution_id: Set(body.map(|row| row.id)),
        stated_by_id: Set(person.map(|row| row.id)),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn update_outcome(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateOutcomeInput,
) -> Result<Uuid, WriteError> {
    let (_, row) = by.batch_scoped::<outcome::Entity>(w, "outcome_id", input.outcome_id.0).await?;
    let body =
        reference::<institution::Entity>(by, w, "institution_id", input.institution_id).await?;
    let draft = outcome::ActiveModel {
        kind: given(input.kind),
        label_en: given(input.label_en.clone()),
        label_id: changed(input.label_id.clone(), |label| label),
        occurred_on: changed(input.occurred_on.clone(), |day| day.0),
        institution_id: changed(body, |body| body.id),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}
