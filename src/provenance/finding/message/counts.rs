//! The sentences of findings about numbers.

use entity::vocabulary::{CountUnit, DelegationCategory, DelegationStatus};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{read, sentence};
use crate::phrase::{Phrase, say};
use crate::provenance::claim::words::{Number, count, terms, units};

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

pub(super) fn unit_confusion(detail: &Json) -> Option<Phrase> {
    let UnitConfusion { same_number, more_than_named } = read(detail)?;
    let same = same_number.iter().map(|SameNumber { number, units: of }| {
        let units = Phrase::all_of(of.iter().map(|unit| units(*unit, None)));
        say!("{number} is stated as the number of {units}", number, units)
    });
    let more = more_than_named.iter().map(|MoreThanNamed { claimed, named, closed }| {
        let unit = units(CountUnit::Country, Some(*claimed));
        let countries = Phrase::joined([Phrase::verbatim(claimed), unit], " ");
        if *closed {
            say!("{countries} against {named} named, in a closed list", countries, named)
        } else {
            say!("{countries} against {named} named", countries, named)
        }
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

pub(super) fn per_day_mismatch(detail: &Json) -> Option<Phrase> {
    let PerDay { days, per_day, total } = read(detail)?;
    let (per_day, total) = (numbers(&per_day)?, numbers(&total)?);
    let days = if days == 1 { say!("1 day") } else { say!("{days} days", days) };
    Some(say!("{per_day} over {days} is not {total}.", per_day, days, total))
}

#[derive(Deserialize)]
struct Headcounts {
    delegations: i64,
    sum: Number,
    total: Number,
}

pub(super) fn headcount_mismatch(detail: &Json) -> Option<Phrase> {
    let Headcounts { delegations, sum, total } = read(detail)?;
    let (delegations, sum, total) = (parties(delegations), people(sum)?, people(total)?);
    Some(say!(
        "the headcounts of {delegations} add up to {sum}, not to {total}.",
        delegations,
        sum,
        total
    ))
}

#[derive(Deserialize)]
struct OfCategory {
    category: DelegationCategory,
    delegations: i64,
    sum: Number,
    total: Vec<Number>,
}

pub(super) fn category_mismatch(detail: &Json) -> Option<Phrase> {
    let OfCategory { category, delegations, sum, total } = read(detail)?;
    let (delegations, sum, total) = (parties(delegations), people(sum)?, numbers(&total)?);
    Some(say!(
        "the headcounts of {delegations} of {category} add up to {sum}, not to {total}.",
        delegations,
        category = terms::category(category),
        sum,
        total
    ))
}

fn parties(number: i64) -> Phrase {
    if number == 1 { say!("1 delegation") } else { say!("{number} delegations", number) }
}

/// An accepted number, which is always one of people.
fn people(number: Number) -> Option<Phrase> {
    count(&Number { unit: Some(CountUnit::Person), ..number })
}

fn numbers(numbers: &[Number]) -> Option<Phrase> {
    let numbers: Vec<_> = numbers.iter().filter_map(count).collect();
    (!numbers.is_empty()).then(|| Phrase::any_of(numbers))
}

#[derive(Deserialize)]
struct FewerPeople {
    people: Number,
    delegations: i64,
}

pub(super) fn fewer_people(detail: &Json) -> Option<Phrase> {
    let FewerPeople { people: number, delegations } = read(detail)?;
    let (people, delegations) = (people(number)?, parties(delegations));
    Some(say!("{people} cannot have come in {delegations}.", people, delegations))
}

#[derive(Deserialize)]
struct FewerCountries {
    counted: Vec<Number>,
    attended: Vec<String>,
}

pub(super) fn fewer_countries(detail: &Json) -> Option<Phrase> {
    let FewerCountries { counted, attended } = read(detail)?;
    let is_one = matches!(&counted[..], [one] if one.max == Some(1));
    let (counted, number) = (numbers(&counted)?, attended.len());
    let countries = attended.join(", ");
    Some(if is_one {
        say!(
            "{counted} is counted, but {number} attended ({countries}).",
            counted,
            number,
            countries
        )
    } else {
        say!(
            "{counted} are counted, but {number} attended ({countries}).",
            counted,
            number,
            countries
        )
    })
}

#[derive(Deserialize)]
struct HeadsWithoutPresence {
    status: DelegationStatus,
    heads: Vec<Number>,
}

pub(super) fn heads_without_presence(detail: &Json) -> Option<Phrase> {
    let HeadsWithoutPresence { status, heads } = read(detail)?;
    // A party is that of one country: to say so would read as an average.
    let heads = heads.into_iter().map(|heads| Number { scope: None, ..heads });
    let mut heads: Vec<_> = heads.filter_map(|heads| count(&heads)).collect();
    heads.dedup();
    if heads.is_empty() {
        return None;
    }
    Some(say!(
        "the delegation has the status {status}, so nobody of it was there, but {heads} are \
         claimed to have been; no number of its people is accepted.",
        status = terms::delegation_status(status),
        heads = Phrase::any_of(heads)
    ))
}
