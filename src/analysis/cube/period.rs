//! Years, quarters and months of batches, as texts.
//!
//! Dates are text in SQLite, and become it in PostgreSQL: both as YYYY-MM-DD. An unknown one sorts
//! as 9999.

use entity::batch::{self, Column};
use entity::vocabulary::DatePrecision;
use sea_orm::sea_query::{Alias, BinOper, Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, DatabaseBackend};

fn date() -> SimpleExpr {
    Expr::col((batch::Entity, Column::SortDate)).cast_as(Alias::new("text"))
}

fn part(from: i32, length: i32) -> SimpleExpr {
    Func::cust(Alias::new("substr")).arg(date()).arg(from).arg(length).into()
}

/// The year of the first day, else of the last; null where neither is known.
pub(super) fn year() -> SimpleExpr {
    Func::cust(Alias::new("nullif")).arg(part(1, 4)).arg("9999").into()
}

/// The year of the batch of a delegation, empty where it is not known: as the index of delegations
/// by country and year has it, to the letter.
pub(super) fn year_of_delegation(backend: DatabaseBackend) -> SimpleExpr {
    Expr::cust(match backend {
        DatabaseBackend::Postgres => {
            "(CASE WHEN delegation.sort_date = DATE '9999-12-31' THEN '' ELSE \
             CAST(CAST(EXTRACT(YEAR FROM delegation.sort_date) AS integer) AS text) END) COLLATE \
             \"C\""
        }
        _ => {
            "CASE WHEN delegation.sort_date = '9999-12-31' THEN '' ELSE \
             substr(delegation.sort_date, 1, 4) END"
        }
    })
}

/// The month of that day; null where it is not known.
pub(super) fn month() -> SimpleExpr {
    Expr::case(has_month(), part(1, 7)).into()
}

/// The quarter of that day; null where it is not known.
pub(super) fn quarter() -> SimpleExpr {
    let number = part(6, 2).cast_as(Alias::new("integer")).add(2).div(3);
    let text = number.cast_as(Alias::new("text"));
    let joined = |one: SimpleExpr, other: SimpleExpr| one.binary(BinOper::Custom("||"), other);
    let quarter = joined(joined(part(1, 4), Expr::cust("'-Q'")), text);
    Expr::case(has_month(), quarter).into()
}

/// Whether the day by which a batch is sorted is known to the month.
fn has_month() -> SimpleExpr {
    let known = |column: Column, precision: Column| {
        column.is_not_null().and(precision.ne(DatePrecision::Year))
    };
    let starts = known(Column::StartsOn, Column::StartsPrecision);
    let ends = Column::StartsOn.is_null().and(known(Column::EndsOn, Column::EndsPrecision));
    starts.or(ends)
}
