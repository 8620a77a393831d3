//! People by sex, and the days that they spent: what follows from a number of people.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::id::BatchPartId;
use entity::vocabulary::{Comparator, CountUnit, DatePrecision};
use entity::{batch, batch_part, claim};
use sea_orm::ActiveValue::Set;

use super::value::Span;
use crate::error::{Refusal, RefusalCode};
use crate::graphql::input::input;
use crate::phrase::{Phrase, say};
use crate::rule::{check, unset};

/// How many of a number of people are of which sex, as far as a source tells. The parts need not
/// add up to the number: the rest is not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BySex {
    /// Women.
    pub female: Option<i32>,
    /// Men.
    pub male: Option<i32>,
    /// People who are neither, or of whom it is not known.
    pub other_or_unknown: Option<i32>,
}

impl BySex {
    /// What a claim states.
    pub(crate) fn of(claim: &claim::Model) -> Self {
        let (female, male, other_or_unknown) = (claim.female, claim.male, claim.other_or_unknown);
        Self { female, male, other_or_unknown }
    }

    fn parts(self) -> [(&'static str, Option<i32>); 3] {
        [("female", self.female), ("male", self.male), ("other_or_unknown", self.other_or_unknown)]
    }

    /// Whether anything is told.
    pub(crate) fn is_given(self) -> bool {
        self != Self::default()
    }

    /// A claim that states these parts, and nothing else yet.
    pub(crate) fn as_claim(self) -> claim::ActiveModel {
        claim::ActiveModel {
            female: Set(self.female),
            male: Set(self.male),
            other_or_unknown: Set(self.other_or_unknown),
            ..unset()
        }
    }

    /// How many people there are in all, where women and men are both told.
    pub(crate) fn whole(self) -> Option<i32> {
        self.female.and(self.male).and(self.sum())
    }

    /// All that are told of, together; `None` where they are too many for a number of people.
    pub(crate) fn sum(self) -> Option<i32> {
        self.parts().into_iter().filter_map(|part| part.1).try_fold(0, i32::checked_add)
    }

    /// Whether the two cannot both be true.
    pub(crate) fn contradicts(self, other: Self) -> bool {
        let differ = |(one, other): (Option<i32>, Option<i32>)| {
            one.zip(other).is_some_and(|(one, other)| one != other)
        };
        differ((self.female, other.female))
            || differ((self.male, other.male))
            || differ((self.other_or_unknown, other.other_or_unknown))
    }
}

/// A number of people, and of which sex they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct People {
    /// How many.
    pub number: i32,
    /// Of which sex.
    pub by_sex: BySex,
}

impl People {
    /// What an officer gives: a number, people by sex, or both. Women and men together are all,
    /// where no number says otherwise.
    pub fn given(
        field: &'static str,
        number: Option<i32>,
        by_sex: Option<&PeopleBySexInput>,
    ) -> Result<Option<Self>, Refusal> {
        let by_sex = by_sex.map(PeopleBySexInput::stated).unwrap_or_default();
        let number = match number {
            None if by_sex.is_given() => {
                let whole = by_sex.whole();
                Some(whole.ok_or_else(|| Refusal::new(RefusalCode::Required, field, in_part()))?)
            }
            number => number,
        };
        Ok(number.map(|number| Self { number, by_sex }))
    }
}

input! {
    /// How many of the people are of which sex, as far as it is known.
    pub struct PeopleBySexInput {
        /// Women.
        female: Option<i32>,
        /// Men.
        male: Option<i32>,
        /// People who are neither, or of whom it is not known.
        other_or_unknown: Option<i32>,
    }
}

impl PeopleBySexInput {
    /// What is stated with it.
    pub(crate) fn stated(&self) -> BySex {
        let (female, male, other_or_unknown) = (self.female, self.male, self.other_or_unknown);
        BySex { female, male, other_or_unknown }
    }
}

/// The parts by sex of a claim are no less than zero, and can be parts of the number that it
/// states: together not more, and where all three are given, not fewer either.
pub(super) fn check(claim: &claim::Model) -> Result<(), Refusal> {
    let stated = BySex::of(claim);
    let Some((field, _)) = stated.parts().into_iter().find(|part| part.1.is_some()) else {
        return Ok(());
    };
    if let Some(unit) = claim.unit.filter(|unit| *unit != CountUnit::Person) {
        let message = say!("only people are counted by sex, not what is counted in {unit}", unit);
        return Err(check::invalid(field, message));
    }
    for (field, number) in stated.parts() {
        if let Some(number) = number {
            check::at_least(field, number, 0)?;
        }
    }
    let (Some(sum), Some(whole)) = (stated.sum(), Span::stated(claim)) else {
        return Err(Refusal::new(
            RefusalCode::OutOfRange,
            field,
            say!("people by sex are parts of a number, and these are part of none"),
        ));
    };
    let together = Span::of(Comparator::Exact, Some(sum), Some(sum)).unwrap_or(whole);
    let all = stated.parts().into_iter().all(|part| part.1.is_some());
    let message = if whole.is_below(together) {
        say!("{sum} by sex are more than are counted", sum)
    } else if all && together.is_below(whole) {
        say!("{sum} by sex are fewer than are counted", sum)
    } else {
        return Ok(());
    };
    Err(Refusal::new(RefusalCode::OutOfRange, field, message))
}

