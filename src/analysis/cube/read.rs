//! Reads a page of cells, with what of them was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Lookahead, Result, SelectionField, Value};
use entity::vocabulary::DelegationStatus;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::Serialize;

use super::cell::AttendanceCell;
use super::count::{Count, counts_of};
use super::order::{AttendanceCellOrder, Rank, rank_of};
use super::page::Page;
use super::statement::{Cells, place_of};
use super::sums::{ActionPlanCount, PeopleCount, PersonDays, median};
use super::then::no_plans;
use super::{Cube, Place};
use crate::graphql::context::RequestContext;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;

/// What is counted in the cells of a page, in the order of the page.
type Counted = Vec<(Place, BTreeMap<Count, i64>)>;

/// A page of the cells of a cube: in the order of their places, or in one of what is counted.
pub(super) async fn cells(
    ctx: &Context<'_>,
    cube: Cube,
    order: Option<AttendanceCellOrder>,
    first: Option<i32>,
    after: Option<Cursor>,
) -> Result<Listing<AttendanceCell>> {
    let limit = first
        .map(|first| size("first", first, ctx.largest_page()))
        .transpose()?
        .unwrap_or(USUAL_PAGE);
    match order {
        None => placed(ctx, cube, limit, after).await,
        Some(order) => ordered(ctx, cube, &order, limit, after).await,
    }
}

async fn placed(
    ctx: &Context<'_>,
    cube: Cube,
    limit: u64,
    after: Option<Cursor>,
) -> Result<Listing<AttendanceCell>> {
    let list = cube.name();
    let behind: Option<Place> =
        after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
    let cube = Arc::new(cube);
    let statements = Cells::new(ctx.reader(), cube.clone());
    let total = count_all(ctx, &statements).await?;
    let asked = asked(ctx)?;
    let counts = statements.counts(&asked, behind.as_ref(), limit + 1);
    let of_row = move |row: &QueryResult| Ok((place_of(row)?, counts_of(row, &asked)?));
    let mut rows: Counted = rows(ctx, counts, of_row).await?;
    let has_next = cut(&mut rows, limit);
    let ends = rows.first().zip(rows.last());
    let page = ends.map(|(first, last)| Page::Range(first.0.clone(), last.0.clone()));
    let cursor = |_: usize, at: &Place| place(&list, at);
    let items = items(ctx, cube, page, rows, cursor).await?;
    Ok(Listing { items, has_previous: behind.is_some(), has_next, total })
}

async fn ordered(
    ctx: &Context<'_>,
    cube: Cube,
    order: &AttendanceCellOrder,
    limit: u64,
    after: Option<Cursor>,
) -> Result<Listing<AttendanceCell>> {
    let list = format!("{} {}", cube.name(), order.name());
    let behind: Option<Rank> =
        after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
    let cube = Arc::new(cube);
    let statements = Cells::new(ctx.reader(), cube.clone());
    let total = count_all(ctx, &statements).await?;
    let mut ranks = ranks(ctx, &statements, order, behind.as_ref(), limit + 1).await?;
    let has_next = cut(&mut ranks, limit);
    let has_previous = behind.is_some();
    if ranks.is_empty() {
        return Ok(Listing { items: Vec::new(), has_previous, has_next, total });
    }
    let page = Page::Named(ranks.iter().map(|rank| rank.1.clone()).collect());
    let asked = asked(ctx)?;
    let counts = statements.counts_of(&asked, &page);
    let of_row = move |row: &QueryResult| counts_of(row, &asked);
    let mut counts = read(ctx, &statements, Some(counts), of_row).await?;
    let rows = ranks.iter().filter_map(|rank| counts.remove_entry(&rank.1)).collect();
    let cursor = |at: usize, _: &Place| place(&list, &ranks.get(at));
    let items = items(ctx, cube, Some(page), rows, cursor).await?;
    Ok(Listing { items, has_previous, has_next, total })
}

/// The first places in an order, behind a rank.
async fn ranks(
    ctx: &Context<'_>,
    statements: &Cells<'_>,
    order: &AttendanceCellOrder,
    behind: Option<&Rank>,
    limit: u64,
) -> Result<Vec<Rank>> {
    rows(ctx, statements.ordered(order, behind, limit), rank_of).await
}

/// The values of the rows that stand first in an order.
pub(super) async fn first_rows(
    ctx: &Context<'_>,
    cube: Cube,
    order: &AttendanceCellOrder,
    first: u64,
) -> Result<Vec<String>> {
    let statements = Cells::new(ctx.reader(), Arc::new(cube));
    let ranks = ranks(ctx, &statements, order, None, first).await?;
    Ok(ranks.into_iter().map(|rank| rank.1.0).collect())
}

/// Leaves no more than a page, and tells whether there was more.
fn cut<T>(rows: &mut Vec<T>, limit: u64) -> bool {
    let has_next = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    has_next
}

/// How many cells there are, where that was asked for.
async fn count_all(ctx: &Context<'_>, statements: &Cells<'_>) -> Result<i64> {
    if !ctx.look_ahead().field("totalCount").exists() {
        return Ok(0);
    }
    let count = statements.written(&statements.count(), None);
    let db = ctx.reader().heavy().clone();
    let counted =
        async move { db.query_one_raw(count).await?.map_or(Ok(0), |row| row.try_get("", "count")) };
    ctx.reader().run(counted).await
}

