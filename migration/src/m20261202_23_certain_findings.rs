//! Findings are ordered by severity, and of one severity the certain ones first.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

/// The rules whose findings are certain.
const CERTAIN: [&str; 10] = [
    "FEWER_PEOPLE_THAN_DELEGATIONS",
    "FEWER_COUNTRIES_THAN_ATTENDED",
    "LIST_CONFLICT",
    "VALUE_CONFLICT",
    "HEADS_WITHOUT_PRESENCE",
    "WEEKDAY_MISMATCH",
    "PLAN_OVERDUE",
    "INVARIANT_WOULD_BREAK",
    "PARTITION_COMPLETE",
    "PARTITION_OPEN",
];

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    let certain = CERTAIN.map(|rule| format!("'{rule}'")).join(", ");
    ddl.sql(&format!(
        "UPDATE finding SET sort_severity = 2 * sort_severity \
         + CASE WHEN rule IN ({certain}) THEN 1 ELSE 0 END"
    ))
    .await
}
