//! What a claim's value says about the true one, and when two values agree.
//!
//! Every value is read as the set of true values that it leaves possible: a month leaves its days,
//! "about 100" leaves 80 to 120. One value *settles* another when it says all that the other says,
//! and more: the finer one. Two values *contradict* each other when no true value satisfies both.

use chrono::{Datelike, Months};
use entity::claim;
use entity::vocabulary::{ClaimProperty, Comparator, DatePrecision, DelegationStatus};
use sea_orm::prelude::Date;

use super::people::BySex;
use super::stated::{Stated, slot};

/// The days that a date of some precision leaves possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) first: Date,
    pub(crate) last: Date,
}

impl Period {
    /// The day, month or year in which the date lies.
    pub(crate) fn of(date: Date, precision: DatePrecision) -> Self {
        let (first, months) = match precision {
            DatePrecision::Day => return Self { first: date, last: date },
            DatePrecision::Month => (date.with_day(1), 1),
            DatePrecision::Year => (date.with_ordinal(1), 12),
        };
        let first = first.unwrap_or(date);
        let last = first.checked_add_months(Months::new(months)).and_then(|next| next.pred_opt());
        Self { first, last: last.unwrap_or(date) }
    }

    /// Whether every day of this is a day of the other.
    pub(crate) fn within(self, other: Self) -> bool {
        other.first <= self.first && self.last <= other.last
    }

    /// Whether the two have a day in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// The interval in which the true number lies, in fifths, so that the 20 per cent of `ABOUT` stay
/// exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    min: i64,
    max: Option<i64>,
}

impl Span {
    /// How a stated number is read: `ABOUT` within 20 per cent. `TENS` has no number of its own,
    /// but tens are from 10 to 99: that is used to compare, and never shown. `None` where the
    /// numbers that the comparator needs are missing.
    pub(crate) fn of(comparator: Comparator, min: Option<i32>, max: Option<i32>) -> Option<Self> {
        let fifths = |number: i32, of: i64| (number >= 0).then_some(i64::from(number) * of);
        let span = |min, max| Some(Self { min, max: Some(max) });
        match comparator {
            Comparator::Exact | Comparator::Range => span(fifths(min?, 5)?, fifths(max?, 5)?),
            Comparator::About => span(fifths(min?, 4)?, fifths(max?, 6)?),
            Comparator::AtLeast => Some(Self { min: fifths(min?, 5)?, max: None }),
            Comparator::AtMost => span(0, fifths(max?, 5)?),
            Comparator::Tens => span(10 * 5, 99 * 5),
        }
    }

    /// The span of a count that a claim states.
    pub(crate) fn stated(claim: &claim::Model) -> Option<Self> {
        Self::of(claim.comparator?, claim.number_min, claim.number_max)
    }

    /// The same on each of so many days.
    pub(crate) fn times(self, days: i64) -> Self {
        Self { min: self.min * days, max: self.max.map(|max| max * days) }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { min: self.min + other.min, max: self.max.zip(other.max).map(|(a, b)| a + b) }
    }

    /// Whether every number of this is a number of the other.
    pub(crate) fn within(self, other: Self) -> bool {
        other.min <= self.min
            && other.max.is_none_or(|theirs| self.max.is_some_and(|ours| ours <= theirs))
    }

    /// Whether the two have a number in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        !self.is_below(other) && !other.is_below(self)
    }

    /// Whether every number of this is less than every number of the other.
    pub(crate) fn is_below(self, other: Self) -> bool {
        self.max.is_some_and(|max| max < other.min)
    }
}

/// A claim's value as far as it can be compared with another of its slot.
enum Value<'a> {
    Text(&'a str),
    Days(Period),
    Status(DelegationStatus),
    Number(Span),
}

fn value(claim: &claim::Model) -> Option<Value<'_>> {
    match claim.property {
        ClaimProperty::Title => claim.text.as_deref().map(Value::Text),
        ClaimProperty::StartsOn | ClaimProperty::EndsOn => period(claim).map(Value::Days),
        ClaimProperty::Attendance => claim.status.map(Value::Status),
        ClaimProperty::Participants | ClaimProperty::Countries | ClaimProperty::Headcount => {
            Span::stated(claim).map(Value::Number)
        }
        // Several at once: compared as sets, not one by one.
        ClaimProperty::Venue | ClaimProperty::Organiser | ClaimProperty::Amount => None,
    }
}

