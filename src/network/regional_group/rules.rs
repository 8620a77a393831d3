//! What holds for groups of countries, and how they are written.

use entity::regional_group;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::rule::{self, folded, optional, required, tidy, tidy_optional};
use crate::text;

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
    draft.sort_name = ActiveValue::Set(text::fold(&name));
    draft.search_text =
        ActiveValue::Set(folded([Some(name.as_str()), other.as_deref(), acronym.as_deref()]));
    rule::put::<regional_group::Entity>(w, existing, draft).await
}
