//! The statement that counts groups, for all parents at once.
//!
//! Rows are read with the values that they are grouped by and measured in; they are counted, the
//! groups that fulfil the conditions are numbered in their order, and those of the page are kept.
//! A row that is linked with several records stands in the group of each, once: its *turn* is 1 in
//! the first of the rows that the links make of it.

use sea_orm::sea_query::{
    Alias, Asterisk, DynIden, Expr, ExprTrait, Func, IntoIden, Order, OverStatement, Query,
    SelectStatement, WindowStatement,
};
use sea_orm::{Condition, DatabaseBackend, DbErr, JoinType, QueryResult, Value};

use super::page::{GroupPage, GroupRow, Ordered};
use super::sources::{Source, Sources};
use super::{Measure, Measured};
use crate::graphql::edge::{PARENT_KEY, ParentLink};
use crate::graphql::filter::Values;
use crate::graphql::loader::{Key, Keyed};

/// What the counted groups are called.
pub(super) const COUNTED: &str = "counted";
/// What the rows are called, where they are read before they are counted.
const ROWS: &str = "rows";
/// What is counted of the whole list.
const WHOLE: &str = "whole";
const COUNT: &str = "count";
const TURN: &str = "turn";
const BEHIND: &str = "behind";
const NUMBER: &str = "number";
const TOTAL: &str = "total";

/// What the value at a place is called.
pub(super) fn value_alias(place: usize) -> String {
    format!("value_{place}")
}

/// What the measure at a place is called.
pub(super) fn measure_alias(place: usize) -> String {
    format!("measure_{place}")
}

fn named(what: &str, place: usize) -> DynIden {
    Alias::new(format!("{what}_{place}")).into_iden()
}

/// A measure, and the place of what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Which.
    pub measure: Measure,
    /// Of what.
    pub of: Option<usize>,
}

/// How rows are grouped.
pub struct Grouping<'a> {
    pub(super) sources: Sources<'a>,
    pub(super) by: Vec<Source>,
    pub(super) inputs: Vec<Source>,
    pub(super) measures: Vec<Counted>,
    /// The places of the measures that were selected; none for one that is of nothing or not
    /// wanted.
    pub(super) selected: Vec<Option<usize>>,
    pub(super) having: Condition,
    /// Counts of different values that are those of the whole list, or are not.
    pub(super) every: Vec<(usize, bool)>,
    pub(super) order: Ordered,
    pub(super) after: Option<Vec<Option<Value>>>,
    pub(super) first: u64,
}

