//! Requests that show one fault each (`tests/cases`, their variables beside them), and the kinds of
//! fault that they stand for, in all places of the schema.

mod refusals;

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use jejaring::exchange::package::{PackageFiles, load};
use jejaring::text::is_text;
use quick_xml::events::Event;
use serde_json::{Value, json};

use crate::example::Scene;
use crate::export::{exported, loaded_elsewhere};
use crate::http::{request, send};
use crate::intents::{draft, mutation, owner};
use crate::support::{Answer, Graph, TestApp, roomy};

both_dbs!(
    a_filter_without_conditions_is_not_taken_for_all,
    no_filter_takes_none_for_all,
    a_variable_of_another_type_is_named,
    days_that_contradict_each_other_are_refused,
    days_that_contradict_each_other_come_in_nowhere,
    what_is_no_text_comes_in_nowhere,
    a_label_that_is_accepted_can_be_loaded,
);

/// Sends a request of `tests/cases`, with `$programme` in its variables for a programme's id.
async fn ask(app: &TestApp, actor: &Actor, name: &str) -> Answer {
    let text =
        |ending: &str| String::from_utf8(super::read(&format!("{name}.{ending}"))).expect("UTF-8");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let variables = match folder.join(format!("{name}.json")).exists() {
        true => {
            let programme = app.id_of(actor, "programme", "jewellery").await;
            text("json").replace("$programme", &programme)
        }
        false => "{}".to_owned(),
    };
    let variables = serde_json::from_str(&variables).expect("JSON");
    app.ask_with(actor, &text("graphql"), variables).await
}

async fn a_filter_without_conditions_is_not_taken_for_all(app: TestApp) {
    for name in ["filter-or-empty", "filter-not-empty"] {
        assert_eq!(ask(&app, &Actor::Anonymous, name).await.at("/batches/totalCount"), 0, "{name}");
    }
}

/// Filters that hold for all, and that hold for nothing.
fn constant(graph: &Graph, filter: &str) -> Vec<(Value, bool)> {
    let mut constant = vec![
        (json!({}), true),
        (json!({ "and": [] }), true),
        (json!({ "and": [{}] }), true),
        (json!({ "or": [{}, { "or": [] }] }), true),
        (json!({ "not": { "or": [] } }), true),
        (json!({ "not": { "not": {} } }), true),
        (json!({ "or": [] }), false),
        (json!({ "not": {} }), false),
        (json!({ "and": [{}, { "or": [] }] }), false),
        (json!({ "or": [{ "or": [] }, { "not": {} }] }), false),
        (json!({ "not": { "and": [] } }), false),
        (json!({ "not": { "not": { "or": [] } } }), false),
    ];
    let (fields, _) = graph.input_fields(filter).expect("a filter");
    for field in fields.iter().filter(|field| !["and", "or", "not"].contains(&field.name.as_str()))
    {
        let (name, Some((within, _))) =
            (field.name.as_str(), graph.input_fields(field.ty.inner_named_type()))
        else {
            continue;
        };
        let has = |name: &str| within.iter().any(|field| field.name == name);
        let test = |test: Value| json!({ name: test });
        if has("some") {
            constant.push((test(json!({ "some": { "or": [] } })), false));
            constant.push((test(json!({ "some": { "not": {} } })), false));
            constant.push((test(json!({ "none": { "or": [] } })), true));
            constant.push((test(json!({ "none": { "not": {} } })), true));
        } else if has("or") {
            constant.push((test(json!({ "or": [] })), false));
            constant.push((test(json!({ "not": {} })), false));
        } else if has("in") {
            constant.push((test(json!({ "in": [] })), false));
            constant.push((json!({ "not": test(json!({ "in": [] })) }), true));
        }
    }
    constant
}

/// All the counts of an answer together.
fn counted(answer: &Value) -> i64 {
    match answer {
        Value::Object(fields) => {
            fields
                .iter()
                .map(|(name, value)| {
                    if name == "totalCount" { value.as_i64().unwrap_or(0) } else { counted(value) }
                })
                .sum()
        }
        Value::Array(items) => items.iter().map(counted).sum(),
        _ => 0,
    }
}

