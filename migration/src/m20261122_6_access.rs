//! Accounts and what they may do.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("account")
            .text("name")
            .text_null("issuer")
            .text_null("subject")
            .timestamp_null("disabled_at")
            .unique(&["issuer", "subject"]),
    )
    .await?;
    ddl.create(
        ddl.entry("access_grant")
            .reference("account_id", "account")
            .text("role")
            .reference_null("institution_id", "institution")
            .timestamp("granted_at")
            .timestamp_null("revoked_at")
            .index(&["account_id"])
            .index(&["institution_id"]),
    )
    .await?;
    ddl.create(
        ddl.entry("api_token")
            .reference("account_id", "account")
            .text("name")
            .text("prefix")
            .text("sha256")
            .json("scopes")
            .timestamp("created_at")
            .timestamp_null("expires_at")
            .timestamp_null("last_used_at")
            .timestamp_null("revoked_at")
            .unique(&["sha256"])
            .index(&["account_id"]),
    )
    .await?;
    Ok(())
}
