//! Records that were entered in error: voided, they are nowhere; restored, they are as they were.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::exchange::package::reports;
use jejaring::exchange::package::{PackageFiles, load};
use serde_json::{Value, json};

use crate::export::exported;
use crate::http::{request, send};
use crate::intents::{draft, mutation, owner};
use crate::support::{Answer, Backend, TestApp};

both_dbs!(
    whatever_is_voided_and_restored_is_as_it_was,
    a_wrong_invitation_is_taken_back,
    a_batch_goes_with_all_that_hangs_from_it,
    what_others_refer_to_stays,
    a_void_key_is_nobody_elses,
    only_those_who_may_write_a_record_void_it,
    a_void_draft_is_nobodys_business,
    what_refers_to_something_void_waits_for_it,
    a_package_does_not_bring_back_what_is_void,
);

/// Lists of all kinds that can be voided.
pub const LISTS: [&str; 23] = [
    "regionalGroups",
    "memberships",
    "institutions",
    "programmes",
    "batches",
    "workshops",
    "partnerships",
    "delegations",
    "people",
    "appointments",
    "engagements",
    "venues",
    "topics",
    "tags",
    "actionPlans",
    "actionItems",
    "progressNotes",
    "outcomes",
    "indicators",
    "observations",
    "sources",
    "claims",
    "citations",
];

async fn void(app: &TestApp, actor: &Actor, id: &str) -> Answer {
    let input = format!("recordId: {id:?}, reason: \"entered in error\"");
    let payload =
        "tombstone { key recordKind voidedAt restoredAt record { id } takenAlong { totalCount } }";
    app.ask_as(actor, &mutation("voidRecord", &input, payload)).await
}

async fn restore(app: &TestApp, actor: &Actor, id: &str) -> Answer {
    let input = format!("recordId: {id:?}");
    let payload = "tombstone { restoredAt record { id } }";
    app.ask_as(actor, &mutation("restoreRecord", &input, payload)).await
}

async fn voided(app: &TestApp, actor: &Actor, id: &str) -> Answer {
    let answer = void(app, actor, id).await;
    assert!(answer.errors.is_empty() && answer.refusals("voidRecord").is_empty(), "{id}: {answer}");
    answer
}

async fn restored(app: &TestApp, actor: &Actor, id: &str) {
    let answer = restore(app, actor, id).await;
    assert!(answer.errors.is_empty(), "{id}: {answer}");
    assert_eq!(answer.refusals("restoreRecord"), Vec::<String>::new(), "{id}");
}

pub fn texts(package: &PackageFiles) -> BTreeMap<String, String> {
    let text = |(name, bytes): (&str, &[u8])| {
        (name.to_owned(), String::from_utf8_lossy(bytes).into_owned())
    };
    package.files().map(text).collect()
}

/// What the public sees beside the tables: counts, findings that stand, search, and who never came.
/// What was found while something was void is resolved, and stays as history; and a batch of which
/// something else was accepted in between has a later version, which only ever counts up.
pub async fn answers(app: &TestApp) -> Answer {
    let counts: Vec<String> = LISTS.iter().map(|list| format!("{list} {{ totalCount }}")).collect();
    let query = format!(
        "{{ {} findings(filter: {{state: {{in: [OPEN, EXPLAINED]}}}}, orderBy: {{field: KEY, \
         direction: ASC}}) {{ nodes {{ key rule state message record {{ id }} }} }} found: \
         search(text: \"yogyakarta\") {{ totalCount nodes {{ record {{ id }} }} }} tombstones {{ \
         totalCount }} list: batches(orderBy: {{field: KEY, direction: ASC}}) {{ nodes {{ key \
         title startsOn endsOn status updatedAt membersNotAttending {{ sentNobody {{ code }} \
         unknown {{ code }} }} }} }} }}",
        counts.join(" ")
    );
    let answer = app.ask(&query).await;
    assert!(answer.errors.is_empty(), "{answer}");
    answer
}

