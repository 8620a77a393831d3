//! Deliveries to webhook endpoints, as those write them down who carry them out: no change of the
//! register, and so no event of it.
//!
//! Invariant: whoever serves an endpoint has a lease on it. What it writes is written together with
//! a look at the lease, so that a process that was held up writes nothing over another's work.
//!
//! Invariant: deliveries come into being in the transaction that moves the endpoint's place in the
//! log past their events.

use chrono::{DateTime, Utc};
use entity::id::WebhookEndpointId;
use entity::vocabulary::{WebhookDeliveryState, WebhookState};
use entity::{account, webhook_course, webhook_delivery, webhook_endpoint};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::Db;
use super::put::ROWS_PER_INSERT;

/// Deliveries that are over, and kept for the owner to look at: the newest of each endpoint.
const KEPT: u64 = 10_000;

/// How far deliveries to an endpoint have come since that was last written down.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How things stand with the endpoint.
    pub course: webhook_course::Model,
    /// Deliveries that are new, of events up to its position.
    pub made: Vec<webhook_delivery::Model>,
    /// Deliveries that were tried.
    pub tried: Vec<webhook_delivery::Model>,
    /// Whether there is much to forget of those that are over.
    pub forget: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It is written down.
    All,
    /// The owner has changed the endpoint: what was tried is written down, and nothing else.
    Tried,
    /// Another process serves the endpoint: nothing is written down.
    Nothing,
}

/// Endpoints that are served: active ones, of accounts that are open.
fn served() -> SelectStatement {
    let mut open = Query::select();
    open.column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::DisabledAt.is_null());
    let mut served = Query::select();
    served
        .column(webhook_endpoint::Column::Id)
        .from(webhook_endpoint::Entity)
        .and_where(webhook_endpoint::Column::State.eq(WebhookState::Active))
        .and_where(webhook_endpoint::Column::AccountId.in_subquery(open));
    served
}

fn free(now: DateTime<Utc>) -> Condition {
    let until = webhook_course::Column::LeasedUntil;
    Condition::any().add(until.is_null()).add(until.lt(now))
}

/// Renews the leases of a process, takes up to `most` endpoints that nobody serves, and gives up
/// those that are not to be served any more. Answers with all that it serves now.
pub async fn lease(
    db: &Db,
    process: Uuid,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: u64,
) -> Result<Vec<webhook_course::Model>, DbErr> {
    use webhook_course::{Column, Entity};
    // Read first: most of the time there is nothing to take or to give up.
    let mine = Entity::find().filter(Column::LeasedBy.eq(process)).all(&db.reading).await?;
    let taken = Entity::find()
        .select_only()
        .column(Column::EndpointId)
        .filter(Column::EndpointId.in_subquery(served()))
        .filter(free(now))
        .order_by_asc(Column::EndpointId)
        .limit(most)
        .into_tuple::<WebhookEndpointId>()
        .all(&db.reading)
        .await?;
    if !taken.is_empty() {
        let take = Entity::update_many()
            .col_expr(Column::LeasedBy, Expr::value(Some(process)))
            .col_expr(Column::LeasedUntil, Expr::value(Some(until)))
            .filter(Column::EndpointId.is_in(taken))
            .filter(free(now));
        db.transact(async |transaction| take.exec(transaction).await).await?;
    }
    if !mine.is_empty() {
        let renew = Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::value(Some(until)))
            .filter(Column::LeasedBy.eq(process))
            .filter(Column::EndpointId.in_subquery(served()));
        db.transact(async |transaction| renew.exec(transaction).await).await?;
        let idle = Column::EndpointId.not_in_subquery(served());
        give_back(db, Condition::all().add(Column::LeasedBy.eq(process)).add(idle)).await?;
    }
    Entity::find().filter(Column::LeasedBy.eq(process)).all(&db.writing).await
}

/// Gives up all leases of a process.
pub async fn release(db: &Db, process: Uuid) -> Result<(), DbErr> {
    give_back(db, webhook_course::Column::LeasedBy.eq(process).into()).await
}

