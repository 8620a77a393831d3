//! What holds for groups of countries, and how they are written.

use entity::regional_group;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::rule::{self, Stem, check, folded, optional, required, tidy, tidy_optional};
use crate::text;

/// What the key of a group is made of where none is given: its acronym, else its name.
pub fn key_stem(name: &str, acronym: Option<&str>) -> Stem<regional_group::Entity> {
    Stem::named(acronym.unwrap_or(name))
}

/// Enters a group of countries, or changes it.
///
/// It has an English name, by which it and its own delegations sort; it is found by its names and
/// its acronym.
pub async fn enter(
    w: &mut Write,
    existing: Option<&regional_group::Model>,
    mut draft: regional_group::ActiveModel,
) -> Result<Put<regional_group::Model>, WriteError> {
    tidy(&mut draft.name_en, "name_en")?;
    tidy_optional(&mut draft.name_id, "name_id")?;
    tidy_optional(&mut draft.acronym, "acronym")?;
    let name = required!(draft, existing, name_en);
    let (other, acronym) =
        (optional!(draft, existing, name_id), optional!(draft, existing, acronym));
    let (sort_name, search_text) = found_by(&name, other.as_deref(), acronym.as_deref());
    draft.sort_name = ActiveValue::Set(sort_name);
    draft.search_text = ActiveValue::Set(search_text);
    rule::put::<regional_group::Entity>(w, existing, draft).await
}

/// Enters many groups that are new and complete, with tidy names: what [`enter`] holds them to,
/// with a statement for some hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    mut rows: Vec<regional_group::Model>,
) -> Result<(), WriteError> {
    for row in &mut rows {
        check::key(&row.key, false)?;
        row.name_en = rule::tidied(&row.name_en, "name_en")?;
        for (text, field) in [(&row.name_id, "name_id"), (&row.acronym, "acronym")] {
            if let Some(text) = text {
                rule::bounded(text, field)?;
            }
        }
        (row.sort_name, row.search_text) =
            found_by(&row.name_en, row.name_id.as_deref(), row.acronym.as_deref());
    }
    for put in rule::put_all::<regional_group::Entity>(w, rows).await? {
        rule::emit::<regional_group::Entity>(w, &put);
    }
    Ok(())
}

/// By what a group sorts, and in what it is searched.
fn found_by(name: &str, other: Option<&str>, acronym: Option<&str>) -> (String, String) {
    (text::fold(name), folded([Some(name), other, acronym]))
}
