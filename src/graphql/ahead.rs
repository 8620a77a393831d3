//! Reading ahead: what the rows of a page refer to comes with them, in the same statement, and a short list that they have.
//!
//! The rows that come are answers that the [`Reader`] has before anybody asks. Who asks for them later finds them there, and asks as
//! ever where he does not: reading ahead changes how many statements there are, and never what is answered.

use std::marker::PhantomData;
use std::slice;
use std::sync::Arc;

use sea_orm::sea_query::{DynIden, Expr, ExprTrait, IntoIden, SelectStatement};
use sea_orm::{ColumnTrait, DbErr, IdenStatic, JoinType, ModelTrait, QueryResult, Value};

use super::edge::One;
use super::filter::id_column;
use super::loader::{Answers, Key, Reader};
use crate::access::Scoped;
use crate::db::row::{self, Columns};

/// Where the object whose list a page is stands in a statement.
const NEAR: &str = "near_side";

/// References that are followed at most: PostgreSQL looks for the best order of eight tables, and takes longer with each.
const MOST: usize = 6;

/// What comes with a page: the references that are followed, each behind that to whose rows it belongs, at most one short list, and the
/// object whose list the page is.
#[derive(Clone, Default)]
pub struct Ahead {
    steps: Vec<Step>,
    near: Option<NearSide>,
}

/// The object whose list a page is.
#[derive(Clone)]
pub struct NearSide {
    /// What identifies it.
    pub key: Key,
    far: Arc<dyn Far>,
    columns: Columns,
}

/// What came with the rows of a page.
#[derive(Clone, Copy)]
pub struct Came<'a> {
    /// The rows that it came with.
    pub rows: &'a [QueryResult],
    /// The place in them from which on its columns stand.
    pub from: usize,
    by: FoundBy<'a>,
}

/// By what rows that come with others are found.
#[derive(Clone, Copy)]
enum FoundBy<'a> {
    /// What stands in the others at a place.
    Place(usize),
    /// The same for all of them.
    Key(&'a Key),
}

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
    /// The column by which they are found.
    fn found_by(&self) -> &'static str;

    /// The columns that are read of them where some are wanted: first of all one that is null in none of them. That by which they are
    /// found need not be among them, since what refers to them says it.
    fn columns(&self, wanted: Columns) -> Vec<&'static str>;

    /// Whether there may be several for one row of the page.
    fn is_list(&self) -> bool;

    /// Those that may be seen.
    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement;

    /// Tells the reader what came, where some columns are wanted.
    fn keep(&self, reader: &Reader, came: Came<'_>, wanted: Columns) -> Result<(), DbErr>;
}

impl Came<'_> {
    /// Whether nothing came with a row.
    pub fn is_missing(&self, row: &QueryResult) -> Result<bool, DbErr> {
        row::is_null(row, self.from)
    }

    /// The value by which what came with a row was found in its `column`.
    pub fn found_by<E: Scoped>(&self, row: &QueryResult, column: E::Column) -> Result<Value, DbErr> {
        match self.by {
            FoundBy::Place(at) => row::value_of::<E>(row, at, column),
            FoundBy::Key(key) => Ok(key.clone().into()),
        }
    }

    /// What came with a row: of it stand `columns` there, and its column `id` is that by which it was `found`.
    pub fn model<E: Scoped>(
        &self,
        row: &QueryResult,
        columns: &[E::Column],
        (id, found): (E::Column, Value),
    ) -> Result<E::Model, DbErr> {
        let mut model = row::model::<E>(row, self.from, columns)?;
        model.try_set(id, found)?;
        Ok(model)
    }
}

impl NearSide {
    /// The object of `key`, of whose row some columns are wanted.
    pub fn new<E: Scoped<Model: Send + Sync>>(key: Key, columns: Columns) -> Self {
        Self { key, far: Arc::new(One::<E>(PhantomData)), columns }
    }

    /// The object alone. It is limited to one row, so that it is read once and not for each row of its list.
    fn select(&self, reader: &Reader) -> SelectStatement {
        let mut object = self.far.select(reader, self.columns);
        object.and_where(Expr::col(self.far.found_by()).eq(Value::from(self.key.clone()))).limit(1).take()
    }
}

impl<E: Scoped<Model: Send + Sync>> One<E> {
    /// The columns that are read of a row that is referred to.
    fn behind(wanted: Columns) -> Vec<E::Column> {
        let id = id_column::<E>();
        let mut columns = wanted.of::<E>();
        columns.retain(|column| column.as_str() != id.as_str());
        match columns.iter().position(|column| !column.def().is_null()) {
            Some(present) => columns.swap(0, present),
            None => columns.insert(0, id),
        }
        columns
    }
}

