//! Batches that are to be reconciled since something changed on which they rest.

use entity::id::BatchId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::Write;
use crate::error::WriteError;

/// Touches the batches that `select` finds.
pub async fn mark_all_dirty(
    w: &mut Write,
    select: sea_orm::Select<entity::batch::Entity>,
) -> Result<(), WriteError> {
    let ids: Vec<BatchId> =
        select.select_only().column(entity::batch::Column::Id).into_tuple().all(w.read()).await?;
    for id in ids {
        w.mark_dirty(id);
    }
    Ok(())
}

/// Touches the batches of some programmes.
pub async fn mark_batches_of_dirty(
    w: &mut Write,
    programmes: impl Into<sea_orm::Condition>,
) -> Result<(), WriteError> {
    use entity::{batch, programme};
    let ids =
        programme::Entity::find().select_only().column(programme::Column::Id).filter(programmes);
    let ids = sea_orm::QueryTrait::into_query(ids);
    mark_all_dirty(w, batch::Entity::find().filter(batch::Column::ProgrammeId.in_subquery(ids)))
        .await
}

/// Touches the batches of which there are such claims.
pub async fn mark_claimed_batches_dirty(
    w: &mut Write,
    claims: impl Into<sea_orm::Condition>,
) -> Result<(), WriteError> {
    use entity::{batch, claim};
    let ids = claim::Entity::find().select_only().column(claim::Column::BatchId).filter(claims);
    let ids = sea_orm::QueryTrait::into_query(ids);
    mark_all_dirty(w, batch::Entity::find().filter(batch::Column::Id.in_subquery(ids))).await
}

/// Touches the batches in which an institution has a role, or is claimed to have one.
pub async fn mark_batches_naming_dirty(
    w: &mut Write,
    body: entity::id::InstitutionId,
) -> Result<(), WriteError> {
    use entity::{batch, claim, partnership, workshop};
    mark_claimed_batches_dirty(w, claim::Column::InstitutionId.eq(body)).await?;
    let held = |column: partnership::Column| {
        let roles = partnership::Entity::find().select_only().column(column);
        let roles =
            roles.filter(partnership::Column::InstitutionId.eq(body)).filter(column.is_not_null());
        sea_orm::QueryTrait::into_query(roles)
    };
    let workshops = workshop::Entity::find().select_only().column(workshop::Column::BatchId);
    let workshops =
        workshops.filter(workshop::Column::Id.in_subquery(held(partnership::Column::WorkshopId)));
    let either = sea_orm::Condition::any()
        .add(batch::Column::Id.in_subquery(held(partnership::Column::BatchId)))
        .add(batch::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(workshops)));
    mark_all_dirty(w, batch::Entity::find().filter(either)).await
}
