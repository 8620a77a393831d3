//! Records that hang from a batch: which one.

use entity::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, EntityTrait};
use uuid::Uuid;

use super::Scoped;
use crate::record::Record;

/// A kind of record that hangs from a batch, whether directly or not; some of them may hang from something else instead.
pub trait Hanging: Record + Scoped {
    /// The id of the batch from which a row hangs.
    fn batch_of(id: Uuid) -> SelectStatement;
}

/// The values of `column` in the rows of `E` of which `which` holds.
fn values<E: EntityTrait>(column: E::Column, which: Expr) -> SelectStatement {
    Query::select().column((E::default(), column)).from(E::default()).and_where(which).take()
}

macro_rules! hanging {
    ($($module:ident => |$id:ident| $batch:expr;)+) => {$(
        impl Hanging for $module::Entity {
            fn batch_of($id: Uuid) -> SelectStatement { $batch }
        }
    )+};
}

/// What hangs from a batch or from one of its workshops.
macro_rules! of_batch_or_workshop {
    ($module:ident, $id:ident) => {{
        let workshop = values::<$module::Entity>($module::Column::WorkshopId, $module::Column::Id.eq($id));
        let of_workshop =
            values::<workshop::Entity>(workshop::Column::BatchId, workshop::Column::Id.in_subquery(workshop));
        let which = $module::Column::Id.eq($id).and($module::Column::BatchId.is_not_null());
        let mut batch = values::<$module::Entity>($module::Column::BatchId, which);
        batch.union(UnionType::Distinct, of_workshop).take()
    }};
}

hanging! {
    workshop => |id| values::<workshop::Entity>(workshop::Column::BatchId, workshop::Column::Id.eq(id));
    delegation => |id| values::<delegation::Entity>(delegation::Column::BatchId, delegation::Column::Id.eq(id));
    outcome => |id| values::<outcome::Entity>(outcome::Column::BatchId, outcome::Column::Id.eq(id));
    claim => |id| values::<claim::Entity>(claim::Column::BatchId, claim::Column::Id.eq(id));
    finding => |id| values::<finding::Entity>(finding::Column::BatchId, finding::Column::Id.eq(id));
    engagement => |id| of_batch_or_workshop!(engagement, id);
    partnership => |id| of_batch_or_workshop!(partnership, id);
    action_plan => |id| {
        let party = values::<action_plan::Entity>(action_plan::Column::DelegationId, action_plan::Column::Id.eq(id));
        values::<delegation::Entity>(delegation::Column::BatchId, delegation::Column::Id.in_subquery(party))
    };
    action_item => |id| {
        let plan = values::<action_item::Entity>(action_item::Column::ActionPlanId, action_item::Column::Id.eq(id));
        let party =
            values::<action_plan::Entity>(action_plan::Column::DelegationId, action_plan::Column::Id.in_subquery(plan));
        values::<delegation::Entity>(delegation::Column::BatchId, delegation::Column::Id.in_subquery(party))
    };
}
