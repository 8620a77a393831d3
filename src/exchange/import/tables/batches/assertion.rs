//! What a file states of a batch, as claims.

use chrono::NaiveDate;
use entity::id::VenueId;
use entity::vocabulary::{ClaimProperty, DatePrecision};
use entity::{batch, claim};
use sea_orm::ActiveValue::Set;

use super::super::super::cells::Count;
use super::super::people::with_sexes;
use super::super::place::Place;
use super::number::Counted;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::BySex;
use crate::provenance::claim::words::{self, Number};
use crate::rule::unset;

/// A day, as exactly as it is known.
pub(super) type Day = (NaiveDate, DatePrecision);

/// The language of a text whose language is not known.
const UNKNOWN: &str = "und";

/// What a file states of a batch.
#[derive(Clone, Debug)]
pub(super) enum BatchAssertion {
    /// A title, and its language where the file says it.
    Title(String, Option<String>),
    Starts(Day),
    Ends(Day),
    /// A number, and of which sex the people are.
    Number(Counted, Count, BySex),
    /// A place that the register has, or is to have.
    Venue(Place),
    /// A place without a name, as it is written.
    Unnamed(String),
}

impl BatchAssertion {
    pub(super) fn property(&self) -> ClaimProperty {
        match self {
            Self::Title(..) => ClaimProperty::Title,
            Self::Starts(..) => ClaimProperty::StartsOn,
            Self::Ends(..) => ClaimProperty::EndsOn,
            Self::Number(counted, ..) => counted.property(),
            Self::Venue(_) | Self::Unnamed(_) => ClaimProperty::Venue,
        }
    }

    /// The first day, where that is what is stated.
    pub(super) fn starts(&self) -> Option<NaiveDate> {
        match self {
            Self::Starts((day, _)) => Some(*day),
            _ => None,
        }
    }

    /// Whether a claim answers the same question; of numbers, one that rests on the same.
    pub(super) fn is_of(&self, row: &claim::Model) -> bool {
        let basis = match self {
            Self::Number(counted, ..) => Some(counted.basis()),
            _ => None,
        };
        row.property == self.property() && (basis.is_none() || row.basis == basis)
    }

    /// Whether one value of it is accepted of the batch: not so of people who signed up, and of
    /// countries, which are those of the delegations.
    pub(super) fn is_decided(&self) -> bool {
        !matches!(self, Self::Number(Counted::Registered | Counted::Countries, ..))
    }

    /// Whether a claim states the same. A place that is yet to be entered is stated by none.
    pub(super) fn is_in(&self, row: &claim::Model) -> bool {
        self.is_of(row)
            && match self {
                // A language that the file does not say is left as it is.
                Self::Title(text, language) => {
                    row.text.as_ref() == Some(text)
                        && (language.is_none() || row.language == *language)
                }
                Self::Starts((day, precision)) | Self::Ends((day, precision)) => {
                    (row.date, row.precision) == (Some(*day), Some(*precision))
                }
                // Nor are sexes that it does not say.
                Self::Number(_, count, by_sex) => {
                    let stated = (row.comparator, row.number_min, row.number_max);
                    stated == (Some(count.comparator), count.min, count.max)
                        && (!by_sex.is_given() || BySex::of(row) == *by_sex)
                }
                Self::Venue(place) => place.known.is_some() && row.venue_id == place.known,
                Self::Unnamed(text) => row.venue_id.is_none() && row.text.as_ref() == Some(text),
            }
    }

    /// What is stated, as a claim; a place is that of this id.
    pub(super) fn draft(self, venue: Option<VenueId>) -> claim::ActiveModel {
        let draft = claim::ActiveModel { property: Set(self.property()), ..unset() };
        match self {
            Self::Title(text, language) => {
                let language = language.unwrap_or_else(|| UNKNOWN.to_owned());
                claim::ActiveModel { text: Set(Some(text)), language: Set(Some(language)), ..draft }
            }
            Self::Starts((day, precision)) | Self::Ends((day, precision)) => claim::ActiveModel {
                date: Set(Some(day)),
                precision: Set(Some(precision)),
                ..draft
            },
            Self::Number(counted, count, by_sex) => counted.draft(count, by_sex),
            Self::Venue(place) => {
                claim::ActiveModel { venue_id: Set(venue), text: Set(Some(place.name)), ..draft }
            }
            Self::Unnamed(text) => claim::ActiveModel { text: Set(Some(text)), ..draft },
        }
    }

    /// What of the batch it is, for a sentence.
    pub(super) fn what(&self) -> Phrase {
        match self {
            Self::Title(..) => say!("title"),
            Self::Starts(_) => say!("first day"),
            Self::Ends(_) => say!("last day"),
            Self::Number(counted, ..) => counted.what(),
            Self::Venue(_) | Self::Unnamed(_) => say!("place"),
        }
    }

    /// The value, for a sentence.
    pub(super) fn shown(&self) -> Phrase {
        match self {
            Self::Title(text, language) => title(text, language.as_deref().unwrap_or(UNKNOWN)),
            Self::Starts((day, precision)) | Self::Ends((day, precision)) => {
                date(*day, Some(*precision))
            }
            Self::Number(counted, count, by_sex) => shown(*counted, count, *by_sex),
            Self::Venue(place) => Phrase::verbatim(&place.name),
            Self::Unnamed(text) => Phrase::verbatim(text),
        }
    }

    /// What is accepted of the batch in its place, for a sentence; nothing where nothing is.
    pub(super) fn accepted(&self, batch: &batch::Model) -> Option<Phrase> {
        match self {
            Self::Title(..) => {
                let language = batch.title_language.as_deref().unwrap_or(UNKNOWN);
                batch.title.as_deref().map(|text| title(text, language))
            }
            Self::Starts(_) => batch.starts_on.map(|day| date(day, batch.starts_precision)),
            Self::Ends(_) => batch.ends_on.map(|day| date(day, batch.ends_precision)),
            Self::Number(Counted::Participants, ..) => {
                let (min, max) = (batch.participants_min, batch.participants_max);
                let count = Count { comparator: batch.participants_comparator?, min, max };
                Some(shown(Counted::Participants, &count, BySex::default()))
            }
            Self::Number(..) | Self::Venue(_) | Self::Unnamed(_) => None,
        }
    }
}

/// What a claim states, for a sentence.
pub(super) fn stated(row: &claim::Model) -> Phrase {
    let stated = match (row.property, &row.text, &row.language) {
        (_, Some(text), Some(language)) => Some(title(text, language)),
        (ClaimProperty::StartsOn | ClaimProperty::EndsOn, ..) => {
            row.date.map(|day| date(day, row.precision))
        }
        (ClaimProperty::Participants | ClaimProperty::Countries, ..) => {
            let number = words::count(&Number::of(row));
            number.map(|number| with_sexes(number, BySex::of(row)))
        }
        (_, text, _) => text.as_ref().map(Phrase::verbatim),
    };
    stated.unwrap_or_else(not_stated)
}

fn shown(counted: Counted, count: &Count, by_sex: BySex) -> Phrase {
    let number = counted.shown(count).unwrap_or_else(not_stated);
    with_sexes(number, by_sex)
}

fn not_stated() -> Phrase {
    say!("not stated")
}

fn title(text: &str, language: &str) -> Phrase {
    Phrase::verbatim(format!("\"{text}\" ({language})"))
}

pub(super) fn date(day: NaiveDate, precision: Option<DatePrecision>) -> Phrase {
    Phrase::verbatim(words::date(day, precision))
}
