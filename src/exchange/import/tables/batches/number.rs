//! Numbers of people and countries: what a file counts, as claims, and for sentences: "about 100
//! persons per day".

use entity::claim;
use entity::vocabulary::{ClaimProperty, Comparator, CountBasis, CountScope, CountUnit};
use sea_orm::ActiveValue::Set;

use super::super::super::cells::{COUNTRIES, Count, PEOPLE};
use super::seen::Part;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::BySex;

/// What a file counts of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// The people who came.
    Participants,
    /// The people who signed up.
    Registered,
    /// The countries that came, where they are counted and not named.
    Countries,
}

impl Counted {
    pub(super) const ALL: [Self; 3] = [Self::Participants, Self::Registered, Self::Countries];

    /// The field of a file that says it.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Participants => "participants",
            Self::Registered => "registered",
            Self::Countries => "country_count",
        }
    }

    /// Words that may stand behind the number.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Participants | Self::Registered => &PEOPLE,
            Self::Countries => &COUNTRIES,
        }
    }

    pub(super) fn part(self) -> Part {
        match self {
            Self::Participants => Part::Participants,
            Self::Registered => Part::Registered,
            Self::Countries => Part::Countries,
        }
    }

    pub(super) fn property(self) -> ClaimProperty {
        match self {
            Self::Participants | Self::Registered => ClaimProperty::Participants,
            Self::Countries => ClaimProperty::Countries,
        }
    }

    pub(super) fn basis(self) -> CountBasis {
        match self {
            Self::Participants | Self::Countries => CountBasis::Reported,
            Self::Registered => CountBasis::Registered,
        }
    }

    fn unit(self) -> CountUnit {
        match self {
            Self::Participants | Self::Registered => CountUnit::Person,
            Self::Countries => CountUnit::Country,
        }
    }

    /// A claim of a number, and of which sex the people are.
    pub(super) fn draft(self, count: Count, by_sex: BySex) -> claim::ActiveModel {
        claim::ActiveModel {
            property: Set(self.property()),
            number_min: Set(count.min),
            number_max: Set(count.max),
            comparator: Set(Some(count.comparator)),
            unit: Set(Some(self.unit())),
            basis: Set(Some(self.basis())),
            scope: Set(Some(CountScope::WholeBatch)),
            ..by_sex.as_claim()
        }
    }

    /// What of the batch it is, for a sentence.
    pub(super) fn what(self) -> Phrase {
        match self {
            Self::Participants => say!("number of participants"),
            Self::Registered => say!("number of registered people"),
            Self::Countries => say!("number of countries"),
        }
    }

    /// A number, for a sentence; none where it says nothing.
    pub(super) fn shown(self, count: &Count) -> Option<Phrase> {
        stated(&claim::Model {
            property: self.property(),
            number_min: count.min,
            number_max: count.max,
            comparator: Some(count.comparator),
            unit: Some(self.unit()),
            ..claim::Model::default()
        })
    }
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
