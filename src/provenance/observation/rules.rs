//! What holds for observations, and how they are written.

use entity::observation;
use entity::vocabulary::Comparator;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::phrase::say;
use crate::rule::{self, check, optional, required, tidy_optional};

/// Enters an observation, or changes it.
///
/// It is quoted with a programme or a batch at most, and of a country or a group at most. Its
/// period ends on or after the day on which it begins. It states one number, so its comparator is
/// neither `RANGE`, which has two, nor `TENS`, which has none.
pub async fn enter(
    w: &mut Write,
    existing: Option<&observation::Model>,
    mut draft: observation::ActiveModel,
) -> Result<Put<observation::Model>, WriteError> {
    tidy_optional(&mut draft.locator, "locator")?;
    check::at_most_one(&[
        ("programme_id", optional!(draft, existing, programme_id).is_some()),
        ("batch_id", optional!(draft, existing, batch_id).is_some()),
    ])?;
    check::at_most_one(&[
        ("country_code", optional!(draft, existing, country_code).is_some()),
        ("regional_group_id", optional!(draft, existing, regional_group_id).is_some()),
    ])?;
    let (from, to) =
        (optional!(draft, existing, period_from), optional!(draft, existing, period_to));
    check::order("period_to", from, to)?;
    let comparator = required!(draft, existing, comparator);
    if matches!(comparator, Comparator::Range | Comparator::Tens) {
        let message = say!("{comparator} does not go with one value", comparator);
        return Err(check::invalid("comparator", message).into());
    }
    let value = required!(draft, existing, value);
    if !value.is_finite() {
        return Err(check::invalid("value", say!("{value} is not a number", value)).into());
    }
    draft.sort_date = ActiveValue::Set(from.or(to).unwrap_or(check::LAST_DAY));
    rule::put::<observation::Entity>(w, existing, draft).await
}