/// The cells of a page, with what else of them was asked for; `cursor` gives the place of one.
async fn items<C: Serialize>(
    ctx: &Context<'_>,
    cube: Arc<Cube>,
    page: Option<Page>,
    rows: Counted,
    cursor: impl Fn(usize, &Place) -> C,
) -> Result<Vec<(C, AttendanceCell)>> {
    let Some(page) = page else { return Ok(Vec::new()) };
    let statements = Cells::new(ctx.reader(), cube.clone());
    let (page, look) = (Arc::new(page), ctx.look_ahead());
    let wanted = |field: &str| selected(&look, field).iter().any(Lookahead::exists);
    let people = wanted("people").then(|| statements.people(&page));
    let mut people = read(ctx, &statements, people, PeopleCount::read).await?;
    let days = wanted("personDays").then(|| statements.person_days(&page));
    let mut days = read(ctx, &statements, days, PersonDays::read).await?;
    let medians = wanted("medianPeople").then(|| statements.median(&page));
    let medians = read(ctx, &statements, medians, median).await?;
    let has_plans = wanted("actionPlans");
    if has_plans && cube.then.is_some() {
        return Err(no_plans());
    }
    let plans = has_plans.then(|| statements.plans(&page));
    let mut plans = read(ctx, &statements, plans, ActionPlanCount::read).await?;
    let attended_in_all = if wanted("share") { attended_in_all(ctx, &cube).await? } else { 0 };
    let cell = |(number, (place, counts)): (usize, (Place, BTreeMap<Count, i64>))| {
        let cell = AttendanceCell {
            cube: cube.clone(),
            page: page.clone(),
            counts,
            attended_in_all,
            people: people.remove(&place),
            person_days: days.remove(&place),
            median: medians.get(&place).copied(),
            plans: plans.remove(&place),
            place,
        };
        (cursor(number, &cell.place), cell)
    };
    Ok(rows.into_iter().enumerate().map(cell).collect())
}

/// How many delegations attended in all cells.
async fn attended_in_all(ctx: &Context<'_>, cube: &Cube) -> Result<i64> {
    let attended = Count::Status(Some(DelegationStatus::Attended));
    let cube = cube.whole.as_deref().unwrap_or(cube);
    let cube = Arc::new(Cube { rows: None, columns: None, ..cube.clone() });
    let counts = Cells::new(ctx.reader(), cube).counts(&[attended], None, 1);
    let of_row = move |row: &QueryResult| counts_of(row, &[attended]);
    let all = rows(ctx, counts, of_row).await?;
    Ok(all.iter().flat_map(BTreeMap::values).sum())
}

/// A field of the cells. A total is no list: its fields stand directly under it.
fn selected<'a>(look: &Lookahead<'a>, field: &str) -> [Lookahead<'a>; 2] {
    [look.field(field), look.field("nodes").field(field)]
}

/// What has to be counted for the selected fields. Counting what is different means to sort, which
/// takes several times as long as counting rows.
fn asked(ctx: &Context<'_>) -> Result<Vec<Count>> {
    let look = ctx.look_ahead();
    let wanted = |field: &str| selected(&look, field).iter().any(Lookahead::exists);
    let by_status = |field: SelectionField<'_>| -> Result<bool> {
        Ok(field.arguments()?.iter().any(|(name, value)| name == "status" && *value != Value::Null))
    };
    let counted = selected(&look, "count");
    let mut counted = counted.iter().flat_map(Lookahead::selection_fields);
    let statuses = ["state", "unsettled", "share"].into_iter().any(&wanted)
        || counted
            .try_fold(false, |any, field| Ok::<_, async_graphql::Error>(any | by_status(field)?))?;
    let mut counts = vec![Count::Delegations];
    if statuses {
        counts.extend(Count::statuses());
    }
    let others = [
        ("countries", Count::Countries),
        ("firstTime", Count::FirstTime),
        ("returning", Count::Returning),
        ("batches", Count::Batches),
    ];
    counts.extend(others.into_iter().filter_map(|(field, count)| wanted(field).then_some(count)));
    Ok(counts)
}

/// Runs a statement, and reads its rows.
async fn rows<T: Send + 'static>(
    ctx: &Context<'_>,
    statement: Statement,
    read: impl Fn(&QueryResult) -> Result<T, DbErr> + Send + 'static,
) -> Result<Vec<T>> {
    let db = ctx.reader().heavy().clone();
    let answered = async move {
        db.query_all_raw(statement).await?.iter().map(read).collect::<Result<_, _>>()
    };
    ctx.reader().run(answered).await
}

/// Runs a statement, if there is one, and reads what it says of each cell.
async fn read<T: Send + 'static>(
    ctx: &Context<'_>,
    statements: &Cells<'_>,
    select: Option<SelectStatement>,
    read: impl Fn(&QueryResult) -> Result<T, DbErr> + Send + 'static,
) -> Result<BTreeMap<Place, T>> {
    let Some(select) = select else { return Ok(BTreeMap::new()) };
    let (statement, db) = (statements.written(&select, None), ctx.reader().heavy().clone());
    let answered = async move {
        let rows = db.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok((place_of(row)?, read(row)?))).collect::<Result<_, DbErr>>()
    };
    ctx.reader().run(answered).await
}
