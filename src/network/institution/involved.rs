//! Which institutions had to do with a batch.

use async_graphql::Result;
use entity::{
    appointment, batch, delegation, engagement, institution, institution_ancestor, partnership,
    workshop,
};
use sea_orm::sea_query::{
    Alias, CommonTableExpression, ExprTrait, Query, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::{Filter, Scope, matching};

/// The institutions that are involved in a batch that matches, and all that stand above such.
///
/// Involved is who holds a role in the batch, in one of its workshops or in its programme, who
/// sends a delegation, for whom or from whose post somebody is engaged at the batch or one of its
/// workshops, and who owns it.
pub(super) fn involved(filter: BatchFilter, scope: &Scope<'_>) -> Result<Condition> {
    let chosen = matching::<batch::Entity>(batch::Column::Id, filter.condition(scope)?, scope);
    let workshops = || {
        let held = workshop::Column::BatchId.in_subquery(batches());
        matching::<workshop::Entity>(workshop::Column::Id, held.into(), scope)
    };
    let programmes = {
        let run = batch::Column::Id.in_subquery(batches());
        matching::<batch::Entity>(batch::Column::ProgrammeId, run.into(), scope)
    };

    let role = partnership::Column::BatchId
        .in_subquery(batches())
        .or(partnership::Column::WorkshopId.in_subquery(workshops()))
        .or(partnership::Column::ProgrammeId.in_subquery(programmes));
    let engaged = engagement::Column::BatchId
        .in_subquery(batches())
        .or(engagement::Column::WorkshopId.in_subquery(workshops()));
    let posts = matching::<engagement::Entity>(
        engagement::Column::AppointmentId,
        engaged.clone().into(),
        scope,
    );
    let sent = delegation::Column::BatchId.in_subquery(batches());
    let owned = batch::Column::Id.in_subquery(batches());

    let institutions =
        matching::<partnership::Entity>(partnership::Column::InstitutionId, role.into(), scope)
            .unions(
                [
                    matching::<delegation::Entity>(
                        delegation::Column::InstitutionId,
                        sent.into(),
                        scope,
                    ),
                    matching::<engagement::Entity>(
                        engagement::Column::InstitutionId,
                        engaged.into(),
                        scope,
                    ),
                    matching::<appointment::Entity>(
                        appointment::Column::InstitutionId,
                        appointment::Column::Id.in_subquery(posts).into(),
                        scope,
                    ),
                    matching::<batch::Entity>(batch::Column::OwnerId, owned.into(), scope),
                ]
                .map(|others| (UnionType::Distinct, others)),
            )
            .take();
    let below = institution_ancestor::Column::InstitutionId.in_subquery(institutions);
    let mut above = matching::<institution_ancestor::Entity>(
        institution_ancestor::Column::AncestorId,
        below.into(),
        scope,
    );
    // The batches are named once: the filter may be long, and may itself ask who was involved in
    // what.
    let named =
        CommonTableExpression::new().table_name(Alias::new(CHOSEN)).query(chosen).to_owned();
    above.with_cte(named);
    Ok(institution::Column::Id.in_subquery(above).into())
}

const CHOSEN: &str = "chosen_batch";

/// The ids of the batches that match.
fn batches() -> SelectStatement {
    Query::select().column(Alias::new("id")).from(Alias::new(CHOSEN)).take()
}
