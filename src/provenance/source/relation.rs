//! How one source rests on another. A fact that ten papers print from one agency has one origin,
//! not ten.

use std::collections::{HashMap, HashSet};

use entity::id::SourceId;
use entity::vocabulary::SourceRelationKind;
use entity::{batch, claim, source, source_relation};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::rule::{self, Replaced, required};

/// Says what a source rests on, instead of what was said before.
///
/// It rests neither on itself nor on anything that rests on it, and on no source twice in the same
/// way. Its origin is that of what it reprints, else of what it is based on; with it change the
/// origins of all that rests on it, and the batches that any of these speak of are reconciled.
pub async fn enter(
    w: &mut Write,
    source: &Put<source::Model>,
    mut relations: Vec<source_relation::ActiveModel>,
) -> Result<Replaced, WriteError> {
    w.lock_register().await?;
    let row = &source.row;
    let dependents = dependents(w, row.id).await?;
    let none: Option<&source_relation::Model> = None;
    let mut known = HashSet::new();
    for (place, draft) in relations.iter_mut().enumerate() {
        let (kind, related) = (required!(draft, none, kind), required!(draft, none, related_id));
        if dependents.contains(&related) {
            let other = rule::key_of::<source::Entity>(w, related).await?;
            let key = &row.key;
            let message = if related == row.id {
                say!("\"{key}\" cannot rest on itself", key)
            } else {
                say!(
                    "\"{key}\" cannot rest on \"{other}\", which itself rests on \"{key}\"",
                    key,
                    other
                )
            };
            return Err(Refusal::new(RefusalCode::Cycle, "related_id", message)
                .within(place)
                .into());
        }
        if !known.insert((kind, related)) {
            let other = rule::key_of::<source::Entity>(w, related).await?;
            let key = &row.key;
            let message =
                say!("\"{key}\" has the relation {kind} to \"{other}\" twice", key, kind, other);
            return Err(Refusal::new(RefusalCode::Duplicate, "related_id", message)
                .within(place)
                .into());
        }
        draft.source_id = ActiveValue::Set(row.id);
    }
    let existing = rule::rows_of::<source_relation::Entity, _>(
        w,
        source,
        source_relation::Column::SourceId.eq(row.id),
    )
    .await?;
    let replaced =
        rule::replace::<source::Entity, source_relation::Entity>(w, source, existing, relations)
            .await?;
    if replaced.changed() {
        trace(w, dependents).await?;
    }
    Ok(replaced)
}

/// The source and all that rests on it, directly or not, the nearer first.
async fn dependents(w: &Write, source: SourceId) -> Result<Vec<SourceId>, WriteError> {
    let mut all = vec![source];
    let mut edge = vec![source];
    while !edge.is_empty() {
        let next: Vec<SourceId> = source_relation::Entity::find()
            .select_only()
            .column(source_relation::Column::SourceId)
            .filter(source_relation::Column::RelatedId.is_in(edge))
            .into_tuple()
            .all(w.read())
            .await?;
        edge = next.into_iter().filter(|id| !all.contains(id)).collect();
        edge.sort_unstable();
        edge.dedup();
        all.extend(edge.iter().copied());
    }
    Ok(all)
}

/// Finds the origins of these sources anew.
async fn trace(w: &mut Write, sources: Vec<SourceId>) -> Result<(), WriteError> {
    let mut first: HashMap<SourceId, (SourceRelationKind, SourceId)> = HashMap::new();
    let relations = source_relation::Entity::find()
        .filter(source_relation::Column::SourceId.is_in(sources.iter().copied()))
        .all(w.read())
        .await?;
    for relation in relations {
        let this = (relation.kind, relation.related_id);
        first
            .entry(relation.source_id)
            .and_modify(|first| *first = (*first).min(this))
            .or_insert(this);
    }
    let ends: Vec<SourceId> = first.values().map(|relation| relation.1).collect();
    let known: HashMap<SourceId, source::Model> = source::Entity::find()
        .filter(source::Column::Id.is_in(sources.iter().copied().chain(ends)))
        .all(w.read())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    for id in &sources {
        // No relation leads back, so this ends.
        let mut origin = *id;
        while let Some((_, next)) = first.get(&origin) {
            origin = *next;
        }
        if !sources.contains(&origin) {
            origin = known.get(&origin).and_then(|row| row.origin_id).unwrap_or(origin);
        }
        if let Some(row) = known.get(id) {
            let draft =
                source::ActiveModel { origin_id: ActiveValue::Set(Some(origin)), ..rule::unset() };
            w.put::<source::Entity>(Some(row), draft).await?;
        }
    }
    let spoken_of = claim::Entity::find()
        .select_only()
        .column(claim::Column::BatchId)
        .filter(claim::Column::SourceId.is_in(sources))
        .into_query();
    rule::mark_all_dirty(w, batch::Entity::find().filter(batch::Column::Id.in_subquery(spoken_of)))
        .await
}
