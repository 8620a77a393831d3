//! Cells that are read together.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, SimpleExpr};

use super::Place;
use crate::db::sql::any_of;

/// The columns of a statement that say where a cell lies.
pub(super) const ROW: &str = "cell_row";
pub(super) const COLUMN: &str = "cell_column";

/// The most cells that a statement names one by one; of more it reads all.
const MOST_NAMED: usize = 200;

/// Which cells are read together.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// All from the first to the last.
    Range(Place, Place),
    /// These, in an order of their own.
    Named(Vec<Place>),
}

impl Page {
    /// The condition that a cell, which lies there, is of the page; `None` where all are to be
    /// read.
    pub(super) fn condition(&self, row: &SimpleExpr, column: &SimpleExpr) -> Option<Condition> {
        match self {
            Self::Range(first, last) => {
                let at = || Expr::tuple([row.clone(), column.clone()]);
                let (from, to) = (at().gte(place(first)), at().lte(place(last)));
                Some(Condition::all().add(from).add(to))
            }
            Self::Named(places) if places.len() > MOST_NAMED => None,
            Self::Named(places) => {
                let is_at = |place: &Place| {
                    Condition::all()
                        .add(row.clone().eq(place.0.as_str()))
                        .add(column.clone().eq(place.1.as_str()))
                };
                Some(any_of(places.iter().map(is_at).collect()))
            }
        }
    }
}

/// Where a cell lies, as the pair of its values.
pub(super) fn place(at: &Place) -> SimpleExpr {
    Expr::tuple([Expr::val(at.0.as_str()), Expr::val(at.1.as_str())])
}
