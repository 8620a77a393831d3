//! Sources, and what they state.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("source")
            .text("kind")
            .text("title")
            .text("language")
            .reference_null("publisher_id", "institution")
            .text_null("url")
            .date_null("published_on")
            .text("precision")
            .text_null("reference")
            .text_null("archive_sha256")
            .reference_null("origin_id", "source")
            .date("sort_date")
            .folded("sort_title")
            .folded("search_text")
            .index(&["sort_date", "id"])
            .index(&["sort_title", "id"])
            .index(&["publisher_id", "sort_date", "id"])
            .index(&["kind", "sort_date", "id"])
            .index(&["published_on"])
            .index(&["origin_id"]),
    )
    .await?;
    ddl.create(
        ddl.entry("source_relation")
            .reference("source_id", "source")
            .text("kind")
            .reference("related_id", "source")
            .unique(&["source_id", "kind", "related_id"])
            .index(&["related_id", "id"]),
    )
    .await?;
    ddl.create(
        ddl.record("claim")
            .reference("source_id", "source")
            .reference("batch_id", "batch")
            .reference_null("delegation_id", "delegation")
            .text("property")
            .text_null("text")
            .text_null("language")
            .date_null("date")
            .text_null("precision")
            .integer_null("printed_weekday")
            .integer_null("number_min")
            .integer_null("number_max")
            .text_null("comparator")
            .text_null("unit")
            .text_null("basis")
            .text_null("scope")
            .text_null("completeness")
            .text_null("status")
            .reference_null("venue_id", "venue")
            .reference_null("institution_id", "institution")
            .reference_null("regional_group_id", "regional_group")
            .reference_null("stated_by_id", "person")
            .text_null("locator")
            .text("rank")
            .text_null("rank_reason")
            .index(&["batch_id", "property"])
            .index(&["delegation_id", "property"])
            .index(&["source_id", "id"])
            .index(&["venue_id", "id"])
            .index(&["institution_id", "id"])
            .index(&["regional_group_id", "id"])
            .index(&["batch_id", "id"])
            .index(&["delegation_id", "id"])
            .index(&["property", "id"])
            .index(&["rank", "id"])
            .index(&["status", "id"])
            .index(&["date"])
            .index(&["stated_by_id", "id"])
            .check("rank <> 'DEPRECATED' OR rank_reason IS NOT NULL")
            .check("number_min <= number_max"),
    )
    .await?;
    // At most one preferred claim per property, unit, basis and scope.
    let same = "property, (COALESCE(unit, '')), (COALESCE(basis, '')), (COALESCE(scope, ''))";
    for (name, of, condition) in [
        ("batch", "batch_id", "delegation_id IS NULL"),
        ("delegation", "delegation_id", "delegation_id IS NOT NULL"),
    ] {
        ddl.sql(&format!(
            "CREATE UNIQUE INDEX uq_claim_preferred_{name} ON claim ({of}, {same}) WHERE rank = \
             'PREFERRED' AND {condition}"
        ))
        .await?;
    }

    ddl.create(
        ddl.record("citation")
            .reference("source_id", "source")
            .text("subject_kind")
            .uuid_null("subject_id")
            .country_null("country_code")
            .reference_null("batch_id", "batch")
            .text_null("locator")
            .unique(&["subject_id", "source_id"])
            .unique(&["country_code", "source_id"])
            .index(&["batch_id"])
            .check("(subject_id IS NULL) <> (country_code IS NULL)")
            .index(&["subject_id", "id"])
            .index(&["country_code", "id"])
            .index(&["subject_kind", "id"])
            .index(&["source_id", "id"]),
    )
    .await?;
    ddl.create(
        ddl.record("finding")
            .text("rule")
            .text("severity")
            .integer("sort_severity")
            .text("state")
            .text("subject_kind")
            .uuid("subject_id")
            .reference_null("batch_id", "batch")
            .text_null("property")
            .folded("fingerprint")
            .json("detail")
            .text_null("explanation")
            .unique(&["fingerprint"])
            .index(&["subject_id", "sort_severity", "id"])
            .index(&["batch_id", "sort_severity", "id"])
            .index(&["state", "sort_severity", "id"])
            .index(&["rule", "id"])
            .index(&["subject_kind", "id"])
            .index(&["sort_severity", "id"])
            .check("state <> 'EXPLAINED' OR explanation IS NOT NULL"),
    )
    .await?;
    ddl.create(
        ddl.table("finding_claim")
            .reference("finding_id", "finding")
            .reference("claim_id", "claim")
            .key(&["finding_id", "claim_id"])
            .index(&["claim_id", "finding_id"]),
    )
    .await?;
    ddl.create(ddl.record("indicator").text("label_en").text_null("label_id").text("unit")).await?;
    ddl.create(
        ddl.record("observation")
            .reference("indicator_id", "indicator")
            .reference("source_id", "source")
            .reference_null("programme_id", "programme")
            .reference_null("batch_id", "batch")
            .country_null("country_code")
            .reference_null("regional_group_id", "regional_group")
            .date_null("period_from")
            .date_null("period_to")
            .text_null("period_basis")
            .text("comparator")
            .double("value")
            .reference_null("stated_by_id", "person")
            .text_null("locator")
            .date("sort_date")
            .index(&["indicator_id", "sort_date", "id"])
            .index(&["source_id", "id"])
            .index(&["programme_id", "id"])
            .index(&["batch_id", "id"])
            .index(&["country_code", "id"])
            .index(&["regional_group_id", "id"])
            .index(&["stated_by_id", "id"])
            .index(&["period_from"])
            .index(&["period_to"])
            .index(&["sort_date", "id"]),
    )
    .await?;
    Ok(())
}
