//! Findings that come with time: an action plan becomes overdue without anybody writing.

use chrono::NaiveDate;
use entity::id::BatchId;
use entity::vocabulary::{ActionPlanStatus, FindingRule, FindingState};
use entity::{action_plan, delegation, finding};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait,
};

use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Db, write};
use crate::error::WriteError;

/// How many batches are settled in one write, so that others have their turn.
const BATCHES_AT_A_TIME: usize = 200;

/// Opens the findings that are due. Does nothing, and writes nothing, where none is. Any process may call it at any time.
pub async fn sweep(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    for some in overdue(db.reading(), clock.today(), None).await?.chunks(BATCHES_AT_A_TIME) {
        let due = async |w: &mut crate::db::Write| {
            // Of two processes that come here at once the second waits, and finds nothing left to do.
            w.register_wide().await?;
            for batch in overdue(w.read(), w.today(), Some(some)).await? {
                w.touch(batch);
            }
            Ok(())
        };
        write(db, clock, Actor::Operator, due).await?;
    }
    Ok(())
}

/// The batches, of `some` or of all, with a plan that is overdue and of which no finding says so.
async fn overdue(db: &impl ConnectionTrait, today: NaiveDate, some: Option<&[BatchId]>) -> Result<Vec<BatchId>, DbErr> {
    let mut told = Query::select();
    told.column(finding::Column::SubjectId).from(finding::Entity);
    told.and_where(finding::Column::Rule.eq(FindingRule::PlanOverdue));
    told.and_where(finding::Column::State.ne(FindingState::Resolved));
    let within = some.map(|some| delegation::Column::BatchId.is_in(some.iter().copied()));
    action_plan::Entity::find()
        .filter(Condition::all().add_option(within))
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
