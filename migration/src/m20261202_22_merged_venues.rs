//! Places that turn out to be one.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    let id = if ddl.postgres() { "uuid" } else { "uuid_text" };
    ddl.sql(&format!("ALTER TABLE venue ADD COLUMN merged_into_id {id} REFERENCES venue (id)"))
        .await?;
    ddl.sql(
        "CREATE INDEX ix_merged_into_id_sort_name_id_venue ON venue \
         (merged_into_id, sort_name, id) WHERE merged_into_id IS NOT NULL",
    )
    .await
}
