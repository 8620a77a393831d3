//! The years in which dates lie, and what the dates of one row say of another.

use std::ops::RangeInclusive;

use async_graphql::Enum;
use chrono::{Datelike, NaiveDate};
use entity::vocabulary::MembershipKind;
use entity::{membership, workshop};
use sea_orm::{
    ActiveModelTrait, ActiveValue, EntityTrait, IdenStatic, Iterable, ModelTrait, Value,
};

use crate::error::{Refusal, RefusalCode};
use crate::phrase::{Phrase, say};
use crate::record::is_derived;

/// The years in which the dates of the register lie, whoever enters them and in what way: one
/// outside is a slip. What is asked for may lie anywhere.
pub const YEARS: RangeInclusive<i32> = 1800..=2200;

/// What is wrong with a day outside of [`YEARS`], beside which the day itself is told.
pub fn out_of_years() -> Phrase {
    say!(
        "lies outside the years {first} to {last}, in which all dates of the register lie",
        first = YEARS.start(),
        last = YEARS.end()
    )
}

/// A day lies in the years in which the dates of the register lie.
pub fn in_years(field: &'static str, day: Option<NaiveDate>) -> Result<(), Refusal> {
    match day.filter(|day| !YEARS.contains(&day.year())) {
        Some(day) => {
            let message = Phrase::joined([Phrase::verbatim(day), out_of_years()], " ");
            Err(Refusal::new(RefusalCode::OutOfRange, field, message))
        }
        None => Ok(()),
    }
}

/// Each day that a draft changes lies in the years in which the dates of the register lie.
pub fn all_in_years<E>(existing: Option<&E::Model>, draft: &E::ActiveModel) -> Result<(), Refusal>
where
    E: EntityTrait<Model: ModelTrait<Entity = E>>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    for column in E::Column::iter().filter(|column| !is_derived(column.as_str())) {
        if let ActiveValue::Set(new @ Value::ChronoDate(day)) = draft.get(column)
            && existing.is_none_or(|row| row.get(column) != new)
        {
            in_years(column.as_str(), day)?;
        }
    }
    Ok(())
}

/// Says how a workshop lies outside the dates of its batch, if it does.
pub fn outside(
    workshop: &workshop::Model,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
) -> Option<Refusal> {
    let days = [("starts_on", workshop.starts_on), ("ends_on", workshop.ends_on)];
    for (field, day) in days {
        let Some(day) = day else { continue };
        let message = match (starts_on, ends_on) {
            (Some(start), _) if day < start => {
                say!("{day} is before the batch, which starts on {start}", day, start)
            }
            (_, Some(end)) if day > end => {
                say!("{day} is after the batch, which ends on {end}", day, end)
            }
            _ => continue,
        };
        return Some(Refusal::new(RefusalCode::OutOfRange, field, message));
    }
    None
}

/// Whether a membership was in force on a day. Without a first day it was so from the start, as far
/// as known; without a last day it still is.
fn in_force(membership: &membership::Model, day: NaiveDate) -> bool {
    membership.valid_from.is_none_or(|from| from <= day)
        && membership.valid_to.is_none_or(|to| day <= to)
}

/// How certain it is that a country belonged to a group on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum MembershipCertainty {
    /// The day lies within the membership, as that is recorded.
    Certain,
    /// The first day of the membership is not recorded, and may lie behind the day. Certain is what
    /// a membership without a first day was when it was recorded, and on its last day.
    UnknownStart,
}

/// How certain it is that a membership which was in force on a day, as far as known, had begun.
fn certainty(membership: &membership::Model, day: NaiveDate) -> MembershipCertainty {
    let recorded = membership.created_at.date_naive();
    let known_on = membership.valid_to.map_or(recorded, |last| last.min(recorded));
    match membership.valid_from {
        None if day < known_on => MembershipCertainty::UnknownStart,
        _ => MembershipCertainty::Certain,
    }
}

/// How certain it is that the country belongs to the group on a day; nothing where it does not
/// belong, as [`is_member`] says.
pub fn member_on(membership: &membership::Model, day: NaiveDate) -> Option<MembershipCertainty> {
    is_member(membership, day).then(|| certainty(membership, day))
}

/// Whether the country belongs to the group on a day: as a full member of an organisation or as a
/// party to a treaty. Associates, observers, candidates and partners do not: a group invites them
/// or does not, and nobody may say of them that they were expected and sent nobody.
pub fn is_member(membership: &membership::Model, day: NaiveDate) -> bool {
    let counts = matches!(membership.kind, MembershipKind::Full | MembershipKind::Party);
    counts && in_force(membership, day)
}
