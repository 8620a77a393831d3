//! Reads a page of cells, with what of them was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Lookahead, Result, SelectionField, Value};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::cell::AttendanceCell;
use super::statement::{self, Cells, Count};
use super::sums::{ActionPlanCount, PeopleCount};
use super::{Cube, Place};
use crate::graphql::context::RequestContext;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;

/// A page of the cells of a cube.
pub(super) async fn cells(
    ctx: &Context<'_>,
    cube: Cube,
    first: Option<i32>,
    after: Option<Cursor>,
) -> Result<Listing<AttendanceCell>> {
    let reader = ctx.reader();
    let limit = first
        .map(|first| size("first", first, ctx.largest_page()))
        .transpose()?
        .unwrap_or(USUAL_PAGE);
    let list = cube.name();
    let behind: Option<Place> =
        after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
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
        let counted = async move {
            db.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "count"))
        };
        reader.run(counted).await?
    } else {
        0
    };
    let (counts, db) =
        (statements.counts(&asked, behind.as_ref(), limit + 1), reader.heavy().clone());
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
    let mut people_of =
        read(ctx, people.then(|| statements.people(&ends)), PeopleCount::read).await?;
    let mut plans_of =
        read(ctx, plans.then(|| statements.plans(&ends)), ActionPlanCount::read).await?;
    let page = Arc::new(ends);
    let cell = |(at, counts): (Place, BTreeMap<Count, i64>)| {
        let (people, plans) = (people_of.remove(&at), plans_of.remove(&at));
        let cursor = place(&list, &at);
        (
            cursor,
            AttendanceCell {
                cube: cube.clone(),
                page: page.clone(),
                place: at,
                counts,
                people,
                plans,
            },
        )
    };
    Ok(Listing {
        items: rows.into_iter().map(cell).collect(),
        has_previous: behind.is_some(),
        has_next,
        total,
    })
}

/// What has to be counted for the selected fields. Counting what is different means to sort, which
/// takes several times as long as counting rows.
fn counts<'a>(
    wanted: impl Fn(&str) -> bool,
    mut counted: impl Iterator<Item = SelectionField<'a>>,
) -> Result<Vec<Count>> {
    let by_status = |field: SelectionField<'_>| -> Result<bool> {
        Ok(field.arguments()?.iter().any(|(name, value)| name == "status" && *value != Value::Null))
    };
    let statuses = wanted("state")
        || wanted("unsettled")
        || counted
            .try_fold(false, |any, field| Ok::<_, async_graphql::Error>(any | by_status(field)?))?;
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
        rows.iter()
            .map(|row| Ok((statement::place_of(row)?, read(row)?)))
            .collect::<Result<_, DbErr>>()
    };
    ctx.reader().run(answered).await
}
