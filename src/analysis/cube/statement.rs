//! The statements of a cube: one for the counts of a page of cells, one more for people, action
//! plans, and the delegations behind the cells, where these are asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Months;
use entity::vocabulary::{
    ActionPlanStatus, ClaimProperty, ClaimRank, CountScope, CountUnit, DelegationStatus,
    FindingRule, FindingState,
};
use entity::{action_item, action_plan, batch, claim, delegation, finding, progress_note};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, OverStatement, Query, SelectStatement, SimpleExpr,
    WindowStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, Iterable, JoinType, Order, QueryFilter,
    QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::dimension::of_countries;
use super::{AttendanceDimension, Cube, Place};
use crate::db::row::values;
use crate::db::sql::first;
use crate::graphql::loader::{Key, Keyed, LevelFuture, LevelLoader, Reader};

const ROW: &str = "cell_row";
const COLUMN: &str = "cell_column";

/// What is counted in one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Count {
    Delegations,
    /// With this accepted status; with none, where it is not decided.
    Status(Option<DelegationStatus>),
    Countries,
    Batches,
}

impl Count {
    /// Each status, and none.
    pub(super) fn statuses() -> impl Iterator<Item = Self> {
        DelegationStatus::iter().map(Some).chain([None]).map(Self::Status)
    }

    fn name(self) -> String {
        match self {
            Self::Delegations => "delegations".into(),
            Self::Countries => "countries".into(),
            Self::Batches => "batches".into(),
            Self::Status(Some(status)) => format!("status_{status}"),
            Self::Status(None) => "undecided".into(),
        }
    }

    fn expression(self, placed: &Placed) -> SimpleExpr {
        let party = |column: delegation::Column| Expr::col((delegation::Entity, column));
        match self {
            // Each has a batch, and the index of cells has it too.
            Self::Delegations => party(delegation::Column::BatchId).count(),
            Self::Batches => placed.batch.clone().count_distinct(),
            Self::Countries => {
                let came = attended().and(of_countries());
                let country: SimpleExpr =
                    Expr::case(came, party(delegation::Column::CountryCode)).into();
                country.count_distinct()
            }
            Self::Status(Some(status)) => tally(delegation::Column::Status.eq(status)),
            Self::Status(None) => tally(
                party(delegation::Column::Id)
                    .is_not_null()
                    .and(delegation::Column::Status.is_null()),
            ),
        }
    }
}

fn attended() -> SimpleExpr {
    delegation::Column::Status.eq(DelegationStatus::Attended)
}

/// How often a condition holds.
fn tally(condition: SimpleExpr) -> SimpleExpr {
    let one: SimpleExpr = Expr::case(condition, Expr::cust("1")).finally(Expr::cust("0")).into();
    one.sum()
}

/// Where the cell of a row lies.
pub(super) fn place_of(row: &QueryResult) -> Result<Place, DbErr> {
    Ok((row.try_get("", ROW)?, row.try_get("", COLUMN)?))
}

/// What was counted in the cell of a row.
pub(super) fn counts_of(
    row: &QueryResult,
    counts: &[Count],
) -> Result<BTreeMap<Count, i64>, DbErr> {
    // Over no row at all a sum is null.
    let number = |count: &Count| {
        Ok((*count, row.try_get::<Option<i64>>("", &count.name())?.unwrap_or_default()))
    };
    counts.iter().map(number).collect()
}

/// A place as one text.
pub(super) fn key_of(place: &Place) -> String {
    serde_json::json!(place).to_string()
}

/// Makes the statements of a cube for one reader.
pub(super) struct Cells<'a> {
    reader: &'a Reader,
    cube: Arc<Cube>,
}

/// A selection whose rows have a place.
struct Placed {
    select: SelectStatement,
    row: SimpleExpr,
    column: SimpleExpr,
    /// The id of the batch.
    batch: SimpleExpr,
    /// Whether each row of the selection has a place of its own.
    grouped: bool,
}

impl<'a> Cells<'a> {
    pub(super) fn new(reader: &'a Reader, cube: Arc<Cube>) -> Self {
        Self { reader, cube }
    }

