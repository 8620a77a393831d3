//! Countries, groups, institutions, topics and programmes.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.table("country")
            .folded("code")
            .key(&["code"])
            .text("alpha3")
            .text_null("numeric")
            .date_null("valid_from")
            .date_null("valid_to")
            .folded("sort_name")
            .stamps()
            .index(&["sort_name", "code"])
            .index(&["alpha3"]),
    )
    .await?;
    ddl.create(
        ddl.entry("country_name")
            .country("country_code")
            .text("language")
            .text("kind")
            .text("authority")
            .text("name")
            .folded("search_text")
            .unique(&["country_code", "language", "kind", "name"])
            .index(&["search_text"]),
    )
    .await?;
    ddl.create(
        ddl.record("regional_group")
            .text("kind")
            .text_null("acronym")
            .text("name_en")
            .text_null("name_id")
            .folded("sort_name")
            .folded("search_text")
            .index(&["sort_name", "id"])
            .index(&["kind", "sort_name", "id"])
            .index(&["acronym"]),
    )
    .await?;
    ddl.create(
        ddl.record("membership")
            .reference("regional_group_id", "regional_group")
            .country("country_code")
            .text("kind")
            .date_null("valid_from")
            .date_null("valid_to")
            .text("precision")
            .date("sort_date")
            .index(&["regional_group_id", "sort_date", "id"])
            .index(&["country_code", "sort_date", "id"])
            .index(&["sort_date", "id"])
            .index(&["kind", "sort_date", "id"])
            .index(&["valid_from"])
            .index(&["valid_to"])
            .check("valid_from <= valid_to"),
    )
    .await?;
    ddl.create(
        ddl.record("institution")
            .text("kind")
            .country_null("country_code")
            .text_null("city")
            .reference_null("parent_id", "institution")
            .text_null("website")
            .reference_null("merged_into_id", "institution")
            .folded("sort_name")
            .folded("search_text")
            .index(&["sort_name", "id"])
            .index(&["updated_at", "id"])
            .index(&["parent_id", "sort_name", "id"])
            .index(&["country_code", "sort_name", "id"])
            .index(&["kind", "sort_name", "id"])
            .index(&["city"])
            .index(&["merged_into_id"]),
    )
    .await?;
    ddl.create(
        ddl.table("institution_ancestor")
            .reference("institution_id", "institution")
            .reference("ancestor_id", "institution")
            .integer("depth")
            .key(&["institution_id", "ancestor_id"])
            .index(&["ancestor_id", "institution_id"]),
    )
    .await?;
    ddl.create(
        ddl.entry("institution_name")
            .reference("institution_id", "institution")
            .text("language")
            .text("kind")
            .text("name")
            .folded("search_text")
            .date_null("valid_from")
            .date_null("valid_to")
            .text("precision")
            .index(&["institution_id"])
            .index(&["search_text"])
            .check("valid_from <= valid_to"),
    )
    .await?;
    ddl.create(
        ddl.entry("institution_identifier")
            .reference("institution_id", "institution")
            .text("scheme")
            .text("value")
            .unique(&["scheme", "value"])
            .index(&["institution_id"]),
    )
    .await?;
    ddl.create(
        ddl.record("programme")
            .reference("owner_id", "institution")
            .text("title")
            .text("language")
            .text_null("acronym")
            .reference_null("parent_id", "programme")
            .reference_null("regional_group_id", "regional_group")
            .text("modality")
            .folded("sort_title")
            .folded("search_text")
            .index(&["sort_title", "id"])
            .index(&["updated_at", "id"])
            .index(&["parent_id", "sort_title", "id"])
            .index(&["regional_group_id", "sort_title", "id"])
            .index(&["owner_id", "sort_title", "id"])
            .index(&["modality", "sort_title", "id"])
            .index(&["acronym"]),
    )
    .await?;
    ddl.create(
        ddl.record("topic")
            .reference_null("parent_id", "topic")
            .text_null("dac_code")
            .text("label_en")
            .text("label_id")
            .folded("sort_label")
            .folded("search_text")
            .index(&["sort_label", "id"])
            .index(&["parent_id", "sort_label", "id"])
            .index(&["dac_code"]),
    )
    .await?;
    ddl.create(
        ddl.table("programme_topic")
            .reference("programme_id", "programme")
            .reference("topic_id", "topic")
            .key(&["programme_id", "topic_id"])
            .index(&["topic_id", "programme_id"]),
    )
    .await?;
    Ok(())
}
