//! Webhooks: endpoints, how far each has come, and what is delivered to it; and the order in which
//! batches changed, for feeds.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("webhook_endpoint")
            .reference("account_id", "account")
            .text("name")
            .text("url")
            .json("filter")
            .text("delivery_order")
            .text("state")
            .json("secrets")
            .index(&["account_id", "id"]),
    )
    .await?;
    ddl.create(
        ddl.table("webhook_course")
            .reference("endpoint_id", "webhook_endpoint")
            .key(&["endpoint_id"])
            .big_integer("position")
            .integer("revision")
            .uuid_null("leased_by")
            .timestamp_null("leased_until")
            .integer("failures")
            .timestamp_null("failing_since")
            .timestamp_null("resting_until"),
    )
    .await?;
    ddl.create(
        ddl.record("webhook_delivery")
            .reference("endpoint_id", "webhook_endpoint")
            .big_integer_null("position")
            .text("kind")
            .big_integer("sort_position")
            .folded("lane")
            .timestamp("occurred_at")
            .text("state")
            .timestamp("due_at")
            .integer("tries")
            .json("attempts")
            .index(&["endpoint_id", "sort_position", "id"]),
    )
    .await?;
    // What is to be sent is little among all that was sent.
    ddl.sql(
        "CREATE INDEX ix_pending_webhook_delivery ON webhook_delivery (endpoint_id, sort_position, \
         id) WHERE state = 'PENDING'",
    )
    .await?;
    ddl.sql("CREATE INDEX ix_updated_at_batch ON batch (updated_at, id)").await
}
