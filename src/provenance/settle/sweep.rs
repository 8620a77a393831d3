//! Findings that come with time: an action plan becomes overdue without anybody writing.

use chrono::NaiveDate;
use entity::id::BatchId;
use entity::vocabulary::{ActionPlanStatus, FindingRule, FindingState};
use entity::{action_plan, delegation, finding};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait};

use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Db, write};
use crate::error::WriteError;

/// Opens the findings that are due. Does nothing, and writes nothing, where none is. Any process may call it at any time.
pub async fn sweep(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    if overdue(db.reading(), clock.today()).await?.is_empty() {
        return Ok(());
    }
    let due = async |w: &mut crate::db::Write| {
        // Of two processes that come here at once the second waits, and finds nothing left to do.
        w.register_wide().await?;
        for batch in overdue(w.read(), w.today()).await? {
            w.touch(batch);
        }
        Ok(())
    };
    write(db, clock, Actor::Operator, due).await.map(|_| ())
}

/// The batches with a plan that is overdue and of which no finding says so.
async fn overdue(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<BatchId>, DbErr> {
    let mut told = Query::select();
    told.column(finding::Column::SubjectId).from(finding::Entity);
    told.and_where(finding::Column::Rule.eq(FindingRule::PlanOverdue));
    told.and_where(finding::Column::State.ne(FindingState::Resolved));
    action_plan::Entity::find()
        .select_only()
        .column(delegation::Column::BatchId)
        .distinct()
        .join(JoinType::InnerJoin, action_plan::Relation::Delegation.def())
        .filter(action_plan::Column::DueOn.lt(today))
        .filter(action_plan::Column::Status.is_not_in([ActionPlanStatus::Completed, ActionPlanStatus::Abandoned]))
        .filter(action_plan::Column::Id.not_in_subquery(told))
        .into_tuple()
        .all(db)
        .await
}
