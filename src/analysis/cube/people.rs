//! The statements for the people in cells: how many, of which sex, for how many days.

use entity::vocabulary::{
    ClaimProperty, ClaimRank, CountScope, CountUnit, FindingRule, FindingState,
};
use entity::{batch, claim, delegation, finding};
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, OverStatement, Query, SelectStatement, SimpleExpr,
    WindowStatement,
};
use sea_orm::{ColumnTrait, Order};

use super::count::{attended, tally};
use super::page::{COLUMN, Page, ROW};
use super::statement::{Cells, Placed};

impl Cells<'_> {
    /// All batches, or delegations, and their numbers of people.
    fn with_people(&self) -> (Placed, Numbers) {
        let parties = self.cube.delegations.is_some();
        // Of tables as they stood there is no index: they are read once, and not for each row.
        let by = if self.cube.then.is_some() { By::List } else { By::Row };
        let numbers = if parties { numbers_of_parties(by) } else { numbers_of_batches(by) };
        (self.placed(parties), numbers)
    }

    /// The batches, or the delegations that attended, whose people are counted.
    fn of_people(&self) -> (Placed, Numbers) {
        let (mut placed, numbers) = self.with_people();
        if self.cube.delegations.is_some() {
            placed.select.and_where(attended());
        }
        (placed, numbers)
    }

    /// All cells, and in each the least number of people, or of days that they spent.
    pub(super) fn least(&self, days: bool) -> (Placed, SimpleExpr) {
        let (placed, Numbers { min, days: [min_days, _], .. }) = self.with_people();
        let least = if days { min_days } else { min };
        let least = match self.cube.delegations {
            Some(_) => Expr::case(attended(), least).into(),
            None => least,
        };
        (placed, sum(&least))
    }

    /// The people in the cells of a page.
    pub(super) fn people(&self, page: &Page) -> SelectStatement {
        let (mut placed, numbers) = self.of_people();
        let Numbers { min, max, comparator, by_sex: [female, male, other], .. } = &numbers;
        let Numbers { claims, findings, .. } = &numbers;
        // "Tens of" is accepted, and yet no number.
        let counted = || comparator.clone().is_not_null().and(numbers.is_bounded());
        let disagree = || findings.clone().or(comparator.clone().is_null().and(claims.clone()));
        let is_told = female.clone().is_not_null().or(male.clone().is_not_null());
        placed
            .select
            .expr_as(sum(min), "at_least")
            .expr_as(sum(max), "at_most")
            .expr_as(sum(female), "female")
            .expr_as(sum(male), "male")
            .expr_as(sum(other), "other_or_unknown")
            .expr_as(tally(is_told), "told_by_sex")
            .expr_as(tally(counted()), "counted")
            .expr_as(tally(counted().and(max.clone().is_null())), "unbounded")
            .expr_as(tally(disagree()), "disputed")
            .expr_as(tally(counted().or(disagree()).not()), "unknown");
        placed.within(page).grouped().take()
    }

    /// The days that people spent, in the cells of a page.
    pub(super) fn person_days(&self, page: &Page) -> SelectStatement {
        let (mut placed, Numbers { days: [min, max], .. }) = self.of_people();
        let counted = || min.clone().is_not_null().or(max.clone().is_not_null());
        placed
            .select
            .expr_as(sum(&min), "at_least")
            .expr_as(sum(&max), "at_most")
            .expr_as(tally(counted()), "counted")
            .expr_as(tally(counted().and(max.clone().is_null())), "unbounded")
            .expr_as(tally(counted().not()), "unknown");
        placed.within(page).grouped().take()
    }

    /// The median number of people, in the cells of a page: the middle one, or what lies half way
    /// between the two in the middle. Neither database is asked for a median, since SQLite has
    /// none.
    pub(super) fn median(&self, page: &Page) -> SelectStatement {
        let (mut placed, numbers) = self.of_people();
        placed.select.and_where(numbers.is_bounded());
        let Numbers { min, max, .. } = numbers;
        let either = |one: &SimpleExpr, other: &SimpleExpr| -> SimpleExpr {
            Func::coalesce([one.clone(), other.clone()]).into()
        };
        let heads = || {
            let both = either(&min, &max).add(either(&max, &min));
            both.cast_as(Alias::new("double precision")).div(Expr::cust("2.0"))
        };
        let mut number = WindowStatement::new();
        number.add_partition_by(placed.row.clone()).add_partition_by(placed.column.clone());
        let all = number.clone();
        number.order_by_expr(heads(), Order::Asc);
        placed
            .select
            .expr_as(heads(), "heads")
            .expr_window_as(Func::cust("ROW_NUMBER"), number, Alias::new("place_in_cell"))
            .expr_window_as(Func::count(Expr::col(Asterisk)), all, Alias::new("all_of_cell"));
        let numbered = placed.within(page).select.take();
        let all = || Expr::col(Alias::new("all_of_cell"));
        let middle = [all().add(1).div(2), all().add(2).div(2)];
        Query::select()
            .columns([Alias::new(ROW), Alias::new(COLUMN)])
            .expr_as(Expr::col(Alias::new("heads")).avg(), "median")
            .from_subquery(numbered, "numbered")
            .and_where(Expr::col(Alias::new("place_in_cell")).is_in(middle))
            .group_by_columns([Alias::new(ROW), Alias::new(COLUMN)])
            .take()
    }
}

