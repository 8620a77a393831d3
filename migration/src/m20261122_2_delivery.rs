//! Batches and what is held in them.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("venue")
            .text("kind")
            .text("name")
            .text_null("address")
            .text_null("city")
            .country_null("country_code")
            .text_null("subdivision")
            .double_null("latitude")
            .double_null("longitude")
            .folded("sort_name")
            .folded("search_text")
            .index(&["sort_name", "id"])
            .index(&["city"])
            .index(&["subdivision"])
            .index(&["kind", "sort_name", "id"])
            .index(&["country_code", "sort_name", "id"]),
    )
    .await?;
    ddl.create(
        ddl.record("batch")
            .reference("owner_id", "institution")
            .reference("programme_id", "programme")
            .integer_null("ordinal")
            .text_null("label")
            .text("mode")
            .text("status")
            .integer_null("capacity")
            .text_null("title")
            .text_null("title_language")
            .date_null("starts_on")
            .text_null("starts_precision")
            .date_null("ends_on")
            .text_null("ends_precision")
            .integer_null("participants_min")
            .integer_null("participants_max")
            .text_null("participants_comparator")
            .date("sort_date")
            .folded("sort_title")
            .folded("search_text")
            .unique(&["programme_id", "ordinal"])
            .index(&["sort_date", "id"])
            .index(&["sort_title", "id"])
            .index(&["updated_at", "id"])
            .index(&["programme_id", "sort_date", "id"])
            .index(&["owner_id", "sort_date", "id"])
            .index(&["status", "sort_date", "id"])
            .index(&["mode", "sort_date", "id"])
            .index(&["ordinal"])
            .index(&["starts_on"])
            .index(&["ends_on"])
            .check("starts_on <= ends_on")
            .check("ordinal > 0")
            .check("capacity >= 0"),
    )
    .await?;
    ddl.create(
        ddl.table("batch_venue")
            .reference("batch_id", "batch")
            .reference("venue_id", "venue")
            .key(&["batch_id", "venue_id"])
            .index(&["venue_id", "batch_id"]),
    )
    .await?;
    ddl.create(
        ddl.table("batch_topic")
            .reference("batch_id", "batch")
            .reference("topic_id", "topic")
            .key(&["batch_id", "topic_id"])
            .index(&["topic_id", "batch_id"]),
    )
    .await?;
    ddl.create(
        ddl.record("workshop")
            .reference("batch_id", "batch")
            .integer("position")
            .text("kind")
            .text("title")
            .text("language")
            .date_null("starts_on")
            .date_null("ends_on")
            .time_null("starts_at")
            .time_null("ends_at")
            .text_null("time_zone")
            .reference_null("venue_id", "venue")
            .text("status")
            .date("sort_date")
            .folded("search_text")
            .index(&["batch_id", "position", "id"])
            .index(&["sort_date", "id"])
            .index(&["venue_id", "sort_date", "id"])
            .index(&["kind", "sort_date", "id"])
            .index(&["status", "sort_date", "id"])
            .index(&["search_text"])
            .index(&["starts_on"])
            .index(&["ends_on"])
            .index(&["batch_id", "sort_date", "position", "id"])
            .index(&["sort_date", "position", "id"])
            .index(&["position", "id"])
            .check("starts_on <= ends_on"),
    )
    .await?;
    ddl.create(
        ddl.table("workshop_topic")
            .reference("workshop_id", "workshop")
            .reference("topic_id", "topic")
            .key(&["workshop_id", "topic_id"])
            .index(&["topic_id", "workshop_id"]),
    )
    .await?;
    ddl.create(
        ddl.record("partnership")
            .reference_null("institution_id", "institution")
            .reference_null("regional_group_id", "regional_group")
            .reference_null("programme_id", "programme")
            .reference_null("batch_id", "batch")
            .reference_null("workshop_id", "workshop")
            .text("role")
            .text_null("label")
            .index(&["institution_id", "id"])
            .index(&["regional_group_id", "id"])
            .index(&["programme_id", "id"])
            .index(&["batch_id", "id"])
            .index(&["workshop_id", "id"])
            .index(&["role"])
            .check("(institution_id IS NULL) <> (regional_group_id IS NULL)")
            .check("(CASE WHEN programme_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN batch_id IS \
                    NULL THEN 0 ELSE 1 END) + (CASE WHEN workshop_id IS NULL THEN 0 ELSE 1 END) = \
                    1"),
    )
    .await?;
    ddl.create(
        ddl.record("delegation")
            .reference("batch_id", "batch")
            .text("represents")
            .country_null("country_code")
            .reference_null("institution_id", "institution")
            .text_null("label")
            .text_null("status")
            .integer_null("headcount_min")
            .integer_null("headcount_max")
            .text_null("headcount_comparator")
            .date("sort_date")
            .folded("sort_name")
            .index(&["batch_id", "sort_name", "id"])
            .index(&["country_code", "sort_date", "id"])
            .index(&["institution_id", "sort_date", "id"])
            .index(&["sort_date", "id"])
            .index(&["sort_name", "id"])
            .index(&["updated_at", "id"])
            .index(&["status", "sort_date", "id"])
            .index(&["label"])
            .index(&["headcount_min"])
            .index(&["country_code", "sort_name", "id"])
            .index(&["institution_id", "sort_name", "id"])
            .index(&["represents", "sort_date", "id"])
            .index(&["headcount_max"])
            .check("represents <> 'COUNTRY' OR country_code IS NOT NULL")
            .check("represents <> 'INSTITUTION' OR institution_id IS NOT NULL"),
    )
    .await?;
    // One party per batch, country, sender and label. SQL holds nulls for different, hence an index
    // per combination.
    for (name, columns, condition) in [
        ("country", "country_code", "country_code IS NOT NULL AND institution_id IS NULL"),
        ("institution", "institution_id", "country_code IS NULL AND institution_id IS NOT NULL"),
        (
            "both",
            "country_code, institution_id",
            "country_code IS NOT NULL AND institution_id IS NOT NULL",
        ),
    ] {
        ddl.sql(&format!(
            "CREATE UNIQUE INDEX uq_delegation_{name} ON delegation (batch_id, {columns}, \
         (COALESCE(label, ''))) WHERE {condition}"
        ))
        .await?;
    }

    Ok(())
}
