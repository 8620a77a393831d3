//! What events tell of changes: in the words of the API, whenever they were written.

use std::collections::BTreeSet;

use entity::event;
use entity::vocabulary::{GrantRole, RecordKind};
use jejaring::eventlog::shown::{PAYLOAD_VERSION, changes, payload_version};
use jejaring::record::{Record, is_derived};
use sea_orm::{IdenStatic, Iterable};
use serde_json::{Value, json};

use crate::intents::{draft, mutation, owner};
use crate::support::{Graph, TestApp};

both_dbs!(changes_have_the_names_and_ids_of_the_api, what_happened_is_called_type);

/// An event as the log has it.
fn logged(subject: RecordKind, kind: &str, told: Value) -> event::Model {
    let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a moment");
    event::Model {
        position: 1,
        kind: kind.to_owned(),
        payload_version: 1,
        occurred_at: now,
        subject_kind: Some(subject),
        subject_id: Some("01890000-0000-7000-8000-000000000001".to_owned()),
        subject_key: Some("a-key".to_owned()),
        owner_id: Some("01890000-0000-7000-8000-000000000002".parse().expect("a UUID")),
        countries: json!([]),
        programmes: json!([]),
        topics: json!([]),
        changes: told,
        public: true,
        actor: "operator".to_owned(),
    }
}

fn as_json(row: &event::Model) -> Value {
    let told = changes(row).into_iter();
    told.map(|change| (change.field, json!([change.from, change.to]))).collect()
}

/// What an event that changes all columns of a kind calls them.
fn called<E: Record>() -> (String, BTreeSet<String>) {
    let kept = ["id", "key", "version", "created_at", "updated_at"];
    let column = |column: &E::Column| column.as_str();
    let told = E::Column::iter()
        .map(|one| column(&one))
        .filter(|name| !kept.contains(name) && !is_derived(name) && !E::PERSONAL.contains(name))
        .map(|name| (name.to_owned(), json!([null, null])))
        .collect();
    let row = logged(E::KIND, "record.changed", Value::Object(told));
    let names = changes(&row).into_iter().map(|change| change.field).collect();
    (format!("{:?}", E::KIND), names)
}

macro_rules! called {
    ($($module:ident)+) => { vec![$(called::<entity::$module::Entity>()),+] };
}

