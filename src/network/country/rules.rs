//! What holds for countries, and how they are written.

use std::collections::BTreeSet;

use entity::id::CountryCode;
use entity::vocabulary::{NameKind, RecordKind};
use entity::{country, country_name};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QuerySelect};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::rule::dates::in_years;
use crate::rule::{self, Replaced, check, optional, required, tidy};
use crate::text;

/// The codes of all countries that the register knows.
pub async fn known_codes(w: &Write) -> Result<BTreeSet<CountryCode>, WriteError> {
    let codes = country::Entity::find().select_only().column(country::Column::Code).into_tuple();
    Ok(codes.all(w.read()).await?.into_iter().collect())
}

/// Enters a country, or changes it.
///
/// Its code is two capital letters, or the four of ISO 3166-3; its alpha-3 code three capital
/// letters, its number three digits. A code ends on or after the day on which it begins. Until a
/// name is entered it sorts by its code.
pub async fn enter(
    w: &mut Write,
    existing: Option<&country::Model>,
    mut draft: country::ActiveModel,
) -> Result<Put<country::Model>, WriteError> {
    let code = required!(draft, existing, code);
    if !check::is_country_code(&code.0) {
        let message = say!(
            "\"{code}\" is not a country code: two capital letters, or four of a dissolved country",
            code
        );
        return Err(check::invalid("code", message).into());
    }
    let alpha3 = required!(draft, existing, alpha3);
    if alpha3.len() != 3 || !alpha3.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let message = say!("\"{code}\" is not three capital letters", code = alpha3);
        return Err(check::invalid("alpha3", message).into());
    }
    if let Some(numeric) = optional!(draft, existing, numeric)
        && (numeric.len() != 3 || !numeric.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let message = say!("\"{code}\" is not three digits", code = numeric);
        return Err(check::invalid("numeric", message).into());
    }
    let (from, to) = (optional!(draft, existing, valid_from), optional!(draft, existing, valid_to));
    in_years("valid_from", from)?;
    in_years("valid_to", to)?;
    check::order("valid_to", from, to)?;
    if existing.is_none() && draft.sort_name.is_not_set() {
        draft.sort_name = ActiveValue::Set(text::fold(&code.0));
    }
    Ok(w.put::<country::Entity>(existing, draft).await?)
}

/// Gives a country these names instead of those that it had.
///
/// A name says something, has a language and somebody who names the country so; no name stands
/// twice in one language and kind. The country sorts by its common English name, else by any name,
/// else by its code.
pub async fn enter_names(
    w: &mut Write,
    country: &Put<country::Model>,
    mut names: Vec<country_name::ActiveModel>,
) -> Result<Replaced, WriteError> {
    let code = &country.row.code;
    let mut known: Vec<(String, NameKind, String)> = Vec::new();
    for draft in &mut names {
        tidy(&mut draft.name, "name")?;
        tidy(&mut draft.authority, "authority")?;
        let none: Option<&country_name::Model> = None;
        let (language, kind, name) = (
            required!(draft, none, language),
            required!(draft, none, kind),
            required!(draft, none, name),
        );
        check::language("language", &language)?;
        draft.country_code = ActiveValue::Set(code.clone());
        draft.search_text = ActiveValue::Set(text::fold(&name));
        let this = (language, kind, name);
        if known.contains(&this) {
            let (language, kind, name) = this;
            let message = say!(
                "{country} has the name \"{name}\" twice, as {kind} in {language}",
                country = code,
                name,
                kind,
                language
            );
            return Err(Refusal::new(RefusalCode::Duplicate, "name", message).into());
        }
        known.push(this);
    }
    let sorting =
        known.iter().find(|name| name.0 == "en" && name.1 == NameKind::Common).or(known.first());
    let sort_name = text::fold(sorting.map_or(&code.0, |name| &name.2));
    let existing = rule::rows_of::<country_name::Entity, _>(
        w,
        country,
        country_name::Column::CountryCode.eq(code.clone()),
    )
    .await?;
    let replaced =
        rule::replace::<country::Entity, country_name::Entity>(w, country, existing, names).await?;
    if replaced.changed() {
        w.mark_for_reindex(RecordKind::Country, code);
    }
    let draft = country::ActiveModel { sort_name: ActiveValue::Set(sort_name), ..rule::unset() };
    w.put::<country::Entity>(Some(&country.row), draft).await?;
    Ok(replaced)
}
