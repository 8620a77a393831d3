//! Places that turn out to be one.

use entity::vocabulary::{GrantRole, ImportTable};
use serde_json::json;

use crate::export::comes_back_identical;
use crate::import::{apply, hand_in, upload};
use crate::intents::{draft, owner};
use crate::parties::{done, id, refusal, shown};
use crate::support::TestApp;

both_dbs!(a_merged_place_keeps_resolving, what_cannot_be_merged_is_refused);

const HELD: &str = "batches { nodes { key } } workshops { nodes { key } } claims { totalCount }";

async fn a_merged_place_keeps_resolving(app: TestApp) {
    let (officer, curator) = (owner(&app).await, app.staff(GrantRole::Curator).await);
    let mut venues = Vec::new();
    for name in ["Balai Besar Kerajinan", "Craft Centre Hall", "Zanzibar Annex"] {
        let input = format!("name: {name:?}, city: \"Yogyakarta\", country: \"ID\"");
        let made = done(&app, &officer, "addVenue", &input, "venue { id key }").await;
        venues.push(made["venue"].clone());
    }
    let [into, from, annex] = [&venues[0]["id"], &venues[1]["id"], &venues[2]["id"]];
    let days = "startsOn: \"2026-07-01\", endsOn: \"2026-07-10\"";
    let one = draft(&app, &officer, "at-one", &format!(", {days}, venueIds: [{from}]")).await;
    draft(&app, &officer, "at-both", &format!(", {days}, venueIds: [{from}, {into}]")).await;
    draft(&app, &officer, "elsewhere", &format!(", {days}, venueIds: [{annex}]")).await;
    for (name, input) in [
        (
            "scheduleWorkshop",
            "kind: TRAINING, title: \"Casting\", language: \"en\", key: \"casting\"",
        ),
        ("addBatchPart", "label: \"first week\""),
    ] {
        let input = format!("batchId: {one:?}, {input}, venueId: {from}");
        done(&app, &officer, name, &input, "__typename").await;
    }
    let source = app.ask("{ sources(first: 1) { nodes { id } } }").await;
    let source = source.text("/sources/nodes/0/id").to_owned();
    let claim = format!("sourceId: {source:?}, batchId: {one:?}, property: VENUE, venueId: {from}");
    done(&app, &officer, "fileClaim", &claim, "__typename").await;

    // What was merged into the one is merged into the one in use.
    let merge = |from, into| format!("venueId: {from}, intoId: {into}, reason: \"One place\"");
    done(&app, &curator, "mergeVenues", &merge(annex, from), "__typename").await;
    let fields = format!("venue {{ key mergedInto {{ id key }} {HELD} }}");
    let merged = done(&app, &curator, "mergeVenues", &merge(from, into), &fields).await;
    assert_eq!(&merged["venue"]["mergedInto"]["id"], into);
    assert_eq!(merged["venue"]["batches"]["nodes"], json!([]));
    assert_eq!(merged["venue"]["claims"]["totalCount"], 0);
    let query = format!(
        "{{ node(id: {into}) {{ ... on Venue {{ {HELD} mergedFrom {{ nodes {{ key }} }} }} }} \
         venues(filter: {{city: {{eq: \"Yogyakarta\"}}, not: {{mergedInto: {{}}}}, \
         name: {{contains: \"a\"}}}}) {{ nodes {{ key }} }} \
         one: search(text: \"Zanzibar\", types: [VENUE]) {{ totalCount }} \
         other: search(text: \"Kerajinan\", types: [VENUE]) {{ totalCount }} }}"
    );
    let seen = app.ask_as(&officer, &query).await;
    let batches = seen.sorted("/node/batches/nodes", "/key");
    assert_eq!(batches, ["at-both", "at-one", "elsewhere"], "{seen}");
    assert_eq!(seen.texts("/node/workshops/nodes", "/key"), ["casting"]);
    assert!(seen.at("/node/claims/totalCount").as_i64() > Some(0), "{seen}");
    assert_eq!(seen.sorted("/node/mergedFrom/nodes", "/key").len(), 2);
    let keys = seen.texts("/venues/nodes", "/key");
    assert!(keys.contains(&venues[0]["key"].as_str().expect("a key")), "{seen}");
    assert!(!keys.contains(&venues[1]["key"].as_str().expect("a key")), "{seen}");
    assert_eq!((seen.at("/one/totalCount"), seen.at("/other/totalCount")), (&json!(0), &json!(1)));
    let part = format!(
        "{{ node(id: {one:?}) {{ ... on Batch {{ parts {{ nodes {{ venue {{ id }} }} }} }} }} }}"
    );
    assert_eq!(app.ask_as(&officer, &part).await.at("/node/parts/nodes/0/venue/id"), into);
    // A file that calls it by the former name or key means the one in use.
    let query = format!("{{ node(id: {one:?}) {{ ... on Batch {{ programme {{ key }} }} }} }}");
    let programme = app.ask_as(&officer, &query).await;
    let programme = programme.text("/node/programme/key").to_owned();
    for (number, called) in ["Craft Centre Hall", "Zanzibar Annex"].iter().enumerate() {
        let text = format!(
            "key,programme,title,language,venue,city,country\n\
             filed-{number},{programme},Filed,en,{called},Yogyakarta,ID\n"
        );
        let file = hand_in(&app, &officer, upload(ImportTable::Batches, "b.csv"), &text).await;
        assert_eq!(apply(&app, &officer, &file, "").await, Vec::<String>::new());
        let query = format!(
            "{{ batch(by: {{key: \"filed-{number}\"}}) {{ venues {{ nodes {{ id }} }} }} }}"
        );
        let held = app.ask_as(&officer, &query).await;
        assert_eq!(held.at("/batch/venues/nodes/0/id"), into, "{called}: {held}");
    }
    // Under its own key it is found as before.
    let key = venues[1]["key"].as_str().expect("a key");
    assert_eq!(&json!(id(&app, &officer, "venue", key).await), from);
    comes_back_identical(&app).await;
}

async fn what_cannot_be_merged_is_refused(app: TestApp) {
    let (officer, curator) = (owner(&app).await, app.staff(GrantRole::Curator).await);
    let venues = app.ask("{ venues(first: 3, orderBy: {field: KEY}) { nodes { id } } }").await;
    let venues = venues.texts("/venues/nodes", "/id");
    let merge = |from: &str, into: &str| format!("venueId: {from:?}, intoId: {into:?}");
    let itself = refusal(&app, &curator, "mergeVenues", &merge(venues[0], venues[0])).await;
    assert!(itself.contains("into itself"), "{itself}");
    done(&app, &curator, "mergeVenues", &merge(venues[0], venues[1]), "__typename").await;
    for (from, into) in [(0, 2), (2, 0)] {
        let again =
            refusal(&app, &curator, "mergeVenues", &merge(venues[from], venues[into])).await;
        assert!(again.starts_with("ILLEGAL_MOVE") && again.contains("already"), "{again}");
    }
    let query = crate::intents::mutation("mergeVenues", &merge(venues[2], venues[1]), "__typename");
    let denied = app.ask_as(&officer, &query).await;
    assert!(denied.errors[0].starts_with("FORBIDDEN"), "{denied}");
    let now = shown(&app, "Venue", venues[2], "mergedInto { id }").await;
    assert_eq!(now["mergedInto"], json!(null));
}