/// The days that a claim's date leaves possible. A date without a precision is known to the day.
pub(crate) fn period(claim: &claim::Model) -> Option<Period> {
    Some(Period::of(claim.date?, claim.precision.unwrap_or(DatePrecision::Day)))
}

/// Whether the claim states a value that can be compared: not so a list of countries, or a title
/// without text.
pub(crate) fn is_comparable(claim: &claim::Model) -> bool {
    value(claim).is_some()
}

/// Whether a status says what was to be, and not yet what came of it.
pub(crate) fn is_plan(status: DelegationStatus) -> bool {
    use DelegationStatus::{
        Attended, Confirmed, Declined, Invited, NoShow, Nominated, NotSent, Withdrawn,
    };
    match status {
        Invited | Nominated | Confirmed => true,
        Attended | Declined | Withdrawn | NoShow | NotSent => false,
    }
}

/// Whether a status says that nobody of the delegation was there.
pub(crate) fn is_absence(status: DelegationStatus) -> bool {
    use DelegationStatus::{
        Attended, Confirmed, Declined, Invited, NoShow, Nominated, NotSent, Withdrawn,
    };
    match status {
        Declined | Withdrawn | NoShow | NotSent => true,
        Invited | Nominated | Confirmed | Attended => false,
    }
}

/// Whether one status says all that the other says. What came of it says what was planned before,
/// so a report of an invitation does not contradict one of attendance; a later plan says the
/// earlier one; and who declined, withdrew or did not show up sent nobody.
fn status_settles(one: DelegationStatus, other: DelegationStatus) -> bool {
    use DelegationStatus::{Confirmed, Declined, Invited, NoShow, Nominated, NotSent, Withdrawn};
    one == other
        || match one {
            Invited => false,
            Nominated => other == Invited,
            Confirmed => matches!(other, Invited | Nominated),
            Declined | Withdrawn | NoShow => is_plan(other) || other == NotSent,
            _ => is_plan(other),
        }
}

/// Whether the first claim says all that the second says.
pub(crate) fn settles(one: &claim::Model, other: &claim::Model) -> bool {
    slot(one) == slot(other)
        && match (value(one), value(other)) {
            (Some(Value::Text(one)), Some(Value::Text(other))) => one == other,
            (Some(Value::Days(one)), Some(Value::Days(other))) => one.within(other),
            (Some(Value::Status(one)), Some(Value::Status(other))) => status_settles(one, other),
            (Some(Value::Number(one)), Some(Value::Number(other))) => one.within(other),
            _ => false,
        }
}

/// Whether the two claims answer the same question and cannot both be true.
pub(crate) fn contradicts(one: &claim::Model, other: &claim::Model) -> bool {
    slot(one) == slot(other)
        && match (value(one), value(other)) {
            (Some(Value::Text(one)), Some(Value::Text(other))) => one != other,
            (Some(Value::Days(one)), Some(Value::Days(other))) => !one.meets(other),
            (Some(Value::Status(one)), Some(Value::Status(other))) => {
                !status_settles(one, other) && !status_settles(other, one)
            }
            (Some(Value::Number(stated)), Some(Value::Number(of_other))) => {
                !stated.meets(of_other) || BySex::of(one).contradicts(BySex::of(other))
            }
            _ => false,
        }
}

/// The claim on whose value all agree: the one that settles all others. Where several say the same,
/// the most definite comparator, a stated language and people by sex come first, then the oldest
/// claim.
pub(crate) fn agreed<'a>(claims: &[Stated<'a>]) -> Option<Stated<'a>> {
    let settling =
        claims.iter().filter(|one| claims.iter().all(|other| settles(one.claim, other.claim)));
    settling
        .min_by_key(|s| {
            let (no_language, no_sex) =
                (s.claim.language.is_none(), !BySex::of(s.claim).is_given());
            (definiteness(s.claim), no_language, no_sex, s.claim.id)
        })
        .copied()
}

fn definiteness(claim: &claim::Model) -> u8 {
    match claim.comparator {
        None | Some(Comparator::Exact) => 0,
        Some(Comparator::Range) => 1,
        Some(Comparator::About) => 2,
        Some(Comparator::AtLeast) => 3,
        Some(Comparator::AtMost) => 4,
        Some(Comparator::Tens) => 5,
    }
}
