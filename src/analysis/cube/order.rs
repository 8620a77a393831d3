//! Cells in the order of what is counted in them.

use async_graphql::Enum;
use entity::vocabulary::DelegationStatus;
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{Condition, DbErr, QueryResult, Statement};

use super::Place;
use super::count::Count;
use super::page::{COLUMN, ROW, place};
use super::statement::{Cells, Placed};
use crate::graphql::input::input;
use crate::graphql::order::OrderDirection;

/// By what cells are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttendanceMeasure {
    /// How many delegations there are, whatever their status.
    Delegations,
    /// How many delegations attended.
    Attended,
    /// How many countries attended.
    Countries,
    /// How many batches there are.
    Batches,
    /// How many people took part, at least.
    People,
    /// How many days they spent, all together, at least.
    PersonDays,
}

input! {
    /// By what cells are ordered, and which way. Cells of which as much is counted stand in the
    /// order of their rows, then of their columns.
    pub struct AttendanceCellOrder {
        /// By what.
        field: AttendanceMeasure,
        /// Which way: the most first unless given.
        direction: OrderDirection = OrderDirection::Desc,
    }
}

impl AttendanceCellOrder {
    /// Tells it from other orders.
    pub(super) fn name(&self) -> String {
        format!("{:?} {:?}", self.field, self.direction)
    }
}

/// Where a cell stands in an order: what is counted in it, and its place.
pub(super) type Rank = (i64, Place);

const MEASURE: &str = "measure";

impl Cells<'_> {
    /// The places of the first cells in an order, behind a rank, with what they are ordered by.
    pub(super) fn ordered(
        &self,
        order: &AttendanceCellOrder,
        behind: Option<&Rank>,
        limit: u64,
    ) -> Statement {
        let measured = self.measured(order.field).grouped();
        let column = |name: &'static str| Expr::col(Alias::new(name));
        let mut select = Query::select();
        select.column(Asterisk).from_subquery(measured, "measured");
        let (rows, cells) = (column(MEASURE), || Expr::tuple([column(ROW), column(COLUMN)]));
        if let Some((number, at)) = behind {
            let further = match order.direction {
                OrderDirection::Asc => rows.clone().gt(*number),
                OrderDirection::Desc => rows.clone().lt(*number),
            };
            let same = rows.clone().eq(*number).and(cells().gt(place(at)));
            select.cond_where(Condition::any().add(further).add(same));
        }
        select.order_by_expr(rows, order.direction.into());
        for name in [ROW, COLUMN] {
            select.order_by(Alias::new(name), Order::Asc);
        }
        self.written(&select, Some(limit))
    }

    /// The cells with what they are ordered by.
    fn measured(&self, measure: AttendanceMeasure) -> Placed {
        let counted = |count: Count| {
            let mut placed = self.placed(true);
            let number = count.expression(&placed.batch);
            measure_as(&mut placed.select, number);
            placed
        };
        match measure {
            AttendanceMeasure::Delegations => counted(Count::Delegations),
            AttendanceMeasure::Attended => counted(Count::Status(Some(DelegationStatus::Attended))),
            AttendanceMeasure::Countries => counted(Count::Countries),
            AttendanceMeasure::Batches => counted(Count::Batches),
            AttendanceMeasure::People | AttendanceMeasure::PersonDays => {
                let (mut placed, least) = self.least(measure == AttendanceMeasure::PersonDays);
                measure_as(&mut placed.select, least);
                placed
            }
        }
    }
}

fn measure_as(select: &mut SelectStatement, number: SimpleExpr) {
    // A sum of whole numbers is numeric in PostgreSQL where its parts are large.
    select.expr_as(number.cast_as(Alias::new("bigint")), Alias::new(MEASURE));
}

/// Where the cell of a row stands in its order.
pub(super) fn rank_of(row: &QueryResult) -> Result<Rank, DbErr> {
    let number: Option<i64> = row.try_get("", MEASURE)?;
    Ok((number.unwrap_or_default(), super::statement::place_of(row)?))
}
