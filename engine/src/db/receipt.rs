//! Receipts: what a mutation with an idempotency key did, stored in its own transaction, so that
//! the same mutation again has no second effect.

use chrono::{DateTime, TimeDelta, Utc};
use entity::id::AccountId;
use entity::mutation_receipt::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Db, Write};

/// How long a key is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Which mutation it is that may be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Who sends it.
    pub account: AccountId,
    /// The key that the sender gave it.
    pub key: String,
    /// A hash of the mutation and its input.
    pub fingerprint: String,
    /// The records that it answers with.
    pub records: Vec<Uuid>,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// Nothing: the mutation is to be carried out.
    No,
    /// It was carried out, and answered with these records.
    Yes {
        /// The records.
        records: Vec<Uuid>,
        /// Where the log stood after it.
        position: i64,
    },
    /// It was given to another mutation, or another input.
    Otherwise,
}

impl Write {
    /// Takes the key for this transaction. Whoever comes with the same key meanwhile waits here
    /// until it has ended.
    pub async fn take_receipt(&mut self, receipt: Receipt) -> Result<Repeated, DbErr> {
        let row = ActiveModel {
            account_id: Set(receipt.account),
            key: Set(receipt.key.clone()),
            fingerprint: Set(receipt.fingerprint.clone()),
            records: Set(serde_json::json!([])),
            position: Set(0),
            created_at: Set(self.now()),
        };
        let mut again = OnConflict::columns([Column::AccountId, Column::Key]);
        again
            .update_columns([
                Column::Fingerprint,
                Column::Records,
                Column::Position,
                Column::CreatedAt,
            ])
            .action_and_where(Expr::col((Entity, Column::CreatedAt)).lt(self.now() - KEPT));
        let taken = Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(&self.transaction)
            .await?;
        if taken > 0 {
            self.receipt = Some(receipt);
            return Ok(Repeated::No);
        }
        let known =
            Entity::find_by_id((receipt.account, receipt.key)).one(&self.transaction).await?;
        Ok(match known {
            Some(row) if row.fingerprint == receipt.fingerprint => {
                let records = row.records.as_array().into_iter().flatten();
                let records = records.filter_map(|id| id.as_str()?.parse().ok()).collect();
                Repeated::Yes { records, position: row.position }
            }
            _ => Repeated::Otherwise,
        })
    }

    /// The records that the mutation answers with.
    pub fn answer(&mut self, records: &[Uuid]) {
        if let Some(receipt) = &mut self.receipt {
            receipt.records = records.to_vec();
        }
    }

    /// Writes what the mutation did, when it is known where the log stands.
    pub(super) async fn complete_receipt(&mut self, position: i64) -> Result<(), DbErr> {
        let Some(receipt) = self.receipt.take() else { return Ok(()) };
        Entity::update_many()
            .col_expr(Column::Records, Expr::value(serde_json::json!(receipt.records)))
            .col_expr(Column::Position, Expr::value(position))
            .filter(Column::AccountId.eq(receipt.account))
            .filter(Column::Key.eq(receipt.key))
            .exec(&self.transaction)
            .await
            .map(|_| ())
    }
}

/// Removes the receipts that are older than a day.
pub async fn forget_receipts(db: &Db, now: DateTime<Utc>) -> Result<(), DbErr> {
    let old = Entity::delete_many().filter(Column::CreatedAt.lt(now - KEPT));
    db.transact(async |transaction| old.exec(transaction).await).await.map(|_| ())
}
