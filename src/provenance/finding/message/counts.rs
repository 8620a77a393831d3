//! The sentences of findings about numbers.

use entity::vocabulary::{CountUnit, DelegationCategory, DelegationStatus};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{listed, read, sentence};
use crate::provenance::claim::words::{Number, count, units};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnitConfusion {
    #[serde(default)]
    same_number: Vec<SameNumber>,
    #[serde(default)]
    more_than_named: Vec<MoreThanNamed>,
}

#[derive(Deserialize)]
struct SameNumber {
    number: i64,
    units: Vec<CountUnit>,
}

#[derive(Deserialize)]
struct MoreThanNamed {
    claimed: i64,
    named: i64,
    #[serde(default)]
    closed: bool,
}

pub(super) fn unit_confusion(detail: &Json) -> Option<String> {
    let UnitConfusion { same_number, more_than_named } = read(detail)?;
    let same = same_number.iter().map(|SameNumber { number, units: of }| {
        let of: Vec<_> = of.iter().map(|unit| units(*unit, None).to_owned()).collect();
        format!("{number} is stated as the number of {}", listed(&of))
    });
    let more = more_than_named.iter().map(|MoreThanNamed { claimed, named, closed }| {
        let list = if *closed { ", in a closed list" } else { "" };
        format!(
            "{claimed} {} against {named} named{list}",
            units(CountUnit::Country, Some(*claimed))
        )
    });
    sentence(same.chain(more))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PerDay {
    days: i64,
    per_day: Vec<Number>,
    total: Vec<Number>,
}

pub(super) fn per_day_mismatch(detail: &Json) -> Option<String> {
    let PerDay { days, per_day, total } = read(detail)?;
    let (per_day, total) = (numbers(&per_day)?, numbers(&total)?);
    let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    Some(format!("{per_day} over {days} is not {total}."))
}

#[derive(Deserialize)]
struct Headcounts {
    delegations: i64,
    sum: Number,
    total: Number,
}

pub(super) fn headcount_mismatch(detail: &Json) -> Option<String> {
    let Headcounts { delegations, sum, total } = read(detail)?;
    let (sum, total) = (people(sum)?, people(total)?);
    let party = if delegations == 1 { "delegation" } else { "delegations" };
    Some(format!("the headcounts of {delegations} {party} add up to {sum}, not to {total}."))
}

#[derive(Deserialize)]
struct OfCategory {
    category: DelegationCategory,
    delegations: i64,
    sum: Number,
    total: Vec<Number>,
}

pub(super) fn category_mismatch(detail: &Json) -> Option<String> {
    let OfCategory { category, delegations, sum, total } = read(detail)?;
    let (sum, total) = (people(sum)?, numbers(&total)?);
    let party = if delegations == 1 { "delegation" } else { "delegations" };
    Some(format!(
        "the headcounts of {delegations} {party} of {category} add up to {sum}, not to {total}."
    ))
}

/// An accepted number, which is always one of people.
fn people(number: Number) -> Option<String> {
    count(&Number { unit: Some(CountUnit::Person), ..number })
}

fn numbers(numbers: &[Number]) -> Option<String> {
    let numbers: Vec<_> = numbers.iter().filter_map(count).collect();
    (!numbers.is_empty()).then(|| numbers.join(" or "))
}

#[derive(Deserialize)]
struct FewerPeople {
    people: Number,
    delegations: i64,
}

pub(super) fn fewer_people(detail: &Json) -> Option<String> {
    let FewerPeople { people: number, delegations } = read(detail)?;
    let party = if delegations == 1 { "delegation" } else { "delegations" };
    Some(format!("{} cannot have come in {delegations} {party}.", people(number)?))
}

#[derive(Deserialize)]
struct FewerCountries {
    counted: Vec<Number>,
    attended: Vec<String>,
}

pub(super) fn fewer_countries(detail: &Json) -> Option<String> {
    let FewerCountries { counted, attended } = read(detail)?;
    Some(format!(
        "{} {} counted, but {} attended ({}).",
        numbers(&counted)?,
        if matches!(&counted[..], [one] if one.max == Some(1)) { "is" } else { "are" },
        attended.len(),
        attended.join(", ")
    ))
}

#[derive(Deserialize)]
struct HeadsWithoutPresence {
    status: DelegationStatus,
    heads: Vec<Number>,
}

pub(super) fn heads_without_presence(detail: &Json) -> Option<String> {
    let HeadsWithoutPresence { status, heads } = read(detail)?;
    // A party is that of one country: to say so would read as an average.
    let heads = heads.into_iter().map(|heads| Number { scope: None, ..heads });
    let mut heads: Vec<_> = heads.filter_map(|heads| count(&heads)).collect();
    heads.dedup();
    if heads.is_empty() {
        return None;
    }
    Some(format!(
        "the delegation has the status {status}, so nobody of it was there, but {} are claimed to \
         have been; no number of its people is accepted.",
        heads.join(" or ")
    ))
}
