//! What is done to indicators.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use entity::indicator;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Indicator, rules};
use crate::access::policy::Relation;
use crate::mutation::{IdOf, given, mutations};
use crate::rule::{self, Stem, key_or, unset};

mutations! {
    /// Mutations of indicators.
    INDICATOR_MUTATIONS {
        /// Enters a sector statistic. For curators.
        add_indicator(AddIndicatorInput)
            -> AddIndicatorPayload { indicator: Indicator }, a KeepCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The label in English.
            label_en: String,
            /// The label in Indonesian.
            label_id: Option<String>,
            /// The unit in which it is stated.
            unit: String,
        }

        /// Changes the labels of a sector statistic. For curators. What is left out stays as it is.
        update_indicator(UpdateIndicatorInput)
            -> UpdateIndicatorPayload { indicator: Indicator }, a KeepCommon {
            /// The indicator.
            indicator_id: IdOf<indicator::Entity>,
            /// The label in English.
            label_en: Option<String>,
            /// The unit in which it is stated.
            unit: Option<String>,
        }
    }
}

async fn add_indicator(
    w: &mut Write,
    by: &Authorizer,
    input: &AddIndicatorInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let draft = indicator::ActiveModel {
        key: key_or(w, input.key.as_ref(), Stem::<indicator::Entity>::named(&input.label_en))
            .await?,
        label_en: Set(input.label_en.clone()),
        label_id: Set(input.label_id.clone()),
        unit: Set(input.unit.clone()),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<indicator::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn update_indicator(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateIndicatorInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<indicator::Entity>(w, "indicator_id", input.indicator_id.0).await?;
    let draft = indicator::ActiveModel {
        label_en: given(input.label_en.clone()),
        unit: given(input.unit.clone()),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<indicator::Entity>(w, &put);
    Ok(put.row.id.0)
}
