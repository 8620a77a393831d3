//! What holds for people, and how they are written. No sentence here repeats a name or a key.

use entity::id::PersonId;
use entity::person;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::rule::{self, check, required, tidy};
use crate::text;

/// Enters a person, or changes one.
///
/// A person has a name. Who might be the same person is found anew.
pub async fn enter(
    w: &mut Write,
    existing: Option<&person::Model>,
    mut draft: person::ActiveModel,
) -> Result<Put<person::Model>, WriteError> {
    w.lock_register().await?;
    tidy(&mut draft.name, "name")?;
    draft.sort_name = ActiveValue::Set(text::fold(&required!(draft, existing, name)));
    check::not_merged(existing.map(|row| row.merged_into_id), &draft.merged_into_id)?;
    let put = rule::put::<person::Entity>(w, existing, draft).await?;
    if put.change.changes().is_some() {
        w.mark_people_dirty();
    }
    Ok(put)
}

/// A person who is new, with a key that nobody can guess.
pub(crate) fn blank(w: &Write, name: &str) -> person::Model {
    person::Model {
        id: PersonId(w.new_id()),
        key: rule::unguessable_key(w, "person"),
        version: 1,
        created_at: w.now(),
        updated_at: w.now(),
        name: name.to_owned(),
        ..person::Model::default()
    }
}

/// Enters many people who are new: what [`enter`] holds them to, with a statement for some
/// hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    mut rows: Vec<person::Model>,
) -> Result<Vec<Put<person::Model>>, WriteError> {
    w.lock_register().await?;
    for row in &mut rows {
        check::key(&row.key, true)?;
        row.name = rule::tidied(&row.name, "name")?;
        row.sort_name = text::fold(&row.name);
    }
    if !rows.is_empty() {
        w.mark_people_dirty();
    }
    rule::put_all::<person::Entity>(w, rows).await
}
