//! References that may be null are indexed where they are not.
//!
//! The planner of SQLite counts nulls as one value. Where nearly all rows have null, an index of
//! all of them looks as if it found nothing out, and the planner read the whole table in the order
//! of the list for each parent instead.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    for (table, columns) in [
        ("access_grant", &["institution_id", "id"] as &[_]),
        ("citation", &["batch_id"]),
        ("citation", &["country_code", "id"]),
        ("claim", &["delegation_id", "id"]),
        ("delegation", &["country_code", "sort_date", "id"]),
        ("delegation", &["country_code", "sort_name", "id"]),
        ("engagement", &["appointment_id", "id"]),
        ("engagement", &["batch_id", "id"]),
        ("engagement", &["delegation_id", "id"]),
        ("engagement", &["institution_id", "id"]),
        ("engagement", &["on_behalf_of_id", "id"]),
        ("engagement", &["workshop_id", "id"]),
        ("finding", &["batch_id", "sort_severity", "id"]),
        ("import", &["account_id", "id"]),
        ("import", &["institution_id"]),
        ("institution", &["country_code", "sort_name", "id"]),
        ("institution", &["merged_into_id"]),
        ("institution", &["parent_id", "sort_name", "id"]),
        ("name_decision", &["country_code"]),
        ("name_decision", &["institution_id"]),
        ("observation", &["batch_id", "id"]),
        ("observation", &["country_code", "id"]),
        ("observation", &["programme_id", "id"]),
        ("observation", &["regional_group_id", "id"]),
        ("observation", &["stated_by_id", "id"]),
        ("outcome", &["institution_id", "id"]),
        ("outcome", &["stated_by_id", "id"]),
        ("partnership", &["batch_id", "id"]),
        ("partnership", &["institution_id", "id"]),
        ("partnership", &["programme_id", "id"]),
        ("partnership", &["regional_group_id", "id"]),
        ("partnership", &["workshop_id", "id"]),
        ("person", &["merged_into_id"]),
        ("programme", &["parent_id", "sort_title", "id"]),
        ("programme", &["regional_group_id", "sort_title", "id"]),
        ("source", &["origin_id"]),
        ("source", &["publisher_id", "sort_date", "id"]),
        ("topic", &["parent_id", "sort_label", "id"]),
        ("venue", &["country_code", "sort_name", "id"]),
        ("workshop", &["venue_id", "sort_date", "id"]),
    ] {
        let index = format!("ix_{}_{table}", columns.join("_"));
        ddl.sql(&format!("DROP INDEX {index}")).await?;
        let all = columns.join(", ");
        let create =
            format!("CREATE INDEX {index} ON {table} ({all}) WHERE {} IS NOT NULL", columns[0]);
        ddl.sql(&create).await?;
    }
    Ok(())
}
