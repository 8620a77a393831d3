//! Records that were entered in error: what is left of them, and their rows.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.entry("tombstone")
            .folded("key")
            .stamps()
            .text("record_kind")
            .uuid_null("batch_id")
            .uuid_null("owner_id")
            .boolean("public")
            .reference_null("with_id", "tombstone")
            .timestamp("voided_at")
            .timestamp_null("restored_at")
            .unique(&["record_kind", "key"])
            .index(&["key", "id"])
            .index(&["record_kind", "id"])
            .index(&["voided_at", "id"]),
    )
    .await?;
    ddl.sql(
        "CREATE INDEX ix_with_id_id_tombstone ON tombstone (with_id, id) WHERE with_id IS NOT NULL",
    )
    .await?;
    ddl.create(
        ddl.table("voided_row")
            .reference("tombstone_id", "tombstone")
            .integer("place")
            .text("table_name")
            .json("row")
            .key(&["tombstone_id", "place"]),
    )
    .await
}
