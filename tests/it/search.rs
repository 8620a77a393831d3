//! Searching: in either language, by beginnings of words, and never more than may be seen.

mod order;

use entity::{person, search_entry, search_name};
use std::collections::BTreeSet;

use jejaring::access::Actor;
use jejaring::analysis::search::rebuild_where_empty;
use jejaring::db::write;
use jejaring::people::person::erase::erase;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::support::{Answer, TestApp, writable};

both_dbs!(
    names_are_found_in_either_language,
    the_order_is_exact_then_prefix_then_words,
    words_are_found_by_their_beginnings_however_they_are_written,
    nothing_in_a_search_is_an_operator,
    what_is_asked_wrongly_is_said,
    pages_of_a_search_are_one_list,
    what_may_not_be_seen_is_not_found,
    an_entry_follows_its_record,
    who_is_erased_is_found_by_nobody,
    a_register_that_is_older_than_its_search_is_indexed,
);

/// What is found, each as `KIND key`: the same text on both databases.
async fn found(app: &TestApp, actor: &Actor, text: &str, types: &str) -> Vec<String> {
    let answer = app.ask_with(actor, &query(types), json!({ "text": text })).await;
    let hits = listed(&answer);
    assert_eq!(answer.at("/search/totalCount"), hits.len(), "{answer}");
    hits
}

fn query(types: &str) -> String {
    let keys = [
        "Batch",
        "Institution",
        "Programme",
        "RegionalGroup",
        "Workshop",
        "Topic",
        "Venue",
        "Source",
        "Person",
    ];
    let keys: String = keys.iter().map(|kind| format!("... on {kind} {{ key }} ")).collect();
    format!(
        "query ($text: String!) {{ search(text: $text, first: 100 {types}) {{ totalCount nodes {{ \
         kind match excerpt record {{ ... on Country {{ code }} {keys} }} }} }} }}"
    )
}

fn listed(answer: &Answer) -> Vec<String> {
    let nodes = answer.at("/search/nodes").as_array().expect("a list");
    let text = |node: &serde_json::Value, at: &str| {
        node.pointer(at).and_then(|it| it.as_str()).unwrap_or("?").to_owned()
    };
    nodes
        .iter()
        .map(|node| {
            format!(
                "{} {}",
                text(node, "/kind"),
                if node["kind"] == "COUNTRY" {
                    text(node, "/record/code")
                } else {
                    text(node, "/record/key")
                }
            )
        })
        .collect()
}

async fn anybody(app: &TestApp, text: &str) -> Vec<String> {
    found(app, &Actor::Anonymous, text, "").await
}

/// Names of the same thing find the same thing, whatever the reader's language is.
async fn names_are_found_in_either_language(app: TestApp) {
    for name in ["Kamboja", "Cambodia", "kamb", "KH"] {
        assert!(anybody(&app, name).await.contains(&"COUNTRY KH".to_owned()), "{name}");
    }
    for word in ["perhiasan", "jewel", "Jewelry", "Pelatihan Desain Perhiasan"] {
        let hits = anybody(&app, word).await;
        assert!(hits.contains(&"BATCH jewellery-2023".to_owned()), "{word}: {hits:?}");
    }
    let topics = found(&app, &Actor::Anonymous, "perhiasan", "types: [TOPIC]").await;
    assert_eq!(topics, ["TOPIC jewellery", "TOPIC jewellery-design"]);
    assert_eq!(found(&app, &Actor::Anonymous, "jewellery", "types: [TOPIC]").await, topics);
    // A title that one of two reports prints, and that is therefore not accepted.
    let answer = app
        .ask("{ search(text: \"pemasaran UKM\", types: [BATCH]) { nodes { excerpt match } } }")
        .await;
    assert_eq!(
        answer.text("/search/nodes/0/excerpt"),
        "Pelatihan Desain Perhiasan dan Pemasaran untuk UKM ASEAN-Hong Kong"
    );
    assert_eq!(answer.text("/search/nodes/0/match"), "WORDS");
}

async fn the_order_is_exact_then_prefix_then_words(app: TestApp) {
    let answer =
        app.ask("{ search(text: \"Guinea\", types: [COUNTRY]) { nodes { match excerpt } } }").await;
    let matches = answer.texts("/search/nodes", "/match");
    assert_eq!(matches[0], "EXACT");
    assert_eq!(answer.text("/search/nodes/0/excerpt"), "Guinea");
    let mut sorted = matches.clone();
    sorted.sort_unstable_by_key(|fits| {
        ["EXACT", "PREFIX", "WORDS"].iter().position(|known| known == fits)
    });
    assert_eq!(matches, sorted);
    assert!(matches.contains(&"PREFIX") && matches.contains(&"WORDS"), "{answer}");
    // One statement for names that begin with it, two for what has the words, whole and begun, one
    // for the page, one for the countries.
    let answer = app
        .ask("{ search(text: \"guinea\") { nodes { record { ... on Country { code } } } } }")
        .await;
    assert_eq!(answer.statements, 5, "{answer}");
}

