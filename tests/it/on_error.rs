//! `onError` of a request: an error nulls a parent that may be null, its own field alone, or all
//! data.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use async_graphql::PathSegment;
use axum::http::StatusCode;
use jejaring::access::Actor;
use jejaring::graphql::language::Languages;
use jejaring::request::{GraphQlParams, OnError};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::engine::{MOST, is_known};
use crate::events::{follow, next};
use crate::http::{post, request, send};
use crate::intents::owner;
use crate::network::{Size, fill};
use crate::support::{Backend, Documents, Graph, TestApp, writable};

both_dbs!(
    each_mode_is_what_the_model_says,
    a_mutation_goes_on_or_halts,
    whoever_asks_over_http_is_told_by_the_status,
    an_item_of_a_subscription_keeps_to_it,
);

/// How many documents are compared, unless `ON_ERROR_DOCUMENTS` says otherwise.
const MANY: usize = 100;

/// A field that leads nowhere, since what it refers to is gone: past all rules.
async fn damage(app: &TestApp) {
    let mut options = ConnectOptions::new(&app.url);
    options.max_connections(1);
    let db = Database::connect(options).await.expect("a connection");
    let unbound = match app.backend {
        Backend::Sqlite => "PRAGMA foreign_keys = OFF",
        Backend::Postgres => "SET session_replication_role = replica",
    };
    db.execute_unprepared(unbound).await.expect("no rules");
    for (table, key) in [
        ("country", "code"),
        ("programme", "id"),
        ("institution", "id"),
        ("institution_name", "id"),
        ("person", "id"),
        ("source", "id"),
        ("batch", "id"),
    ] {
        let third = format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM (SELECT {key}, row_number() \
             OVER (ORDER BY {key}) AS n FROM {table}) AS numbered WHERE n % 3 = 1)"
        );
        db.execute_unprepared(&third).await.expect("rows are gone");
    }
}

/// The same document, in most cases with a page of a list behind a place that there is not.
fn with_a_fault(query: String, number: usize) -> String {
    let pages: Vec<usize> = query.match_indices("(first: ").map(|(at, _)| at + 1).collect();
    match pages.is_empty() || number.is_multiple_of(4) {
        true => query,
        false => {
            let (before, behind) = query.split_at(pages[number % pages.len()]);
            format!("{before}after: \"rubbish\", {behind}")
        }
    }
}

/// What a selection has under a response key.
fn under<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, key: &str) -> Vec<&'a Field> {
    let in_selection = |selection: &'a Selection| match selection {
        Selection::Field(field) if field.response_key() == key => vec![&**field],
        Selection::Field(_) => Vec::new(),
        Selection::InlineFragment(fragment) => under(document, &fragment.selection_set, key),
        Selection::FragmentSpread(spread) => {
            under(document, &document.fragments[&spread.fragment_name].selection_set, key)
        }
    };
    set.selections.iter().flat_map(in_selection).collect()
}

/// Whether each place on a path may be null, from the data down.
fn nullable(document: &ExecutableDocument, path: &[PathSegment]) -> Vec<bool> {
    let mut sets = vec![&document.operations.get(None).expect("one operation").selection_set];
    let mut ty: Option<&Type> = None;
    let mut nullable = vec![true];
    for segment in path {
        match segment {
            PathSegment::Field(key) => {
                let fields: Vec<&Field> =
                    sets.iter().flat_map(|set| under(document, set, key)).collect();
                ty = fields.first().map(|field| field.ty());
                sets = fields.iter().map(|field| &field.selection_set).collect();
            }
            PathSegment::Index(_) => ty = ty.map(Type::item_type),
        }
        nullable.push(!ty.expect("a place of the document").is_non_null());
    }
    nullable
}

/// What the answer in which each error stands at its field becomes where it nulls a parent.
fn propagated(
    mut data: Value,
    errors: &[Vec<PathSegment>],
    document: &ExecutableDocument,
) -> Value {
    for path in errors {
        let nullable = nullable(document, path);
        let to = nullable.iter().rposition(|nullable| *nullable).expect("the data may be null");
        let place = path[..to].iter().try_fold(&mut data, |value, segment| match segment {
            PathSegment::Field(key) => value.get_mut(key),
            PathSegment::Index(index) => value.get_mut(index),
        });
        // It may be null by now.
        place.map(Value::take);
    }
    data
}

