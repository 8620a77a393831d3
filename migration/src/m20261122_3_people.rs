//! People, their posts and what they do.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("person")
            .text("name")
            .reference_null("merged_into_id", "person")
            .folded("sort_name")
            .index(&["sort_name", "id"])
            .index(&["merged_into_id"]),
    )
    .await?;
    ddl.create(
        ddl.record("appointment")
            .reference("person_id", "person")
            .reference("institution_id", "institution")
            .text("post")
            .text("language")
            .boolean("acting")
            .date_null("valid_from")
            .date_null("valid_to")
            .text("precision")
            .date("sort_date")
            .index(&["person_id", "sort_date", "id"])
            .index(&["institution_id", "sort_date", "id"])
            .index(&["sort_date", "id"])
            .index(&["acting", "sort_date", "id"])
            .check("valid_from <= valid_to"),
    )
    .await?;
    ddl.create(
        ddl.record("engagement")
            .reference("person_id", "person")
            .reference_null("batch_id", "batch")
            .reference_null("workshop_id", "workshop")
            .text("role")
            .reference_null("appointment_id", "appointment")
            .reference_null("institution_id", "institution")
            .reference_null("on_behalf_of_id", "person")
            .reference_null("delegation_id", "delegation")
            .index(&["person_id", "id"])
            .index(&["batch_id", "id"])
            .index(&["workshop_id", "id"])
            .index(&["institution_id", "id"])
            .index(&["on_behalf_of_id", "id"])
            .index(&["appointment_id", "id"])
            .index(&["delegation_id", "id"])
            .index(&["role"])
            .check("(batch_id IS NULL) <> (workshop_id IS NULL)"),
    )
    .await?;
    Ok(())
}
