//! What holds for appointments, and how they are written. No sentence here repeats a key: it is
//! made of a name.

use entity::appointment;
use entity::vocabulary::DatePrecision;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::rule::{self, check, optional, required, tidy};

/// Enters an appointment, or changes it.
///
/// It is to a post, as printed, in a language. It ends on or after the day on which it begins.
pub async fn enter(
    w: &mut Write,
    existing: Option<&appointment::Model>,
    mut draft: appointment::ActiveModel,
) -> Result<Put<appointment::Model>, WriteError> {
    tidy(&mut draft.post, "post")?;
    check::language("language", &required!(draft, existing, language))?;
    let from = optional!(draft, existing, valid_from);
    check::order("valid_to", from, optional!(draft, existing, valid_to))?;
    draft.sort_date = ActiveValue::Set(from.unwrap_or(check::FIRST_DAY));
    if existing.is_none() && draft.precision.is_not_set() {
        draft.precision = ActiveValue::Set(DatePrecision::Day);
    }
    rule::put::<appointment::Entity>(w, existing, draft).await
}
