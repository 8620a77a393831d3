//! The order of what many records have in common, which does not depend on how it is read.

use std::collections::BTreeSet;

use entity::id::PersonId;
use entity::vocabulary::RecordKind;
use entity::{batch, search_entry};
use jejaring::access::Actor;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::names_are_indexed;
use crate::support::{TestApp, writable};

both_dbs!(what_many_records_have_is_found_in_the_same_order,);

/// What is found where all that fits is ranked and sorted: `MATCH excerpt` of each entry.
fn sorted<'a>(entries: impl Iterator<Item = &'a search_entry::Model>, text: &str) -> Vec<String> {
    let rank = |entry: &search_entry::Model| match entry.names.as_str() {
        names if names.contains(&format!("\n{text}\n")) => 0,
        names if names.contains(&format!("\n{text}")) => 1,
        _ => 2,
    };
    let has = |entry: &search_entry::Model, sought: &str| {
        entry.words.split(' ').any(|word| word.starts_with(sought))
    };
    let mut fitting: Vec<_> = entries
        .filter(|entry| text.split(' ').all(|sought| has(entry, sought)))
        .map(|entry| (rank(entry), &entry.subject, entry.texts[0].as_str().expect("a text")))
        .collect();
    fitting.sort();
    fitting
        .iter()
        .map(|(rank, _, text)| format!("{} {text}", ["EXACT", "PREFIX", "WORDS"][*rank]))
        .collect()
}

/// However many records fit, and in whichever way the first of them are therefore looked for.
async fn what_many_records_have_is_found_in_the_same_order(app: TestApp) {
    const MANY: u32 = 9_600;
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let draft = "mutation ($programme: ID!) { draftBatch(input: {programmeId: $programme, key: \
                 \"hidden-2027\", title: {text: \"Hidden\", language: \"en\"}}) { errors { message \
                 } } }";
    let drafted = app.ask_with(&officer, draft, json!({ "programme": programme })).await;
    assert!(drafted.refusals("draftBatch").is_empty(), "{drafted}");
    let draft = batch::Entity::find()
        .filter(batch::Column::Key.eq("hidden-2027"))
        .one(app.app.db.reading())
        .await;
    let draft = draft.expect("the batches").expect("the draft").id;

    let entry = |number: u32| {
        let name = match number % 3 {
            0 => "zebu".to_owned(),
            1 => format!("zebu {number}"),
            _ => format!("a zebu {number}"),
        };
        let other = match number {
            500 => "\nokapi",
            number if number.is_multiple_of(1000) => "\nokapi keeper",
            _ => "",
        };
        let mut words: BTreeSet<&str> = name.split(' ').chain(["okapi"]).collect();
        words.extend(number.is_multiple_of(4).then_some("aardvark"));
        let kind = match number {
            number if number.is_multiple_of(11) => RecordKind::Person,
            number if number.is_multiple_of(2) => RecordKind::Venue,
            _ => RecordKind::Workshop,
        };
        search_entry::ActiveModel {
            subject_kind: Set(kind),
            // Not in the order in which they are written.
            subject: Set(Uuid::from_u128(u128::from(number * 7919 % MANY)).to_string()),
            batch_id: Set(
                (kind == RecordKind::Workshop && number.is_multiple_of(7)).then_some(draft)
            ),
            person_id: Set(
                (kind == RecordKind::Person).then_some(PersonId(Uuid::from_u128(number.into())))
            ),
            names: Set(format!("\n{name}{other}\n")),
            words: Set(words.iter().copied().collect::<Vec<_>>().join(" ")),
            texts: Set(json!([format!("{name} of {number}")])),
            ..Default::default()
        }
    };
    let db = writable(&app).await;
    for numbers in (0..MANY).collect::<Vec<_>>().chunks(1200) {
        let entries = numbers.iter().copied().map(entry);
        search_entry::Entity::insert_many(entries)
            .exec_without_returning(&db)
            .await
            .expect("entries");
    }
    names_are_indexed(&app).await;

    let entries = search_entry::Entity::find().all(&db).await.expect("the entries");
    let seen = |entry: &&search_entry::Model| {
        entry.batch_id != Some(draft) && entry.subject_kind != RecordKind::Person
    };
    // Many are called so, begin so and have the word; many begin so; many have the words, and few a
    // name; few fit.
    for text in [
        "zebu",
        "a zebu",
        "zeb",
        "okapi",
        "okapi a",
        "zebu okapi",
        "aardvark",
        "a zebu 12",
        "zebu 4567",
    ] {
        let public = sorted(entries.iter().filter(seen), text);
        let venues =
            sorted(entries.iter().filter(|entry| entry.subject_kind == RecordKind::Venue), text);
        let all = sorted(entries.iter(), text);
        for (actor, types, expected, pages) in [
            (Actor::Anonymous, "", public, usize::MAX),
            (Actor::Anonymous, "types: [VENUE]", venues, 2),
            (Actor::Operator, "", all, 2),
        ] {
            let query = format!(
                "query ($text: String!, $after: Cursor) {{ search(text: $text, first: 100, after: \
                 $after {types}) {{ nodes {{ match excerpt }} pageInfo {{ hasNextPage endCursor }} \
                 }} }}"
            );
            let mut listed = Vec::new();
            let mut after = serde_json::Value::Null;
            for _ in 0..pages {
                let answer =
                    app.ask_with(&actor, &query, json!({ "text": text, "after": after })).await;
                let nodes = answer.at("/search/nodes").as_array().expect("a list").iter();
                let told = |node: &serde_json::Value, of: &str| {
                    node[of].as_str().expect("a text").to_owned()
                };
                listed.extend(
                    nodes.map(|node| format!("{} {}", told(node, "match"), told(node, "excerpt"))),
                );
                let more = listed.len() < expected.len();
                assert_eq!(
                    answer.at("/search/pageInfo/hasNextPage"),
                    more,
                    "{text} {types} {}",
                    listed.len()
                );
                if !more {
                    break;
                }
                after = answer.at("/search/pageInfo/endCursor").clone();
            }
            assert!(
                listed.len() == expected.len().min(pages.saturating_mul(100)),
                "{text} {types}: {}",
                listed.len()
            );
            assert!(listed[..] == expected[..listed.len()], "{text} {types}");
            let query = format!(
                "query ($text: String!) {{ search(text: $text {types}) {{ totalCount }} }}"
            );
            let count = app.ask_with(&actor, &query, json!({ "text": text })).await;
            assert_eq!(count.at("/search/totalCount"), expected.len(), "{text} {types}");
        }
    }
}