async fn words_are_found_by_their_beginnings_however_they_are_written(app: TestApp) {
    for (text, found) in [
        ("cote divoire", "CI"),
        ("CÔTE D’IVOIRE", "CI"),
        ("ivoire", ""),
        ("Turkiye", "TR"),
        ("Türkiye", "TR"),
        ("sao tome", "ST"),
        ("leste-timor", "TL"),
        ("  papua,, nugini ", "PG"),
    ] {
        let hits = super::search::found(&app, &Actor::Anonymous, text, "types: [COUNTRY]").await;
        match found {
            "" => assert_eq!(hits, Vec::<String>::new(), "{text}"),
            code => assert!(hits.contains(&format!("COUNTRY {code}")), "{text}: {hits:?}"),
        }
    }
}

/// Neither FTS5 nor tsquery sees a sign of its own, and the same is found on both databases.
async fn nothing_in_a_search_is_an_operator(app: TestApp) {
    let batch = ["BATCH jewellery-2023"];
    for text in [
        "\"jewellery\" -2023",
        "jewellery:* & 2023",
        "jewellery* 2023",
        "(jewellery 2023)",
        "jewellery | 2023",
        "jewellery\\ 2023",
        "jewellery''2023 ",
        "^jewellery + 2023",
        "{jewellery} 2023;--",
        "jewellery <-> 2023",
    ] {
        // An apostrophe joins what it stands in.
        let wanted: &[&str] = if text.contains("''") { &[] } else { &batch };
        assert_eq!(found(&app, &Actor::Anonymous, text, "types: [BATCH]").await, wanted, "{text}");
    }
    for text in [
        "jewellery OR kamboja",
        "jewellery NOT 2023",
        "words: jewellery",
        "NEAR(jewellery 2023)",
        "!jewellery zzz",
    ] {
        assert_eq!(anybody(&app, text).await, Vec::<String>::new(), "{text}");
    }
    for text in ["", "   ", "*", "\"", "'", "!?", "--", "\\", "%"] {
        assert_eq!(anybody(&app, text).await, Vec::<String>::new(), "{text:?}");
    }
}

async fn what_is_asked_wrongly_is_said(app: TestApp) {
    let long = "a".repeat(201);
    for (query, message) in [
        (
            format!("{{ search(text: \"{long}\") {{ totalCount }} }}"),
            "`text` has at most 200 characters; it has 201",
        ),
        (
            "{ search(text: \"a\", types: [TOPIC, CLAIM]) { totalCount } }".into(),
            "`types` has CLAIM, which is not searched; it takes COUNTRY, REGIONAL_GROUP",
        ),
        (
            "{ search(text: \"a\", first: 101) { nodes { kind } } }".into(),
            "`first` must lie between 0 and 100; it is 101",
        ),
        (
            "{ search(text: \"a\", after: \"x\") { nodes { kind } } }".into(),
            "\"x\" is not a cursor of this list",
        ),
    ] {
        let answer = app.ask(&query).await;
        let error = answer.errors.first().cloned().unwrap_or_default();
        assert!(error.contains(message) && error.starts_with("BAD_USER_INPUT"), "{answer}");
    }
    let place = app.ask("{ search(text: \"guinea\", first: 1) { pageInfo { endCursor } } }").await;
    let place = place.text("/search/pageInfo/endCursor");
    let other = app
        .ask(&format!("{{ search(text: \"papua\", after: \"{place}\") {{ nodes {{ kind }} }} }}"))
        .await;
    assert!(other.errors[0].contains("is not a cursor of this list"), "{other}");
}

async fn pages_of_a_search_are_one_list(app: TestApp) {
    let whole = anybody(&app, "ba").await;
    assert!(whole.len() > 6, "{whole:?}");
    let mut paged = Vec::new();
    let mut after = serde_json::Value::Null;
    loop {
        let query = query("")
            .replace("first: 100", "first: 3, after: $after")
            .replace("$text: String!", "$text: String!, $after: Cursor");
        let query =
            query.replace("totalCount", "pageInfo { hasNextPage hasPreviousPage endCursor }");
        let answer =
            app.ask_with(&Actor::Anonymous, &query, json!({ "text": "ba", "after": after })).await;
        assert_eq!(answer.at("/search/pageInfo/hasPreviousPage"), &json!(!paged.is_empty()));
        paged.extend(listed(&answer));
        if answer.at("/search/pageInfo/hasNextPage") == false {
            break;
        }
        after = answer.at("/search/pageInfo/endCursor").clone();
    }
    assert_eq!(paged, whole);
}