/// All records of a list.
pub async fn nodes_of(app: &TestApp, list: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), "null".to_owned());
    loop {
        let query = format!(
            "{{ {list}(first: 100, after: {after}) {{ nodes {{ id key }} pageInfo {{ hasNextPage \
             endCursor }} }} }}"
        );
        let answer = app.ask_as(&Actor::Operator, &query).await;
        assert!(answer.errors.is_empty(), "{query} {answer}");
        let page = &answer.data[list];
        nodes.extend(page["nodes"].as_array().expect("nodes").clone());
        if page["pageInfo"]["hasNextPage"] == false {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
}

/// What anybody is told from a place of the log on: the name of each event, and its countries.
async fn told(app: &TestApp, after: &str) -> Vec<String> {
    let query = format!(
        "{{ events(after: {after:?}, first: 100) {{ event {{ name countries {{ code }} }} }} }}"
    );
    let answer = app.ask(&query).await;
    let events = answer.data["events"].as_array().expect("events").clone();
    let events = events.iter().map(|item| &item["event"]).filter(|event| !event.is_null());
    let told = |event: &Value| {
        let countries = event["countries"].as_array().expect("countries").iter();
        let codes: Vec<&str> = countries.filter_map(|country| country["code"].as_str()).collect();
        format!("{} {}", event["name"].as_str().expect("a name"), codes.join(" "))
    };
    events.map(told).collect()
}

/// Of every record of the reports, of every kind: it is refused since others refer to it, or what
/// the register shows after both is what it was.
async fn whatever_is_voided_and_restored_is_as_it_was(app: TestApp) {
    let operator = Actor::Operator;
    let (tables, public) = (texts(&exported(&app, Actor::Operator).await), answers(&app).await);
    let every = if app.backend == Backend::Sqlite { 1 } else { 3 };
    let (mut done, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for list in LISTS {
        let nodes = nodes_of(&app, list).await;
        for node in nodes.iter().step_by(every) {
            let id = node["id"].as_str().expect("an id");
            let answer = void(&app, &operator, id).await;
            assert!(answer.errors.is_empty(), "{node}: {answer}");
            if let Some(refusal) = answer.refusals("voidRecord").first() {
                assert!(refusal.contains("refer to it"), "{node}: {refusal}");
                *refused.entry(list).or_insert(0) += 1;
                continue;
            }
            let gone = app.ask(&format!("{{ node(id: {id:?}) {{ id }} }}")).await;
            assert_eq!(gone.data, json!({ "node": null }), "{node}");
            restored(&app, &operator, id).await;
            *done.entry(list).or_insert(0) += 1;
            if every > 1 || nodes.len() < 12 || done[list] % 9 == 0 {
                assert_eq!(texts(&exported(&app, Actor::Operator).await), tables, "{node}");
                assert_eq!(answers(&app).await.data, public.data, "{node}");
            }
        }
    }
    assert_eq!(texts(&exported(&app, Actor::Operator).await), tables);
    assert_eq!(answers(&app).await.data, public.data);
    for list in ["batches", "delegations", "claims", "workshops", "memberships", "engagements"] {
        assert!(done.contains_key(list), "{list}: {done:?} {refused:?}");
    }
    for list in ["institutions", "sources", "venues"] {
        assert!(refused.contains_key(list), "{list}: {done:?} {refused:?}");
    }
}

async fn a_wrong_invitation_is_taken_back(app: TestApp) {
    let officer = owner(&app).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let input = format!("batchId: {batch:?}, country: \"FJ\"");
    let invited =
        app.ask_as(&officer, &mutation("inviteDelegation", &input, "delegation { id key }")).await;
    assert_eq!(invited.refusals("inviteDelegation"), Vec::<String>::new());
    let id = invited.text("/inviteDelegation/delegation/id").to_owned();
    let cursor = invited.text("/inviteDelegation/cursor").to_owned();
    voided(&app, &officer, &id).await;
    let told = told(&app, &cursor).await;
    assert!(told.contains(&"delegation.voided FJ".to_owned()), "{told:?}");
    assert!(told.contains(&"claim.voided FJ".to_owned()), "{told:?}");
    let query = format!(
        "{{ batch(by: {{key: \"jewellery-2023\"}}) {{ \
         delegations(filter: {{country: {{eq: \"FJ\"}}}}) {{ totalCount }} }} \
         tombstone(by: {{id: {id:?}}}) {{ voidedAt recordKind recordId }} }}"
    );
    let seen = app.ask(&query).await;
    assert_eq!(seen.data["batch"]["delegations"]["totalCount"], 0, "{seen}");
    assert_eq!(seen.data["tombstone"]["recordKind"], "DELEGATION", "{seen}");
    assert_eq!(seen.data["tombstone"]["recordId"], id.as_str(), "{seen}");
    // Its place is free: the country is invited anew.
    let again =
        app.ask_as(&officer, &mutation("inviteDelegation", &input, "delegation { id key }")).await;
    assert_eq!(again.refusals("inviteDelegation"), Vec::<String>::new(), "{again}");
    let other = again.text("/inviteDelegation/delegation/id").to_owned();
    let taken = restore(&app, &officer, &id).await;
    assert!(taken.refusals("restoreRecord")[0].starts_with("DUPLICATE"), "{taken}");
    let key = again.text("/inviteDelegation/delegation/key");
    assert!(taken.refusals("restoreRecord")[0].contains(key), "{taken}");
    voided(&app, &officer, &other).await;
    restored(&app, &officer, &id).await;
    let twice = restore(&app, &officer, &id).await;
    assert!(twice.refusals("restoreRecord")[0].starts_with("ILLEGAL_MOVE"), "{twice}");
    // Once restored, only those who keep it see that it was void.
    let tombstone = format!("{{ tombstone(by: {{id: {id:?}}}) {{ restoredAt }} }}");
    assert_eq!(app.ask(&tombstone).await.data["tombstone"], Value::Null);
    assert!(app.ask_as(&officer, &tombstone).await.data["tombstone"]["restoredAt"].is_string());
}

async fn a_batch_goes_with_all_that_hangs_from_it(app: TestApp) {
    let officer = owner(&app).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let party = app
        .ask(&format!(
            "{{ batch(by: {{id: {batch:?}}}) {{ delegations(first: 1) {{ nodes {{ id }} }} }} }}"
        ))
        .await;
    let party =
        party.data["batch"]["delegations"]["nodes"][0]["id"].as_str().expect("an id").to_owned();
    let answer = voided(&app, &officer, &batch).await;
    let along = answer.data["voidRecord"]["tombstone"]["takenAlong"]["totalCount"].as_u64();
    assert!(along.is_some_and(|along| along > 20), "{answer}");
    let page = request("GET", "/batches/jewellery-2023", &[], Body::empty());
    assert_eq!(send(&app.state(), page).await.status, StatusCode::GONE);
    let gone = app
        .ask(
            "{ batches(filter: {key: {eq: \"jewellery-2023\"}}) { totalCount } \
             search(text: \"jewellery-2023\") { totalCount } }",
        )
        .await;
    assert_eq!(gone.data["batches"]["totalCount"], 0, "{gone}");
    let alone = restore(&app, &officer, &party).await;
    let refusal = &alone.refusals("restoreRecord")[0];
    assert!(refusal.starts_with("ILLEGAL_MOVE") && refusal.contains("jewellery-2023"), "{refusal}");
    restored(&app, &officer, &batch).await;
    // What was voided for itself stays void when that from which it hangs is restored.
    voided(&app, &officer, &party).await;
    voided(&app, &officer, &batch).await;
    restored(&app, &officer, &batch).await;
    let still = app.ask(&format!("{{ node(id: {party:?}) {{ id }} }}")).await;
    assert_eq!(still.data["node"], Value::Null);
    restored(&app, &officer, &party).await;
}

async fn what_others_refer_to_stays(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let claim = app.ask("{ claims(first: 1) { nodes { source { id } } } }").await;
    let id = claim.text("/claims/nodes/0/source/id").to_owned();
    let refused = void(&app, &curator, &id).await;
    let refusal = &refused.refusals("voidRecord")[0];
    assert!(refusal.starts_with("INVALID") && refusal.contains("refer to it"), "{refusal}");
    for (id, code) in [("nonsense", "INVALID"), ("Q291bnRyeTpJRA", "INVALID")] {
        let refused = void(&app, &curator, id).await;
        assert!(refused.refusals("voidRecord")[0].starts_with(code), "{refused}");
    }
    let input = format!("recordId: {id:?}");
    let reasonless = app.ask_as(&curator, &mutation("voidRecord", &input, "")).await;
    assert!(reasonless.refusals("voidRecord")[0].starts_with("REQUIRED"), "{reasonless}");
}

async fn a_void_key_is_nobody_elses(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "mistaken", "").await;
    voided(&app, &officer, &batch).await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let input = format!("programmeId: {programme:?}, key: \"mistaken\"");
    let again = app.ask_as(&officer, &mutation("draftBatch", &input, "")).await;
    assert!(again.refusals("draftBatch")[0].starts_with("DUPLICATE"), "{again}");
    assert!(again.refusals("draftBatch")[0].contains("restoreRecord"), "{again}");
}

async fn only_those_who_may_write_a_record_void_it(app: TestApp) {
    let officer = owner(&app).await;
    let stranger = app.officer("iwapi").await;
    let curator = app.staff(GrantRole::Curator).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    for who in [&stranger, &curator, &Actor::Anonymous] {
        let answer = void(&app, who, &batch).await;
        assert!(!answer.errors.is_empty(), "{answer}");
    }
    voided(&app, &officer, &batch).await;
    for who in [&stranger, &curator, &Actor::Anonymous] {
        let answer = restore(&app, who, &batch).await;
        assert!(!answer.errors.is_empty(), "{answer}");
    }
    restored(&app, &officer, &batch).await;
}

async fn a_void_draft_is_nobodys_business(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "mistaken", "").await;
    let answer = voided(&app, &officer, &batch).await;
    let cursor = app.ask("{ events(first: 1) { cursor } }").await;
    let cursor = cursor.text("/events/0/cursor").to_owned();
    restored(&app, &officer, &batch).await;
    voided(&app, &officer, &batch).await;
    assert_eq!(told(&app, &cursor).await, Vec::<String>::new(), "{answer}");
    let query =
        format!("{{ tombstone(by: {{id: {batch:?}}}) {{ key }} tombstones {{ totalCount }} }}");
    let public = app.ask(&query).await;
    assert_eq!(public.data["tombstone"], Value::Null, "{public}");
    assert_eq!(public.data["tombstones"]["totalCount"], 0, "{public}");
    let stranger = app.officer("iwapi").await;
    let seen = app.ask_as(&stranger, &query).await;
    assert_eq!(seen.data["tombstone"], Value::Null, "{seen}");
    let seen = app.ask_as(&officer, &query).await;
    assert_eq!(seen.data["tombstone"]["key"], "mistaken", "{seen}");
}