/// What is said where the number of all people is neither given nor follows from their parts.
pub(crate) fn in_part() -> Phrase {
    say!("people are told by sex in part: say how many there were in all")
}

/// A refusal in the words of inputs that have the parts by sex in this field.
pub(crate) fn parts_within(refusal: Refusal, field: &'static str) -> Refusal {
    match refusal.field {
        "female" | "male" | "other_or_unknown" => refusal.within(field),
        _ => refusal,
    }
}

/// On how many days a batch is held, where its accepted dates are known to the day; both the first
/// and the last of them count.
pub(crate) fn days_between(
    starts: Option<(NaiveDate, DatePrecision)>,
    ends: Option<(NaiveDate, DatePrecision)>,
) -> Option<i32> {
    let exactly = |(day, precision)| (precision == DatePrecision::Day).then_some(day);
    let days = (exactly(ends?)? - exactly(starts?)?).num_days().checked_add(1)?;
    i32::try_from(days).ok().filter(|days| *days > 0)
}

/// Days: at least, and at most.
pub(crate) type Days = (Option<i32>, Option<i32>);

/// On how many days somebody took part in a batch with these parts: in all of those that are named
/// where any is, else in one of them at least. A batch without parts is attended as a whole, on
/// `days`. Nothing is known of parts whose dates are not.
pub(crate) fn days_attended(
    days: Option<i32>,
    parts: &[batch_part::Model],
    named: &[BatchPartId],
) -> Days {
    let of = |part: &batch_part::Model| {
        let (first, last) = (part.starts_on?, part.ends_on?);
        Some(first.iter_days().take_while(|day| *day <= last).collect::<BTreeSet<NaiveDate>>())
    };
    let count = |days: &BTreeSet<NaiveDate>| i32::try_from(days.len()).ok();
    let together = |parts: Vec<&batch_part::Model>| {
        let all: Option<Vec<_>> = parts.into_iter().map(of).collect();
        count(&all?.into_iter().flatten().collect())
    };
    if parts.is_empty() {
        return (days, days);
    }
    if !named.is_empty() {
        let days = together(parts.iter().filter(|part| named.contains(&part.id)).collect());
        return (days, days);
    }
    let each: Option<Vec<_>> = parts.iter().map(of).collect();
    let least = each.and_then(|each| each.iter().filter_map(count).min());
    (least, together(parts.iter().collect()).or(days))
}

/// [`days_between`] the dates that stand in the row of a batch.
pub(crate) fn days_of(batch: &batch::Model) -> Option<i32> {
    let known = |day: Option<NaiveDate>, precision: Option<DatePrecision>| {
        Some((day?, precision.unwrap_or(DatePrecision::Day)))
    };
    days_between(
        known(batch.starts_on, batch.starts_precision),
        known(batch.ends_on, batch.ends_precision),
    )
}

/// Person-days: so many people on so many days, at least and at most. A bound that is not known, or
/// greater than 2³¹ − 1, is `None`.
pub(crate) fn person_days(
    (min, max): (Option<i32>, Option<i32>),
    (least, most): Days,
) -> (Option<i32>, Option<i32>) {
    let times = |people: Option<i32>, days: Option<i32>| people?.checked_mul(days?);
    (times(min, least), times(max, most))
}

/// What stands for an unknown number where records are ordered by numbers: it is less than any.
pub(crate) const UNKNOWN: i32 = -1;

