//! Requests before and around their execution: which documents are valid, what an omitted variable
//! is, where an error leaves null, what a request costs.

use std::sync::Arc;

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, MaybeUndefined, Object, Schema, ValidationMode,
};
use jejaring::access::Actor;
use jejaring::graphql::context::{Nullable, nullable};
use jejaring::graphql::language::Languages;
use jejaring::request::{GraphQlParams, Limits, RequestPipeline, Scalars};
use serde_json::{Value, json};

use crate::support::{TestApp, no_trusted};

both_dbs!(
    an_error_at_a_nullable_field_is_null_there,
    an_answer_tells_its_cost_where_it_is_asked_to,
    the_limits_are_published,
    who_signs_in_is_told_where_and_what_for,
    every_operation_and_the_introspection_of_tools_are_within_the_limits,
);

async fn answer(app: &TestApp, body: Value) -> Value {
    let params = GraphQlParams::from_json(body).expect("a request");
    let response = app.app.answer(Actor::Anonymous, Languages::default(), &params).await;
    serde_json::to_value(response).expect("JSON")
}

/// What is wrong with one id says nothing of what stands beside it.
async fn an_error_at_a_nullable_field_is_null_there(app: TestApp) {
    let query = "{ node(id: \"x y\") { id } batch(by: {key: \"jewellery-2023\"}) { key } }";
    let answer = answer(&app, json!({ "query": query })).await;
    assert_eq!(answer["data"], json!({ "node": null, "batch": { "key": "jewellery-2023" } }));
    assert_eq!(answer["errors"][0]["path"], json!(["node"]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

async fn an_answer_tells_its_cost_where_it_is_asked_to(app: TestApp) {
    let query =
        "{ batch(by: {key: \"jewellery-2023\"}) { key delegations(first: 2) { nodes { key } } } }";
    let told = answer(&app, json!({ "query": query, "extensions": { "cost": true } })).await;
    assert_eq!(told["extensions"]["cost"], json!({ "requested": 6, "actual": 6 }));
    let silent = answer(&app, json!({ "query": query })).await;
    assert_eq!(silent.get("extensions"), None);
    let refused = answer(&app, json!({ "query": "{ nothing }" })).await;
    assert_eq!(refused.get("data"), Some(&Value::Null));
}

async fn the_limits_are_published(app: TestApp) {
    let query = "{ serviceConfig { maxBodyBytes maxTokens maxDepth maxCost maxAliases \
                 maxRootFields maxDirectives maxPageSize } }";
    let limits = Limits::default();
    let published = answer(&app, json!({ "query": query })).await;
    let expected = json!({ "serviceConfig": {
        "maxBodyBytes": limits.max_body_bytes, "maxTokens": limits.max_tokens,
        "maxDepth": limits.max_depth,
        "maxCost": limits.max_cost, "maxAliases": limits.max_aliases,
        "maxRootFields": limits.max_root_fields,
        "maxDirectives": limits.max_directives, "maxPageSize": 100,
    } });
    assert_eq!(published["data"], expected);
}

/// Where people sign in is told where there is such a place, and what a token is for to whoever
/// shows it.
async fn who_signs_in_is_told_where_and_what_for(app: TestApp) {
    let query = json!({
        "query": "{ serviceConfig { openIdProvider { issuer clientId scope } } viewerScopes }"
    });
    let silent = answer(&app, query).await;
    assert_eq!(
        silent["data"],
        json!({ "serviceConfig": { "openIdProvider": null }, "viewerScopes": [] })
    );
    let reader = app.officer("bbspjikb").await;
    let scopes = app.ask_as(&reader, "{ viewerScopes }").await;
    assert_eq!(scopes.at("/viewerScopes"), &json!(["READ", "WRITE", "ADMINISTER"]));
}

async fn every_operation_and_the_introspection_of_tools_are_within_the_limits(app: TestApp) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/operations");
    for file in std::fs::read_dir(folder).expect("the operations") {
        let path = file.expect("a file").path();
        // The parts of what is said at length stand in folders.
        if path.is_dir() {
            continue;
        }
        let query = std::fs::read_to_string(&path).expect("a document");
        let prepared = app.app.pipeline.prepare(&GraphQlParams::new(query));
        assert!(prepared.is_ok(), "{path:?}: {prepared:?}");
    }
    let introspection = include_str!("documents/introspection.graphql");
    let answer = answer(&app, json!({ "query": introspection })).await;
    assert_eq!(answer.get("errors"), None);
    assert_eq!(answer["data"]["__schema"]["queryType"]["name"], "Query");
}

fn documents(text: &str) -> impl Iterator<Item = &str> {
    text.split("---\n")
}

#[test]
fn what_is_valid_is_what_graphql_js_takes_for_valid() {
    let pipeline = RequestPipeline::new(
        &jejaring::app::sdl(),
        Scalars::new(),
        Limits::default(),
        no_trusted(),
    );
    let judged = |document: &str| {
        // Some have several operations, or variables without values: that is no fault of the
        // document.
        let errors = pipeline.prepare(&GraphQlParams::new(document)).err().unwrap_or_default();
        errors.into_iter().find(|error| error.code.as_str().starts_with("GRAPHQL_"))
    };
    for document in documents(include_str!("documents/valid.graphql")) {
        assert_eq!(judged(document), None, "{document}");
    }
    let accepted: Vec<&str> = documents(include_str!("documents/invalid.graphql"))
        .filter(|document| judged(document).is_none())
        .collect();
    assert_eq!(accepted, Vec::<&str>::new());
}

struct Root;

#[Object]
impl Root {
    async fn given(&self, value: MaybeUndefined<i32>) -> &'static str {
        match value {
            MaybeUndefined::Undefined => "absent",
            MaybeUndefined::Null => "null",
            MaybeUndefined::Value(_) => "a value",
        }
    }

    async fn fails(&self, _ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async { Err("it failed".into()) }).await
    }

    async fn must_not_fail(&self) -> async_graphql::Result<i32> {
        Err("it failed".into())
    }

    async fn inner(&self) -> Option<Inner> {
        Some(Inner)
    }
}

