//! The log of what happened.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.table("event")
            .big_integer("position")
            .key(&["position"])
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
            .text("actor")
            .check("position > 0"),
    )
    .await?;
    ddl.create(
        ddl.table("event_reason")
            .big_integer("position")
            .key(&["position"])
            .foreign("position", "event", "position")
            .text("text"),
    )
    .await?;
    ddl.create(
        ddl.table("event_head")
            .integer("id")
            .key(&["id"])
            .big_integer("position")
            .uuid("epoch")
            .check("id = 1"),
    )
    .await?;
    // An epoch is one history of the log: a restore begins another.
    let epoch = if ddl.postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
    ddl.sql(&format!("INSERT INTO event_head (id, position, epoch) VALUES (1, 0, {epoch})")).await?;

    // The log is append-only. On SQLite `PRAGMA recursive_triggers` must be on, or INSERT OR
    // REPLACE slips past.
    if ddl.postgres() {
        ddl.sql(
            "CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'the event log is append-only'; END $$; \
             CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event \
             FOR EACH ROW EXECUTE FUNCTION event_is_append_only(); \
             CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event \
             FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()",
        )
        .await?;
    } else {
        for change in ["UPDATE", "DELETE"] {
            ddl.sql(&format!(
                "CREATE TRIGGER event_no_{} BEFORE {change} ON event \
                 BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END",
                change.to_lowercase()
            ))
            .await?;
        }
    }

    Ok(())
}
