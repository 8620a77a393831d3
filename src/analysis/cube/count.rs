//! What is counted of the delegations in a cell.

use std::collections::BTreeMap;

use entity::delegation;
use entity::vocabulary::DelegationStatus;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, DbErr, Iterable, JoinType, QueryFilter, QueryResult,
    QuerySelect,
};

use super::dimension::of_countries;
use super::page::{COLUMN, ROW};
use crate::access::Visible;

/// What is counted in one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Count {
    Delegations,
    /// With this accepted status; with none, where it is not decided.
    Status(Option<DelegationStatus>),
    Countries,
    /// Countries that had not attended before.
    FirstTime,
    /// Countries that had attended before.
    Returning,
    Batches,
}

impl Count {
    /// Each status, and none.
    pub(super) fn statuses() -> impl Iterator<Item = Self> {
        DelegationStatus::iter().map(Some).chain([None]).map(Self::Status)
    }

    /// The column that has it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Delegations => "delegations".into(),
            Self::Countries => "countries".into(),
            Self::FirstTime => "first_time".into(),
            Self::Returning => "returning_again".into(),
            Self::Batches => "batches".into(),
            Self::Status(Some(status)) => format!("status_{status}"),
            Self::Status(None) => "undecided".into(),
        }
    }

    /// Whether it asks when countries attended first, which [`join_first_attendance`] joins.
    pub(super) fn is_of_first_attendance(self) -> bool {
        matches!(self, Self::FirstTime | Self::Returning)
    }

    /// Whether it follows from how many delegations there are of each status, where the rows are
    /// countries.
    pub(super) fn follows_from_status(self) -> bool {
        matches!(self, Self::Delegations | Self::Countries | Self::Status(_))
    }

    /// What counts it in rows that say how many delegations of a status there are.
    fn of_statuses(self) -> SimpleExpr {
        let status = || Expr::col(Alias::new(STATUS));
        let number = || Expr::col(Alias::new(NUMBER));
        let those = |which: SimpleExpr, number: SimpleExpr| -> SimpleExpr {
            Expr::case(which, number).finally(Expr::cust("0")).into()
        };
        match self {
            Self::Status(Some(wanted)) => those(status().eq(wanted.to_value()), number()).sum(),
            Self::Status(None) => those(status().is_null(), number()).sum(),
            Self::Countries => {
                those(status().eq(DelegationStatus::Attended.to_value()), Expr::cust("1")).max()
            }
            _ => number().sum(),
        }
    }

    /// What counts it; `batch` is the id of the batch.
    pub(super) fn expression(self, batch: &SimpleExpr) -> SimpleExpr {
        let party = |column: delegation::Column| Expr::col((delegation::Entity, column));
        let countries = |which: Condition| {
            let came = which.add(attended()).add(of_countries());
            let country: SimpleExpr =
                Expr::case(came, party(delegation::Column::CountryCode)).into();
            country.count_distinct()
        };
        let day = || party(delegation::Column::SortDate);
        let first = || Expr::col((Alias::new(FIRST), Alias::new(FIRST_ON)));
        match self {
            // Each has a batch, and the index of cells has it too.
            Self::Delegations => party(delegation::Column::BatchId).count(),
            Self::Batches => batch.clone().count_distinct(),
            Self::Countries => countries(Condition::all()),
            Self::FirstTime => countries(Condition::all().add(day().eq(first()))),
            Self::Returning => countries(Condition::all().add(day().gt(first()))),
            Self::Status(Some(status)) => tally(delegation::Column::Status.eq(status)),
            Self::Status(None) => tally(
                party(delegation::Column::Id)
                    .is_not_null()
                    .and(delegation::Column::Status.is_null()),
            ),
        }
    }
}

/// The condition that a delegation attended.
pub(super) fn attended() -> SimpleExpr {
    delegation::Column::Status.eq(DelegationStatus::Attended)
}

/// How often a condition holds.
pub(super) fn tally(condition: SimpleExpr) -> SimpleExpr {
    let one: SimpleExpr = Expr::case(condition, Expr::cust("1")).finally(Expr::cust("0")).into();
    one.sum()
}

const STATUS: &str = "of_status";
const NUMBER: &str = "of_delegations";

/// The counts of cells, by way of those of each status in them.
pub(super) fn from_status(mut placed: SelectStatement, counts: &[Count]) -> SelectStatement {
    let status = (delegation::Entity, delegation::Column::Status);
    let batch = Expr::col((delegation::Entity, delegation::Column::BatchId));
    let by_status = placed
        .expr_as(Expr::col(status), Alias::new(STATUS))
        .expr_as(batch.count(), Alias::new(NUMBER))
        .group_by_columns([Alias::new(ROW), Alias::new(COLUMN)])
        .group_by_col(status)
        .take();
    let mut select = Query::select();
    select.columns([Alias::new(ROW), Alias::new(COLUMN)]).from_subquery(by_status, "by_status");
    for count in counts {
        // A sum of whole numbers is numeric in PostgreSQL.
        let number = count.of_statuses().cast_as(Alias::new("bigint"));
        select.expr_as(number, Alias::new(count.name()));
    }
    for name in [ROW, COLUMN] {
        select.group_by_col(Alias::new(name)).order_by(Alias::new(name), Order::Asc);
    }
    select
}

const FIRST: &str = "first_attendance";
const FIRST_ON: &str = "first_on";

/// Joins the day on which the country of each delegation attended for the first time, at whatever
/// batch that the reader may see. Batches without a date come behind all others.
pub(super) fn join_first_attendance(select: &mut SelectStatement, visible: &Visible) {
    use delegation::Column::{CountryCode, SortDate};
    let mut came = visible.select::<delegation::Entity>().filter(attended()).filter(of_countries());
    let first = QuerySelect::query(&mut came)
        .clear_selects()
        .column((delegation::Entity, CountryCode))
        .expr_as(Expr::col((delegation::Entity, SortDate)).min(), Alias::new(FIRST_ON))
        .group_by_col((delegation::Entity, CountryCode))
        .take();
    let on = Expr::col((Alias::new(FIRST), CountryCode)).equals((delegation::Entity, CountryCode));
    select.join_subquery(JoinType::LeftJoin, first, Alias::new(FIRST), on);
}

/// What was counted in the cell of a row.
pub(super) fn counts_of(
    row: &QueryResult,
    counts: &[Count],
) -> Result<BTreeMap<Count, i64>, DbErr> {
    // Over no row at all a sum is null.
    let number = |count: &Count| {
        Ok((*count, row.try_get::<Option<i64>>("", &count.name())?.unwrap_or_default()))
    };
    counts.iter().map(number).collect()
}
