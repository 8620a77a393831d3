//! Reading ahead: what the rows of a page refer to comes with them, in the same statement.
//!
//! The rows that come are answers that the [`Reader`] has before anybody asks. Who asks for them later finds them there, and asks as
//! ever where he does not: reading ahead changes how many statements there are, and never what is answered.

use std::collections::hash_map::Entry;
use std::marker::PhantomData;

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
    /// The step whose rows refer; the page where there is none.
    of: Option<usize>,
    /// The column that refers.
    by: &'static str,
    far: &'static dyn Far,
    columns: Columns,
}

/// Rows that are referred to, without their type.
trait Far: Send + Sync {
    /// The columns that are read where some are wanted: first of all that which identifies the row.
    fn columns(&self, wanted: Columns) -> Vec<&'static str>;

    /// The rows that may be seen.
    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement;

    /// Tells the reader what stands in `rows` from a place on.
    fn keep(&self, reader: &Reader, rows: &[QueryResult], from: usize, wanted: Columns) -> Result<(), DbErr>;
}

impl<E: Scoped<Model: Send + Sync>> Far for One<E> {
    fn columns(&self, wanted: Columns) -> Vec<&'static str> {
        Self::columns(wanted).iter().map(IdenStatic::as_str).collect()
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

impl Ahead {
    /// Follows the reference `by` of a step, or of the page, to rows of `E` of which some columns are wanted. Returns which step that
    /// is; none where no more can be followed.
    pub fn follow<E: Scoped<Model: Send + Sync>>(
        &mut self,
        of: Option<usize>,
        by: &'static str,
        columns: Columns,
    ) -> Option<usize> {
        if let Some(known) = self.0.iter().position(|step| step.of == of && step.by == by) {
            self.0[known].columns = self.0[known].columns.and(columns);
            return Some(known);
        }
        if self.0.len() == MOST {
            return None;
        }
        self.0.push(Step { of, by, far: &One::<E>(PhantomData), columns });
        Some(self.0.len() - 1)
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
            let refers = Expr::col((step.of.map_or_else(|| Alias::new(PAGE), table), step.by));
            let same = Expr::col((table(number), columns[0])).eq(refers);
            select.join_subquery(JoinType::LeftJoin, step.far.select(reader, step.columns), table(number), same);
            select.columns(columns.into_iter().map(|column| (table(number), column)));
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
