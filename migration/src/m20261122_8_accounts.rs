//! Grants and tokens as records, and the receipts of mutations. Until now nothing could be entered
//! into the former two, so they are made anew.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    for table in ["access_grant", "api_token"] {
        ddl.drop(table).await?;
    }
    ddl.create(
        ddl.record("access_grant")
            .reference("account_id", "account")
            .text("role")
            .reference_null("institution_id", "institution")
            .timestamp_null("revoked_at")
            .index(&["account_id", "id"])
            .index(&["institution_id", "id"])
            .index(&["role", "id"]),
    )
    .await?;
    // What somebody has been granted once cannot be granted again until it is revoked. SQL holds
    // nulls for different.
    for (name, columns, condition) in [
        (
            "one",
            "account_id, role, institution_id",
            "revoked_at IS NULL AND institution_id IS NOT NULL",
        ),
        ("all", "account_id, role", "revoked_at IS NULL AND institution_id IS NULL"),
    ] {
        ddl.sql(&format!(
            "CREATE UNIQUE INDEX uq_access_grant_{name} ON access_grant ({columns}) WHERE \
         {condition}"
        ))
        .await?;
    }
    ddl.create(
        ddl.record("api_token")
            .reference("account_id", "account")
            .text("name")
            .text("prefix")
            .text("sha256")
            .json("scopes")
            .timestamp_null("expires_at")
            .timestamp_null("last_used_at")
            .timestamp_null("revoked_at")
            .unique(&["sha256"])
            .index(&["account_id", "id"]),
    )
    .await?;
    ddl.create(
        ddl.table("mutation_receipt")
            .reference("account_id", "account")
            .text("key")
            .key(&["account_id", "key"])
            .text("fingerprint")
            .json("records")
            .big_integer("position")
            .timestamp("created_at")
            .index(&["created_at"]),
    )
    .await?;
    // The history of a record.
    ddl.sql("CREATE INDEX ix_subject_id_position_event ON event (subject_id, position)").await?;
    Ok(())
}
