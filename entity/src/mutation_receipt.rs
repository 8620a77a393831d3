//! That a mutation with an idempotency key has been carried out, and with what effect. Kept for a
//! day.

use sea_orm::entity::prelude::*;

use crate::id::AccountId;

/// That a mutation with an idempotency key has been carried out, and with what effect. Kept for a
/// day.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mutation_receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// As the client gave it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    /// SHA-256 of the mutation and its input, hexadecimal.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// Ids of the records that it answered with.
    #[sea_orm(column_type = "JsonBinary")]
    pub records: Json,
    /// Where the log stood after it.
    pub position: i64,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