    /// The delegations that are counted, where nothing need be known of their batches.
    fn parties(&self) -> Placed {
        let cube = &self.cube;
        let which = cube.delegations.clone().unwrap_or_else(Condition::all);
        let mut select =
            self.reader.visible().select::<delegation::Entity>().filter(which).into_query();
        let column = |column: delegation::Column| Expr::col((delegation::Entity, column));
        let programme = cube.columns.map(|_| column(delegation::Column::SortProgramme));
        let batch = column(delegation::Column::BatchId);
        let (row, column) = (
            column(delegation::Column::CountryCode),
            programme.unwrap_or_else(|| Expr::cust("''")),
        );
        select
            .clear_selects()
            .expr_as(row.clone(), Alias::new(ROW))
            .expr_as(column.clone(), Alias::new(COLUMN));
        Placed { select, row, column, batch, grouped: true }
    }

    /// The batches that are counted, with their delegations where `parties` says so, each in all
    /// cells in which it stands.
    fn placed(&self, parties: bool) -> Placed {
        let cube = &self.cube;
        if parties && cube.is_of_delegations() {
            return self.parties();
        }
        let visible = self.reader.visible();
        let mut select =
            visible.select::<batch::Entity>().filter(cube.batches.clone()).into_query();
        select.clear_selects();
        if parties {
            let on = Condition::all()
                .add(
                    Expr::col((delegation::Entity, delegation::Column::BatchId))
                        .equals((batch::Entity, batch::Column::Id)),
                )
                // Who sees a batch sees its delegations.
                .add_option(cube.delegations.clone());
            // A batch of which no delegation is recorded was held all the same.
            let how =
                if cube.delegations.is_some() { JoinType::InnerJoin } else { JoinType::LeftJoin };
            select.join(how, delegation::Entity, on);
        }
        let mut value = |dimension: Option<AttendanceDimension>| {
            dimension.map_or_else(
                || Expr::cust("''"),
                |dimension| dimension.join(&mut select, cube.only_certain),
            )
        };
        let (row, column) = (value(cube.rows), value(cube.columns));
        let grouped = cube.rows.is_some() || cube.columns.is_some();
        select.expr_as(row.clone(), Alias::new(ROW)).expr_as(column.clone(), Alias::new(COLUMN));
        let batch = Expr::col((batch::Entity, batch::Column::Id));
        Placed { select, row, column, batch, grouped }
    }

    /// The counts of the cells behind a place.
    pub(super) fn counts(&self, counts: &[Count], behind: Option<&Place>, limit: u64) -> Statement {
        let mut placed = self.placed(true);
        for count in counts {
            let count_of = count.expression(&placed);
            placed.select.expr_as(count_of, Alias::new(count.name()));
        }
        if let Some(place) = behind {
            placed.select.and_where(placed.at().gt(at(place)));
        }
        first(&placed.grouped(), limit, self.reader.db().get_database_backend())
    }

    /// How many cells there are.
    pub(super) fn count(&self) -> SelectStatement {
        let mut placed = self.placed(true);
        let cells = placed.select.distinct().take();
        Query::select()
            .expr_as(Func::count(Expr::col(Asterisk)), "count")
            .from_subquery(cells, "cells")
            .take()
    }

    /// The people in the cells of a page.
    pub(super) fn people(&self, page: &(Place, Place)) -> SelectStatement {
        let parties = self.cube.delegations.is_some();
        let mut placed = self.placed(parties);
        let (min, max, comparator, claims, findings) =
            if parties { numbers_of_parties() } else { numbers_of_batches() };
        if parties {
            placed.select.and_where(attended());
        }
        // "Tens of" is accepted, and yet no number.
        let counted = || {
            comparator
                .clone()
                .is_not_null()
                .and(min.clone().is_not_null().or(max.clone().is_not_null()))
        };
        let disagree = || {
            Expr::exists(findings.clone())
                .or(comparator.clone().is_null().and(Expr::exists(claims.clone())))
        };
        let none = || Expr::cust("0");
        let sum =
            |number: &SimpleExpr| SimpleExpr::from(Func::coalesce([number.clone(), none()])).sum();
        placed
            .select
            .expr_as(sum(&min), "at_least")
            .expr_as(sum(&max), "at_most")
            .expr_as(tally(counted()), "counted")
            .expr_as(tally(counted().and(max.clone().is_null())), "unbounded")
            .expr_as(tally(disagree()), "disputed")
            .expr_as(tally(counted().or(disagree()).not()), "unknown");
        placed.within(page).grouped().take()
    }

