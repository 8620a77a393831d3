//! Numbers of people and countries: what a file counts, as claims, and for sentences: "about 100
//! persons per day".

use entity::claim;
use entity::vocabulary::{ClaimProperty, CountBasis, CountScope, CountUnit};
use sea_orm::ActiveValue::Set;

use super::super::super::cells::{COUNTRIES, Count, PEOPLE};
use super::seen::Part;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::BySex;
use crate::provenance::claim::words::{self, Number};

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
        words::count(&Number {
            min: count.min.map(i64::from),
            max: count.max.map(i64::from),
            comparator: Some(count.comparator),
            unit: Some(self.unit()),
            scope: None,
        })
    }
}
