//! What each record is found by, kept up to date in the transaction that changes the record.

mod entries;

use std::collections::{BTreeMap, BTreeSet};

use entity::vocabulary::{ClaimProperty, RecordKind};
use entity::{
    action_item, action_plan, batch, country, indicator, institution, outcome, person, programme,
    progress_note, regional_group, search_entry, source, topic, venue, workshop,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect,
};
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
        for kind in found_kinds() {
            let all = subjects(w.read(), kind).await?;
            all.into_iter().for_each(|subject| w.mark_for_reindex(kind, subject));
        }
        Ok(())
    })
    .await
    .map(|_| ())
}

/// The records whose entries are not what the records are found by, and entries of records that are
/// not there.
pub async fn differing(db: &Db) -> Result<Vec<(RecordKind, String)>, WriteError> {
    let mut differing = Vec::new();
    for kind in found_kinds() {
        let mut subjects = subjects(db.reading(), kind).await?;
        let kept = search_entry::Entity::find()
            .select_only()
            .column(search_entry::Column::Subject)
            .filter(search_entry::Column::SubjectKind.eq(kind));
        subjects.extend(kept.into_tuple::<String>().all(db.reading()).await?);
        let subjects: Vec<String> = subjects.into_iter().collect();
        for some in subjects.chunks(ENTRIES_AT_A_TIME) {
            let wanted = entries(db.reading(), kind, some).await?;
            let wanted = by_subject(wanted.into_iter().map(Entry::into_model));
            let kept = search_entry::Entity::find()
                .filter(search_entry::Column::SubjectKind.eq(kind))
                .filter(search_entry::Column::Subject.is_in(some))
                .all(db.reading())
                .await?;
            let kept = by_subject(kept.into_iter());
            let others = some.iter().filter(|subject| wanted.get(*subject) != kept.get(*subject));
            differing.extend(others.map(|subject| (kind, subject.clone())));
        }
    }
    Ok(differing)
}

/// Entries by their records, without the number that means nothing and the order of what is said of
/// them.
fn by_subject(
    entries: impl Iterator<Item = search_entry::Model>,
) -> BTreeMap<String, search_entry::Model> {
    let comparable = |mut entry: search_entry::Model| {
        entry.id = 0;
        if let Some(texts) = entry.texts.as_array_mut() {
            texts.sort_by_key(ToString::to_string);
        }
        (entry.subject.clone(), entry)
    };
    entries.map(comparable).collect()
}

/// Makes the entries of these records anew.
pub async fn make_anew(
    db: &Db,
    clock: &Clock,
    records: &[(RecordKind, String)],
) -> Result<(), WriteError> {
    let mark = async |w: &mut Write| {
        records.iter().for_each(|(kind, subject)| w.mark_for_reindex(*kind, subject));
        Ok(())
    };
    write(db, clock, Actor::Operator, mark).await.map(|_| ())
}

/// All records of a kind that is found, as entries name them.
async fn subjects(
    db: &impl ConnectionTrait,
    kind: RecordKind,
) -> Result<BTreeSet<String>, WriteError> {
    async fn ids<E: Record>(db: &impl ConnectionTrait) -> Result<BTreeSet<String>, DbErr> {
        let ids = E::find().select_only().column(id_column::<E>()).into_tuple::<Uuid>().all(db);
        Ok(ids.await?.iter().map(Uuid::to_string).collect())
    }
    Ok(match kind {
        RecordKind::Country => {
            let codes = country::Entity::find().select_only().column(country::Column::Code);
            codes.into_tuple::<String>().all(db).await?.into_iter().collect()
        }
        RecordKind::RegionalGroup => ids::<regional_group::Entity>(db).await?,
        RecordKind::Institution => ids::<institution::Entity>(db).await?,
        RecordKind::Programme => ids::<programme::Entity>(db).await?,
        RecordKind::Batch => ids::<batch::Entity>(db).await?,
        RecordKind::Workshop => ids::<workshop::Entity>(db).await?,
        RecordKind::Person => ids::<person::Entity>(db).await?,
        RecordKind::Venue => ids::<venue::Entity>(db).await?,
        RecordKind::Topic => ids::<topic::Entity>(db).await?,
        RecordKind::ActionPlan => ids::<action_plan::Entity>(db).await?,
        RecordKind::ActionItem => ids::<action_item::Entity>(db).await?,
        RecordKind::ProgressNote => ids::<progress_note::Entity>(db).await?,
        RecordKind::Outcome => ids::<outcome::Entity>(db).await?,
        RecordKind::Source => ids::<source::Entity>(db).await?,
        RecordKind::Indicator => ids::<indicator::Entity>(db).await?,
        _ => return Err(WriteError::Contract("records of this kind are not found")),
    })
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
