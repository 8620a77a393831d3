//! Batches that are due without anybody writing: an action plan becomes overdue with time, and what
//! a former version of the program accepted is not accepted any more.

use chrono::NaiveDate;
use entity::id::BatchId;
use entity::vocabulary::{ActionPlanStatus, DelegationStatus, FindingRule, FindingState};
use entity::{action_plan, delegation, finding};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, Iterable, JoinType, QueryFilter,
    QuerySelect, RelationTrait,
};

use super::people;
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Db, write};
use crate::error::WriteError;
use crate::provenance::claim::value::is_absence;

/// How many batches are reconciled in one write, so that others have their turn.
const BATCHES_AT_A_TIME: usize = 200;

/// Opens the findings that are due. Does nothing, and writes nothing, where none is. Any process
/// may call it at any time.
pub async fn sweep(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    reconcile_due(db, clock, Due::Plans).await
}

/// Settles what a former version of the program left: heads that it accepted of a delegation that
/// was not there, and guesses about people who are not public. Does nothing, and writes nothing,
/// where there are none.
pub async fn reconcile_former(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    reconcile_due(db, clock, Due::FormerHeads).await?;
    if !people::guesses_about_others(db.reading()).await? {
        return Ok(());
    }
    let compare = async |w: &mut crate::db::Write| {
        w.lock_register().await?;
        w.mark_people_dirty();
        Ok(())
    };
    write(db, clock, Actor::Operator, compare).await.map(|_| ())
}

/// Why batches are due.
#[derive(Clone, Copy)]
enum Due {
    /// They have a plan that is overdue.
    Plans,
    /// They have heads that are not accepted any more.
    FormerHeads,
}

async fn reconcile_due(db: &Db, clock: &Clock, due: Due) -> Result<(), WriteError> {
    for some in due.batches(db.reading(), clock.today(), None).await?.chunks(BATCHES_AT_A_TIME) {
        let reconcile = async |w: &mut crate::db::Write| {
            // Of two processes that come here at once the second waits, and finds nothing left to
            // do.
            w.lock_register().await?;
            for batch in due.batches(w.read(), w.today(), Some(some)).await? {
                w.mark_dirty(batch);
            }
            Ok(())
        };
        write(db, clock, Actor::Operator, reconcile).await?;
    }
    Ok(())
}

impl Due {
    /// The batches, of `some` or of all, that are due.
    async fn batches(
        self,
        db: &impl ConnectionTrait,
        today: NaiveDate,
        some: Option<&[BatchId]>,
    ) -> Result<Vec<BatchId>, DbErr> {
        match self {
            Self::Plans => overdue(db, today, some).await,
            Self::FormerHeads => former_heads(db, some).await,
        }
    }
}

/// The batches, of `some` or of all, with heads of a delegation whose status says that nobody was
/// there.
async fn former_heads(
    db: &impl ConnectionTrait,
    some: Option<&[BatchId]>,
) -> Result<Vec<BatchId>, DbErr> {
    let within = some.map(|some| delegation::Column::BatchId.is_in(some.iter().copied()));
    delegation::Entity::find()
        .filter(Condition::all().add_option(within))
        .select_only()
        .column(delegation::Column::BatchId)
        .distinct()
        .filter(
            delegation::Column::Status
                .is_in(DelegationStatus::iter().filter(|status| is_absence(*status))),
        )
        .filter(delegation::Column::HeadcountComparator.is_not_null())
        .into_tuple()
        .all(db)
        .await
}

/// The batches, of `some` or of all, with a plan that is overdue and of which no finding says so.
async fn overdue(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    some: Option<&[BatchId]>,
) -> Result<Vec<BatchId>, DbErr> {
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
        .filter(
            action_plan::Column::Status
                .is_not_in([ActionPlanStatus::Completed, ActionPlanStatus::Abandoned]),
        )
        .filter(action_plan::Column::Id.not_in_subquery(told))
        .into_tuple()
        .all(db)
        .await
}
