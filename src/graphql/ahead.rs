//! Reading ahead: what the rows of a page refer to comes with them, in the same statement, and a short list that they have.
//!
//! The rows that come are answers that the [`Reader`] has before anybody asks. Who asks for them later finds them there, and asks as
//! ever where he does not: reading ahead changes how many statements there are, and never what is answered.

use std::collections::hash_map::Entry;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_orm::sea_query::{Alias, Asterisk, ColumnRef, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{DbErr, IdenStatic, JoinType, QueryResult, QuerySelect, QueryTrait};

use super::edge::One;
use super::loader::{Key, Keyed, Reader};
use crate::access::Scoped;
use crate::db::row::{self, Columns};

/// References that are followed at most: PostgreSQL looks for the best order of eight tables, and takes longer with each.
const MOST: usize = 6;

/// The page that refers, in a statement that reads ahead.
pub const PAGE: &str = "page";

/// The references that are followed together with a page. Each comes behind that to whose rows it belongs.
#[derive(Clone, Default)]
pub struct Ahead(Vec<Step>);

#[derive(Clone)]
struct Step {
    /// The step from whose rows it leads on; the page where there is none.
    of: Option<usize>,
    /// The column that refers; that which identifies the object, where it leads to a list.
    by: &'static str,
    far: Arc<dyn Far>,
    columns: Columns,
}

/// Rows that come with those of a page, without their type.
pub trait Far: Send + Sync {
    /// The columns that are read where some are wanted: first of all that by which the rows are found.
    fn columns(&self, wanted: Columns) -> Vec<&'static str>;

    /// Whether there may be several for one row of the page, or none at all.
    fn is_list(&self) -> bool;

    /// The rows that may be seen.
    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement;

    /// Tells the reader what stands in `rows` from a place on. Of a list the key of the object stands there where the list is empty.
    fn keep(&self, reader: &Reader, rows: &[QueryResult], from: usize, wanted: Columns) -> Result<(), DbErr>;
}

impl<E: Scoped<Model: Send + Sync>> Far for One<E> {
    fn columns(&self, wanted: Columns) -> Vec<&'static str> {
        Self::columns(wanted).iter().map(IdenStatic::as_str).collect()
    }

    fn is_list(&self) -> bool {
        false
    }

    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement {
        reader.visible().select::<E>().select_only().columns(Self::columns(wanted)).into_query()
    }

    fn keep(&self, reader: &Reader, rows: &[QueryResult], from: usize, wanted: Columns) -> Result<(), DbErr> {
        let columns = Self::columns(wanted);
        let mut known = Keyed::default();
        for row in rows {
            let Some(key) = row::first::<E>(row, from, &columns)?.and_then(Key::of) else { continue };
            if let Entry::Vacant(new) = known.entry(key) {
                new.insert(row::model::<E>(row, from, &columns)?);
            }
        }
        reader.know("", || Self(PhantomData), wanted, known.into_iter().collect());
        Ok(())
    }
}

impl Step {
    /// Whether it leads to the same rows.
    fn is_like(&self, other: &Self) -> bool {
        (self.of, self.by, self.far.is_list()) == (other.of, other.by, other.far.is_list())
    }
}

impl Ahead {
    /// Follows the reference `by` of a step, or of the page, to rows of `E` of which some columns are wanted. Returns which step that
    /// is; none where no more can be followed.
    pub fn follow<E: Scoped<Model: Send + Sync>>(
        &mut self,
        of: Option<usize>,
        by: &'static str,
        columns: Columns,
    ) -> Option<usize> {
        self.add(Step { of, by, far: Arc::new(One::<E>(PhantomData)), columns })
    }

    /// Takes along the short list `far` of the objects that the column `by` of a step, or of the page, identifies. There is one in a
    /// statement at most: two would be multiplied with each other.
    pub(super) fn take_along(&mut self, of: Option<usize>, by: &'static str, far: Arc<dyn Far>, columns: Columns) {
        let step = Step { of, by, far, columns };
        if self.0.iter().all(|known| !known.far.is_list() || known.is_like(&step)) {
            self.add(step);
        }
    }

    fn add(&mut self, step: Step) -> Option<usize> {
        if let Some(known) = self.0.iter().position(|known| known.is_like(&step)) {
            self.0[known].columns = self.0[known].columns.and(step.columns);
            return Some(known);
        }
        if self.0.len() == MOST {
            return None;
        }
        self.0.push(step);
        Some(self.0.len() - 1)
    }

    /// Whether a row of the page may come more than once.
    pub fn repeats(&self) -> bool {
        self.0.iter().any(|step| step.far.is_list())
    }

    /// Whether nothing is followed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many columns stand before those of the page.
    pub fn width(&self) -> usize {
        self.0.iter().map(|step| step.far.columns(step.columns).len()).sum()
    }

    /// The rows of the table [`PAGE`] in `order`, behind the rows that they refer to.
    pub fn select(&self, reader: &Reader, order: Vec<(ColumnRef, Order)>) -> SelectStatement {
        let table = |step: usize| Alias::new(format!("far{step}"));
        let mut select = Query::select();
        select.from(PAGE);
        for (number, step) in self.0.iter().enumerate() {
            let columns = step.far.columns(step.columns);
            let refers = (step.of.map_or_else(|| Alias::new(PAGE), table), step.by);
            let same = Expr::col((table(number), columns[0])).eq(Expr::col(refers.clone()));
            select.join_subquery(JoinType::LeftJoin, step.far.select(reader, step.columns), table(number), same);
            let first = if step.far.is_list() { refers } else { (table(number), columns[0]) };
            select.column(first).columns(columns[1..].iter().map(|column| (table(number), *column)));
        }
        select.column((PAGE, Asterisk));
        for (column, direction) in order {
            select.order_by(column, direction);
        }
        select
    }

    /// Tells the reader what came with the rows of a page.
    pub fn keep(&self, reader: &Reader, rows: &[QueryResult]) -> Result<(), DbErr> {
        let mut from = 0;
        for step in &self.0 {
            step.far.keep(reader, rows, from, step.columns)?;
            from += step.far.columns(step.columns).len();
        }
        Ok(())
    }
}
