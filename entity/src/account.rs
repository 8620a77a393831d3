//! Somebody who may ask or write.

use sea_orm::entity::prelude::*;

use crate::id::AccountId;

/// Somebody who may ask or write.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Shown in the history. Personal data.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// OpenID Connect issuer.
    #[sea_orm(column_type = "Text")]
    pub issuer: Option<String>,
    /// OpenID Connect subject.
    #[sea_orm(column_type = "Text")]
    pub subject: Option<String>,
    pub disabled_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
