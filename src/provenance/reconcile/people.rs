//! Which people might be the same. Only those who are public are compared: whoever may see such a
//! finding sees the names in it, and nobody hears of others.

use std::collections::BTreeSet;

use entity::vocabulary::{EngagementRole, FindingRule, FindingState};
use entity::{finding, person};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::findings;
use crate::access::seen_by_all_who_oversee;
use crate::db::{Changes, IDS_PER_QUERY, Write};
use crate::error::WriteError;
use crate::provenance::finding::rules::{NamedPerson, possible_same_person};

/// Compares all people who are public.
pub(super) async fn reconcile_people(w: &mut Write) -> Result<(), WriteError> {
    // Of two writes that compare all people at once, the second sees what the first has entered.
    w.lock_register().await?;
    let people = person::Entity::find()
        .filter(person::Column::MergedIntoId.is_null())
        .filter(seen_by_all_who_oversee::<person::Entity>())
        .all(w.read())
        .await?;
    let named: Vec<_> =
        people.iter().map(|row| NamedPerson { id: row.id, folded: &row.sort_name }).collect();
    let found = possible_same_person(&named);
    let stored = findings::of_rule(w, FindingRule::PossibleSamePerson).await?;
    findings::store(w, findings::FindingScope::Register, stored, found).await
}

/// Whether a stored guess is about somebody who is not public.
pub(super) async fn guesses_about_others(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let open = finding::Entity::find()
        .filter(finding::Column::Rule.eq(FindingRule::PossibleSamePerson))
        .filter(finding::Column::State.ne(FindingState::Resolved));
    let guesses = open.all(db).await?;
    let named = guesses.iter().filter_map(|row| row.detail.get("people")?.as_array()).flatten();
    let named: BTreeSet<Uuid> =
        named.filter_map(Json::as_str).filter_map(|id| id.parse().ok()).collect();
    for some in named.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let public = person::Entity::find()
            .filter(person::Column::Id.is_in(some.iter().copied()))
            .filter(seen_by_all_who_oversee::<person::Entity>());
        if public.count(db).await? < some.len() as u64 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Has people compared again where a row makes somebody public, or no longer does: an engagement in
/// a public role, or a record that quotes somebody.
pub(crate) fn note_people(w: &mut Write, table: &str, changes: &Changes) {
    let names_somebody = |column: &str| {
        let sides = changes.get(column).and_then(Json::as_array);
        sides.is_some_and(|sides| sides.iter().any(|side| !side.is_null()))
    };
    let is_public = match table {
        "engagement" => {
            let participant = Json::from(EngagementRole::Participant.to_value());
            let role = changes.get("role").and_then(Json::as_array);
            let role = role.is_some_and(|sides| {
                sides.iter().any(|side| !side.is_null() && *side != participant)
            });
            // Whom an engagement names is hardly ever another; then its role may not be among the
            // changes.
            let renamed = changes.contains_key("person_id") && !changes.contains_key("role");
            role || renamed || names_somebody("on_behalf_of_id")
        }
        "claim" | "outcome" | "observation" => names_somebody("stated_by_id"),
        _ => false,
    };
    if is_public {
        w.mark_people_dirty();
    }
}
