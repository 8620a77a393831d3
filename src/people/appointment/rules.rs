//! What holds for appointments, and how they are written. No sentence here repeats a key: it is
//! made of a name.

use chrono::NaiveDate;
use entity::appointment;
use entity::vocabulary::DatePrecision;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::rule::dates::in_years;
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
    draft.sort_date = ActiveValue::Set(sort_date(from));
    if existing.is_none() && draft.precision.is_not_set() {
        draft.precision = ActiveValue::Set(DatePrecision::Day);
    }
    rule::put::<appointment::Entity>(w, existing, draft).await
}

/// Enters many appointments that are new and complete, with tidy posts: what [`enter`] holds them
/// to, with a statement for some hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    mut rows: Vec<appointment::Model>,
) -> Result<(), WriteError> {
    for row in &mut rows {
        check::key(&row.key, true)?;
        row.post = rule::tidied(&row.post, "post")?;
        check::language("language", &row.language)?;
        in_years("valid_from", row.valid_from)?;
        in_years("valid_to", row.valid_to)?;
        check::order("valid_to", row.valid_from, row.valid_to)?;
        row.sort_date = sort_date(row.valid_from);
    }
    for put in rule::put_all::<appointment::Entity>(w, rows).await? {
        rule::emit::<appointment::Entity>(w, &put);
    }
    Ok(())
}

fn sort_date(from: Option<NaiveDate>) -> NaiveDate {
    from.unwrap_or(check::FIRST_DAY)
}
