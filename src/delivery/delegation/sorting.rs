//! Delegations sort by the name of whoever they stand for, so they are sorted again where that has
//! another name.

use std::collections::BTreeSet;

use entity::delegation;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::rules;
use crate::db::{Changes, Memory, News, ReadColumn, Write};
use crate::error::WriteError;

/// Countries, institutions and groups that have another name, by code and id. Of a part of the
/// write that is undone they stay: their delegations are sorted as they were.
#[derive(Default)]
struct Renamed {
    countries: BTreeSet<String>,
    institutions: BTreeSet<Uuid>,
    groups: BTreeSet<Uuid>,
}

impl Memory for Renamed {
    fn hear(&mut self, _: News<'_>) {}
}

/// Keeps in mind that delegations are to be sorted again where this change of a row renames whom
/// they stand for. What is new has no delegation yet.
pub(crate) fn note(w: &mut Write, table: &str, changes: &Changes, value: ReadColumn<'_>) {
    let sides = changes.get("sort_name").and_then(serde_json::Value::as_array);
    if sides.and_then(|sides| sides.first()).is_none_or(serde_json::Value::is_null) {
        return;
    }
    let id = || value("id").and_then(|id| id.parse::<Uuid>().ok());
    w.remembered(|renamed: &mut Renamed| match table {
        "country" => renamed.countries.extend(value("code")),
        "institution" => renamed.institutions.extend(id()),
        "regional_group" => renamed.groups.extend(id()),
        _ => {}
    });
}

/// Sorts the delegations of all that has another name. Nothing that anybody stated has changed, so
/// there is no event of it.
pub(crate) async fn sort_renamed(w: &mut Write) -> Result<(), WriteError> {
    let Renamed { countries, institutions, groups } =
        w.remembered(|renamed: &mut Renamed| std::mem::take(renamed));
    if countries.is_empty() && institutions.is_empty() && groups.is_empty() {
        return Ok(());
    }
    let of_them = Condition::any()
        .add(delegation::Column::CountryCode.is_in(countries))
        .add(delegation::Column::InstitutionId.is_in(institutions))
        .add(delegation::Column::RegionalGroupId.is_in(groups));
    for row in delegation::Entity::find().filter(of_them).all(w.read()).await? {
        rules::sort(w, &row).await?;
    }
    Ok(())
}
