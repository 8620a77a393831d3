//! A secret that stands for an account.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ApiTokenId};

/// A secret that stands for an account.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiTokenId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it last changed; use is no change.
    pub updated_at: DateTimeUtc,
    pub account_id: AccountId,
    /// What it is for.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The readable start of the token.
    #[sea_orm(column_type = "Text")]
    pub prefix: String,
    /// Of the whole token, hexadecimal; the token itself is kept nowhere.
    #[sea_orm(column_type = "Text", unique)]
    pub sha256: String,
    /// Names of [`TokenScope`](crate::vocabulary::TokenScope).
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Json,
    pub expires_at: Option<DateTimeUtc>,
    /// To within some minutes.
    pub last_used_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
