//! What a claim states, in a few words.

pub(crate) mod terms;

use async_graphql::{Context, Result};
use chrono::NaiveDate;
use entity::institution_name;
use entity::vocabulary::{
    ClaimProperty, Comparator, Completeness, CountScope, CountUnit, DatePrecision, RecordKind,
};
use entity::{claim, person, regional_group, source, venue};
use uuid::Uuid;

use crate::graphql::context::LoadRows;
use crate::graphql::context::RequestContext;
use crate::graphql::language::Languages;
use crate::graphql::loader::Key;
use crate::network::institution::name_on;
use crate::network::institution::names_of;
use crate::phrase::{Phrase, say};

/// What a claim states. `name` is that of the record that it names, where it prints none itself
/// ([`unprinted`]).
pub(crate) fn value(claim: &claim::Model, name: Option<&str>) -> Phrase {
    let stated = match claim.property {
        ClaimProperty::Title => claim.text.as_deref().map(Phrase::verbatim),
        ClaimProperty::Venue | ClaimProperty::Organiser => {
            claim.text.as_deref().or(name).map(Phrase::verbatim)
        }
        ClaimProperty::StartsOn | ClaimProperty::EndsOn => {
            claim.date.map(|day| Phrase::verbatim(date(day, claim.precision)))
        }
        ClaimProperty::Attendance => claim.status.map(terms::delegation_status),
        ClaimProperty::Participants => {
            count(&Number::of(claim)).map(|number| match claim.category {
                Some(category) => {
                    say!("{number} of {category}", number, category = terms::category(category))
                }
                None => number,
            })
        }
        ClaimProperty::Amount => amount(claim),
        ClaimProperty::Countries => {
            count(&Number { unit: claim.unit.or(Some(CountUnit::Country)), ..Number::of(claim) })
                .or_else(|| claim.completeness.map(list))
        }
        // A party is that of one country: to say so again would read as an average.
        ClaimProperty::Headcount => {
            let scope = claim.scope.filter(|scope| *scope != CountScope::PerCountry);
            count(&Number { scope, ..Number::of(claim) })
        }
    };
    stated.unwrap_or_else(|| say!("not stated"))
}

/// An amount with its currency and what it is spent for: "IDR 250000000 for TRAVEL, in kind".
fn amount(claim: &claim::Model) -> Option<Phrase> {
    let (amount, currency) = (claim.amount?, claim.currency.as_deref()?);
    let amount = Phrase::verbatim(format!("{currency} {amount}"));
    let spent = match claim.cost_kind {
        Some(kind) => say!("{amount} for {kind}", amount, kind = terms::cost_kind(kind)),
        None => amount,
    };
    Some(if claim.in_kind == Some(true) { say!("{spent}, in kind", spent) } else { spent })
}

/// The countries that a source names are claims of their own; this one says whether there are
/// others.
fn list(completeness: Completeness) -> Phrase {
    match completeness {
        Completeness::Exhaustive => say!("closed list of countries"),
        Completeness::NonExhaustive => say!("open list of countries"),
    }
}

/// A date, as far as it is known: `2017-08-09`, `2017-08` or `2017`. It is the same in all
/// languages.
pub(crate) fn date(day: NaiveDate, precision: Option<DatePrecision>) -> String {
    let format = match precision {
        None | Some(DatePrecision::Day) => "%Y-%m-%d",
        Some(DatePrecision::Month) => "%Y-%m",
        Some(DatePrecision::Year) => "%Y",
    };
    day.format(format).to_string()
}

/// A stated number, with what is needed to read it.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub(crate) struct Number {
    /// The lower bound.
    pub min: Option<i64>,
    /// The upper bound.
    pub max: Option<i64>,
    /// How it is meant; where this is missing, the bounds tell.
    pub comparator: Option<Comparator>,
    /// What is counted.
    pub unit: Option<CountUnit>,
    /// What it covers.
    pub scope: Option<CountScope>,
}

impl Number {
    /// What a claim counts.
    pub(crate) fn of(claim: &claim::Model) -> Self {
        Self {
            min: claim.number_min.map(i64::from),
            max: claim.number_max.map(i64::from),
            comparator: claim.comparator,
            unit: claim.unit,
            scope: claim.scope,
        }
    }
}