struct Inner;

#[Object]
impl Inner {
    async fn fails(&self) -> async_graphql::Result<i32> {
        Err("it failed".into())
    }
}

async fn run(query: &str, variables: Value) -> Value {
    let schema = Schema::build(Root, EmptyMutation, EmptySubscription)
        .validation_mode(ValidationMode::Fast)
        .finish();
    let pipeline = Arc::new(RequestPipeline::new(
        &schema.sdl(),
        Scalars::new(),
        Limits::default(),
        no_trusted(),
    ));
    let body = json!({ "query": query, "variables": variables });
    let params = GraphQlParams::from_json(body).expect("a request");
    let prepared = pipeline.prepare(&params).expect("a good request");
    serde_json::to_value(schema.execute(prepared.request()).await).expect("JSON")
}

/// An update must not clear a column because a variable was left out.
#[tokio::test]
async fn an_omitted_variable_is_absent_and_not_null() {
    let query = "query($value: Int) { given(value: $value) }";
    assert_eq!(run(query, json!({})).await["data"]["given"], "absent");
    assert_eq!(run(query, json!({ "value": null })).await["data"]["given"], "null");
    assert_eq!(run(query, json!({ "value": 1 })).await["data"]["given"], "a value");
    let query = "query($value: Int = 1) { given(value: $value) }";
    assert_eq!(run(query, json!({})).await["data"]["given"], "a value");
}

#[tokio::test]
async fn an_error_leaves_null_at_the_nearest_nullable_field() {
    let answer = run("{ fails given inner { fails } }", json!({})).await;
    assert_eq!(answer["data"], json!({ "fails": null, "given": "absent", "inner": null }));
    let mut paths: Vec<String> = answer["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["path"].to_string())
        .collect();
    paths.sort();
    assert_eq!(paths, [r#"["fails"]"#, r#"["inner","fails"]"#]);
    assert_eq!(answer["errors"][0]["locations"].as_array().map(Vec::len), Some(1));
    assert_eq!(run("{ given mustNotFail }", json!({})).await["data"], Value::Null);
}

/// An object must not return `Result<Option<…>>` from a resolver: the engine would null its parent.
#[test]
fn nullable_resolvers_say_so() {
    fn visit(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.ends_with("object.rs") || path.ends_with("roots.rs") {
                let text = std::fs::read_to_string(&path).expect("a file");
                if text.contains("Result<Option<") {
                    found.push(path.display().to_string());
                }
            }
        }
    }
    let mut found = Vec::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    visit(&root.join("src"), &mut found);
    visit(&root.join("engine/src"), &mut found);
    assert_eq!(found, Vec::<String>::new());
}