impl Grouping<'_> {
    /// What the values are, in their order.
    pub fn values(&self) -> Vec<Values> {
        self.by.iter().map(|source| source.values).collect()
    }

    /// The places of the measures that were selected; none for one that is of nothing or not
    /// wanted.
    pub fn selected(&self) -> Vec<Option<usize>> {
        self.selected.clone()
    }

    /// The statement of a page of the groups of what `rows` selects, for each parent.
    pub fn statement(
        &self,
        mut rows: SelectStatement,
        parent: Option<Expr>,
        backend: DatabaseBackend,
    ) -> SelectStatement {
        rows.clear_selects();
        self.sources.join(&mut rows);
        let counted = self.counted(&rows, parent.as_ref(), backend);
        let mut kept = Query::select();
        kept.column((COUNTED, Asterisk)).from_subquery(counted, COUNTED);
        kept.cond_where(self.having.clone());
        if self.by.is_empty() {
            // Of nothing there is no group.
            kept.and_where(Expr::col((COUNTED, COUNT)).gt(0));
        }
        self.compare_with_whole(&mut kept, &rows, parent.as_ref());
        let behind = match &self.after {
            Some(place) => Expr::case(self.order.behind(place), 1).finally(0).into(),
            None => Expr::cust("1"),
        };
        kept.expr_as(behind, BEHIND);
        let mut place = WindowStatement::new();
        let mut all = WindowStatement::new();
        if parent.is_some() {
            place.add_partition_by(Expr::col(PARENT_KEY));
            all.add_partition_by(Expr::col(PARENT_KEY));
        }
        place.add_partition_by(Expr::col(BEHIND));
        self.order.sort(&mut place);
        let mut numbered = Query::select().column(Asterisk).from_subquery(kept, "kept").take();
        numbered.expr_window_as(Func::cust("ROW_NUMBER"), place, Alias::new(NUMBER));
        numbered.expr_window_as(Func::count(Expr::col(Asterisk)), all, Alias::new(TOTAL));
        // One more than the page has tells whether there are others; where it has none, the first
        // of those before it tells how many there are.
        let number = || Expr::col(NUMBER);
        let of_page = Expr::col(BEHIND).eq(1).and(number().lte(self.first + 1));
        let before = Expr::col(BEHIND).eq(0).and(number().eq(1));
        Query::select()
            .column(Asterisk)
            .from_subquery(numbered, "numbered")
            .and_where(of_page.or(before))
            .order_by(NUMBER, Order::Asc)
            .take()
    }

    /// Keeps groups that have each of the values which the whole list has, or have not.
    fn compare_with_whole(
        &self,
        kept: &mut SelectStatement,
        rows: &SelectStatement,
        parent: Option<&Expr>,
    ) {
        if self.every.is_empty() {
            return;
        }
        let mut whole = rows.clone();
        if let Some(parent) = parent {
            whole.expr_as(parent.clone(), PARENT_KEY).group_by_col(PARENT_KEY);
        }
        for (place, is_every) in &self.every {
            let Some(of) = self.measures[*place].of else { continue };
            let all = self.inputs[of].value.clone().count_distinct();
            whole.expr_as(all, named(WHOLE, *place));
            let here = Expr::col((COUNTED, measure_alias(*place)));
            let whole = Expr::col((WHOLE, named(WHOLE, *place)));
            kept.and_where(if *is_every { here.eq(whole) } else { here.ne(whole) });
        }
        let on = match parent {
            Some(_) => Expr::col((WHOLE, PARENT_KEY)).equals((COUNTED, PARENT_KEY)),
            None => Expr::cust("1 = 1"),
        };
        kept.join_subquery(JoinType::InnerJoin, whole, WHOLE, on);
    }

    /// The groups with their measures.
    fn counted(
        &self,
        rows: &SelectStatement,
        parent: Option<&Expr>,
        backend: DatabaseBackend,
    ) -> SelectStatement {
        let is_many = self.by.iter().chain(&self.inputs).any(|source| source.is_many);
        let has_median = self.measures.iter().any(|counted| counted.measure == Measure::Median);
        let mut counted;
        if is_many || has_median {
            let mut read = self.read(rows, parent, is_many, backend);
            if has_median {
                read = self.ranked(read, parent.is_some(), is_many);
            }
            counted = Query::select().from_subquery(read, ROWS).take();
            if parent.is_some() {
                counted.column(PARENT_KEY);
            }
            (0..self.by.len()).for_each(|place| {
                counted.column(value_alias(place));
            });
        } else {
            counted = rows.clone();
            if let Some(parent) = parent {
                counted.expr_as(parent.clone(), PARENT_KEY);
            }
            for (place, by) in self.by.iter().enumerate() {
                counted.expr_as(as_text(by, backend), value_alias(place));
            }
        }
        if parent.is_some() {
            counted.group_by_col(PARENT_KEY);
        }
        (0..self.by.len()).for_each(|place| {
            counted.group_by_col(value_alias(place));
        });
        let count = if is_many {
            Func::count(Expr::case(Expr::col(TURN).eq(1), 1))
        } else {
            Func::count(Expr::col(Asterisk))
        };
        counted.expr_as(count.clone(), COUNT);
        for (place, measured) in self.measures.iter().enumerate() {
            let read_before = is_many || has_median;
            let whole = |of: usize| match read_before {
                true => Expr::col(named("input", of)),
                false => self.inputs[of].value.clone(),
            };
            let once = |of: usize| once(whole(of), is_many);
            let value = match (measured.measure, measured.of) {
                (Measure::Distinct, Some(of)) => whole(of).count_distinct(),
                (Measure::Sum, Some(of)) => once(of).sum(),
                (Measure::Average, Some(of)) => {
                    once(of).sum().cast_as("double precision").div(once(of).count())
                }
                (Measure::Median, Some(of)) => median(of, once(of)),
                (Measure::Min, Some(of)) => whole(of).min().cast_as("bigint"),
                (Measure::Max, Some(of)) => whole(of).max().cast_as("bigint"),
                (Measure::Earliest, Some(of)) => whole(of).min().cast_as("text"),
                (Measure::Latest, Some(of)) => whole(of).max().cast_as("text"),
                _ => count.clone().into(),
            };
            counted.expr_as(value, measure_alias(place));
        }
        counted
    }

    /// The rows, each with what it is grouped by and measured in.
    fn read(
        &self,
        rows: &SelectStatement,
        parent: Option<&Expr>,
        is_many: bool,
        backend: DatabaseBackend,
    ) -> SelectStatement {
        let mut read = rows.clone();
        let mut turn = WindowStatement::new();
        if let Some(parent) = parent {
            read.expr_as(parent.clone(), PARENT_KEY);
            turn.add_partition_by(parent.clone());
        }
        turn.add_partition_by(self.sources.id());
        for (place, by) in self.by.iter().enumerate() {
            read.expr_as(as_text(by, backend), value_alias(place));
            turn.add_partition_by(by.value.clone());
        }
        for (place, input) in self.inputs.iter().enumerate() {
            read.expr_as(input.value.clone(), named("input", place));
        }
        if is_many {
            read.expr_window_as(Func::cust("ROW_NUMBER"), turn, Alias::new(TURN));
        }
        read
    }

    /// The same with the places that numbers have in their group, for medians. There is an
    /// aggregate for it on PostgreSQL alone.
    fn ranked(&self, read: SelectStatement, has_parent: bool, is_many: bool) -> SelectStatement {
        let mut ranked = Query::select().column(Asterisk).from_subquery(read, ROWS).take();
        let medians = self.measures.iter().filter(|counted| counted.measure == Measure::Median);
        for of in medians.filter_map(|counted| counted.of) {
            let number = || once(Expr::col(named("input", of)), is_many);
            let mut group = WindowStatement::new();
            if has_parent {
                group.add_partition_by(Expr::col(PARENT_KEY));
            }
            (0..self.by.len()).for_each(|place| {
                group.add_partition_by(Expr::col(value_alias(place)));
            });
            ranked.expr_window_as(
                Func::count(number()),
                group.clone(),
                Alias::new(format!("known_{of}")),
            );
            group.order_by_expr(number().is_null(), Order::Asc);
            group.order_by_expr(number(), Order::Asc);
            ranked.expr_window_as(
                Func::cust("ROW_NUMBER"),
                group,
                Alias::new(format!("place_{of}")),
            );
        }
        ranked
    }

    /// The groups of each of `keys`, as the statement tells them.
    pub fn pages(
        &self,
        link: &ParentLink,
        rows: &[QueryResult],
        keys: &[Key],
    ) -> Result<Keyed<GroupPage>, DbErr> {
        let mut pages: Keyed<GroupPage> = Keyed::default();
        for row in rows {
            let page = pages.entry(link.key_of(row, keys, 0)?).or_default();
            page.has_previous = self.after.is_some();
            page.total = row.try_get("", TOTAL)?;
            let (behind, number): (i32, i64) = (row.try_get("", BEHIND)?, row.try_get("", NUMBER)?);
            if behind == 0 {
                continue;
            }
            if u64::try_from(number).is_ok_and(|number| number > self.first) {
                page.has_next = true;
                continue;
            }
            let values = (0..self.by.len()).map(|place| row.try_get("", &value_alias(place)));
            let measures = self.measures.iter().enumerate().map(|(place, counted)| {
                let column = measure_alias(place);
                Ok(match counted.measure {
                    Measure::Average | Measure::Median => Measured::Real(row.try_get("", &column)?),
                    Measure::Earliest | Measure::Latest => {
                        Measured::Date(row.try_get("", &column)?)
                    }
                    _ => Measured::Whole(row.try_get("", &column)?),
                })
            });
            let values: Vec<Option<String>> = values.collect::<Result<_, _>>()?;
            let measures: Vec<Measured> = measures.collect::<Result<_, DbErr>>()?;
            let place = self.order.place(&values, &measures);
            page.groups.push(GroupRow { values, measures, place });
        }
        Ok(pages)
    }
}

