//! What each record is found by, kept up to date in the transaction that changes the record.

mod entries;

use std::collections::BTreeMap;

use entity::vocabulary::{ClaimProperty, RecordKind};
use entity::{
    action_item, action_plan, batch, country, indicator, institution, outcome, person, programme,
    progress_note, regional_group, search_entry, source, topic, venue, workshop,
};
use sea_orm::{ActiveEnum, EntityTrait, PaginatorTrait, QuerySelect};
use uuid::Uuid;

use self::entries::{Entry, entries};
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Changes, Db, ReadColumn, Write, write};
use crate::error::WriteError;
use crate::graphql::filter::id_column;
use crate::record::Record;
use crate::text::fold;

/// Which records are found: their tables, and the columns whose change may change by what they are
/// found.
const INDEXED: [(&str, RecordKind, &[&str]); 15] = [
    ("country", RecordKind::Country, &["alpha3"]),
    ("regional_group", RecordKind::RegionalGroup, &["acronym", "name_en", "name_id"]),
    ("institution", RecordKind::Institution, &["city", "merged_into_id"]),
    ("programme", RecordKind::Programme, &["title", "acronym"]),
    ("batch", RecordKind::Batch, &["title", "label", "search_text"]),
    ("workshop", RecordKind::Workshop, &["title", "batch_id"]),
    ("person", RecordKind::Person, &["name", "merged_into_id"]),
    ("venue", RecordKind::Venue, &["name", "address", "city", "merged_into_id"]),
    ("topic", RecordKind::Topic, &["label_en", "label_id", "dac_code"]),
    ("action_plan", RecordKind::ActionPlan, &["title", "delegation_id"]),
    ("action_item", RecordKind::ActionItem, &["title", "action_plan_id"]),
    ("progress_note", RecordKind::ProgressNote, &["text", "action_item_id"]),
    ("outcome", RecordKind::Outcome, &["label_en", "label_id", "batch_id"]),
    ("source", RecordKind::Source, &["title", "reference", "url"]),
    ("indicator", RecordKind::Indicator, &["label_en", "label_id"]),
];

/// The kinds of record that are found.
pub(super) fn found_kinds() -> impl Iterator<Item = RecordKind> {
    INDEXED.iter().map(|(_, kind, _)| *kind)
}

/// Notes the record that is found otherwise since a row of `table` has changed, if one is.
pub(crate) fn note(w: &mut Write, table: &str, changes: &Changes, value: ReadColumn<'_>) {
    if let Some((kind, subject)) = record_to_reindex(table, changes, value) {
        w.mark_for_reindex(kind, subject);
    }
}

fn record_to_reindex(
    table: &str,
    changes: &Changes,
    value: ReadColumn<'_>,
) -> Option<(RecordKind, String)> {
    if table == "claim" {
        let title = changes.contains_key("text")
            && value("property") == Some(ClaimProperty::Title.to_value());
        return title.then(|| value("batch_id")).flatten().map(|batch| (RecordKind::Batch, batch));
    }
    let (_, kind, columns) = INDEXED.iter().find(|indexed| indexed.0 == table)?;
    let id = if *kind == RecordKind::Country { "code" } else { "id" };
    let is_another = columns.iter().any(|column| changes.contains_key(*column));
    is_another.then(|| value(id)).flatten().map(|id| (*kind, id))
}

/// How many entries are made with one set of statements.
const ENTRIES_AT_A_TIME: usize = 500;

/// Brings the entries of all records up to date whose words `w` may have changed.
pub(crate) async fn index(w: &mut Write) -> Result<(), WriteError> {
    let mut kinds: BTreeMap<RecordKind, Vec<String>> = BTreeMap::new();
    for (kind, subject) in w.take_records_to_reindex() {
        kinds.entry(kind).or_default().push(subject);
    }
    for (kind, subjects) in kinds {
        for some in subjects.chunks(ENTRIES_AT_A_TIME) {
            let entries = entries(w.read(), kind, some).await?;
            w.put_entries(kind, some, entries.into_iter().map(Entry::into_row).collect()).await?;
        }
    }
    Ok(())
}

/// Makes the entries of all records where there is none at all: the register is older than its
/// search. To be called before anything else writes.
pub async fn rebuild_where_empty(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    if search_entry::Entity::find().limit(1).count(db.reading()).await? > 0 {
        return Ok(());
    }
    write(db, clock, Actor::Operator, async |w| {
        let codes: Vec<String> = country::Entity::find()
            .select_only()
            .column(country::Column::Code)
            .into_tuple()
            .all(w.read())
            .await?;
        codes.into_iter().for_each(|code| w.mark_for_reindex(RecordKind::Country, code));
        mark_all_for_reindex::<regional_group::Entity>(w).await?;
        mark_all_for_reindex::<institution::Entity>(w).await?;
        mark_all_for_reindex::<programme::Entity>(w).await?;
        mark_all_for_reindex::<batch::Entity>(w).await?;
        mark_all_for_reindex::<workshop::Entity>(w).await?;
        mark_all_for_reindex::<person::Entity>(w).await?;
        mark_all_for_reindex::<venue::Entity>(w).await?;
        mark_all_for_reindex::<topic::Entity>(w).await?;
        mark_all_for_reindex::<action_plan::Entity>(w).await?;
        mark_all_for_reindex::<action_item::Entity>(w).await?;
        mark_all_for_reindex::<progress_note::Entity>(w).await?;
        mark_all_for_reindex::<outcome::Entity>(w).await?;
        mark_all_for_reindex::<source::Entity>(w).await?;
        mark_all_for_reindex::<indicator::Entity>(w).await
    })
    .await
    .map(|_| ())
}

async fn mark_all_for_reindex<E: Record>(w: &mut Write) -> Result<(), WriteError> {
    let ids: Vec<Uuid> =
        E::find().select_only().column(id_column::<E>()).into_tuple().all(w.read()).await?;
    ids.into_iter().for_each(|id| w.mark_for_reindex(E::KIND, id));
    Ok(())
}

/// Longer words are cut: PostgreSQL keeps none of more than 2,046 bytes.
const LONGEST_WORD: usize = 64;

/// The words of a text, as they are kept and sought.
pub(super) fn words(text: &str) -> Vec<String> {
    fold(text).split_whitespace().map(|word| word.chars().take(LONGEST_WORD).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_cut() {
        assert_eq!(words("Côte d’Ivoire, \"AND\" *"), ["cote", "divoire", "and"]);
        assert_eq!(words(&"x".repeat(100))[0].len(), LONGEST_WORD);
    }
}
