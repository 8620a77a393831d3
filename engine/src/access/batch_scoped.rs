//! Records that hang from a batch: which one.

use entity::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, EntityTrait};
use uuid::Uuid;

use super::Scoped;
use crate::record::Record;

/// A kind of record that hangs from a batch, whether directly or not; some of them may hang from
/// something else instead.
pub trait BatchScoped: Record + Scoped {
    /// The id of the batch from which a row hangs.
    fn batch_of(id: Uuid) -> SelectStatement;

    /// The id of the delegation whose record it is, where it is that of one.
    fn party_of(_: Uuid) -> Option<SelectStatement> {
        None
    }
}

/// The values of `column` in the rows of `E` of which `which` holds.
fn values<E: EntityTrait>(column: E::Column, which: Expr) -> SelectStatement {
    Query::select().column((E::default(), column)).from(E::default()).and_where(which).take()
}

macro_rules! batch_scoped {
    ($($module:ident => |$id:ident| $batch:expr $(, of $party:expr)?;)+) => {$(
        impl BatchScoped for $module::Entity {
            fn batch_of($id: Uuid) -> SelectStatement { $batch }

            $(fn party_of($id: Uuid) -> Option<SelectStatement> { Some($party) })?
        }
    )+};
}

/// What hangs from a batch or from one of its workshops.
macro_rules! of_batch_or_workshop {
    ($module:ident, $id:ident) => {{
        let workshop =
            values::<$module::Entity>($module::Column::WorkshopId, $module::Column::Id.eq($id));
        let of_workshop = values::<workshop::Entity>(
            workshop::Column::BatchId,
            workshop::Column::Id.in_subquery(workshop),
        );
        let which = $module::Column::Id.eq($id).and($module::Column::BatchId.is_not_null());
        let mut batch = values::<$module::Entity>($module::Column::BatchId, which);
        batch.union(UnionType::Distinct, of_workshop).take()
    }};
}

/// The delegations whose plans these are.
fn parties(plan: Expr) -> SelectStatement {
    values::<action_plan::Entity>(action_plan::Column::DelegationId, plan)
}

/// The plan of which an item is one.
fn plan_of(item: Uuid) -> SelectStatement {
    values::<action_item::Entity>(
        action_item::Column::ActionPlanId,
        action_item::Column::Id.eq(item),
    )
}

/// The batches of delegations.
fn batches(parties: SelectStatement) -> SelectStatement {
    values::<delegation::Entity>(
        delegation::Column::BatchId,
        delegation::Column::Id.in_subquery(parties),
    )
}

batch_scoped! {
    batch_part => |id|
        values::<batch_part::Entity>(batch_part::Column::BatchId, batch_part::Column::Id.eq(id));
    workshop => |id|
        values::<workshop::Entity>(workshop::Column::BatchId, workshop::Column::Id.eq(id));
    delegation => |id|
        values::<delegation::Entity>(delegation::Column::BatchId, delegation::Column::Id.eq(id)),
        of Query::select().expr(Expr::val(id)).take();
    outcome => |id| values::<outcome::Entity>(outcome::Column::BatchId, outcome::Column::Id.eq(id));
    claim => |id| values::<claim::Entity>(claim::Column::BatchId, claim::Column::Id.eq(id));
    finding => |id| values::<finding::Entity>(finding::Column::BatchId, finding::Column::Id.eq(id));
    engagement => |id| of_batch_or_workshop!(engagement, id);
    partnership => |id| of_batch_or_workshop!(partnership, id);
    action_plan => |id|
        batches(parties(action_plan::Column::Id.eq(id))),
        of parties(action_plan::Column::Id.eq(id));
    action_item => |id| batches(parties(action_plan::Column::Id.in_subquery(plan_of(id)))),
        of parties(action_plan::Column::Id.in_subquery(plan_of(id)));
}
