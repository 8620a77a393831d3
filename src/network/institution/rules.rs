//! What holds for institutions, and how they are written.

use entity::id::InstitutionId;
use entity::vocabulary::{DatePrecision, NameKind, RecordKind};
use entity::{institution, institution_identifier, institution_name};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

use super::ancestors;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::dates::in_years;
use crate::rule::{
    self, Replaced, Stem, check, folded, letters_of, optional, required, tidy, tidy_optional,
};
use crate::text;

/// What the key of an institution is made of where none is given: its name, as it is sorted.
pub fn key_stem(names: &[institution_name::ActiveModel]) -> Stem<institution::Entity> {
    let none: Option<&institution_name::Model> = None;
    let set = |value: &ActiveValue<String>| match value {
        ActiveValue::Set(text) | ActiveValue::Unchanged(text) => text.clone(),
        ActiveValue::NotSet => String::new(),
    };
    let kind = |draft: &institution_name::ActiveModel| match draft.kind {
        ActiveValue::Set(kind) | ActiveValue::Unchanged(kind) => kind,
        ActiveValue::NotSet => NameKind::Common,
    };
    let names = names.iter().map(|draft| {
        let past = optional!(draft, none, valid_to).is_some();
        // What a key can have nothing of comes last.
        let name = set(&draft.name);
        let is_lost = !letters_of(&name).0.bytes().any(|byte| byte.is_ascii_lowercase());
        let order = (is_lost, past, kind(draft) != NameKind::Common, set(&draft.language) != "en");
        (order, name)
    });
    Stem::named(&names.min_by_key(|name| name.0).map(|name| name.1).unwrap_or_default())
}

/// Enters an institution, or changes it.
///
/// Its website is an address of the web. It is part of no body that is part of it. It comes in
/// merged, or is merged by `merge`. Until a name is entered it sorts by its key.
pub async fn enter(
    w: &mut Write,
    existing: Option<&institution::Model>,
    mut draft: institution::ActiveModel,
) -> Result<Put<institution::Model>, WriteError> {
    w.lock_register().await?;
    tidy_optional(&mut draft.city, "city")?;
    if let Some(website) = optional!(draft, existing, website) {
        check::url("website", &website)?;
    }
    let parent = optional!(draft, existing, parent_id);
    if let (Some(row), Some(parent)) = (existing, parent)
        && row.parent_id != Some(parent)
    {
        ancestors::check(w, row, parent).await?;
    }
    if existing.is_none() {
        let folded = text::fold(&required!(draft, existing, key));
        draft.search_text = ActiveValue::Set(folded.clone());
        draft.sort_name = ActiveValue::Set(folded);
    }
    check::not_merged(existing.map(|row| row.merged_into_id), &draft.merged_into_id)?;
    let put = rule::put::<institution::Entity>(w, existing, draft).await?;
    let Some(changes) = put.change.changes() else { return Ok(put) };
    if existing.is_none_or(|row| row.parent_id != put.row.parent_id) {
        ancestors::keep(w, &put.row, put.change.is_new()).await?;
    }
    let kind = if put.change.is_new() {
        EventKind::InstitutionCreated
    } else {
        EventKind::InstitutionUpdated
    };
    let event = Event::about::<institution::Entity>(kind, &put.row)
        .changing(rule::public_changes::<institution::Entity>(changes));
    w.record(event);
    // Kind, country and city tell bodies apart.
    w.mark_names_dirty();
    Ok(put)
}

/// Gives an institution these names instead of those that it had.
///
/// A name says something, has a language, and was in force from its first to its last day; no name
/// stands twice for one time. The institution sorts by its present common name in English, else in
/// any language, else by any name; it is found by all of them.
pub async fn enter_names(
    w: &mut Write,
    institution: &Put<institution::Model>,
    mut names: Vec<institution_name::ActiveModel>,
) -> Result<Replaced, WriteError> {
    w.lock_register().await?;
    let none: Option<&institution_name::Model> = None;
    for (place, draft) in names.iter_mut().enumerate() {
        complete(draft, institution.row.id).map_err(|refusal| refusal.within(place))?;
    }
    for (place, draft) in names.iter().enumerate() {
        if names.iter().take(place).any(|other| other == draft) {
            let (key, name) = (&institution.row.key, required!(draft, none, name));
            let message = say!("\"{key}\" has the name \"{name}\" twice", key, name);
            return Err(Refusal::new(RefusalCode::Duplicate, "name", message).within(place).into());
        }
    }
    let mut present: Vec<(bool, bool, bool, String)> = Vec::new();
    for draft in &names {
        let (kind, language) = (required!(draft, none, kind), required!(draft, none, language));
        let past = optional!(draft, none, valid_to).is_some();
        present.push((
            past,
            kind != NameKind::Common,
            language != "en",
            required!(draft, none, name),
        ));
    }
    // Stable: of equals the first one given.
    present.sort_by_key(|name| (name.0, name.1, name.2));
    let sort_name = text::fold(present.first().map_or(&institution.row.key, |name| &name.3));
    let search_text = folded(present.iter().map(|name| Some(name.3.as_str())));

    let existing = rule::rows_of::<institution_name::Entity, _>(
        w,
        institution,
        institution_name::Column::InstitutionId.eq(institution.row.id),
    )
    .await?;
    let old: Vec<String> = existing.iter().map(|row| row.name.clone()).collect();
    let replaced = rule::replace::<institution::Entity, institution_name::Entity>(
        w,
        institution,
        existing,
        names,
    )
    .await?;
    if !replaced.changed() {
        return Ok(replaced);
    }
    w.mark_for_reindex(RecordKind::Institution, institution.row.id);
    let draft = institution::ActiveModel {
        sort_name: ActiveValue::Set(sort_name),
        search_text: ActiveValue::Set(search_text),
        ..rule::unset()
    };
    let put = w.put::<institution::Entity>(Some(&institution.row), draft).await?;
    w.mark_names_dirty();
    rule::mark_batches_naming_dirty(w, put.row.id).await?;
    // That it came in has been told already.
    if !institution.change.is_new() {
        let new = present.into_iter().map(|name| name.3).collect();
        let event = Event::about::<institution::Entity>(EventKind::InstitutionRenamed, &put.row)
            .changing(rule::set_change("names", old, new));
        w.record(event);
    }
    Ok(replaced)
}