async fn each_mode_is_what_the_model_says(app: TestApp) {
    fill(&writable(&app).await, Size::named("small").expect("a size")).await.expect("a network");
    damage(&app).await;
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (many, seed) = (
        number("ON_ERROR_DOCUMENTS").unwrap_or(MANY),
        number("JEJARING_SEED").unwrap_or(29) as u64,
    );
    let graph = Graph::new();
    let mut documents = Documents::new(&graph, seed).merging(is_known);
    let (mut compared, mut failed, mut moved) = (0, 0, 0);
    while compared < many {
        let query = with_a_fault(documents.next(), compared);
        let variables = json!({ "a": compared % 2 == 0, "b": compared % 3 == 0 });
        let variables = variables.as_object().cloned().unwrap_or_default();
        let params = |on_error| GraphQlParams {
            variables: variables.clone(),
            on_error,
            ..GraphQlParams::new(&query)
        };
        match app.app.pipeline.prepare(&params(OnError::Null)) {
            Ok(prepared) if prepared.requested_cost <= MOST => {}
            _ => continue,
        }
        compared += 1;
        let answer = async |on_error| {
            let answered =
                app.app.answer(Actor::Operator, Languages::default(), &params(on_error)).await;
            let paths: Vec<_> = answered.errors.into_iter().map(|error| error.path).collect();
            (serde_json::to_value(&answered.data).expect("JSON"), paths)
        };
        let (null, at) = answer(OnError::Null).await;
        let (propagate, told) = answer(OnError::Propagate).await;
        let (halt, first) = answer(OnError::Halt).await;
        let document =
            ExecutableDocument::parse_and_validate(&graph.schema, query.as_str(), "document")
                .expect("valid");
        assert_eq!(
            propagate,
            propagated(null.clone(), &at, &document),
            "seed {seed}, document {compared}: {query}: {at:?}"
        );
        assert!(told.iter().all(|path| at.contains(path)), "{query}: {told:?}, {at:?}");
        assert_eq!(told.is_empty(), at.is_empty(), "{query}: {at:?}");
        match at.is_empty() {
            true => assert_eq!((&halt, first.len()), (&null, 0), "{query}"),
            false => assert_eq!((&halt, first.len()), (&Value::Null, 1), "{query}: {first:?}"),
        }
        for path in &at {
            let pointer: String = path
                .iter()
                .map(|segment| match segment {
                    PathSegment::Field(key) => format!("/{key}"),
                    PathSegment::Index(index) => format!("/{index}"),
                })
                .collect();
            assert_eq!(null.pointer(&pointer), Some(&Value::Null), "{query}: {path:?}");
        }
        // Of what is gone the library may not be asked anything, where conditions leave out all of
        // it.
        if !query.contains('@') {
            let prepared =
                app.app.pipeline.prepare(&params(OnError::Null)).expect("it was good a moment ago");
            let theirs = app
                .app
                .page(Actor::Operator, Languages::default(), prepared.request(), 100)
                .await
                .response;
            assert_eq!(
                serde_json::to_value(&theirs.data).expect("JSON"),
                null,
                "{query}: {:?}",
                theirs.errors
            );
        }
        failed += usize::from(!at.is_empty());
        moved += usize::from(propagate != null);
    }
    println!("{compared} documents, {failed} with errors, {moved} with a parent that became null");
    assert!(
        failed * 5 > compared && moved * 10 > compared,
        "{failed} with errors, {moved} with another parent, of {compared}"
    );
}

/// Two venues are entered; something fails in between.
async fn a_mutation_goes_on_or_halts(app: TestApp) {
    let officer = owner(&app).await;
    let add = |name: &str, fields: &str| {
        format!("{}: addVenue(input: {{name: {name:?}}}) {{ {fields} }}", name.to_lowercase())
    };
    let within = "venue { name batches(after: \"rubbish\") { totalCount } } errors { message } ";
    let forbidden = "b: createAccount(input: {name: \"Nobody\"}) { cursor } ";
    for (on_error, between, venues, data) in [
        (
            OnError::Propagate,
            "",
            2,
            json!({ "a": { "venue": null, "errors": [] }, "c": { "cursor": "…" } }),
        ),
        (
            OnError::Null,
            "",
            2,
            json!({
                "a": { "venue": { "name": "A", "batches": null }, "errors": [] },
                "c": { "cursor": "…" }
            }),
        ),
        (OnError::Halt, "", 1, Value::Null),
        (OnError::Propagate, forbidden, 1, Value::Null),
        (
            OnError::Null,
            forbidden,
            2,
            json!({
                "a": { "venue": { "name": "A", "batches": null }, "errors": [] }, "b": null,
                "c": { "cursor": "…" }
            }),
        ),
        (OnError::Halt, forbidden, 1, Value::Null),
    ] {
        let count = async || {
            app.ask("{ venues(first: 0) { totalCount } }").await.at("/venues/totalCount").as_i64()
        };
        let before = count().await.expect("a number");
        let query = format!(
            "mutation {{ {} {between} ...more }} fragment more on Mutation {{ {} }} fragment at on \
             AddVenuePayload {{ cursor }}",
            add("A", within),
            add("C", "...at")
        );
        let params = GraphQlParams { on_error, ..GraphQlParams::new(&query) };
        let answered = app.app.answer(officer.clone(), Languages::default(), &params).await;
        let mut got = serde_json::to_value(&answered.data).expect("JSON");
        if let Some(cursor) = got.pointer_mut("/c/cursor") {
            *cursor = "…".into();
        }
        assert_eq!(got, data, "{on_error:?}: {query}: {:?}", answered.errors);
        assert!(
            !answered.errors.is_empty()
                && (on_error != OnError::Halt || answered.errors.len() == 1)
        );
        if on_error == OnError::Halt {
            // What halted it, and not what was halted.
            let path = ["a", "venue", "batches"].map(|name| PathSegment::Field(name.to_owned()));
            assert_eq!(answered.errors[0].path, path, "{:?}", answered.errors);
        }
        assert_eq!(count().await, Some(before + venues), "{on_error:?}: {query}");
    }
}