/// Every filter of the schema, at the list that it chooses from.
async fn no_filter_takes_none_for_all(app: TestApp) {
    let (app, graph) = (roomy(app), Graph::new());
    let is_filter = |name: &str| {
        let fields = graph.input_fields(name).map(|(fields, _)| fields).unwrap_or_default();
        ["and", "or", "not"].iter().all(|part| fields.iter().any(|field| field.name == *part))
    };
    let all: BTreeSet<&str> = graph
        .schema
        .types
        .keys()
        .map(|name| name.as_str())
        .filter(|name| is_filter(name))
        .collect();
    let mut tried = BTreeSet::new();
    // At the root there are most records.
    let (root, others): (Vec<_>, Vec<_>) = graph.reached().partition(|(name, _)| *name == "Query");
    for (parent, way) in root.into_iter().chain(others) {
        for field in graph.fields(parent) {
            let is_counted =
                |of: &str| graph.fields(of).iter().any(|field| field.name == "totalCount");
            let Some(argument) = field.arguments.iter().find(|argument| argument.name == "filter")
            else {
                continue;
            };
            let filter = argument.ty.inner_named_type().as_str();
            if !is_filter(filter)
                || !is_counted(field.ty.inner_named_type())
                || !tried.insert(filter)
            {
                continue;
            }
            let list = way.around(&format!("{}(filter: $v) {{ totalCount }}", field.name));
            let query = format!("query($v: {}) {list}", argument.ty);
            let count = async |filter: &Value| {
                let answer = app.ask_with(&Actor::Operator, &query, json!({ "v": filter })).await;
                assert!(answer.errors.is_empty(), "{query} {filter}: {answer}");
                counted(&answer.data)
            };
            let whole = count(&Value::Null).await;
            for (condition, holds) in constant(&graph, filter) {
                let expected = if holds { whole } else { 0 };
                assert_eq!(count(&condition).await, expected, "{filter} {condition}");
            }
        }
    }
    assert_eq!(tried, all);
}

async fn a_variable_of_another_type_is_named(app: TestApp) {
    let answer = ask(&app, &Actor::Anonymous, "variable-of-another-type").await;
    let message = "the variable `$d` of type `String!` stands where `Date` is wanted";
    assert_eq!(answer.errors, [format!("GRAPHQL_VALIDATION_FAILED at : {message}")]);
}

/// The last of two is to be mended; where the first alone is given, it is that one.
async fn days_that_contradict_each_other_are_refused(app: TestApp) {
    let officer = owner(&app).await;
    let answer = ask(&app, &officer, "draft-end-before-start").await;
    let reversed = "the end, 2026-05-04, is before the start, 2026-05-08";
    assert_eq!(answer.refusals("draftBatch"), [format!("OUT_OF_RANGE at endsOn: {reversed}")]);
    let drafted = app.ask_as(&officer, "{ batch(by: {key: \"de-a\"}) { key } }").await;
    assert_eq!(drafted.at("/batch"), &Value::Null);

    let days = ", startsOn: \"2026-08-01\", endsOn: \"2026-08-10\"";
    let batch = draft(&app, &officer, "one-day", days).await;
    let workshop = format!(
        "batchId: {batch:?}, kind: TRAINING, title: \"Casting\", language: \"en\", startsOn: \
         \"2026-08-02\", endsOn: \"2026-08-03\""
    );
    let workshop = mutation("scheduleWorkshop", &workshop, "workshop { id }");
    let workshop = app.ask_as(&officer, &workshop).await;
    let workshop = workshop.text("/scheduleWorkshop/workshop/id");
    let moved = format!("workshopId: {workshop:?}, startsOn: \"2026-08-05\"");
    let moved = refused(&app, &officer, "moveWorkshop", &moved).await;
    assert_eq!(
        moved,
        "OUT_OF_RANGE at startsOn: the end, 2026-08-03, is before the start, 2026-08-05"
    );
}

/// Every mutation with a first and a last day. What a source states of days is another matter: it
/// is filed as stated, and what contradicts itself is a finding.
async fn days_that_contradict_each_other_come_in_nowhere(app: TestApp) {
    let (graph, scene) = (Graph::new(), Scene::set(app).await);
    let app = scene.begin(None).await;
    let mut tried = BTreeSet::new();
    for mutation in scene.mutations() {
        let field = graph.schema.type_field("Mutation", mutation).expect("a mutation");
        let input = field.arguments[0].ty.inner_named_type();
        let (fields, _) = graph.input_fields(input).expect("an input object");
        let has = |name: &str| {
            let is_day = |ty: &apollo_compiler::schema::Type| ty.inner_named_type() == "Date";
            fields.iter().any(|field| field.name == name && is_day(&field.ty))
        };
        for (first, last) in
            [("startsOn", "endsOn"), ("validFrom", "validTo"), ("periodFrom", "periodTo")]
        {
            if has(first) && has(last) {
                let days = format!("\"2026-07-08\", {last}: \"2026-07-04\"");
                let answer = scene.ask_instead(&app, mutation, (first, &days)).await;
                let refusal = format!(
                    "OUT_OF_RANGE at {last}: the end, 2026-07-04, is before the start, 2026-07-08"
                );
                assert_eq!(answer.refusals(mutation), [refusal], "{mutation}");
                tried.insert(mutation);
            }
        }
    }
    assert!(tried.len() >= 7, "{tried:?}");
}

