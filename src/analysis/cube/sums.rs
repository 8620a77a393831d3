//! What is counted in a cell besides delegations: people, their days, and action plans.

use async_graphql::SimpleObject;
use sea_orm::{DbErr, QueryResult};

/// A number as GraphQL has it.
pub(super) fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A number of a row; over no row at all a sum is null.
fn number(row: &QueryResult, name: &str) -> Result<i64, DbErr> {
    row.try_get::<Option<i64>>("", name).map(Option::unwrap_or_default)
}

/// The bounds of a sum: none where nothing is counted, and no upper one where a part of it has
/// none.
fn bounds(row: &QueryResult) -> Result<(Option<i32>, Option<i32>), DbErr> {
    let is_counted = number(row, "counted")? > 0;
    let is_bounded = is_counted && number(row, "unbounded")? == 0;
    let (least, most) = (int(number(row, "at_least")?), int(number(row, "at_most")?));
    Ok((is_counted.then_some(least), is_bounded.then_some(most)))
}

/// A sum of accepted numbers of people, and on how firm ground it stands.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(name = "PeopleAggregates")]
pub struct PeopleCount {
    /// How many there were at least, in persons: the sum of the lower bounds; null where no number
    /// is accepted.
    at_least: Option<i32>,
    /// How many there were at most, in persons: the sum of the upper bounds; null where no number
    /// is accepted, or where one of them has no upper bound.
    at_most: Option<i32>,
    /// Of how many batches (delegations) a number is accepted.
    counted: i32,
    /// Of how many the claims disagree: none is accepted because of that, or a finding about the
    /// numbers is open.
    disputed: i32,
    /// Of how many nothing is stated that counts people. They are not in the sum.
    unknown: i32,
    /// How many of them are women, where that is told: see `toldBySex`.
    female: i32,
    /// How many are men, where that is told.
    male: i32,
    /// How many are neither, or are not known to be either, where that is told.
    other_or_unknown: i32,
    /// Of how many batches (delegations) it is told how many of the people are women or men.
    told_by_sex: i32,
    /// The share of women among the people whose sex is told, from 0 to 1; null where it is told of
    /// nobody.
    female_share: Option<f64>,
}

impl PeopleCount {
    pub(super) fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let number = |name: &str| number(row, name);
        let (at_least, at_most) = bounds(row)?;
        let (female, male) = (number("female")?, number("male")?);
        let told = female + male;
        Ok(Self {
            at_least,
            at_most,
            counted: int(number("counted")?),
            disputed: int(number("disputed")?),
            unknown: int(number("unknown")?),
            female: int(female),
            male: int(male),
            other_or_unknown: int(number("other_or_unknown")?),
            told_by_sex: int(number("told_by_sex")?),
            female_share: (told > 0).then(|| female as f64 / told as f64),
        })
    }
}

/// A sum of accepted numbers of days that people spent, and on how firm ground it stands.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(name = "PersonDaysAggregates")]
pub struct PersonDays {
    /// How many there were at least, in person-days: people times the days that they attended; null
    /// where no number is known.
    at_least: Option<i32>,
    /// How many there were at most, in person-days; null where no number is known, or where one of
    /// them has no upper bound.
    at_most: Option<i32>,
    /// Of how many batches (delegations) both people and days are known.
    counted: i32,
    /// Of how many they are not. They are not in the sum.
    unknown: i32,
}

impl PersonDays {
    pub(super) fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let number = |name: &str| number(row, name);
        let (at_least, at_most) = bounds(row)?;
        Ok(Self {
            at_least,
            at_most,
            counted: int(number("counted")?),
            unknown: int(number("unknown")?),
        })
    }
}

/// Reads the median of a cell.
pub(super) fn median(row: &QueryResult) -> Result<f64, DbErr> {
    Ok(row.try_get::<Option<f64>>("", "median")?.unwrap_or_default())
}

/// How many action plans there are, by where they stand.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(name = "ActionPlanAggregates")]
pub struct ActionPlanCount {
    /// All of them.
    all: i32,
    /// Expected, and not handed in yet.
    expected: i32,
    /// Handed in, whatever became of them since: submitted, in progress or completed.
    submitted: i32,
    /// Completed.
    completed: i32,
    /// Abandoned.
    abandoned: i32,
    /// Past their due date (UTC), and neither completed nor abandoned. A plan without a due date is
    /// never overdue.
    overdue: i32,
    /// Those of which a progress note is dated within the last twelve months.
    progressed: i32,
}

impl ActionPlanCount {
    pub(super) fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let number = |name: &str| number(row, name).map(int);
        Ok(Self {
            all: number("all_plans")?,
            expected: number("expected")?,
            submitted: number("submitted")?,
            completed: number("completed")?,
            abandoned: number("abandoned")?,
            overdue: number("overdue")?,
            progressed: number("progressed")?,
        })
    }
}
