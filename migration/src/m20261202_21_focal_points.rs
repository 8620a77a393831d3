//! Accounts that speak for a country, its statements, and what they say of its delegations.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    for (table, condition) in [
        ("access_grant", "(role = 'FOCAL_POINT') = (country_code IS NOT NULL)"),
        ("source", "(kind = 'COUNTRY_STATEMENT') = (country_code IS NOT NULL)"),
    ] {
        ddl.sql(&format!(
            "ALTER TABLE {table} ADD COLUMN country_code text REFERENCES country (code) \
             CHECK ({condition})"
        ))
        .await?;
    }
    ddl.add("delegation", ColumnDef::new("country_position").text()).await?;
    // What somebody has been granted for one country can be granted for another.
    ddl.sql("DROP INDEX uq_access_grant_all").await?;
    for (name, columns, condition) in [
        ("all", "account_id, role", "institution_id IS NULL AND country_code IS NULL"),
        ("country", "account_id, role, country_code", "country_code IS NOT NULL"),
    ] {
        ddl.sql(&format!(
            "CREATE UNIQUE INDEX uq_access_grant_{name} ON access_grant ({columns}) \
             WHERE revoked_at IS NULL AND {condition}"
        ))
        .await?;
    }
    ddl.sql(
        "CREATE INDEX ix_country_code_id_access_grant ON access_grant (country_code, id) \
         WHERE country_code IS NOT NULL",
    )
    .await?;
    // A country speaks with one voice.
    ddl.sql(
        "CREATE UNIQUE INDEX uq_source_country ON source (country_code) \
         WHERE country_code IS NOT NULL",
    )
    .await?;
    ddl.sql(
        "CREATE INDEX ix_country_position_sort_date_id_delegation ON delegation \
         (country_position, sort_date, id) WHERE country_position IS NOT NULL",
    )
    .await
}
