//! Taking a person's name out of whatever else has it.

use entity::*;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ModelTrait};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::name::Name;
use crate::db::{ArchivedFate, Write, rewritten};
use crate::error::WriteError;
use crate::record::Record;
use crate::text::hexadecimal;

/// A text without any of these names, where it has one.
/// What is drawn for an erasure, and kept nowhere: keys that had the name get another part of
/// their own each, and the same wherever one stands.
fn draw(w: &Write) -> String {
    w.new_id().to_string()
}

fn without(names: &[Name], column: &str, text: &str, drawn: &str) -> Option<String> {
    let mut left: Option<String> = None;
    let unique =
        &hexadecimal(&Sha256::new().chain_update(drawn).chain_update(text).finalize())[..12];
    for name in names {
        let next = name.without_in(column, left.as_deref().unwrap_or(text), unique);
        left = next.or(left);
    }
    left
}

/// Whether any of these names stands in a text.
pub fn stand_in(names: &[Name], text: &str) -> bool {
    names.iter().any(|name| name.stands_in(text))
}

/// Whether any of these names stands in JSON.
pub fn stand_in_json(names: &[Name], value: &Value) -> bool {
    rewritten(value, &|text| stand_in(names, text).then(String::new)).is_some()
}

macro_rules! texts {
    ($w:ident, $names:ident, $drawn:ident: $($module:ident { $($column:ident),+ })+) => {$(
        let columns = [$($module::Column::$column),+];
        $w.rewrite::<$module::Entity>(&columns, &|column, text| {
            without($names, column, text, &$drawn)
        })
        .await?;
    )+};
}

/// Takes names out of what is written about people: what is quoted, noted, explained and handed in,
/// and what the program keeps of it. The names of things (institutions, venues, programmes, topics)
/// stay, though they may be called after the person: see [`elsewhere`].
pub async fn scrub(w: &mut Write, names: &[Name]) -> Result<(), WriteError> {
    let drawn = draw(w);
    texts! { w, names, drawn:
        batch { Key, Label, Title, SortTitle, SearchText }
        batch_part { Key, Label }
        workshop { Key, Title, SearchText }
        delegation { Key, Label, SortName }
        partnership { Key, Label }
        action_plan { Key, Title }
        action_item { Key, Title }
        progress_note { Key, Text }
        outcome { Key, LabelEn, LabelId }
        source { Key, Title, Url, Reference, SortTitle, SearchText }
        claim { Key, Text, Locator }
        tombstone { Key }
        citation { Key, Locator }
        observation { Key, Locator }
        finding { Detail, Explanation }
        appointment { Post }
        import { FileName, Columns, SourceKey, Message }
        import_mapping { Name, Columns }
        webhook_delivery { Attempts }
        webhook_endpoint { Name }
        api_token { Name }
    }
    let rows = |text: &str| stand_in(names, text).then(String::new);
    w.remove_rows::<import_row::Entity>(
        &[
            import_row::Column::Cells,
            import_row::Column::Place,
            import_row::Column::About,
            import_row::Column::Remarks,
        ],
        &rows,
    )
    .await?;
    w.remove_rows::<name_decision::Entity>(&[name_decision::Column::Name], &rows).await?;
    w.remove_rows::<mutation_receipt::Entity>(&[mutation_receipt::Column::Key], &rows).await?;
    w.remove_rows::<event_reason::Entity>(&[event_reason::Column::Text], &rows).await?;
    Ok(())
}

/// Tables of which the names of things stay, as in [`scrub`].
const CALLED: [&str; 11] = [
    "person",
    "institution",
    "institution_name",
    "institution_identifier",
    "venue",
    "programme",
    "topic",
    "tag",
    "regional_group",
    "membership",
    "indicator",
];

/// Takes names out of the rows of what is void, and with them the rows that belong to these people:
/// records by their ids.
pub async fn scrub_archive(
    w: &mut Write,
    names: &[Name],
    people: &[String],
) -> Result<(), WriteError> {
    let drawn = draw(w);
    let is_one = |value: Option<&Value>| {
        value.and_then(Value::as_str).is_some_and(|id| people.iter().any(|one| one == id))
    };
    w.rewrite_archive(|table, row| {
        let own = if table == "person" { "id" } else { "person_id" };
        if is_one(row.get(own)) || is_one(row.get("subject_id")) {
            return ArchivedFate::Goes;
        }
        let mut fate = ArchivedFate::Stays;
        for (column, value) in row.iter_mut() {
            let quoted = matches!(column.as_str(), "stated_by_id" | "on_behalf_of_id");
            let new = match value {
                _ if quoted => is_one(Some(value)).then_some(Value::Null),
                _ if CALLED.contains(&table) => None,
                _ => rewritten(value, &|text| without(names, column, text, &drawn)),
            };
            if let Some(new) = new {
                (*value, fate) = (new, ArchivedFate::Changes);
            }
        }
        fate
    })
    .await?;
    Ok(())
}

/// Takes names out of the log, and all that is told of these subjects.
pub async fn scrub_log(
    w: &mut Write,
    names: &[Name],
    subjects: &[String],
) -> Result<(), WriteError> {
    let drawn = draw(w);
    w.rewrite_log(subjects, &|column, text| without(names, column, text, &drawn)).await?;
    Ok(())
}

/// Records that are called after somebody, or accounts of that name: kind and id of each. They are
/// records of their own, which whoever keeps them may rename.
pub async fn elsewhere(db: &impl ConnectionTrait, names: &[Name]) -> Result<Vec<String>, DbErr> {
    async fn called<E: Record>(
        db: &impl ConnectionTrait,
        names: &[Name],
        columns: &[E::Column],
        found: &mut Vec<String>,
    ) -> Result<(), DbErr> {
        for row in E::find().all(db).await? {
            let text = |column: &E::Column| match row.get(*column) {
                sea_orm::Value::String(text) => text,
                _ => None,
            };
            if columns.iter().filter_map(text).any(|text| stand_in(names, &text)) {
                found.push(format!("{} {}", E::KIND, E::id(&row)));
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    macro_rules! called {
        ($($module:ident { $($column:ident),+ })+) => {$(
            called::<$module::Entity>(db, names, &[$($module::Column::$column),+], &mut found)
                .await?;
        )+};
    }
    for row in institution_name::Entity::find().all(db).await? {
        if stand_in(names, &row.name) {
            found.push(format!("INSTITUTION {}", row.institution_id));
        }
    }
    for row in institution_identifier::Entity::find().all(db).await? {
        if stand_in(names, &row.value) {
            found.push(format!("INSTITUTION {}", row.institution_id));
        }
    }
    called! {
        institution { Key, Website }
        venue { Key, Name, Address }
        programme { Key, Title, Acronym }
        topic { Key, LabelEn, LabelId }
        regional_group { Key, NameEn, NameId, Acronym }
        membership { Key }
        indicator { Key, LabelEn, LabelId, Unit }
        account { Key, Name, Issuer, Subject }
        webhook_endpoint { Key, Url }
        person { Key, Name }
        engagement { Key }
        appointment { Key }
    }
    found.sort();
    found.dedup();
    Ok(found)
}
