//! The closure of "is part of": each institution with each body above it, itself included. It
//! answers in one query what would otherwise take one per level.

use entity::id::InstitutionId;
use entity::{institution, institution_ancestor};
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};

use crate::db::Write;
use crate::error::WriteError;
use crate::rule;

/// Nothing is part of what is part of it.
pub(super) async fn check(
    w: &Write,
    row: &institution::Model,
    parent: InstitutionId,
) -> Result<(), WriteError> {
    let above = institution_ancestor::Entity::find_by_id((parent, row.id)).one(w.read()).await?;
    if above.is_some() {
        let parent = rule::key_of::<institution::Entity>(w, parent).await?;
        return Err(rule::cycle(&row.key, &parent).into());
    }
    Ok(())
}

/// Brings the closure into line with the parent of `row`, for it and for all that is part of it.
pub(super) async fn keep(
    w: &mut Write,
    row: &institution::Model,
    new: bool,
) -> Result<(), WriteError> {
    let entry = |lower: InstitutionId, upper: InstitutionId, depth: i32| {
        institution_ancestor::ActiveModel {
            institution_id: ActiveValue::Set(lower),
            ancestor_id: ActiveValue::Set(upper),
            depth: ActiveValue::Set(depth),
        }
    };
    let mut below = vec![(row.id, 0)];
    let mut entries = Vec::new();
    if new {
        entries.push(entry(row.id, row.id, 0));
    } else {
        let rows = institution_ancestor::Entity::find()
            .filter(institution_ancestor::Column::AncestorId.eq(row.id))
            .all(w.read())
            .await?;
        below = rows.into_iter().map(|below| (below.institution_id, below.depth)).collect();
        let part_of_it = || {
            let ids = institution_ancestor::Entity::find().select_only();
            let ids = ids.column(institution_ancestor::Column::InstitutionId);
            ids.filter(institution_ancestor::Column::AncestorId.eq(row.id)).into_query()
        };
        let former = Condition::all()
            .add(institution_ancestor::Column::InstitutionId.in_subquery(part_of_it()))
            .add(institution_ancestor::Column::AncestorId.not_in_subquery(part_of_it()));
        w.delete_all::<institution_ancestor::Entity>(former).await?;
    }
    if let Some(parent) = row.parent_id {
        let above = institution_ancestor::Entity::find()
            .filter(institution_ancestor::Column::InstitutionId.eq(parent))
            .all(w.read())
            .await?;
        for upper in above {
            for (lower, depth) in &below {
                entries.push(entry(*lower, upper.ancestor_id, depth + 1 + upper.depth));
            }
        }
    }
    w.insert_all(entries).await?;
    Ok(())
}
