//! Attendance as a cube: delegations, countries, people and action plans counted over two dimensions at once.
//!
//! What is counted stands in the tables, and every number is a statement's own: a total is counted over what it is the total
//! of, since a country that came twice is one country, and a batch about two topics is one batch.

mod dimension;
mod statement;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, Lookahead, Object, Result, SelectionField, SimpleObject, Value};
use entity::vocabulary::DelegationStatus;
use sea_orm::{Condition, ConnectionTrait, DbErr, Iterable, QueryResult};

use self::dimension::of_countries;
pub use self::dimension::{AttendanceDimension, AttendanceHeader};
use self::statement::{Behind, Cells, Count, key_of};
use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::{Delegation, DelegationFilter};
use crate::engine::reference::Records;
use crate::graphql::context::Reading;
use crate::graphql::error::bad_input;
use crate::graphql::filter::{Filter, Scope};
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::loader::Key;
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;

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
}

impl Cube {
    /// Whether delegations have all that it takes, and their batches need not be read: by country, in the order of their index.
    fn is_of_delegations(&self) -> bool {
        use AttendanceDimension::{Country, Programme};
        self.rows == Some(Country) && matches!(self.columns, None | Some(Programme)) && self.batches.is_empty()
    }

    fn name(&self) -> String {
        format!("attendance {:?} {:?}", self.rows, self.columns)
    }
}

/// Counts attendance.
pub fn attendance(
    ctx: &Context<'_>,
    rows: AttendanceDimension,
    columns: Option<AttendanceDimension>,
    batches: Option<BatchFilter>,
    delegations: Option<DelegationFilter>,
) -> Result<AttendanceCube> {
    if columns == Some(rows) {
        return Err(bad_input(format!("`rows` and `columns` are both {rows}: a cube has two dimensions that differ")));
    }
    let scope = Scope::new(ctx.reader());
    let batches = batches.map(|filter| filter.condition(&scope)).transpose()?.unwrap_or_else(Condition::all);
    let chosen = delegations.map(|filter| filter.condition(&scope)).transpose()?;
    let dimensions = [Some(rows), columns];
    let any = |is: fn(AttendanceDimension) -> bool| dimensions.into_iter().flatten().any(is);
    let parties = chosen.is_some() || any(AttendanceDimension::is_of_parties);
    let countries = any(AttendanceDimension::is_of_countries).then(of_countries);
    let delegations = parties.then(|| Condition::all().add_option(chosen).add_option(countries));
    Ok(AttendanceCube(Cube { rows: Some(rows), columns, batches, delegations }))
}

/// Attendance counted over one dimension or two.
pub struct AttendanceCube(Cube);

/// Attendance counted over one dimension or two. A combination without a cell is one of which nothing is recorded: it is
/// unknown, not zero.
#[Object(name = "AttendanceAggregates")]
impl AttendanceCube {
    /// The cells, ordered by row, then by column.
    async fn cells(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<AttendanceCell>> {
        cells(ctx, self.0.clone(), first, after).await
    }

    /// One cell for each row, over all columns.
    async fn row_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<AttendanceCell>> {
        cells(ctx, Cube { columns: None, ..self.0.clone() }, first, after).await
    }

    /// One cell for each column, over all rows. Nothing, where the cube has no columns.
    async fn column_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<AttendanceCell>> {
        if self.0.columns.is_none() {
            return Ok(Listing { items: Vec::new(), has_previous: false, has_next: false, total: 0 });
        }
        cells(ctx, Cube { rows: None, ..self.0.clone() }, first, after).await
    }

    /// One cell over all rows and columns: counted over the data, not summed up from the cells.
    async fn total(&self, ctx: &Context<'_>) -> Result<AttendanceCell> {
        let cells = cells(ctx, Cube { rows: None, columns: None, ..self.0.clone() }, Some(1), None).await?;
        let cell = cells.items.into_iter().next().map(|item| item.1);
        cell.ok_or_else(|| ctx.reader().fail("a total without a row"))
    }
}

/// What is known of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttendanceState {
    /// At least one delegation attended.
    Attended,
    /// None attended, and that is known of all that are recorded: a known zero.
    Nobody,
    /// No delegation is recorded, or none is known to have attended while that of some is not settled: not a zero.
    Unknown,
}

/// One cell of a cube.
#[derive(Clone, Debug)]
pub struct AttendanceCell {
    cube: Arc<Cube>,
    /// The first and the last cell of the page that it was read with.
    page: Arc<(Place, Place)>,
    place: Place,
    counts: BTreeMap<Count, i64>,
    people: Option<PeopleCount>,
    plans: Option<ActionPlanCount>,
}

/// One cell of a cube.
#[Object(name = "AttendanceCellAggregates")]
impl AttendanceCell {
    /// The row that it stands in; null in totals of columns.
    async fn row(&self) -> Option<AttendanceHeader> {
        self.cube.rows.map(|dimension| AttendanceHeader::new(dimension, &self.place.0))
    }