    /// The action plans in the cells of a page.
    pub(super) fn plans(&self, page: &(Place, Place)) -> SelectStatement {
        use ActionPlanStatus::{Abandoned, Completed, Expected, InProgress, Submitted};
        use action_plan::Column::{DelegationId, DueOn, Id, Status};
        let mut placed = self.placed(true);
        let visible = self.reader.visible();
        let on = Condition::all()
            .add(
                Expr::col((action_plan::Entity, DelegationId))
                    .equals((delegation::Entity, delegation::Column::Id)),
            )
            .add(visible.condition::<action_plan::Entity>());
        placed.select.join(JoinType::InnerJoin, action_plan::Entity, on);
        let today = self.reader.clock().today();
        let overdue = DueOn.lt(today).and(Status.is_not_in([Completed, Abandoned]));
        let since = today - Months::new(12);
        let on = Expr::col((action_item::Entity, action_item::Column::Id))
            .equals((progress_note::Entity, progress_note::Column::ActionItemId));
        let mut notes = visible
            .select::<progress_note::Entity>()
            .filter(progress_note::Column::NotedOn.gt(since));
        let notes = QuerySelect::query(&mut notes)
            .clear_selects()
            .expr(Expr::cust("1"))
            .join(JoinType::InnerJoin, action_item::Entity, on)
            .and_where(
                Expr::col((action_item::Entity, action_item::Column::ActionPlanId))
                    .equals((action_plan::Entity, Id)),
            )
            .take();
        placed
            .select
            .expr_as(Expr::col((action_plan::Entity, Id)).count(), "all_plans")
            .expr_as(tally(Status.eq(Expected)), "expected")
            .expr_as(tally(Status.is_in([Submitted, InProgress, Completed])), "submitted")
            .expr_as(tally(Status.eq(Completed)), "completed")
            .expr_as(tally(Status.eq(Abandoned)), "abandoned")
            .expr_as(tally(overdue), "overdue")
            .expr_as(tally(Expr::exists(notes)), "progressed");
        placed.within(page).grouped().take()
    }

    /// The first delegations in each cell of a page.
    fn behind(&self, page: &(Place, Place), limit: u64) -> SelectStatement {
        use delegation::Column::{Id, SortDate, SortName};
        let mut placed = self.placed(true);
        placed.select.and_where(Expr::col((delegation::Entity, Id)).is_not_null());
        for column in delegation::Column::iter() {
            placed.select.column((delegation::Entity, column));
        }
        let mut number = WindowStatement::new();
        number.add_partition_by(placed.row.clone()).add_partition_by(placed.column.clone());
        for column in [SortDate, SortName, Id] {
            number.order_by_expr(Expr::col((delegation::Entity, column)), Order::Asc);
        }
        placed.select.expr_window_as(Func::cust("ROW_NUMBER"), number, Alias::new("row_number"));
        let numbered = placed.within(page).select.take();
        Query::select()
            .column(Asterisk)
            .from_subquery(numbered, "numbered")
            .and_where(Expr::col("row_number").lte(limit))
            .order_by("row_number", Order::Asc)
            .take()
    }
}

impl Placed {
    fn at(&self) -> SimpleExpr {
        Expr::tuple([self.row.clone(), self.column.clone()])
    }

    /// Leaves the cells from the first to the last of a page.
    fn within(mut self, (first, last): &(Place, Place)) -> Self {
        if self.grouped {
            let (from, to) = (self.at().gte(at(first)), self.at().lte(at(last)));
            self.select.and_where(from).and_where(to);
        }
        self
    }