async fn what_refers_to_something_void_waits_for_it(app: TestApp) {
    let operator = Actor::Operator;
    let venue = app
        .ask_as(&operator, &mutation("addVenue", "name: \"Wisma\", key: \"wisma\"", "venue { id }"))
        .await;
    let venue = venue.text("/addVenue/venue/id").to_owned();
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "mistaken", &format!(", venueIds: [{venue:?}]")).await;
    let refused = void(&app, &operator, &venue).await;
    assert!(refused.refusals("voidRecord")[0].contains("refer to it"), "{refused}");
    voided(&app, &officer, &batch).await;
    voided(&app, &operator, &venue).await;
    let waits = restore(&app, &officer, &batch).await;
    assert!(waits.refusals("restoreRecord")[0].contains("wisma"), "{waits}");
    restored(&app, &operator, &venue).await;
    restored(&app, &officer, &batch).await;
}

async fn a_package_does_not_bring_back_what_is_void(app: TestApp) {
    let officer = owner(&app).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    voided(&app, &officer, &batch).await;
    let report =
        load(&app.app.db, &app.app.clock, Actor::Operator, &reports()).await.expect("loaded");
    let of = |table: &str| {
        report.tables.iter().find(|counts| counts.table == table).expect("a table").void
    };
    assert_eq!((of("batches"), of("delegations") > 3, report.changed()), (1, true, false));
    restored(&app, &officer, &batch).await;
}