    /// The column that it stands in; null in totals of rows, and where the cube has no columns.
    async fn column(&self) -> Option<AttendanceHeader> {
        self.cube.columns.map(|dimension| AttendanceHeader::new(dimension, &self.place.1))
    }

    /// What is known of it.
    async fn state(&self) -> AttendanceState {
        if self.count_of(Some(DelegationStatus::Attended)) > 0 {
            AttendanceState::Attended
        } else if self.of(Count::Delegations) == 0 || self.unsettled_parties() > 0 {
            AttendanceState::Unknown
        } else {
            AttendanceState::Nobody
        }
    }

    /// How many delegations there are, of these statuses where any are given.
    async fn count(
        &self,
        #[graphql(
            desc = "Which accepted statuses; all delegations unless given, also those whose status is not decided."
        )]
        status: Option<Vec<DelegationStatus>>,
    ) -> i32 {
        int(match status {
            None => self.of(Count::Delegations),
            Some(wanted) => DelegationStatus::iter()
                .filter(|status| wanted.contains(status))
                .map(|status| self.count_of(Some(status)))
                .sum(),
        })
    }

    /// How many delegations are not settled: merely invited, nominated or confirmed, or sources contradict each other.
    async fn unsettled(&self) -> i32 {
        int(self.unsettled_parties())
    }

    /// How many different countries attended. Delegations of institutions are nobody's attendance but their own.
    async fn countries(&self) -> i32 {
        int(self.of(Count::Countries))
    }

    /// How many batches there are.
    async fn batches(&self) -> i32 {
        int(self.of(Count::Batches))
    }

    /// The people who took part. Where the parties are told apart (by country, regional group or institution, or where delegations
    /// are chosen), the accepted headcounts of the delegations that attended; otherwise the accepted numbers of the batches.
    async fn people(&self) -> PeopleCount {
        self.people.clone().unwrap_or_default()
    }

    /// The action plans of the delegations.
    async fn action_plans(&self) -> ActionPlanCount {
        self.plans.clone().unwrap_or_default()
    }

    /// The delegations that are counted, whatever their status: by date of the batch, then by name.
    async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 20)] first: i32,
    ) -> Result<Records<Delegation>> {
        let limit = size("first", first, crate::graphql::page::LARGEST_PAGE)?;
        let (cube, page) = (self.cube.clone(), self.page.clone());
        let root = ctx.path_node.and_then(|path| path.to_string_vec().into_iter().next());
        let name = format!("{} {limit} {page:?} {root:?}", cube.name());
        let key = Key::Code(key_of(&self.place));
        let found = ctx.reader().load(name, || Behind { cube, page, limit }, key).await?;
        Ok(Records::required(found.map(|keys| keys.to_vec()).unwrap_or_default()))
    }
}

impl AttendanceCell {
    fn of(&self, count: Count) -> i64 {
        *self.counts.get(&count).unwrap_or_else(|| unreachable!("{count:?} is counted for the fields that show it"))
    }

    fn count_of(&self, status: Option<DelegationStatus>) -> i64 {
        self.of(Count::Status(status))
    }

    fn unsettled_parties(&self) -> i64 {
        use DelegationStatus::{Confirmed, Invited, Nominated};
        [None, Some(Invited), Some(Nominated), Some(Confirmed)].into_iter().map(|status| self.count_of(status)).sum()
    }
}

fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A sum of accepted numbers of people, and on how firm ground it stands.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(name = "PeopleAggregates")]
pub struct PeopleCount {
    /// How many there were at least, in persons: the sum of the lower bounds; null where no number is accepted.
    at_least: Option<i32>,
    /// How many there were at most, in persons: the sum of the upper bounds; null where no number is accepted, or where one of
    /// them has no upper bound.
    at_most: Option<i32>,
    /// Of how many batches (delegations) a number is accepted.
    counted: i32,
    /// Of how many the claims disagree: none is accepted because of that, or a finding about the numbers is open.
    disputed: i32,
    /// Of how many nothing is stated that counts people. They are not in the sum.
    unknown: i32,
}

impl PeopleCount {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let number = |name: &str| row.try_get::<Option<i64>>("", name).map(|number| number.unwrap_or_default());
        let counted = number("counted")?;
        Ok(Self {
            at_least: (counted > 0).then_some(int(number("at_least")?)),
            at_most: (counted > 0 && number("unbounded")? == 0).then_some(int(number("at_most")?)),
            counted: int(counted),
            disputed: int(number("disputed")?),
            unknown: int(number("unknown")?),
        })
    }
}

/// How many action plans there are, by where they stand.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(name = "ActionPlanAggregates")]
pub struct ActionPlanCount {
    /// All of them.
    all: i32,
    /// Expected, and not handed in yet.
    expected: i32,
    /// Handed in, whatever became of them since: submitted, in progress or completed.
    submitted: i32,
    /// Completed.
    completed: i32,
    /// Abandoned.
    abandoned: i32,
    /// Past their due date (UTC), and neither completed nor abandoned. A plan without a due date is never overdue.
    overdue: i32,
    /// Those of which a progress note is dated within the last twelve months.
    progressed: i32,
}

