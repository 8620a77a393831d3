//! Batches are ordered by people, days, delegations and number, delegations by people: by columns
//! that are never null, in which an unknown number is less than any that is known. Workshops
//! without days of their own follow their batch.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    for (table, column, unknown) in [
        ("batch", "sort_participants", -1),
        ("batch", "sort_duration", -1),
        ("batch", "sort_delegations", 0),
        ("batch", "sort_ordinal", -1),
        ("delegation", "sort_headcount", -1),
    ] {
        ddl.add(table, ColumnDef::new(column).integer().not_null().default(unknown)).await?;
    }
    let days = if ddl.postgres() {
        "ends_on - starts_on + 1"
    } else {
        "CAST(julianday(ends_on) - julianday(starts_on) + 1 AS INTEGER)"
    };
    ddl.sql(&format!(
        "UPDATE batch SET sort_participants = COALESCE(participants_min, participants_max, -1), \
         sort_ordinal = COALESCE(ordinal, -1), sort_delegations = (SELECT COUNT(*) FROM delegation \
         WHERE delegation.batch_id = batch.id), sort_duration = CASE WHEN starts_on IS NOT NULL \
         AND ends_on IS NOT NULL AND COALESCE(starts_precision, 'DAY') = 'DAY' \
         AND COALESCE(ends_precision, 'DAY') = 'DAY' THEN {days} ELSE -1 END"
    ))
    .await?;
    ddl.sql(
        "UPDATE delegation SET sort_headcount = COALESCE(headcount_min, headcount_max) \
         WHERE headcount_min IS NOT NULL OR headcount_max IS NOT NULL",
    )
    .await?;
    // What has no days of its own sorts by the date that its batch has by now.
    ddl.sql(
        "UPDATE workshop SET sort_date = (SELECT batch.sort_date FROM batch \
         WHERE batch.id = workshop.batch_id) WHERE starts_on IS NULL AND ends_on IS NULL",
    )
    .await?;
    for (table, columns) in [
        ("batch", &["sort_participants", "id"] as &[_]),
        ("batch", &["sort_duration", "id"]),
        ("batch", &["sort_delegations", "id"]),
        ("batch", &["sort_ordinal", "id"]),
        ("batch", &["programme_id", "sort_ordinal", "id"]),
        ("delegation", &["sort_headcount", "id"]),
        ("delegation", &["batch_id", "sort_headcount", "id"]),
    ] {
        let (name, columns) = (columns.join("_"), columns.join(", "));
        ddl.sql(&format!("CREATE INDEX ix_{name}_{table} ON {table} ({columns})")).await?;
    }
    Ok(())
}
