//! Counting the delegations of countries by programme without reading their batches: a delegation
//! has the key of the programme, and an index the order of the cells.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    let collate = if ddl.postgres() { "COLLATE \"C\"" } else { "" };
    ddl.sql(&format!(
        "ALTER TABLE delegation ADD COLUMN sort_programme text {collate} NOT NULL DEFAULT ''"
    ))
    .await?;
    ddl.sql(
        "UPDATE delegation SET sort_programme = (SELECT programme.key FROM batch JOIN programme ON \
         programme.id = batch.programme_id WHERE batch.id = delegation.batch_id)",
    )
    .await?;
    // The batch tells who may see the delegation.
    ddl.sql(
        "CREATE INDEX ix_country_code_sort_programme_batch_id_delegation ON delegation \
         (country_code, sort_programme, batch_id) WHERE represents = 'COUNTRY'",
    )
    .await
}
