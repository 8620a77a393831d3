//! Where accounts are reminded by mail of what is due.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.table("reminder_mail")
            .reference("account_id", "account")
            .key(&["account_id"])
            .text_null("address")
            .text("language")
            .folded_null("secret")
            .unique(&["secret"])
            .timestamp("asked_at")
            .timestamp_null("confirmed_at")
            .timestamp_null("due_at")
            .integer("tries")
            .json("told")
            .index(&["due_at"]),
    )
    .await
}