impl ActionPlanCount {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let number = |name: &str| row.try_get::<Option<i64>>("", name).map(|number| int(number.unwrap_or_default()));
        Ok(Self {
            all: number("all_plans")?,
            expected: number("expected")?,
            submitted: number("submitted")?,
            completed: number("completed")?,
            abandoned: number("abandoned")?,
            overdue: number("overdue")?,
            progressed: number("progressed")?,
        })
    }
}

async fn cells(
    ctx: &Context<'_>,
    cube: Cube,
    first: Option<i32>,
    after: Option<Cursor>,
) -> Result<Listing<AttendanceCell>> {
    let reader = ctx.reader();
    let limit = first.map(|first| size("first", first, ctx.largest_page())).transpose()?.unwrap_or(USUAL_PAGE);
    let list = cube.name();
    let behind: Option<Place> = after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
    let cube = Arc::new(cube);
    let look = ctx.look_ahead();
    // A total is no list: its fields stand directly under it.
    let selected = |field: &str| [look.field(field), look.field("nodes").field(field)];
    let wanted = |field: &str| selected(field).iter().any(Lookahead::exists);
    let (people, plans) = (wanted("people"), wanted("actionPlans"));
    let asked = counts(wanted, selected("count").iter().flat_map(Lookahead::selection_fields))?;
    let statements = Cells::new(reader, cube.clone());
    let total = if look.field("totalCount").exists() {
        let (count, db) = (statements.count(), reader.heavy().clone());
        let counted = async move { db.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "count")) };
        reader.run(counted).await?
    } else {
        0
    };
    let (counts, db) = (statements.counts(&asked, behind.as_ref(), limit + 1), reader.heavy().clone());
    let mut rows: Vec<(Place, BTreeMap<Count, i64>)> = reader
        .run(async move {
            let rows = db.query_all_raw(counts).await?;
            rows.iter()
                .map(|row| Ok((statement::place_of(row)?, statement::counts_of(row, &asked)?)))
                .collect::<Result<_, DbErr>>()
        })
        .await?;
    let has_next = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let ends = rows.first().zip(rows.last()).map(|(first, last)| (first.0.clone(), last.0.clone()));
    let Some(ends) = ends else {
        return Ok(Listing { items: Vec::new(), has_previous: behind.is_some(), has_next, total });
    };
    let mut people_of = read(ctx, people.then(|| statements.people(&ends)), PeopleCount::read).await?;
    let mut plans_of = read(ctx, plans.then(|| statements.plans(&ends)), ActionPlanCount::read).await?;
    let page = Arc::new(ends);
    let cell = |(at, counts): (Place, BTreeMap<Count, i64>)| {
        let (people, plans) = (people_of.remove(&at), plans_of.remove(&at));
        let cursor = place(&list, &at);
        (cursor, AttendanceCell { cube: cube.clone(), page: page.clone(), place: at, counts, people, plans })
    };
    Ok(Listing { items: rows.into_iter().map(cell).collect(), has_previous: behind.is_some(), has_next, total })
}

/// What has to be counted for the selected fields. Counting what is different means to sort, which takes several times as long as
/// counting rows.
fn counts<'a>(
    wanted: impl Fn(&str) -> bool,
    mut counted: impl Iterator<Item = SelectionField<'a>>,
) -> Result<Vec<Count>> {
    let by_status = |field: SelectionField<'_>| -> Result<bool> {
        Ok(field.arguments()?.iter().any(|(name, value)| name == "status" && *value != Value::Null))
    };
    let statuses = wanted("state")
        || wanted("unsettled")
        || counted.try_fold(false, |any, field| Ok::<_, async_graphql::Error>(any | by_status(field)?))?;
    let mut counts = vec![Count::Delegations];
    if statuses {
        counts.extend(Count::statuses());
    }
    counts.extend(
        [("countries", Count::Countries), ("batches", Count::Batches)]
            .into_iter()
            .filter_map(|(field, count)| wanted(field).then_some(count)),
    );
    Ok(counts)
}

/// Runs a statement, if there is one, and reads what it says of each cell.
async fn read<T: Send + 'static>(
    ctx: &Context<'_>,
    select: Option<sea_orm::sea_query::SelectStatement>,
    read: fn(&QueryResult) -> Result<T, DbErr>,
) -> Result<BTreeMap<Place, T>> {
    let Some(select) = select else { return Ok(BTreeMap::new()) };
    let db = ctx.reader().heavy().clone();
    let answered = async move {
        let rows = db.query_all(&select).await?;
        rows.iter().map(|row| Ok((statement::place_of(row)?, read(row)?))).collect::<Result<_, DbErr>>()
    };
    ctx.reader().run(answered).await
}
