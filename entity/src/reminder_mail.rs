//! Where an account is reminded by mail of what is due: what its owner has chosen, and how far the
//! mails have come.

use sea_orm::entity::prelude::*;

use crate::id::AccountId;

/// Where an account is reminded by mail. The row stays when the address goes, so that the next one
/// is not asked for too soon.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder_mail")]
pub struct Model {
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// Personal data.
    #[sea_orm(column_type = "Text")]
    pub address: Option<String>,
    /// The language of the mails, ISO 639-1.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// Stands in each mail: whoever shows it confirms the address, or takes it back. Kept as it is,
    /// since the next mail repeats it.
    #[sea_orm(column_type = "Text", unique)]
    pub secret: Option<String>,
    /// When the address was given.
    pub asked_at: DateTimeUtc,
    pub confirmed_at: Option<DateTimeUtc>,
    /// When the next mail is to be thought of; whoever does so has put it off before.
    pub due_at: Option<DateTimeUtc>,
    /// Attempts of the day that have failed.
    pub tries: i32,
    /// What the last mail told of, a list of names.
    #[sea_orm(column_type = "JsonBinary")]
    pub told: Json,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
