//! Fewer entries of indexes to write: of columns that are mostly null, only the rows that have
//! something.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    // Whatever compares a column with a value leaves nulls out, and finds these as it found the
    // whole ones.
    for (table, columns) in [
        ("claim", &["date"] as &[_]),
        ("claim", &["venue_id", "id"]),
        ("claim", &["institution_id", "id"]),
        ("claim", &["regional_group_id", "id"]),
        ("claim", &["stated_by_id", "id"]),
        ("delegation", &["institution_id", "sort_date", "id"]),
        ("delegation", &["institution_id", "sort_name", "id"]),
        ("delegation", &["label"]),
        ("delegation", &["headcount_min"]),
        ("delegation", &["headcount_max"]),
    ] {
        let index = format!("ix_{}_{table}", columns.join("_"));
        ddl.sql(&format!("DROP INDEX {index}")).await?;
        let all = columns.join(", ");
        let create =
            format!("CREATE INDEX {index} ON {table} ({all}) WHERE {} IS NOT NULL", columns[0]);
        ddl.sql(&create).await?;
    }
    // What another one does as well.
    ddl.sql("DROP INDEX ix_delegation_id_property_claim").await?;
    ddl.sql("DROP INDEX ix_updated_at_batch").await
}