async fn whoever_asks_over_http_is_told_by_the_status(app: TestApp) {
    let state = app.state();
    let query = "{ countries(after: \"rubbish\") { totalCount } venues(first: 0) { totalCount } }";
    let partial = StatusCode::from_u16(294).expect("a status");
    let response = [("accept", "application/graphql-response+json")];
    let data = [
        (json!(null), json!(null)),
        (json!("PROPAGATE"), json!(null)),
        (json!("NULL"), json!({ "countries": null, "venues": { "totalCount": 1 } })),
        (json!("HALT"), json!(null)),
    ];
    for (on_error, mut expected) in data {
        let body = json!({ "query": query, "onError": on_error });
        let got = post(&state, body.clone(), &response).await;
        if let Some(count) = expected.pointer_mut("/venues/totalCount") {
            *count = got.json()["data"]["venues"]["totalCount"].clone();
        }
        assert_eq!((got.status, &got.json()["data"]), (partial, &expected), "{on_error}");
        assert_eq!(
            post(&state, body, &[("accept", "application/json")]).await.status,
            StatusCode::OK
        );
    }
    let good =
        post(&state, json!({ "query": "{ __typename }", "onError": "HALT" }), &response).await;
    assert_eq!(
        (good.status, good.json()),
        (StatusCode::OK, json!({ "data": { "__typename": "Query" } }))
    );
    let wrong = post(&state, json!({ "query": query, "onError": "CONTINUE" }), &response).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        wrong.json()["errors"][0]["message"],
        "`onError` must be PROPAGATE, NULL or HALT, not \"CONTINUE\""
    );
    let encoded = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", query)
        .append_pair("onError", "NULL")
        .finish();
    let headers =
        [("accept", "application/graphql-response+json"), ("graphql-require-preflight", "1")];
    let got = send(&state, request("GET", &format!("/graphql?{encoded}"), &headers, "")).await;
    assert_eq!(got.status, partial);
    assert!(got.json()["data"]["venues"]["totalCount"].is_number());
}

async fn an_item_of_a_subscription_keeps_to_it(app: TestApp) {
    let query = "subscription { events(from: BEGINNING) { event { type subject { __typename ... on \
                 Batch { key delegations(after: \"rubbish\") { totalCount } } } } } }";
    let mut feed = follow(&app.app, query).await;
    let item = loop {
        let item = next(&mut feed).await;
        let shown = crate::events::show(
            &app.app,
            "subscription { events(from: BEGINNING) { event { subject { __typename } } } }",
            item.clone(),
        )
        .await;
        if shown["data"]["events"]["event"]["subject"]["__typename"] == "Batch" {
            break item;
        }
    };
    for on_error in [OnError::Propagate, OnError::Null, OnError::Halt] {
        let params = GraphQlParams { on_error, ..GraphQlParams::new(query) };
        let prepared = app.app.pipeline.prepare(&params).expect("it is good");
        let visible = jejaring::access::Visible::to(Actor::Anonymous);
        let shown = app
            .app
            .show(&visible, Languages::default(), &prepared, item.clone())
            .await
            .into_response();
        let data = serde_json::to_value(&shown.data).expect("JSON");
        let subject = &data["events"]["event"]["subject"];
        assert_eq!(shown.errors.len(), 1, "{on_error:?}: {data}");
        match on_error {
            OnError::Propagate => {
                assert!(subject.is_null() && data["events"]["event"]["type"].is_string(), "{data}")
            }
            OnError::Null => {
                assert!(subject["key"].is_string() && subject["delegations"].is_null(), "{data}")
            }
            OnError::Halt => assert!(data.is_null(), "{data}"),
        }
    }
}