/// A mutation, an officer's file and a package.
async fn what_is_no_text_comes_in_nowhere(app: TestApp) {
    let officer = owner(&app).await;
    let drafted = ask(&app, &officer, "title-with-u-fffe").await;
    assert_eq!(drafted.refusals("draftBatch"), Vec::<String>::new());
    assert_eq!(drafted.at("/draftBatch/batch/title"), "AB");
    let announce =
        format!("datesToFollow: true, batchId: {:?}", drafted.text("/draftBatch/batch/id"));
    let announced = app.ask_as(&officer, &mutation("announceBatch", &announce, "__typename")).await;
    assert_eq!(announced.refusals("announceBatch"), Vec::<String>::new());

    let file = "key,programme,title,language,starts_on,ends_on,status\n\
                no-text,jewellery,C\u{ffff}\u{1}D,en,2025-03-02,2025-03-06,CLOSED\n";
    super::enter(&app, &officer, ImportTable::Batches, file).await;
    let entered = app.ask("{ batch(by: {key: \"no-text\"}) { title } }").await;
    assert_eq!(entered.at("/batch/title"), "CD");

    let feed = send(&app.state(), request("GET", "/feeds/all.atom", &[], Body::empty())).await;
    let feed = String::from_utf8(feed.body).expect("UTF-8");
    assert!(feed.contains(">AB</title>") && feed.contains(">CD</title>"), "{feed}");
    assert!(feed.chars().all(is_text), "{feed}");
    let mut reader = quick_xml::Reader::from_str(&feed);
    while reader.read_event().expect("the feed is well-formed") != Event::Eof {}

    // The same register once more, with what is no text in every title and name.
    let folder = tempfile::tempdir().expect("a folder");
    exported(&app, Actor::Operator).await.write_to(folder.path()).expect("the package is written");
    for table in ["claims", "topics", "institution_names"] {
        let file = folder.path().join(format!("{table}.csv"));
        let text = std::fs::read_to_string(&file).expect("a table");
        let odd = text.replace("Jewel", "Jew\u{fffe}\u{1f}el").replace("Ind", "In\u{fdd0}\u{9f}d");
        assert_ne!(text, odd, "{table}");
        std::fs::write(&file, odd).expect("it is written");
    }
    let package = PackageFiles::from_dir(folder.path()).expect("the package is read");
    let loaded = load(&app.app.db, &app.app.clock, Actor::Operator, &package).await;
    let loaded = loaded.expect("the package is loaded");
    assert!(!loaded.changed(), "{loaded:?}");
}

/// The bounds of mutations are those of packages.
async fn a_label_that_is_accepted_can_be_loaded(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "labels", "").await;
    let invitation = |length: usize| {
        let label = "é".repeat(length);
        format!("batchId: {batch:?}, country: \"LA\", label: {label:?}")
    };
    let refused = refused(&app, &officer, "inviteDelegation", &invitation(501)).await;
    assert_eq!(refused, "OUT_OF_RANGE at label: label takes at most 500 characters; this has 501");
    let invited = mutation("inviteDelegation", &invitation(500), "delegation { key label }");
    let invited = app.ask_as(&officer, &invited).await;
    assert_eq!(invited.refusals("inviteDelegation"), Vec::<String>::new());
    let key = invited.text("/inviteDelegation/delegation/key");
    let package = exported(&app, Actor::Operator).await;
    let Some(other) = loaded_elsewhere(&app, &package).await else { return };
    let label = format!("{{ delegation(by: {{key: {key:?}}}) {{ label }} }}");
    let loaded = other.ask_as(&Actor::Operator, &label).await;
    assert_eq!(loaded.at("/delegation/label"), invited.at("/inviteDelegation/delegation/label"));
}

/// The one refusal of a mutation.
async fn refused(app: &TestApp, actor: &Actor, name: &str, input: &str) -> String {
    let answer = app.ask_as(actor, &mutation(name, input, "__typename")).await;
    let refusals = answer.refusals(name);
    assert_eq!(refusals.len(), 1, "{name} {input}: {answer}");
    refusals.into_iter().next().unwrap_or_default()
}
