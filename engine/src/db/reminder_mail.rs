//! How far mails with reminders have come, as whoever sends them writes it down: no change of the
//! register, and so no event of it.
//!
//! Invariant: a mail is claimed before it is thought of, by putting off the next one. Of several
//! processes one has it; where that one is killed, there is no mail until the next is due, rather
//! than two.

use chrono::{DateTime, Utc};
use entity::reminder_mail::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany};
use serde_json::Value;

use super::Db;

/// Those to whom a mail is due at `now`, who have waited longest first.
pub async fn due_mails(db: &Db, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    let due = Entity::find().filter(Column::Address.is_not_null()).filter(Column::DueAt.lte(now));
    due.order_by_asc(Column::DueAt)
        .order_by_asc(Column::AccountId)
        .limit(most)
        .all(&db.reading)
        .await
}

/// Takes the mail that is due at `now`, and puts off the next to `next`; false where it is not due
/// any more: another process has taken it, or the owner has changed his mind.
pub async fn claim_mail(
    db: &Db,
    row: &Model,
    now: DateTime<Utc>,
    next: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let claim = Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(Some(next)))
        .filter(Column::DueAt.lte(now));
    change(db, row, claim).await
}

/// A mail was sent, which told of this. Who was asked to confirm an address is not asked again.
pub async fn mail_was_sent(db: &Db, row: &Model, told: Value) -> Result<(), DbErr> {
    let mut sent = Entity::update_many()
        .col_expr(Column::Told, Expr::value(told))
        .col_expr(Column::Tries, Expr::value(0));
    if row.confirmed_at.is_none() {
        let never = Expr::value(None::<DateTime<Utc>>);
        // Unless it was confirmed at this moment, and what is due has its own day.
        sent = sent.col_expr(Column::DueAt, never).filter(Column::ConfirmedAt.is_null());
    }
    change(db, row, sent).await.map(|_| ())
}

/// A mail is to be tried again at `at`, after so many attempts that failed.
pub async fn retry_mail(db: &Db, row: &Model, at: DateTime<Utc>, tries: i32) -> Result<(), DbErr> {
    let again = Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(Some(at)))
        .col_expr(Column::Tries, Expr::value(tries));
    change(db, row, again).await.map(|_| ())
}

/// A mail is given up: the next one is tried as often as any.
pub async fn give_up_mail(db: &Db, row: &Model) -> Result<(), DbErr> {
    let given_up = Entity::update_many().col_expr(Column::Tries, Expr::value(0));
    change(db, row, given_up).await.map(|_| ())
}

/// Forgets addresses that were given before `asked`, and that nobody has confirmed.
pub async fn forget_unconfirmed(db: &Db, asked: DateTime<Utc>) -> Result<(), DbErr> {
    let unconfirmed = Entity::update_many()
        .col_expr(Column::Address, Expr::value(None::<String>))
        .col_expr(Column::Secret, Expr::value(None::<String>))
        .col_expr(Column::DueAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Address.is_not_null())
        .filter(Column::ConfirmedAt.is_null())
        .filter(Column::AskedAt.lt(asked));
    db.transact(async |transaction| unconfirmed.exec(transaction).await).await.map(|_| ())
}

/// Changes a row as long as it is about the same address: each has a secret of its own.
async fn change(db: &Db, row: &Model, update: UpdateMany<Entity>) -> Result<bool, DbErr> {
    let update = update
        .filter(Column::AccountId.eq(row.account_id))
        .filter(Column::Secret.eq(row.secret.clone()));
    let done = db.transact(async |transaction| update.exec(transaction).await).await?;
    Ok(done.rows_affected == 1)
}
