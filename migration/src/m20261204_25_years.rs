//! Counting the delegations of countries by year, or by programme, from an index alone: it has the
//! status as well.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    // As `src/analysis/cube/period.rs` asks for it.
    let year = if ddl.postgres() {
        "(CASE WHEN sort_date = DATE '9999-12-31' THEN '' ELSE CAST(CAST(EXTRACT(YEAR FROM \
         sort_date) AS integer) AS text) END) COLLATE \"C\""
    } else {
        "CASE WHEN sort_date = '9999-12-31' THEN '' ELSE substr(sort_date, 1, 4) END"
    };
    ddl.sql("DROP INDEX ix_country_code_sort_programme_batch_id_delegation").await?;
    for (name, column) in [("sort_programme", "sort_programme"), ("year", year)] {
        ddl.sql(&format!(
            "CREATE INDEX ix_country_code_{name}_status_batch_id_delegation ON delegation \
             (country_code, {column}, status, batch_id) WHERE represents = 'COUNTRY'"
        ))
        .await?;
    }
    Ok(())
}