async fn give_back(db: &Db, which: Condition) -> Result<(), DbErr> {
    use webhook_course::{Column, Entity};
    let give = Entity::update_many()
        .col_expr(Column::LeasedBy, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(which);
    db.transact(async |transaction| give.exec(transaction).await).await.map(|_| ())
}

/// Writes down how far several endpoints have come, in one transaction.
pub async fn progress(
    db: &Db,
    process: Uuid,
    all: &[Progress],
) -> Result<Vec<WriteOutcome>, DbErr> {
    db.transact(async |transaction| put_progress(transaction, process, all).await).await
}

async fn put_progress(
    transaction: &DatabaseTransaction,
    process: Uuid,
    all: &[Progress],
) -> Result<Vec<WriteOutcome>, DbErr> {
    use webhook_course::{Column, Entity};
    // In the order of their ids, so that no two processes wait for each other.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|place| all[*place].course.endpoint_id);
    let mut kept = vec![WriteOutcome::Nothing; all.len()];
    for place in order {
        let course = &all[place].course;
        let mine = Column::EndpointId.eq(course.endpoint_id).and(Column::LeasedBy.eq(process));
        let updated = Entity::update_many()
            .col_expr(Column::Position, Expr::value(course.position))
            .col_expr(Column::Failures, Expr::value(course.failures))
            .col_expr(Column::FailingSince, Expr::value(course.failing_since))
            .col_expr(Column::RestingUntil, Expr::value(course.resting_until))
            .filter(mine.clone())
            .filter(Column::Revision.eq(course.revision))
            .exec(transaction)
            .await?;
        if updated.rows_affected == 1 {
            kept[place] = WriteOutcome::All;
        } else if Entity::find().filter(mine).one(transaction).await?.is_some() {
            kept[place] = WriteOutcome::Tried;
        }
    }
    let rows = all.iter().zip(&kept).flat_map(|(progress, kept)| {
        let tried = progress.tried.iter().filter(|_| *kept != WriteOutcome::Nothing);
        tried.chain(progress.made.iter().filter(|_| *kept == WriteOutcome::All))
    });
    let rows: Vec<webhook_delivery::ActiveModel> =
        rows.map(|row| row.clone().into_active_model().reset_all()).collect();
    for rows in rows.chunks(ROWS_PER_INSERT) {
        put(transaction, rows.to_vec()).await?;
    }
    for (progress, _) in all
        .iter()
        .zip(&kept)
        .filter(|(progress, kept)| **kept == WriteOutcome::All && progress.forget)
    {
        forget(transaction, progress.course.endpoint_id).await?;
    }
    Ok(kept)
}

/// Writes deliveries as they stand, whether they are there or not.
async fn put(
    db: &impl ConnectionTrait,
    rows: Vec<webhook_delivery::ActiveModel>,
) -> Result<(), DbErr> {
    use webhook_delivery::{Column, Entity};
    let mut again = OnConflict::column(Column::Id);
    again.update_columns([
        Column::Version,
        Column::UpdatedAt,
        Column::State,
        Column::DueAt,
        Column::Tries,
        Column::Attempts,
    ]);
    Entity::insert_many(rows).on_conflict(again).exec_without_returning(db).await.map(|_| ())
}

/// Forgets deliveries of an endpoint that are over, but for the newest.
async fn forget(db: &impl ConnectionTrait, endpoint: WebhookEndpointId) -> Result<(), DbErr> {
    use webhook_delivery::{Column, Entity};
    let over = || {
        Condition::all()
            .add(Column::EndpointId.eq(endpoint))
            .add(Column::State.ne(WebhookDeliveryState::Pending))
    };
    let oldest = Entity::find()
        .select_only()
        .column(Column::SortPosition)
        .filter(over())
        .order_by_desc(Column::SortPosition)
        .offset(KEPT)
        .limit(1)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    let Some(oldest) = oldest else { return Ok(()) };
    let gone = over().add(Column::SortPosition.lte(oldest));
    Entity::delete_many().filter(gone).exec(db).await.map(|_| ())
}

/// What must come one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lanes {
    /// Nothing.
    Each,
    /// What is about the same record.
    Records,
    /// All of it.
    One,
}

/// Deliveries to an endpoint that may be tried at `now`: due, with nothing in their lane before
/// them that is to be tried later. Those that are `known` are left out.
pub async fn due(
    db: &impl ConnectionTrait,
    endpoint: WebhookEndpointId,
    lanes: Lanes,
    now: DateTime<Utc>,
    known: Vec<Uuid>,
    most: u64,
) -> Result<Vec<webhook_delivery::Model>, DbErr> {
    use webhook_delivery::{Column, Entity};
    const BEFORE: &str = "before";
    let mut select = Entity::find().filter(pending(endpoint)).filter(Column::DueAt.lte(now));
    if !known.is_empty() {
        select = select.filter(Column::Id.is_not_in(known));
    }
    if lanes != Lanes::Each {
        let of = |column| Expr::col((BEFORE, column));
        let here = |column| Expr::col((Entity, column));
        let mut held_up = Query::select();
        held_up
            .expr(Expr::val(1))
            .from_as(Entity, BEFORE)
            .and_where(of(Column::EndpointId).eq(endpoint))
            .and_where(of(Column::State).eq(WebhookDeliveryState::Pending))
            .and_where(of(Column::DueAt).gt(now))
            .and_where(of(Column::SortPosition).lt(here(Column::SortPosition)));
        if lanes == Lanes::Records {
            held_up.and_where(of(Column::Lane).eq(here(Column::Lane)));
        }
        select = select.filter(Expr::exists(held_up).not());
    }
    select.order_by_asc(Column::SortPosition).order_by_asc(Column::Id).limit(most).all(db).await
}

/// Deliveries to an endpoint that are to be tried later: the lane and the moment of each.
pub async fn later(
    db: &impl ConnectionTrait,
    endpoint: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>)>, DbErr> {
    use webhook_delivery::{Column, Entity};
    Entity::find()
        .select_only()
        .columns([Column::Lane, Column::DueAt])
        .filter(pending(endpoint))
        .filter(Column::DueAt.gt(now))
        .into_tuple()
        .all(db)
        .await
}

fn pending(endpoint: WebhookEndpointId) -> Condition {
    use webhook_delivery::Column;
    Condition::all()
        .add(Column::EndpointId.eq(endpoint))
        .add(Column::State.eq(WebhookDeliveryState::Pending))
}