/// A draft and a person without a public role are there for those who may see them alone, and
/// uncounted for others.
async fn what_may_not_be_seen_is_not_found(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let draft = "mutation ($programme: ID!) { draftBatch(input: {programmeId: $programme, key: \
                 \"hidden-2027\", title: {text: \"Zebrawood Carving\", language: \"en\"}}) { batch \
                 { id } errors { message } } }";
    let drafted = app.ask_with(&officer, draft, json!({ "programme": programme })).await;
    assert!(drafted.refusals("draftBatch").is_empty(), "{drafted}");
    let added = app
        .ask_as(
            &officer,
            "mutation { addPerson(input: {name: \"Zubaidah Zebrina\"}) { errors { message } } }",
        )
        .await;
    assert!(added.refusals("addPerson").is_empty(), "{added}");
    let stranger = app.officer("kemenperin").await;
    assert_eq!(found(&app, &officer, "zebr", "types: [BATCH]").await, ["BATCH hidden-2027"]);
    assert_eq!(found(&app, &officer, "zebr", "types: [PERSON]").await.len(), 1);
    for text in ["zebr", "zebrawood carving", "hidden-2027", "zubaidah"] {
        assert_eq!(anybody(&app, text).await, Vec::<String>::new(), "{text}");
        let seen = found(&app, &stranger, text, "types: [BATCH]").await;
        assert_eq!(seen, Vec::<String>::new(), "{text}");
    }
    // In a public role they are found by everybody.
    assert_eq!(found(&app, &Actor::Anonymous, "hagung", "types: [PERSON]").await.len(), 1);
    let announced = "mutation ($batch: ID!) { announceBatch(input: {batchId: $batch, \
                     datesToFollow: true}) { errors { message } } }";
    let batch = drafted.text("/draftBatch/batch/id");
    let announced = app.ask_with(&officer, announced, json!({ "batch": batch })).await;
    assert!(announced.refusals("announceBatch").is_empty(), "{announced}");
    assert_eq!(anybody(&app, "zebr").await, ["BATCH hidden-2027"]);
}

async fn an_entry_follows_its_record(app: TestApp) {
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let venue = app.id_of(&curator, "venue", "hotel-atria-malang").await;
    let rename = "mutation ($id: ID!) { updateVenue(input: {venueId: $id, name: \"Hotel Xanadu\"}) \
                  { errors { message } } }";
    let renamed = app.ask_with(&curator, rename, json!({ "id": venue })).await;
    assert!(renamed.errors.is_empty() && renamed.refusals("updateVenue").is_empty(), "{renamed}");
    assert_eq!(anybody(&app, "xanadu").await, ["VENUE hotel-atria-malang"]);
    assert_eq!(
        found(&app, &curator, "hotel atria", "types: [VENUE]").await,
        ["VENUE hotel-atria-malang"],
        "by its key"
    );
    assert_eq!(found(&app, &curator, "\"Hotel Atria\"", "types: [VENUE]").await.len(), 1);
    names_are_indexed(&app).await;
}

/// Neither the name nor a word of it is left.
async fn who_is_erased_is_found_by_nobody(app: TestApp) {
    let (db, clock) = (&app.app.db, &app.app.clock);
    let named = person::Entity::find().filter(person::Column::SortName.starts_with("hagung"));
    let row = named.one(db.reading()).await.expect("the people").expect("the head of the centre");
    assert_eq!(found(&app, &Actor::Operator, "hagung", "types: [PERSON]").await.len(), 1);
    write(db, clock, Actor::Operator, async |w| erase(w, &row).await).await.expect("it is removed");
    assert_eq!(found(&app, &Actor::Operator, "hagung", "").await, Vec::<String>::new());
    let entries = search_entry::Entity::find().all(db.reading()).await.expect("the entries");
    assert!(entries.iter().all(|entry| !format!("{entry:?}").to_lowercase().contains("hagung")));
    names_are_indexed(&app).await;
}

/// A database from before the search was there has its entries made when it is opened.
async fn a_register_that_is_older_than_its_search_is_indexed(app: TestApp) {
    let before = anybody(&app, "ba").await;
    let db = writable(&app).await;
    db.execute_unprepared("DELETE FROM search_entry").await.expect("no entries");
    assert_eq!(anybody(&app, "ba").await, Vec::<String>::new());
    let position = app.position().await;
    rebuild_where_empty(&app.app.db, &app.app.clock).await.expect("the entries");
    assert_eq!(anybody(&app, "ba").await, before);
    assert_eq!(app.position().await, position, "nothing has happened");
    names_are_indexed(&app).await;
}

/// The index has each name of each entry, and no other.
async fn names_are_indexed(app: &TestApp) {
    let db = app.app.db.reading();
    let entries = search_entry::Entity::find().all(db).await.expect("the entries");
    let kept = search_name::Entity::find().all(db).await.expect("the names");
    let names = entries.iter().flat_map(|entry| {
        entry
            .names
            .split('\n')
            .filter(|name| !name.is_empty())
            .map(|name| (name.to_owned(), entry.id))
    });
    assert_eq!(
        kept.into_iter().map(|row| (row.name, row.entry_id)).collect::<BTreeSet<_>>(),
        names.collect()
    );
}
