//! Events about observations and citations had no owner, and were public whatever they were about:
//! of drafts and participants as well. From now on the audience of an event follows from its
//! subject; of these that are in the log already it is made right here. What was told while it was
//! public by mistake cannot be taken back. Of what is gone it is not known any more what it was
//! about, and it is withheld.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    // Ids are 16 bytes on SQLite, but the log has them as text.
    let id = |column: &str| match ddl.postgres() {
        true => format!("{column}::text"),
        false => format!(
            "lower(substr(hex({column}), 1, 8) || '-' || substr(hex({column}), 9, 4) || '-' || \
             substr(hex({column}), 13, 4) || '-' || substr(hex({column}), 17, 4) || '-' || \
             substr(hex({column}), 21))"
        ),
    };
    let (observed, cited) = (id("observation.id"), id("citation.id"));
    // Which record, the batch that it hangs from, its programme, and whether it is to be withheld.
    ddl.sql(&format!(
        "CREATE TEMPORARY TABLE standing AS \
         SELECT 'OBSERVATION' AS kind, {observed} AS id, batch_id, programme_id, 0 AS withheld \
         FROM observation UNION ALL SELECT 'CITATION', {cited}, batch_id, NULL, CASE WHEN \
         subject_kind IN ('PERSON', 'APPOINTMENT') OR subject_id IN (SELECT id FROM engagement \
         WHERE role = 'PARTICIPANT') OR subject_id IN (SELECT id FROM finding WHERE batch_id IS \
         NULL) OR subject_id IN (SELECT id FROM citation) THEN 1 ELSE 0 END FROM citation"
    ))
    .await?;
    let of_batch = "FROM standing JOIN batch ON batch.id = standing.batch_id";
    let of_event = "standing.kind = event.subject_kind AND standing.id = event.subject_id";
    ddl.sql("CREATE INDEX standing_id ON standing (id)").await?;
    lift(ddl).await?;
    ddl.sql(&format!(
        "UPDATE event SET public = {no} WHERE public AND kind = 'record.changed' AND subject_kind \
         IN ('OBSERVATION', 'CITATION') AND (NOT EXISTS (SELECT 1 FROM standing WHERE {of_event}) \
         OR EXISTS (SELECT 1 FROM standing WHERE {of_event} AND withheld = 1) \
         OR EXISTS (SELECT 1 {of_batch} WHERE {of_event} AND batch.status = 'DRAFT'))",
        no = if ddl.postgres() { "false" } else { "0" },
    ))
    .await?;
    ddl.sql(&format!(
        "UPDATE event SET owner_id = COALESCE((SELECT batch.owner_id {of_batch} WHERE {of_event}), \
         (SELECT programme.owner_id FROM standing JOIN programme ON programme.id = \
         standing.programme_id WHERE {of_event})) WHERE owner_id IS NULL AND kind = \
         'record.changed' AND subject_kind IN ('OBSERVATION', 'CITATION')"
    ))
    .await?;
    guard(ddl).await?;
    ddl.sql("DROP TABLE standing").await
}

/// Lets events be changed.
async fn lift(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    match ddl.postgres() {
        true => ddl.sql("ALTER TABLE event DISABLE TRIGGER event_no_change").await,
        false => ddl.sql("DROP TRIGGER event_no_update").await,
    }
}

/// The log is append-only.
async fn guard(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    if ddl.postgres() {
        return ddl.sql("ALTER TABLE event ENABLE TRIGGER event_no_change").await;
    }
    ddl.sql(
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event \
         BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END",
    )
    .await
}
