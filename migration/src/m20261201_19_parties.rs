//! Whom delegations stand for, and in what quality; people by sex, person-days, and amounts; parts
//! of batches.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    delegations(ddl).await?;
    parts(ddl).await?;
    for column in ["participants_female", "participants_male", "participants_other_or_unknown"] {
        ddl.add("batch", ColumnDef::new(column).integer()).await?;
    }
    for column in ["person_days_min", "person_days_max"] {
        ddl.add("batch", ColumnDef::new(column).integer()).await?;
    }
    for column in ["female", "male", "other_or_unknown"] {
        ddl.add("claim", ColumnDef::new(column).integer()).await?;
    }
    ddl.add("claim", ColumnDef::new("category").text()).await?;
    ddl.add("claim", ColumnDef::new("amount").double()).await?;
    ddl.add("claim", ColumnDef::new("currency").text()).await?;
    ddl.add("claim", ColumnDef::new("cost_kind").text()).await?;
    ddl.add("claim", ColumnDef::new("in_kind").boolean()).await?;
    for table in ["batch", "delegation"] {
        for column in ["person_days_min", "person_days_max"] {
            ddl.sql(&format!("CREATE INDEX ix_{column}_{table} ON {table} ({column})")).await?;
        }
    }
    person_days(ddl).await?;
    ddl.sql("CREATE INDEX ix_currency_claim ON claim (currency) WHERE currency IS NOT NULL").await
}

/// Parts of batches, and which of them delegations took part in.
async fn parts(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.add("batch", ColumnDef::new("has_parts").boolean().not_null().default(false)).await?;
    ddl.create(
        ddl.record("batch_part")
            .reference("batch_id", "batch")
            .integer("position")
            .text_null("label")
            .text("mode")
            .reference_null("venue_id", "venue")
            .date_null("starts_on")
            .date_null("ends_on")
            .index(&["batch_id", "position", "id"])
            .index(&["position", "id"])
            .index(&["mode", "position", "id"])
            .index(&["starts_on"])
            .index(&["ends_on"])
            .check("starts_on <= ends_on")
            .check("position > 0"),
    )
    .await?;
    ddl.sql(
        "CREATE INDEX ix_venue_id_position_id_batch_part ON batch_part (venue_id, position, id) \
         WHERE venue_id IS NOT NULL",
    )
    .await?;
    ddl.create(
        ddl.table("delegation_part")
            .reference("delegation_id", "delegation")
            .reference("part_id", "batch_part")
            .key(&["delegation_id", "part_id"])
            .index(&["part_id", "delegation_id"]),
    )
    .await
}

/// Person-days follow from what is accepted already.
async fn person_days(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    let days = if ddl.postgres() {
        "(b.ends_on - b.starts_on + 1)"
    } else {
        "CAST(julianday(b.ends_on) - julianday(b.starts_on) + 1 AS INTEGER)"
    };
    let known = "(b.starts_precision IS NULL OR b.starts_precision = 'DAY') \
                 AND (b.ends_precision IS NULL OR b.ends_precision = 'DAY') \
                 AND b.starts_on IS NOT NULL AND b.ends_on IS NOT NULL";
    for (table, people, of) in [
        ("batch", "participants", "b.id = batch.id"),
        ("delegation", "headcount", "b.id = delegation.batch_id"),
    ] {
        for bound in ["min", "max"] {
            let number = format!("CAST({table}.{people}_{bound} AS BIGINT) * {days}");
            ddl.sql(&format!(
                "UPDATE {table} SET person_days_{bound} = (SELECT {number} FROM batch AS b \
                 WHERE {of} AND {known} AND {number} <= 2147483647) \
                 WHERE {people}_{bound} IS NOT NULL"
            ))
            .await?;
        }
    }
    Ok(())
}

/// A delegation may stand for a group, be of a category, and have its people counted by sex.
async fn delegations(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    let id = if ddl.postgres() { "uuid" } else { "uuid_text" };
    ddl.sql(&format!(
        "ALTER TABLE delegation ADD COLUMN regional_group_id {id} REFERENCES regional_group (id) \
         CHECK ((represents = 'GROUP') = (regional_group_id IS NOT NULL))"
    ))
    .await?;
    ddl.add("delegation", ColumnDef::new("category").text()).await?;
    for column in ["headcount_female", "headcount_male", "headcount_other_or_unknown"] {
        ddl.add("delegation", ColumnDef::new(column).integer()).await?;
    }
    for column in ["person_days_min", "person_days_max"] {
        ddl.add("delegation", ColumnDef::new(column).integer()).await?;
    }
    // The party of a group is none of the institution that sends it.
    let nobody = if ddl.postgres() { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "''" };
    let group = format!("regional_group_id, (COALESCE(institution_id, {nobody}))");
    ddl.sql("DROP INDEX uq_delegation_institution").await?;
    for (name, columns, condition) in [
        (
            "institution",
            "institution_id",
            "country_code IS NULL AND institution_id IS NOT NULL AND regional_group_id IS NULL",
        ),
        (
            "group",
            group.as_str(),
            "regional_group_id IS NOT NULL",
        ),
    ] {
        ddl.sql(&format!(
            "CREATE UNIQUE INDEX uq_delegation_{name} ON delegation \
             (batch_id, {columns}, (COALESCE(label, ''))) WHERE {condition}"
        ))
        .await?;
    }
    for column in ["regional_group_id", "category"] {
        ddl.sql(&format!(
            "CREATE INDEX ix_{column}_sort_date_id_delegation ON delegation \
             ({column}, sort_date, id) WHERE {column} IS NOT NULL"
        ))
        .await?;
    }
    Ok(())
}
