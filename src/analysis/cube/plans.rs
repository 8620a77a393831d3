//! The statement for the action plans in cells.

use chrono::Months;
use entity::vocabulary::ActionPlanStatus;
use entity::{action_item, action_plan, delegation, progress_note};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, JoinType, QueryFilter, QuerySelect};

use super::count::tally;
use super::page::Page;
use super::statement::Cells;

impl Cells<'_> {
    /// The action plans in the cells of a page.
    pub(super) fn plans(&self, page: &Page) -> SelectStatement {
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
}
