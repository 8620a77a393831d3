//! Tags: what a programme or topic falls under in an international classification.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("tag")
            .reference_null("programme_id", "programme")
            .reference_null("topic_id", "topic")
            .text("vocabulary")
            .folded("code")
            .index(&["vocabulary", "code", "id"])
            .index(&["code", "id"])
            .check("(programme_id IS NULL) <> (topic_id IS NULL)"),
    )
    .await?;
    // Only the rows that have a subject of the kind: see the migration of sparse references.
    for subject in ["programme_id", "topic_id"] {
        ddl.sql(&format!(
            "CREATE UNIQUE INDEX uq_{subject}_vocabulary_code_tag \
             ON tag ({subject}, vocabulary, code) WHERE {subject} IS NOT NULL"
        ))
        .await?;
        ddl.sql(&format!(
            "CREATE INDEX ix_{subject}_id_tag ON tag ({subject}, id) WHERE {subject} IS NOT NULL"
        ))
        .await?;
    }
    Ok(())
}
