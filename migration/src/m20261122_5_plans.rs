//! What delegations undertake, and what a batch was for.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

pub(crate) async fn up(ddl: &Ddl<'_>) -> Result<(), DbErr> {
    ddl.create(
        ddl.record("action_plan")
            .reference("delegation_id", "delegation")
            .text("status")
            .text_null("title")
            .date_null("due_on")
            .date_null("submitted_on")
            .date("sort_date")
            .index(&["delegation_id"])
            .index(&["status", "sort_date", "id"])
            .index(&["sort_date", "id"])
            .index(&["due_on"])
            .index(&["submitted_on"]),
    )
    .await?;
    ddl.create(
        ddl.record("action_item")
            .reference("action_plan_id", "action_plan")
            .integer("position")
            .text("title")
            .text("status")
            .date_null("due_on")
            .index(&["action_plan_id", "position", "id"])
            .index(&["position", "id"])
            .index(&["status"])
            .index(&["due_on"]),
    )
    .await?;
    ddl.create(
        ddl.record("progress_note")
            .reference("action_item_id", "action_item")
            .date("noted_on")
            .text("text")
            .index(&["action_item_id", "noted_on", "id"])
            .index(&["noted_on", "id"]),
    )
    .await?;
    ddl.create(
        ddl.record("outcome")
            .reference("batch_id", "batch")
            .text("kind")
            .text("label_en")
            .text_null("label_id")
            .date_null("occurred_on")
            .reference_null("institution_id", "institution")
            .reference_null("stated_by_id", "person")
            .index(&["batch_id", "id"])
            .index(&["institution_id", "id"])
            .index(&["stated_by_id", "id"])
            .index(&["kind"])
            .index(&["occurred_on"]),
    )
    .await?;
    Ok(())
}
