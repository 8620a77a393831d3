//! When a token was last used: a note for its owner, not a change of the register.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::{Column, Entity};
use entity::id::ApiTokenId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use tokio::time::timeout;

use super::Db;

/// Uses within this time are one.
const APART: TimeDelta = TimeDelta::minutes(5);

/// How long whoever shows a token waits for its use to be noted: others may be writing.
const PATIENCE: Duration = Duration::from_millis(250);

/// Notes that a token was used, unless it was a moment ago, or others are writing: then the next
/// use is noted.
pub async fn note_token_use(
    db: &Db,
    token: ApiTokenId,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if last.is_some_and(|last| now - last < APART) {
        return Ok(());
    }
    // Of all that come while the register is held by a long write, one waits.
    let Ok(_turn) = db.noting.try_acquire() else { return Ok(()) };
    let used = Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(token));
    let noted = db.transact(async |transaction| used.exec(transaction).await);
    timeout(PATIENCE, noted).await.map_or(Ok(()), |noted| noted.map(|_| ()))
}
