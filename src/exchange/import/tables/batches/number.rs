//! Numbers of participants, for sentences: "about 100 persons per day".

use entity::claim;
use entity::vocabulary::{ClaimProperty, Comparator, CountScope, CountUnit};

use super::super::super::cells::Count;
use crate::phrase::{Phrase, say};

/// A number of people.
pub(super) fn people(count: &Count) -> Option<Phrase> {
    stated(&claim::Model {
        property: ClaimProperty::Participants,
        number_min: count.min,
        number_max: count.max,
        comparator: Some(count.comparator),
        unit: Some(CountUnit::Person),
        ..claim::Model::default()
    })
}

/// The number that a claim states, with what is counted and what it covers; none where it states
/// none.
pub(super) fn stated(row: &claim::Model) -> Option<Phrase> {
    let number = if row.comparator == Some(Comparator::Tens) {
        row.unit
            .map_or_else(|| say!("tens"), |unit| say!("tens of {unit}", unit = counted(unit, None)))
    } else {
        let (quantity, last) = quantity(row)?;
        let unit = row.unit.map(|unit| counted(unit, Some(last)));
        Phrase::joined([quantity].into_iter().chain(unit), " ")
    };
    Some(Phrase::joined([number].into_iter().chain(row.scope.and_then(covering)), " "))
}

/// How many, and the number that stands last. Where it is not said how it is meant, the bounds
/// tell.
fn quantity(row: &claim::Model) -> Option<(Phrase, i32)> {
    use Comparator::{About, AtLeast, AtMost, Range};
    Some(match (row.comparator, row.number_min, row.number_max) {
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
fn counted(unit: CountUnit, number: Option<i32>) -> Phrase {
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