/// The sum of a number, where there is one.
fn sum(number: &SimpleExpr) -> SimpleExpr {
    SimpleExpr::from(Func::coalesce([number.clone(), Expr::cust("0")])).sum()
}

/// What is accepted of the people of a batch, or of a delegation.
struct Numbers {
    /// The bounds of the number of people.
    min: SimpleExpr,
    max: SimpleExpr,
    comparator: SimpleExpr,
    /// Women, men, and others.
    by_sex: [SimpleExpr; 3],
    /// The bounds of the number of days that they spent.
    days: [SimpleExpr; 2],
    /// Whether there are claims that count people.
    claims: SimpleExpr,
    /// Whether there are open findings about the numbers.
    findings: SimpleExpr,
}

/// How it is found out whether there is something about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// It is looked for, for each record.
    Row,
    /// It is looked up in a list of all that there is something about.
    List,
}

impl By {
    /// The condition that a row of `select`, which selects nothing yet, is about the record `id`.
    fn exists(
        self,
        mut select: SelectStatement,
        about: impl ColumnTrait,
        id: SimpleExpr,
    ) -> SimpleExpr {
        let column = Expr::col((about.entity_name(), about));
        match self {
            Self::Row => Expr::exists(select.expr(Expr::cust("1")).and_where(column.eq(id)).take()),
            Self::List => id.in_subquery(select.expr(column).and_where(about.is_not_null()).take()),
        }
    }
}

impl Numbers {
    fn is_bounded(&self) -> SimpleExpr {
        self.min.clone().is_not_null().or(self.max.clone().is_not_null())
    }
}

fn numbers_of_batches(by: By) -> Numbers {
    use batch::Column::{
        Id, ParticipantsComparator, ParticipantsFemale, ParticipantsMale, ParticipantsMax,
        ParticipantsMin, ParticipantsOtherOrUnknown, PersonDaysMax, PersonDaysMin,
    };
    let column = |column: batch::Column| Expr::col((batch::Entity, column));
    let whole = claim::Column::Scope.eq(CountScope::WholeBatch);
    Numbers {
        min: column(ParticipantsMin),
        max: column(ParticipantsMax),
        comparator: column(ParticipantsComparator),
        by_sex: [ParticipantsFemale, ParticipantsMale, ParticipantsOtherOrUnknown].map(column),
        days: [PersonDaysMin, PersonDaysMax].map(column),
        claims: by.exists(
            claims(ClaimProperty::Participants, whole),
            claim::Column::BatchId,
            column(Id),
        ),
        findings: by.exists(findings(), finding::Column::SubjectId, column(Id)),
    }
}

fn numbers_of_parties(by: By) -> Numbers {
    use delegation::Column::{
        HeadcountComparator, HeadcountFemale, HeadcountMale, HeadcountMax, HeadcountMin,
        HeadcountOtherOrUnknown, Id, PersonDaysMax, PersonDaysMin,
    };
    let column = |column: delegation::Column| Expr::col((delegation::Entity, column));
    let scopes = claim::Column::Scope.is_in([CountScope::WholeBatch, CountScope::PerCountry]);
    let whole = claim::Column::Scope.is_null().or(scopes);
    Numbers {
        min: column(HeadcountMin),
        max: column(HeadcountMax),
        comparator: column(HeadcountComparator),
        by_sex: [HeadcountFemale, HeadcountMale, HeadcountOtherOrUnknown].map(column),
        days: [PersonDaysMin, PersonDaysMax].map(column),
        claims: by.exists(
            claims(ClaimProperty::Headcount, whole),
            claim::Column::DelegationId,
            column(Id),
        ),
        findings: by.exists(findings(), finding::Column::SubjectId, column(Id)),
    }
}

fn claims(property: ClaimProperty, whole: SimpleExpr) -> SelectStatement {
    Query::select()
        .from(claim::Entity)
        .and_where(claim::Column::Property.eq(property))
        .and_where(claim::Column::Unit.eq(CountUnit::Person))
        .and_where(claim::Column::Rank.ne(ClaimRank::Deprecated))
        .and_where(whole)
        .take()
}

fn findings() -> SelectStatement {
    use FindingRule::{FewerPeopleThanDelegations, SumMismatch, UnitConfusion};
    Query::select()
        .from(finding::Entity)
        .and_where(finding::Column::State.eq(FindingState::Open))
        .and_where(finding::Column::Rule.is_in([
            UnitConfusion,
            SumMismatch,
            FewerPeopleThanDelegations,
        ]))
        .take()
}
