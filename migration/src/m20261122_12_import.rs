//! Files that officers hand in, what was said about the names in them, and the events of large
//! writes on their way into the log.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("import")
            .reference_null("account_id", "account")
            .reference_null("institution_id", "institution")
            .text("into_table")
            .text("file_name")
            .text("sha256")
            .text("written")
            .json("columns")
            .text_null("day_order")
            .text("source_key")
            .text("state")
            .text_null("message")
            .integer("new_rows")
            .integer("changed_rows")
            .integer("unchanged_rows")
            .integer("refused_rows")
            .integer("ambiguous_rows")
            .timestamp_null("applied_at")
            .index(&["account_id", "id"])
            .index(&["state", "id"])
            .index(&["institution_id"]),
    )
    .await?;
    ddl.create(
        ddl.table("import_row")
            .reference("import_id", "import")
            .integer("line")
            .key(&["import_id", "line"])
            .json("cells")
            .text("state")
            .folded("place")
            .text_null("about")
            .json("remarks")
            .index(&["import_id", "state", "line"])
            .index(&["import_id", "place", "line"]),
    )
    .await?;
    ddl.create(
        ddl.entry("import_mapping")
            .reference_null("account_id", "account")
            .text("into_table")
            .text("name")
            .json("columns")
            .text_null("day_order")
            .index(&["account_id", "name"]),
    )
    .await?;
    ddl.create(
        ddl.entry("name_decision")
            .reference_null("account_id", "account")
            .text("name")
            .country_null("country_code")
            .reference_null("institution_id", "institution")
            .boolean("is_same")
            .timestamp("created_at")
            .index(&["account_id", "name"])
            .index(&["country_code"])
            .index(&["institution_id"])
            .check("(country_code IS NULL) <> (institution_id IS NULL)"),
    )
    .await?;
    ddl.create(
        ddl.table("event_spool")
            .uuid("write_id")
            .big_integer("place")
            .key(&["write_id", "place"])
            .text("kind")
            .integer("payload_version")
            .timestamp("occurred_at")
            .text_null("subject_kind")
            .folded_null("subject_id")
            .text_null("subject_key")
            .uuid_null("owner_id")
            .json("countries")
            .json("programmes")
            .json("topics")
            .json("changes")
            .boolean("public")
            .text("actor"),
    )
    .await
}