impl<E: Scoped<Model: Send + Sync>> Far for One<E> {
    fn found_by(&self) -> &'static str {
        id_column::<E>().as_str()
    }

    fn columns(&self, wanted: Columns) -> Vec<&'static str> {
        Self::behind(wanted).iter().map(IdenStatic::as_str).collect()
    }

    fn is_list(&self) -> bool {
        false
    }

    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement {
        reader.visible().columns::<E>(&Self::columns(wanted))
    }

    fn keep(&self, reader: &Reader, came: Came<'_>, wanted: Columns) -> Result<(), DbErr> {
        let (id, columns) = (id_column::<E>(), Self::behind(wanted));
        let mut known = Answers::default();
        for row in came.rows {
            if came.is_missing(row)? {
                continue;
            }
            let found_by = came.found_by::<E>(row, id)?;
            if let Some(key) = Key::of(found_by.clone()).filter(|key| !known.has(key)) {
                known.add(key, came.model::<E>(row, &columns, (id, found_by))?);
            }
        }
        reader.know("", || Self(PhantomData), wanted.and(Columns::named::<E>(&[id.as_str()])), known);
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
        if self.steps.iter().all(|known| !known.far.is_list() || known.is_like(&step)) {
            self.add(step);
        }
    }

    /// Takes along the object whose list the page is.
    pub fn bring(&mut self, near: NearSide) {
        self.near = Some(near);
    }

    fn add(&mut self, step: Step) -> Option<usize> {
        if let Some(known) = self.steps.iter().position(|known| known.is_like(&step)) {
            self.steps[known].columns = self.steps[known].columns.and(step.columns);
            return Some(known);
        }
        if self.steps.len() == MOST {
            return None;
        }
        self.steps.push(step);
        Some(self.steps.len() - 1)
    }

    /// Whether a row of the page may come more than once.
    pub fn repeats(&self) -> bool {
        self.steps.iter().any(|step| step.far.is_list())
    }

    /// The columns of the page by which it refers to what comes with it.
    pub fn referring<E: Scoped>(&self) -> Columns {
        let by: Vec<_> = self.steps.iter().filter(|step| step.of.is_none()).map(|step| step.by).collect();
        Columns::named::<E>(&by)
    }

    /// Whether nothing comes with the page.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.near.is_none()
    }

    /// Has `rows` of the table `page` come with what they refer to, behind the columns that they have.
    pub fn join(&self, rows: &mut SelectStatement, reader: &Reader, page: &DynIden) {
        let table = |step: usize| format!("far{step}").into_iden();
        for (number, step) in self.steps.iter().enumerate() {
            let refers = Expr::col((step.of.map_or_else(|| page.clone(), table), step.by));
            let same = Expr::col((table(number), step.far.found_by())).eq(refers);
            rows.join_subquery(JoinType::LeftJoin, step.far.select(reader, step.columns), table(number), same);
            rows.columns(step.far.columns(step.columns).into_iter().map(|column| (table(number), column)));
        }
        if let Some(near) = &self.near {
            rows.join_subquery(JoinType::LeftJoin, near.select(reader), NEAR, Expr::val(true));
            rows.columns(near.far.columns(near.columns).into_iter().map(|column| (NEAR, column)));
        }
    }

    /// Tells the reader what came with the rows of a page, which have `columns` of their own at first, and what came from a place on.
    pub fn keep(
        &self,
        reader: &Reader,
        rows: &[QueryResult],
        columns: impl Iterator<Item = &'static str>,
        mut from: usize,
    ) -> Result<(), DbErr> {
        // The columns of the page, and those of each step, and where each of them stands.
        let mut places: Vec<Vec<(&str, usize)>> = vec![columns.zip(0..).collect()];
        for step in &self.steps {
            let refers = &places[step.of.map_or(0, |of| of + 1)];
            let refers = refers.iter().find(|(column, _)| *column == step.by);
            let (_, key) = *refers.ok_or_else(|| DbErr::Type(format!("{} was not read", step.by)))?;
            step.far.keep(reader, Came { rows, from, by: FoundBy::Place(key) }, step.columns)?;
            let columns = step.far.columns(step.columns);
            let behind = from + columns.len();
            places.push(columns.into_iter().zip(from..).chain([(step.far.found_by(), key)]).collect());
            from = behind;
        }
        match (&self.near, rows) {
            (Some(near), [first, ..]) => {
                let came = Came { rows: slice::from_ref(first), from, by: FoundBy::Key(&near.key) };
                near.far.keep(reader, came, near.columns)
            }
            _ => Ok(()),
        }
    }
}