    /// One row for each cell, in the order of cells. Without a dimension there is one cell, also
    /// where nothing is in it.
    fn grouped(mut self) -> SelectStatement {
        if self.grouped {
            self.select
                .group_by_columns([Alias::new(ROW), Alias::new(COLUMN)])
                .order_by(Alias::new(ROW), Order::Asc)
                .order_by(Alias::new(COLUMN), Order::Asc);
        }
        self.select
    }
}

fn at(place: &Place) -> SimpleExpr {
    Expr::tuple([Expr::val(place.0.as_str()), Expr::val(place.1.as_str())])
}

/// Lower and upper bound, comparator, the claims that count people, and the open findings about the
/// numbers.
type Numbers = (SimpleExpr, SimpleExpr, SimpleExpr, SelectStatement, SelectStatement);

fn numbers_of_batches() -> Numbers {
    use batch::Column::{Id, ParticipantsComparator, ParticipantsMax, ParticipantsMin};
    let column = |column: batch::Column| Expr::col((batch::Entity, column));
    let whole = claim::Column::Scope.eq(CountScope::WholeBatch);
    let claims = claims(ClaimProperty::Participants, whole, column(Id), claim::Column::BatchId);
    (
        column(ParticipantsMin),
        column(ParticipantsMax),
        column(ParticipantsComparator),
        claims,
        findings(column(Id)),
    )
}

fn numbers_of_parties() -> Numbers {
    use delegation::Column::{HeadcountComparator, HeadcountMax, HeadcountMin, Id};
    let column = |column: delegation::Column| Expr::col((delegation::Entity, column));
    let scopes = claim::Column::Scope.is_in([CountScope::WholeBatch, CountScope::PerCountry]);
    let whole = claim::Column::Scope.is_null().or(scopes);
    let claims = claims(ClaimProperty::Headcount, whole, column(Id), claim::Column::DelegationId);
    (
        column(HeadcountMin),
        column(HeadcountMax),
        column(HeadcountComparator),
        claims,
        findings(column(Id)),
    )
}

fn claims(
    property: ClaimProperty,
    whole: SimpleExpr,
    id: SimpleExpr,
    of: claim::Column,
) -> SelectStatement {
    Query::select()
        .expr(Expr::cust("1"))
        .from(claim::Entity)
        .and_where(Expr::col((claim::Entity, of)).eq(id))
        .and_where(claim::Column::Property.eq(property))
        .and_where(claim::Column::Unit.eq(CountUnit::Person))
        .and_where(claim::Column::Rank.ne(ClaimRank::Deprecated))
        .and_where(whole)
        .take()
}

fn findings(id: SimpleExpr) -> SelectStatement {
    use FindingRule::{FewerPeopleThanDelegations, SumMismatch, UnitConfusion};
    Query::select()
        .expr(Expr::cust("1"))
        .from(finding::Entity)
        .and_where(Expr::col((finding::Entity, finding::Column::SubjectId)).eq(id))
        .and_where(finding::Column::State.eq(FindingState::Open))
        .and_where(finding::Column::Rule.is_in([
            UnitConfusion,
            SumMismatch,
            FewerPeopleThanDelegations,
        ]))
        .take()
}

/// Asks for the delegations behind the cells of a page.
pub(super) struct Behind {
    pub(super) cube: Arc<Cube>,
    pub(super) page: Arc<(Place, Place)>,
    pub(super) limit: u64,
}

impl LevelLoader for Behind {
    type Answer = Vec<Key>;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, _: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let select = Cells::new(&reader, self.cube.clone()).behind(&self.page, self.limit);
            let mut behind: Keyed<Vec<Key>> = Keyed::default();
            for row in reader.heavy().query_all(&select).await? {
                let key = Key::Code(key_of(&place_of(&row)?));
                let party = delegation::Model::from_query_result(&row, "")?;
                let id = Key::Id(party.id.0);
                // All of it was read: it need not be read again to be shown.
                reader.keep_row("delegation", id.clone(), values::<delegation::Entity>(&party));
                behind.entry(key).or_default().push(id);
            }
            Ok(behind.into_iter().collect())
        })
    }
}
