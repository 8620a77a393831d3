//! What a file states of a delegation.

use entity::id::ClaimId;
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, CountBasis, CountScope, CountUnit, DelegationStatus,
};
use entity::{claim, delegation, source};
use sea_orm::ActiveValue::Set;

use super::super::super::cells::Count;
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use super::super::people::with_sexes;
use crate::db::Write;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::BySex;
use crate::provenance::claim::value::is_plan;
use crate::rule::unset;

/// What a file states of a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DelegationAssertion {
    Status(DelegationStatus),
    /// A number of people, and of which sex they are.
    Number(CountBasis, Count, BySex),
}

impl DelegationAssertion {
    /// Of which property it is.
    pub(super) fn property(self) -> ClaimProperty {
        match self {
            Self::Status(_) => ClaimProperty::Attendance,
            Self::Number(..) => ClaimProperty::Headcount,
        }
    }

    /// A claim that states it.
    pub(super) fn claim(self, row: claim::Model) -> claim::Model {
        let row = claim::Model { property: self.property(), ..row };
        match self {
            Self::Status(status) => claim::Model { status: Some(status), ..row },
            Self::Number(basis, count, by_sex) => claim::Model {
                female: by_sex.female,
                male: by_sex.male,
                other_or_unknown: by_sex.other_or_unknown,
                number_min: count.min,
                number_max: count.max,
                comparator: Some(count.comparator),
                unit: Some(CountUnit::Person),
                basis: Some(basis),
                scope: Some(CountScope::PerCountry),
                ..row
            },
        }
    }

    /// Whether it says that somebody was there.
    pub(super) fn is_presence(&self) -> bool {
        matches!(self, Self::Status(DelegationStatus::Attended))
    }

    /// Whether a claim answers the same question.
    pub(super) fn is_of(self, row: &claim::Model) -> bool {
        let basis = match self {
            Self::Status(_) => None,
            Self::Number(basis, ..) => Some(basis),
        };
        row.property == self.property() && (basis.is_none() || row.basis == basis)
    }

    /// Whether a claim states the same.
    pub(super) fn is_in(self, row: &claim::Model) -> bool {
        match self {
            Self::Status(status) => row.status == Some(status),
            Self::Number(_, count, by_sex) => {
                (row.comparator, row.number_min, row.number_max)
                    == (Some(count.comparator), count.min, count.max)
                    && (!by_sex.is_given() || BySex::of(row) == by_sex)
            }
        }
    }

    /// The field of a file that says it.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Number(CountBasis::Registered, ..) => "registered",
            Self::Number(CountBasis::Named, ..) => "listed",
            Self::Number(..) => "headcount",
        }
    }

    /// Tells what it says of a delegation beside what is accepted.
    pub(super) fn note_change(self, parser: &mut RowParser<'_>, row: &delegation::Model) {
        let message = match self {
            Self::Status(status) => match row.status {
                Some(known) if known == status => {
                    say!("is claimed of what is {known} already", known)
                }
                Some(known) if is_plan(known) && !is_plan(status) => say!(
                    "changes from {known} to {status}: what came of it takes the place of what was \
                     planned",
                    known,
                    status
                ),
                Some(known) if is_plan(status) && !is_plan(known) => {
                    say!(
                        "is claimed as what was planned: the delegation is {known}, and stays so",
                        known
                    )
                }
                Some(known) => say!("is claimed beside {known}, which is accepted so far", known),
                None => {
                    say!(
                        "changes from nothing that is accepted to {status}, unless others \
                         contradict it",
                        status
                    )
                }
            },
            Self::Number(CountBasis::Reported | CountBasis::Named, ..) => {
                match row.headcount_comparator {
                    Some(comparator) => {
                        let known =
                            Count { comparator, min: row.headcount_min, max: row.headcount_max };
                        say!(
                            "is claimed beside {known}, which is accepted so far",
                            known = number(&known)
                        )
                    }
                    None => say!("is claimed where no number is accepted so far"),
                }
            }
            Self::Number(..) => say!("is claimed beside what others state"),
        };
        parser.remark(Weight::Note, self.field(), message);
    }

    /// What a claim states, for a sentence.
    pub(super) fn told(row: &claim::Model) -> Phrase {
        let count = |comparator| Count { comparator, min: row.number_min, max: row.number_max };
        match (row.status, row.comparator) {
            (Some(status), _) => Phrase::verbatim(status),
            (None, Some(comparator)) => with_sexes(number(&count(comparator)), BySex::of(row)),
            (None, None) => say!("nothing"),
        }
    }

    /// The value, for a sentence.
    pub(super) fn shown(self) -> Phrase {
        match self {
            Self::Status(status) => Phrase::verbatim(status),
            Self::Number(_, count, by_sex) => with_sexes(number(&count), by_sex),
        }
    }

    /// The change that makes a claim state it.
    pub(super) fn draft(self) -> claim::ActiveModel {
        match self {
            Self::Status(status) => claim::ActiveModel { status: Set(Some(status)), ..unset() },
            Self::Number(_, count, by_sex) => claim::ActiveModel {
                number_min: Set(count.min),
                number_max: Set(count.max),
                comparator: Set(Some(count.comparator)),
                ..by_sex.as_claim()
            },
        }
    }
}

/// A number of people, for a sentence.
fn number(count: &Count) -> Phrase {
    let bound =
        |number: Option<i32>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let (min, max) = (bound(count.min), bound(count.max));
    match count.comparator {
        Comparator::Exact => Phrase::verbatim(min),
        Comparator::About => say!("about {number}", number = min),
        Comparator::AtLeast => say!("at least {number}", number = min),
        Comparator::AtMost => say!("at most {number}", number = max),
        Comparator::Range => say!("{min} to {max}", min, max),
        Comparator::Tens => say!("tens"),
    }
}

/// A claim that states nothing yet, and has no key yet.
pub(super) fn blank_claim(
    w: &Write,
    source: &source::Model,
    of: &delegation::Model,
    line: u64,
) -> claim::Model {
    claim::Model {
        id: ClaimId(w.new_id()),
        key: String::new(),
        version: 1,
        created_at: w.now(),
        updated_at: w.now(),
        source_id: source.id,
        batch_id: of.batch_id,
        delegation_id: Some(of.id),
        property: ClaimProperty::Attendance,
        locator: Some(format!("line {line}")),
        rank: ClaimRank::Normal,
        ..claim::Model::default()
    }
}
