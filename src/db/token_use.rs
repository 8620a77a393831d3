//! When a token was last used: a note for its owner, not a change of the register.

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::{Column, Entity};
use entity::id::ApiTokenId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::Db;

/// Uses within this time are one.
const APART: TimeDelta = TimeDelta::minutes(5);

/// Notes that a token was used, unless it was a moment ago.
pub async fn note_token_use(
    db: &Db,
    token: ApiTokenId,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if last.is_some_and(|last| now - last < APART) {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(token))
        .exec(&db.writing)
        .await
        .map(|_| ())
}