/// A number with its comparator, unit and scope: "about 100 persons per day". `None` where no
/// number is stated.
pub(crate) fn count(number: &Number) -> Option<Phrase> {
    let stated = if number.comparator == Some(Comparator::Tens) {
        let tens = |unit| say!("tens of {unit}", unit = units(unit, None));
        number.unit.map_or_else(|| say!("tens"), tens)
    } else {
        let (quantity, last) = quantity(number)?;
        let unit = number.unit.map(|unit| units(unit, Some(last)));
        Phrase::joined([quantity].into_iter().chain(unit), " ")
    };
    Some(Phrase::joined([stated].into_iter().chain(number.scope.and_then(covering)), " "))
}

/// How many, and the number that stands last.
fn quantity(number: &Number) -> Option<(Phrase, i64)> {
    use Comparator::{About, AtLeast, AtMost, Range};
    Some(match (number.comparator, number.min, number.max) {
        (_, None, None) => return None,
        (Some(About), Some(number), _) | (Some(About), None, Some(number)) => {
            (say!("about {number}", number), number)
        }
        (Some(AtLeast), Some(number), _) => (say!("at least {number}", number), number),
        (Some(AtMost), _, Some(number)) => (say!("at most {number}", number), number),
        (_, Some(min), Some(max)) if min != max => (say!("{min} to {max}", min, max), max),
        (None | Some(Range), Some(number), None) => (say!("at least {number}", number), number),
        (None | Some(Range), None, Some(number)) => (say!("at most {number}", number), number),
        (_, Some(exact), _) | (_, None, Some(exact)) => (Phrase::verbatim(exact), exact),
    })
}

/// What is counted, in the singular where it is one.
pub(crate) fn units(unit: CountUnit, number: Option<i64>) -> Phrase {
    match (unit, number) {
        (CountUnit::Person, Some(1)) => say!("person"),
        (CountUnit::Person, _) => say!("persons"),
        (CountUnit::Country, Some(1)) => say!("country"),
        (CountUnit::Country, _) => say!("countries"),
        (CountUnit::Organisation, Some(1)) => say!("organisation"),
        (CountUnit::Organisation, _) => say!("organisations"),
        (CountUnit::Enterprise, Some(1)) => say!("enterprise"),
        (CountUnit::Enterprise, _) => say!("enterprises"),
    }
}

fn covering(scope: CountScope) -> Option<Phrase> {
    match scope {
        CountScope::WholeBatch => None,
        CountScope::PerDay => Some(say!("per day")),
        CountScope::PerWave => Some(say!("per wave")),
        CountScope::PerCountry => Some(say!("per country")),
    }
}

/// The venue or organiser that a claim names, whatever it prints.
pub(crate) fn named(claim: &claim::Model) -> Option<(RecordKind, Uuid)> {
    match claim.property {
        ClaimProperty::Venue => claim.venue_id.map(|id| (RecordKind::Venue, id.0)),
        ClaimProperty::Organiser => {
            let institution = claim.institution_id.map(|id| (RecordKind::Institution, id.0));
            institution.or(claim.regional_group_id.map(|id| (RecordKind::RegionalGroup, id.0)))
        }
        _ => None,
    }
}

/// The venue or organiser that a claim names without printing a name.
pub(crate) fn unprinted(claim: &claim::Model) -> Option<(RecordKind, Uuid)> {
    named(claim).filter(|_| claim.text.is_none())
}

/// The present name of a venue, institution, group or person, or the title of a source, in one of
/// the languages; `None` where it is not there or may not be seen.
pub(crate) async fn name(
    ctx: &Context<'_>,
    (kind, id): (RecordKind, Uuid),
    languages: &Languages,
) -> Result<Option<String>> {
    let key = Key::Id(id);
    Ok(match kind {
        RecordKind::Source => {
            ctx.row::<source::Entity>(key).await?.map(|source| source.title.clone())
        }
        RecordKind::Venue => ctx.row::<venue::Entity>(key).await?.map(|venue| venue.name.clone()),
        RecordKind::RegionalGroup => {
            let group = ctx.row::<regional_group::Entity>(key).await?;
            group.map(|group| languages.en_or_id(&group.name_en, group.name_id.as_deref()))
        }
        RecordKind::Person => {
            ctx.row::<person::Entity>(key).await?.map(|person| person.name.clone())
        }
        RecordKind::Institution => {
            let names = ctx.rows::<institution_name::Entity>(names_of(), key, Vec::new()).await?;
            name_on(&names, ctx.reader().clock().today(), languages)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests;
