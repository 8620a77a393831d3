//! What holds for programmes, and how they are written.

use std::collections::BTreeSet;

use entity::id::TopicId;
use entity::{programme, programme_topic};
use sea_orm::{ActiveValue, ColumnTrait};

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::{
    self, Replaced, Stem, check, folded, letters_of, optional, required, tidy, tidy_optional,
};
use crate::text;

/// What the key of a programme is made of where none is given: its acronym, else its title.
pub fn key_stem(title: &str, acronym: Option<&str>) -> Stem<programme::Entity> {
    let acronym = acronym.filter(|acronym| !letters_of(acronym).0.is_empty());
    Stem::named(acronym.unwrap_or(title))
}

/// Enters a programme, or changes it.
///
/// It has a title, in a language. It is part of no programme that is part of it. Its title stands
/// in for that of a batch that has none, and its group decides who is a member there, so its
/// batches are reconciled.
pub async fn enter(
    w: &mut Write,
    existing: Option<&programme::Model>,
    mut draft: programme::ActiveModel,
) -> Result<Put<programme::Model>, WriteError> {
    tidy(&mut draft.title, "title")?;
    tidy_optional(&mut draft.acronym, "acronym")?;
    let (title, acronym) = (required!(draft, existing, title), optional!(draft, existing, acronym));
    check::language("language", &required!(draft, existing, language))?;
    if let (Some(row), Some(parent)) = (existing, optional!(draft, existing, parent_id))
        && row.parent_id != Some(parent)
    {
        w.lock_register().await?;
        rule::no_cycle::<programme::Entity>(w, row, parent, |row| row.parent_id).await?;
    }
    draft.sort_title = ActiveValue::Set(text::fold(&title));
    draft.search_text = ActiveValue::Set(folded([Some(title.as_str()), acronym.as_deref()]));
    let put = rule::put::<programme::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let kind = if put.change.is_new() {
            EventKind::ProgrammeCreated
        } else {
            EventKind::ProgrammeUpdated
        };
        w.record(
            event(kind, &put.row).changing(rule::public_changes::<programme::Entity>(changes)),
        );
        if !put.change.is_new() {
            rule::mark_batches_of_dirty(w, programme::Column::Id.eq(put.row.id)).await?;
        }
    }
    Ok(put)
}

/// Says what a programme is about, instead of what was said before.
pub async fn enter_topics(
    w: &mut Write,
    programme: &Put<programme::Model>,
    topics: BTreeSet<TopicId>,
) -> Result<Replaced, WriteError> {
    let id = programme.row.id;
    let existing = rule::rows_of::<programme_topic::Entity, _>(
        w,
        programme,
        programme_topic::Column::ProgrammeId.eq(id),
    )
    .await?;
    let old = existing.iter().map(|row| row.topic_id.to_string()).collect();
    let new = topics.iter().map(TopicId::to_string).collect();
    let links = topics.into_iter().map(|topic| programme_topic::ActiveModel {
        programme_id: ActiveValue::Set(id),
        topic_id: ActiveValue::Set(topic),
    });
    let replaced = rule::replace::<programme::Entity, programme_topic::Entity>(
        w,
        programme,
        existing,
        links.collect(),
    )
    .await?;
    if replaced.changed() && !programme.change.is_new() {
        w.record(
            event(EventKind::ProgrammeUpdated, &programme.row)
                .changing(rule::set_change("topics", old, new)),
        );
    }
    Ok(replaced)
}

fn event(kind: EventKind, row: &programme::Model) -> Event {
    Event::about::<programme::Entity>(kind, row)
}