/// A value in one of the rows that links make of a row.
fn once(value: Expr, is_many: bool) -> Expr {
    if is_many { Expr::case(Expr::col(TURN).eq(1), value).into() } else { value }
}

/// The number in the middle, or the mean of the two there.
fn median(of: usize, number: Expr) -> Expr {
    let (place, known) = (format!("\"place_{of}\""), format!("\"known_{of}\""));
    let middle = Expr::cust(format!("{place} IN (({known} + 1) / 2, ({known} + 2) / 2)"));
    let numbers: Expr = Expr::case(middle, number).into();
    Expr::from(Func::avg(numbers)).cast_as("double precision")
}

/// A value as text that sorts alike on both databases. Ids become 32 hexadecimal digits.
fn as_text(source: &Source, backend: DatabaseBackend) -> Expr {
    use entity::vocabulary::RecordKind::Country;
    let is_id = matches!(source.values, Values::Record(kind) if kind != Country);
    let value = source.value.clone();
    match (backend, is_id) {
        (DatabaseBackend::Postgres, true) => {
            Expr::cust_with_exprs("replace(CAST($1 AS text), '-', '') COLLATE \"C\"", [value])
        }
        (DatabaseBackend::Postgres, false) => {
            Expr::cust_with_exprs("CAST($1 AS text) COLLATE \"C\"", [value])
        }
        (_, true) => Expr::cust_with_exprs("lower(hex(?))", [value]),
        (_, false) => value.cast_as("text"),
    }
}