/// A number of people, at least and at most, as records are ordered by it.
pub(crate) fn sort_count((min, max): (Option<i32>, Option<i32>)) -> i32 {
    min.or(max).unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use entity::vocabulary::{ClaimProperty, DelegationCategory};

    use super::*;
    use crate::provenance::claim::accepted::accepted_batch;
    use crate::provenance::claim::value::contradicts;
    use crate::provenance::fixtures::{BatchFixture, day};

    const PARTICIPANTS: ClaimProperty = ClaimProperty::Participants;

    fn by_sex(female: i32, male: i32) -> BySex {
        BySex { female: Some(female), male: Some(male), other_or_unknown: None }
    }

    fn state(claim: &mut claim::Model, by_sex: BySex) {
        (claim.female, claim.male) = (by_sex.female, by_sex.male);
        claim.other_or_unknown = by_sex.other_or_unknown;
    }

    #[test]
    fn parts_are_parts_of_the_number() {
        let checked = |comparator, (min, max), parts: [Option<i32>; 3]| {
            let mut claim = claim::Model {
                property: PARTICIPANTS,
                comparator: Some(comparator),
                unit: Some(CountUnit::Person),
                number_min: min,
                number_max: max,
                ..claim::Model::default()
            };
            let [female, male, other_or_unknown] = parts;
            state(&mut claim, BySex { female, male, other_or_unknown });
            check(&claim).is_ok()
        };
        use Comparator::{About, AtLeast, AtMost, Exact, Tens};
        let both = |number| (Some(number), Some(number));
        assert!(checked(Exact, both(12), [Some(5), Some(7), None]));
        assert!(checked(Exact, both(12), [Some(5), Some(6), None]), "one is not told");
        assert!(!checked(Exact, both(12), [Some(5), Some(6), Some(0)]), "all are told");
        assert!(!checked(Exact, both(12), [Some(13), None, None]));
        assert!(!checked(Exact, both(12), [Some(-1), None, None]));
        assert!(checked(About, both(100), [Some(60), Some(55), None]));
        assert!(!checked(About, both(100), [Some(60), Some(65), None]));
        assert!(checked(AtLeast, (Some(20), None), [Some(40), None, None]));
        assert!(!checked(AtMost, (None, Some(20)), [Some(21), None, None]));
        assert!(checked(Tens, (None, None), [Some(40), Some(30), None]));
        assert!(!checked(Tens, (None, None), [Some(100), None, None]));
        assert!(!checked(Exact, both(i32::MAX), [Some(i32::MAX), Some(i32::MAX), None]));
    }

    #[test]
    fn sources_may_agree_on_the_number_and_not_on_the_parts() {
        let mut register = BatchFixture::new();
        let accepted = |register: &BatchFixture| {
            accepted_batch(&register.stated()).participants.map(|count| (count.min, count.by_sex))
        };
        register.count(1, PARTICIPANTS, 12, CountUnit::Person);
        assert_eq!(accepted(&register), Some((Some(12), BySex::default())));
        state(register.count(2, PARTICIPANTS, 12, CountUnit::Person), by_sex(5, 7));
        assert_eq!(accepted(&register), Some((Some(12), by_sex(5, 7))));
        state(register.count(3, PARTICIPANTS, 12, CountUnit::Person), by_sex(6, 6));
        assert_eq!(accepted(&register), Some((Some(12), BySex::default())));
        let [.., one, other] = register.claims.as_slice() else { panic!("three claims") };
        assert!(contradicts(one, other));
    }

    #[test]
    fn the_people_of_one_category_are_not_all() {
        let mut register = BatchFixture::new();
        let parties = register.count(1, PARTICIPANTS, 90, CountUnit::Person);
        parties.category = Some(DelegationCategory::Party);
        assert_eq!(accepted_batch(&register.stated()).participants, None);
        register.count(1, PARTICIPANTS, 120, CountUnit::Person);
        let people = accepted_batch(&register.stated()).participants;
        assert_eq!(people.and_then(|count| count.min), Some(120));
        let [parties, all] = register.claims.as_slice() else { panic!("two claims") };
        assert!(!contradicts(parties, all));
    }

    #[test]
    fn person_days_have_bounds() {
        let on = |date| Some((day(date), DatePrecision::Day));
        let days = days_between(on("2017-08-09"), on("2017-08-11"));
        assert_eq!(days, Some(3));
        let days = days_attended(days, &[], &[]);
        assert_eq!(person_days((Some(20), Some(22)), days), (Some(60), Some(66)));
        assert_eq!(person_days((Some(20), None), days), (Some(60), None));
        assert_eq!(person_days((Some(i32::MAX), Some(1)), days), (None, Some(3)));
        let month = Some((day("2017-08-01"), DatePrecision::Month));
        assert_eq!(days_between(month, on("2017-08-11")), None);
        assert_eq!(person_days((Some(20), Some(22)), (None, None)), (None, None));
    }

    #[test]
    fn days_are_those_of_the_parts() {
        let part = |number: u128, days: Option<(&str, &str)>| batch_part::Model {
            id: BatchPartId(uuid::Uuid::from_u128(number)),
            starts_on: days.map(|days| day(days.0)),
            ends_on: days.map(|days| day(days.1)),
            ..batch_part::Model::default()
        };
        let online = part(1, Some(("2024-05-06", "2024-05-07")));
        let on_site = part(2, Some(("2024-05-07", "2024-05-10")));
        let (first, second) = (online.id, on_site.id);
        let both = [online, on_site];
        let attended = |named: &[BatchPartId]| days_attended(Some(9), &both, named);
        assert_eq!(attended(&[first]), (Some(2), Some(2)));
        assert_eq!(attended(&[second]), (Some(4), Some(4)));
        assert_eq!(attended(&[first, second]), (Some(5), Some(5)), "one day is of both");
        assert_eq!(attended(&[]), (Some(2), Some(5)));
        let [online, _] = both;
        let undated = [online, part(3, None)];
        assert_eq!(days_attended(Some(9), &undated, &[]), (None, Some(9)));
        assert_eq!(days_attended(Some(9), &undated, &[undated[1].id]), (None, None));
    }
}