/// What is shown is a field of the record, or of an input that enters it; or there is no such field
/// at all, and the column is given by its own name.
#[test]
fn every_column_is_called_as_the_api_calls_it() {
    /// Columns that the API shows in another form, or not at all.
    const OTHERS: &[&str] = &[
        "CITATION.batch",
        "CITATION.country",
        "FINDING.detail",
        "FINDING.fingerprint",
        "IMPORT.account",
        "IMPORT.sha256",
    ];
    let graph = Graph::new();
    let entered = |kind: &str| {
        let verbs = ["Add", "Create", "Update", "Draft", "Record", "Correct", "File"];
        let inputs =
            verbs.iter().filter_map(|verb| graph.input_fields(&format!("{verb}{kind}Input")));
        let fields = inputs.flat_map(|(fields, _)| fields);
        fields.map(|field| field.name.to_string()).collect::<BTreeSet<_>>()
    };
    let all = called! {
        regional_group membership institution programme batch batch_part workshop partnership
        delegation person appointment engagement venue topic tag action_plan action_item
        progress_note outcome indicator observation source claim citation finding account
        access_grant api_token import webhook_endpoint
    };
    let mut unknown = Vec::new();
    for (kind, names) in all {
        let fields: BTreeSet<String> =
            graph.fields(&kind).into_iter().map(|field| field.name.to_string()).collect();
        assert!(!fields.is_empty(), "{kind}");
        let inputs = entered(&kind);
        unknown.extend(
            names
                .into_iter()
                .filter(|name| !fields.contains(name) && !inputs.contains(name))
                .map(|name| format!("{}.{name}", kind.to_uppercase()))
                .filter(|name| !OTHERS.contains(&name.as_str())),
        );
    }
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn events_from_before_are_shown_in_the_new_form() {
    let institution = "01890000-0000-7000-8000-000000000002";
    let row = logged(
        RecordKind::Batch,
        "batch.rescheduled",
        json!({
            "starts_on": ["'2026-05-04'", "2026-05-11"],
            "owner_id": [null, institution],
            "venues": [[], ["01890000-0000-7000-8000-000000000003"]],
            "label": ["'Batch'", null],
        }),
    );
    assert_eq!(payload_version(&row), PAYLOAD_VERSION);
    let told = as_json(&row);
    assert_eq!(told["startsOn"], json!(["2026-05-04", "2026-05-11"]));
    assert_eq!(told["label"], json!(["'Batch'", null]), "a text keeps its marks");
    let id = told["owner"][1].as_str().expect("an id").to_owned();
    assert!(told["owner"][0].is_null() && !id.contains('-'), "{told}");
    assert_eq!(told["venues"][1].as_array().map(Vec::len), Some(1));
    assert!(!told.to_string().contains("01890000"), "{told}");

    let merged = json!({ "merged_into": [[], ["the-other"]] });
    let merged = logged(RecordKind::Institution, "institution.merged", merged);
    assert_eq!(as_json(&merged), json!({ "mergedInto": [null, id] }));

    let cited = json!({ "subject_kind": [null, "BATCH"], "subject_id": [null, institution] });
    let cited = as_json(&logged(RecordKind::Citation, "record.changed", cited));
    assert_eq!(cited["recordKind"], json!([null, "BATCH"]));
    assert!(cited["record"][1].as_str().is_some_and(|id| !id.contains('-')), "{cited}");

    let loaded = json!({ "batches": { "added": 5, "changed": 0, "removed": 0 } });
    let loaded =
        event::Model { subject_kind: None, ..logged(RecordKind::Batch, "register.loaded", loaded) };
    assert_eq!(as_json(&loaded)["batches"][1]["added"], 5);
    let newer = event::Model { payload_version: 9, ..row };
    assert_eq!(payload_version(&newer), 9);
    assert_eq!(as_json(&newer)["owner_id"], json!([null, institution]), "nothing is guessed");
}

async fn changes_have_the_names_and_ids_of_the_api(app: TestApp) {
    let (officer, curator) = (owner(&app).await, app.staff(GrantRole::Curator).await);
    let batch =
        draft(&app, &officer, "told", r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#).await;
    let announce = mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }");
    app.ask_as(&officer, &announce).await;
    let body = app.id_of(&curator, "institution", "bbspjikb").await;
    let role = format!("batchId: {batch:?}, institutionId: {body:?}, role: SUPPORTER");
    app.ask_as(&officer, &mutation("addPartnership", &role, "partnership { id }")).await;
    let group = app.id_of(&curator, "regionalGroup", "asean").await;
    let member = format!(r#"groupId: {group:?}, country: "FJ", kind: OBSERVER"#);
    app.ask_as(&curator, &mutation("addMembership", &member, "membership { id }")).await;
    let told = "{ events(from: BEGINNING, first: 100, filter: {types: [BATCH_UPDATED, \
                BATCH_RESCHEDULED, PARTNERSHIP_CHANGED, MEMBERSHIP_CHANGED]}) {
        event { type payloadVersion subject { __typename } changes { field from to } } } }";
    let told = app.ask_as(&officer, told).await;
    let told = told.at("/events").to_string();
    for wanted in [
        r#"{"field":"startsOn","from":null,"to":"2026-07-01"}"#.to_owned(),
        format!(r#"{{"field":"institution","from":null,"to":{body:?}}}"#),
        format!(r#"{{"field":"batch","from":null,"to":{batch:?}}}"#),
        format!(r#"{{"field":"group","from":null,"to":{group:?}}}"#),
        r#"{"field":"country","from":null,"to":"FJ"}"#.to_owned(),
        r#""payloadVersion":2"#.to_owned(),
    ] {
        assert!(told.contains(&wanted), "{wanted} in {told}");
    }
    assert!(!told.contains("_id\"") && !told.contains("starts_on"), "{told}");
}

async fn what_happened_is_called_type(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "typed", "").await;
    let announce = mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }");
    app.ask_as(&officer, &announce).await;
    let history = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ history(first: 1) {{ type name kind changes {{ \
         field to }} }} }} }} }}"
    );
    assert_eq!(
        app.ask_as(&officer, &history).await.at("/node/history"),
        &json!([{
            "type": "BATCH_ANNOUNCED", "name": "batch.announced", "kind": "batch.announced",
            "changes": [{ "field": "status", "to": "ANNOUNCED" }],
        }])
    );
}