/// Checks one name of an institution, and sets what follows.
fn complete(draft: &mut institution_name::ActiveModel, of: InstitutionId) -> Result<(), Refusal> {
    let none: Option<&institution_name::Model> = None;
    tidy(&mut draft.name, "name")?;
    check::language("language", &required!(draft, none, language))?;
    let (from, to) = (optional!(draft, none, valid_from), optional!(draft, none, valid_to));
    in_years("valid_from", from)?;
    in_years("valid_to", to)?;
    check::order("valid_to", from, to)?;
    if draft.precision.is_not_set() {
        draft.precision = ActiveValue::Set(DatePrecision::Day);
    }
    draft.institution_id = ActiveValue::Set(of);
    draft.search_text = ActiveValue::Set(text::fold(&required!(draft, none, name)));
    Ok(())
}

/// Gives an institution these identifiers instead of those that it had.
///
/// An identifier has a scheme and a value, and belongs to one institution.
pub async fn enter_identifiers(
    w: &mut Write,
    institution: &Put<institution::Model>,
    mut identifiers: Vec<institution_identifier::ActiveModel>,
) -> Result<Replaced, WriteError> {
    w.lock_register().await?;
    let none: Option<&institution_identifier::Model> = None;
    let mut new: Vec<String> = Vec::new();
    for (place, draft) in identifiers.iter_mut().enumerate() {
        tidy(&mut draft.scheme, "scheme").map_err(|refusal| refusal.within(place))?;
        tidy(&mut draft.value, "value").map_err(|refusal| refusal.within(place))?;
        draft.institution_id = ActiveValue::Set(institution.row.id);
        let (scheme, value) = (required!(draft, none, scheme), required!(draft, none, value));
        let holder = institution_identifier::Entity::find()
            .filter(institution_identifier::Column::Scheme.eq(&scheme))
            .filter(institution_identifier::Column::Value.eq(&value))
            .filter(institution_identifier::Column::InstitutionId.ne(institution.row.id))
            .one(w.read())
            .await?;
        let this = format!("{scheme} {value}");
        if let Some(holder) = holder {
            let other = rule::key_of::<institution::Entity>(w, holder.institution_id).await?;
            let message = say!(
                "{identifier} already identifies \"{other}\", so it cannot identify \"{key}\"",
                identifier = this,
                other,
                key = &institution.row.key
            );
            return Err(Refusal::new(RefusalCode::Duplicate, "value", message)
                .within(place)
                .into());
        }
        if new.contains(&this) {
            let key = &institution.row.key;
            let message =
                say!("\"{key}\" has the identifier {identifier} twice", key, identifier = this);
            return Err(Refusal::new(RefusalCode::Duplicate, "value", message)
                .within(place)
                .into());
        }
        new.push(this);
    }
    let existing = rule::rows_of::<institution_identifier::Entity, _>(
        w,
        institution,
        institution_identifier::Column::InstitutionId.eq(institution.row.id),
    )
    .await?;
    let old = existing.iter().map(|row| format!("{} {}", row.scheme, row.value)).collect();
    let replaced = rule::replace::<institution::Entity, institution_identifier::Entity>(
        w,
        institution,
        existing,
        identifiers,
    )
    .await?;
    if replaced.changed() && !institution.change.is_new() {
        let event =
            Event::about::<institution::Entity>(EventKind::InstitutionUpdated, &institution.row)
                .changing(rule::set_change("identifiers", old, new));
        w.record(event);
    }
    Ok(replaced)
}
