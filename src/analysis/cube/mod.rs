//! Attendance as a cube: delegations, countries, people and action plans counted over two
//! dimensions at once.
//!
//! What is counted stands in the tables, and every number is a statement's own: a total is counted
//! over what it is the total of, since a country that came twice is one country, and a batch about
//! two topics is one batch.

mod cell;
mod count;
mod dimension;
mod header;
mod join;
mod order;
mod page;
mod people;
mod period;
mod plans;
mod read;
mod statement;
mod sums;
mod then;

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use sea_orm::Condition;

pub use self::cell::{AttendanceCell, AttendanceState};
pub use self::dimension::AttendanceDimension;
use self::dimension::of_countries;
pub use self::header::AttendanceHeader;
pub use self::order::{AttendanceCellOrder, AttendanceMeasure};
use self::read::{cells, first_rows};
use self::statement::Cells;
pub use self::sums::{ActionPlanCount, PeopleCount, PersonDays};
use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::DelegationFilter;
use crate::graphql::context::RequestContext;
use crate::graphql::error::bad_input;
use crate::graphql::filter::{Filter, Scope};
use crate::graphql::listing::Listing;
use crate::graphql::page::{LARGEST_PAGE, size};
use crate::graphql::scalars::Cursor;
use crate::known::{TablesThen, tables_then};

/// Where a cell lies: a value of each dimension, empty where nothing is recorded.
type Place = (String, String);

/// What is counted, over which dimensions.
#[derive(Clone, Debug)]
struct Cube {
    rows: Option<AttendanceDimension>,
    columns: Option<AttendanceDimension>,
    batches: Condition,
    /// Which delegations, where it is the parties that are told apart and not the batches.
    delegations: Option<Condition>,
    /// Whether memberships are left out that may have begun after the date of the batch.
    only_certain: bool,
    /// In which tables it is counted, where these are not those of today.
    then: Option<Arc<TablesThen>>,
    /// Of what it is a part, where rows were left out.
    whole: Option<Arc<Cube>>,
}

impl Cube {
    /// Whether delegations have all that it takes, and their batches need not be read: by country,
    /// in the order of their index.
    fn is_of_delegations(&self) -> bool {
        use AttendanceDimension::{Country, Programme, Year};
        self.then.is_none()
            && self.rows == Some(Country)
            && matches!(self.columns, None | Some(Programme | Year))
            && self.batches.is_empty()
    }

    /// The same without columns.
    fn over_columns(&self) -> Self {
        Self { columns: None, ..self.clone() }
    }

    fn name(&self) -> String {
        let then = self.then.as_ref().map(|then| then.place.at.position);
        format!("attendance {:?} {:?} {} {then:?}", self.rows, self.columns, self.only_certain)
    }
}

/// Which batches and delegations are counted, and in which state of the register.
#[derive(Default)]
pub struct Counted {
    /// Which batches; all that may be seen unless given.
    pub batches: Option<BatchFilter>,
    /// Which delegations; all of these batches unless given.
    pub delegations: Option<DelegationFilter>,
    /// Whether memberships are left out that may have begun after the date of the batch.
    pub only_certain: bool,
    /// As known at which place of the log; today unless given.
    pub as_known_at: Option<Cursor>,
}

/// Counts attendance.
pub async fn attendance(
    ctx: &Context<'_>,
    rows: AttendanceDimension,
    columns: Option<AttendanceDimension>,
    counted: Counted,
) -> Result<AttendanceCube> {
    let Counted { batches, delegations, only_certain, as_known_at } = counted;
    if columns == Some(rows) {
        return Err(bad_input(format!(
            "`rows` and `columns` are both {rows}: a cube has two dimensions that differ"
        )));
    }
    let scope = Scope::new(ctx.reader());
    let batches =
        batches.map(|filter| filter.condition(&scope)).transpose()?.unwrap_or_else(Condition::all);
    let chosen = delegations.map(|filter| filter.condition(&scope)).transpose()?;
    let dimensions = [Some(rows), columns];
    let any = |is: fn(AttendanceDimension) -> bool| dimensions.into_iter().flatten().any(is);
    let parties = chosen.is_some() || any(AttendanceDimension::is_of_parties);
    let countries = any(AttendanceDimension::is_of_countries).then(of_countries);
    let delegations = parties.then(|| Condition::all().add_option(chosen).add_option(countries));
    let mut cube = Cube {
        rows: Some(rows),
        columns,
        batches,
        delegations,
        only_certain,
        then: None,
        whole: None,
    };
    if let Some(place) = as_known_at {
        then::can_be_known(&cube, &scope.reached())?;
        cube.then = Some(tables_then(ctx, &place).await?);
    }
    Ok(AttendanceCube(cube))
}

/// Attendance counted over one dimension or two.
pub struct AttendanceCube(Cube);

/// Attendance counted over one dimension or two. A combination without a cell is one of which
/// nothing is recorded: it is unknown, not zero.
#[Object(name = "AttendanceAggregates")]
impl AttendanceCube {
    /// The cells, ordered by row, then by column, unless `orderBy` says otherwise.
    async fn cells(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
        #[graphql(desc = "In which order.")] order_by: Option<AttendanceCellOrder>,
    ) -> Result<Listing<AttendanceCell>> {
        cells(ctx, self.0.clone(), order_by, first, after).await
    }

    /// One cell for each row, over all columns: those of which most is counted first, where
    /// `orderBy` says so.
    async fn row_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
        #[graphql(desc = "In which order.")] order_by: Option<AttendanceCellOrder>,
    ) -> Result<Listing<AttendanceCell>> {
        cells(ctx, self.0.over_columns(), order_by, first, after).await
    }

    /// One cell for each column, over all rows. Nothing, where the cube has no columns.
    async fn column_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
        #[graphql(desc = "In which order.")] order_by: Option<AttendanceCellOrder>,
    ) -> Result<Listing<AttendanceCell>> {
        if self.0.columns.is_none() {
            return Ok(Listing {
                items: Vec::new(),
                has_previous: false,
                has_next: false,
                total: 0,
            });
        }
        cells(ctx, Cube { rows: None, ..self.0.clone() }, order_by, first, after).await
    }

    /// One cell over all rows and columns: counted over the data, not summed up from the cells.
    async fn total(&self, ctx: &Context<'_>) -> Result<AttendanceCell> {
        total(ctx, &self.0).await
    }

    /// One cell over all rows but the first ones in an order: what stands behind the `rowTotals` of
    /// the same order. A delegation that stands in several rows, as in several topics, is counted
    /// here where one of these rows is not among the first.
    async fn rest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows to leave out, at most 100.")] first: i32,
        #[graphql(desc = "In which order.")] order_by: AttendanceCellOrder,
    ) -> Result<AttendanceCell> {
        let first = size("first", first, LARGEST_PAGE)?;
        let left_out = first_rows(ctx, self.0.over_columns(), &order_by, first).await?;
        total(ctx, &Cells::new(ctx.reader(), Arc::new(self.0.over_columns())).without(left_out))
            .await
    }
}

async fn total(ctx: &Context<'_>, cube: &Cube) -> Result<AttendanceCell> {
    let cube = Cube { rows: None, columns: None, ..cube.clone() };
    let cell = cells(ctx, cube, None, Some(1), None).await?.items.into_iter().next();
    cell.map(|item| item.1).ok_or_else(|| ctx.reader().fail("a total without a row"))
}
