//! The statements of a cube: one for the counts of a page of cells, one more for people, action
//! plans, and the delegations behind the cells, where these are asked for.

use std::sync::Arc;

use entity::{batch, delegation};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, OverStatement, Query, SelectStatement, SimpleExpr,
    WindowStatement,
};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseBackend, DbErr, Iterable, JoinType, Order, QueryFilter,
    QueryResult, QueryTrait, Statement,
};

use super::count::{Count, from_status, join_first_attendance};
use super::page::{COLUMN, Page, ROW, place};
use super::period::year_of_delegation;
use super::{AttendanceDimension, Cube, Place};
use crate::db::row::values;
use crate::db::shadow::shadowed;
use crate::graphql::loader::{Key, Keyed, LevelFuture, LevelLoader, Reader};

/// Of more cells delegations are counted by status first, which reads nothing but the index; of
/// fewer the cells are read in its order, and those behind them are not.
const MOST_READ_ONE_BY_ONE: u64 = 1000;

/// Where the cell of a row lies.
pub(super) fn place_of(row: &QueryResult) -> Result<Place, DbErr> {
    Ok((row.try_get("", ROW)?, row.try_get("", COLUMN)?))
}

/// A place as one text.
pub(super) fn key_of(place: &Place) -> String {
    serde_json::json!(place).to_string()
}

/// Makes the statements of a cube for one reader.
pub(super) struct Cells<'a> {
    pub(super) reader: &'a Reader,
    pub(super) cube: Arc<Cube>,
}

/// A selection whose rows have a place.
pub(super) struct Placed {
    pub(super) select: SelectStatement,
    pub(super) row: SimpleExpr,
    pub(super) column: SimpleExpr,
    /// The id of the batch.
    pub(super) batch: SimpleExpr,
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
        let batch = column(delegation::Column::BatchId);
        let row = column(delegation::Column::CountryCode);
        let column = match cube.columns {
            None => Expr::cust("''"),
            Some(AttendanceDimension::Year) => year_of_delegation(self.backend()),
            Some(_) => column(delegation::Column::SortProgramme),
        };
        select
            .clear_selects()
            .expr_as(row.clone(), Alias::new(ROW))
            .expr_as(column.clone(), Alias::new(COLUMN));
        Placed { select, row, column, batch, grouped: true }
    }

    /// The batches that are counted, with their delegations where `parties` says so, each in all
    /// cells in which it stands.
    pub(super) fn placed(&self, parties: bool) -> Placed {
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
                |dimension| dimension.join(&mut select, visible, cube.only_certain),
            )
        };
        let (row, column) = (value(cube.rows), value(cube.columns));
        let grouped = cube.rows.is_some() || cube.columns.is_some();
        select.expr_as(row.clone(), Alias::new(ROW)).expr_as(column.clone(), Alias::new(COLUMN));
        let batch = Expr::col((batch::Entity, batch::Column::Id));
        Placed { select, row, column, batch, grouped }
    }

    pub(super) fn backend(&self) -> DatabaseBackend {
        self.reader.db().get_database_backend()
    }

    /// The counts of the cells behind a place.
    pub(super) fn counts(&self, counts: &[Count], behind: Option<&Place>, limit: u64) -> Statement {
        let by_status = limit > MOST_READ_ONE_BY_ONE
            && self.cube.is_of_delegations()
            && counts.iter().all(|count| count.follows_from_status());
        let mut placed = if by_status { self.placed(true) } else { self.counting(counts) };
        if let Some(behind) = behind {
            placed.select.and_where(placed.at().gt(place(behind)));
        }
        let select = if by_status { from_status(placed.select, counts) } else { placed.grouped() };
        self.written(&select, Some(limit))
    }

    /// A statement about the tables in which the cube is counted: those of today, or as they stood.
    pub(super) fn written(&self, select: &SelectStatement, enough: Option<u64>) -> Statement {
        let shadows = self.cube.then.as_ref().map_or(&[][..], |then| &then.shadows);
        shadowed(shadows, select, enough, self.backend())
    }

    /// The counts of the cells of a page.
    pub(super) fn counts_of(&self, counts: &[Count], page: &Page) -> SelectStatement {
        self.counting(counts).within(page).grouped()
    }

    fn counting(&self, counts: &[Count]) -> Placed {
        let mut placed = self.placed(true);
        if counts.iter().any(|count| count.is_of_first_attendance()) {
            join_first_attendance(&mut placed.select, self.reader.visible());
        }
        for count in counts {
            let counted = count.expression(&placed.batch);
            placed.select.expr_as(counted, Alias::new(count.name()));
        }
        placed
    }

    /// The cube without what stands in rows of these values alone.
    pub(super) fn without(&self, rows: Vec<String>) -> Cube {
        let cube = Cube { whole: Some(self.cube.clone()), ..(*self.cube).clone() };
        let parties = cube.delegations.is_some();
        let mut placed = self.placed(parties);
        let other = placed.row.clone().is_not_in(rows);
        let id = if parties {
            Expr::col((delegation::Entity, delegation::Column::Id))
        } else {
            Expr::col((batch::Entity, batch::Column::Id))
        };
        let others = placed.select.clear_selects().expr(id.clone()).and_where(other).take();
        let others = id.in_subquery(others);
        match cube.delegations {
            Some(delegations) => Cube { delegations: Some(delegations.add(others)), ..cube },
            None => Cube { batches: cube.batches.add(others), ..cube },
        }
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

    /// The first delegations in each cell of a page.
    fn behind(&self, page: &Page, limit: u64) -> SelectStatement {
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

    /// Leaves the cells of a page.
    pub(super) fn within(mut self, page: &Page) -> Self {
        if self.grouped
            && let Some(condition) = page.condition(&self.row, &self.column)
        {
            self.select.cond_where(condition);
        }
        self
    }

    /// One row for each cell, in the order of cells. Without a dimension there is one cell, also
    /// where nothing is in it.
    pub(super) fn grouped(mut self) -> SelectStatement {
        if self.grouped {
            self.select
                .group_by_columns([Alias::new(ROW), Alias::new(COLUMN)])
                .order_by(Alias::new(ROW), Order::Asc)
                .order_by(Alias::new(COLUMN), Order::Asc);
        }
        self.select
    }
}

/// Asks for the delegations behind the cells of a page.
pub(super) struct Behind {
    pub(super) cube: Arc<Cube>,
    pub(super) page: Arc<Page>,
    pub(super) limit: u64,
}

impl LevelLoader for Behind {
    type Answer = Vec<Key>;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, _: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let cells = Cells::new(&reader, self.cube.clone());
            let statement = cells.written(&cells.behind(&self.page, self.limit), None);
            let mut behind: Keyed<Vec<Key>> = Keyed::default();
            for row in reader.heavy().query_all_raw(statement).await? {
                let key = Key::Code(key_of(&place_of(&row)?));
                let party = delegation::Model::from_query_result(&row, "")?;
                let id = Key::Id(party.id.0);
                // All of it was read: it need not be read again to be shown, as it stands today.
                if self.cube.then.is_none() {
                    reader.keep_row("delegation", id.clone(), values::<delegation::Entity>(&party));
                }
                behind.entry(key).or_default().push(id);
            }
            Ok(behind.into_iter().collect())
        })
    }
}
