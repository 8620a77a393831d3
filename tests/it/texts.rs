//! Texts that are far too long or hold what no text of the register has: every argument of the
//! schema refuses them, or finds nothing.

use std::collections::{HashSet, VecDeque};

use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use jejaring::access::Actor;
use jejaring::graphql::language::Languages;
use jejaring::request::GraphQlParams;
use serde_json::{Value, json};

use crate::example::Scene;
use crate::support::{Graph, TestApp};

both_dbs!(
    no_text_is_a_fault_of_the_server,
    a_text_in_a_filter_has_at_most_500_characters,
    a_filter_has_bounds_of_its_own,
    no_text_that_is_written_is_a_fault_of_the_server,
);

/// What is put in the place of each text.
fn texts() -> [String; 5] {
    let control: String = ('\u{1}'..'\u{20}').chain(['\u{7f}', '\u{202e}', '\u{fffe}']).collect();
    let folding = "\u{fdfa}".repeat(500);
    ["x".repeat(50_000), "% _".repeat(9_000), control, "a\0b".to_owned(), folding]
}

async fn answer(app: &TestApp, query: &str, variables: Value) -> Value {
    let params = GraphQlParams::from_json(json!({ "query": query, "variables": variables }))
        .expect("a request");
    let response = app.app.answer(Actor::Anonymous, Languages::default(), &params).await;
    serde_json::to_value(response).expect("JSON")
}

/// A step into an input object: what else must be given there, the field, and whether the object
/// stands in a list.
#[derive(Clone)]
struct Step {
    others: serde_json::Map<String, Value>,
    field: String,
    listed: bool,
}

/// The values of a type with a text in one place each, the shortest way there. Each field of an
/// input object is looked at once, wherever that is.
fn places(graph: &Graph, ty: &Type, seen: &mut HashSet<String>) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = VecDeque::from([(ty.clone(), Vec::<Step>::new())]);
    while let Some((ty, steps)) = next.pop_front() {
        let name = ty.inner_named_type().as_str();
        let Some((fields, one_of)) = graph.input_fields(name) else {
            if graph.schema.get_scalar(name).is_some()
                && !["Int", "Float", "Boolean"].contains(&name)
            {
                let text = if ty.is_list() { json!(["$text"]) } else { json!("$text") };
                let around = |inner: Value, step: &Step| {
                    let mut object = step.others.clone();
                    object.insert(step.field.clone(), inner);
                    if step.listed { json!([object]) } else { object.into() }
                };
                found.push(steps.iter().rev().fold(text, around));
            }
            continue;
        };
        for field in &fields {
            if seen.insert(format!("{name}.{}", field.name)) {
                let required = fields
                    .iter()
                    .filter(|other| !one_of && other.is_required() && other.name != field.name);
                let example = |ty: &Type| json!(graph.example(ty).trim_matches('"'));
                let others =
                    required.map(|other| (other.name.to_string(), example(&other.ty))).collect();
                let step = Step { others, field: field.name.to_string(), listed: ty.is_list() };
                next.push_back((field.ty.as_ref().clone(), [steps.clone(), vec![step]].concat()));
            }
        }
    }
    found
}

/// Puts a text in its place.
fn put(value: &Value, text: &str) -> Value {
    match value {
        Value::String(place) if place == "$text" => json!(text),
        Value::Array(items) => items.iter().map(|item| put(item, text)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), put(value, text))).collect()
        }
        other => other.clone(),
    }
}

/// The document that gives an argument of a field by the variable `$v`.
fn document(
    graph: &Graph,
    parent: &str,
    field: &FieldDefinition,
    argument: &InputValueDefinition,
) -> String {
    let (_, way) = graph.reached().find(|(name, _)| *name == parent).expect("it is reached");
    let others =
        field.arguments.iter().filter(|other| other.is_required() && other.name != argument.name);
    let others: Vec<_> =
        others.map(|other| format!(", {}: {}", other.name, graph.example(&other.ty))).collect();
    let to = field.ty.inner_named_type().as_str();
    let has = |name: &str| graph.fields(to).iter().any(|field| field.name == name);
    let within = match graph.is_leaf(to) {
        true => "",
        false if has("nodes") && has("totalCount") => "{ totalCount nodes { __typename } }",
        false => "{ __typename }",
    };
    let asked = format!("{}({}: $v{}) {within}", field.name, argument.name, others.concat());
    format!("query($v: {}) {}", argument.ty, way.around(&asked))
}

/// Every argument of the schema that queries reach, and every field of its input objects.
async fn no_text_is_a_fault_of_the_server(app: TestApp) {
    let graph = Graph::new();
    let mut seen = HashSet::new();
    let mut tried = 0;
    for (parent, _) in graph.reached() {
        for field in graph.fields(parent) {
            for argument in &field.arguments {
                for place in places(&graph, &argument.ty, &mut seen) {
                    let query = document(&graph, parent, field, argument);
                    for text in texts() {
                        let answer = answer(&app, &query, json!({ "v": put(&place, &text) })).await;
                        for error in answer["errors"].as_array().into_iter().flatten() {
                            let shown: String = text.chars().take(20).collect();
                            let what = format!("{query} with {place}, {shown:?}: {error}");
                            let code = error["extensions"]["code"].as_str().unwrap_or_default();
                            assert!(
                                ["BAD_USER_INPUT", "COST_LIMIT_EXCEEDED"].contains(&code),
                                "{what}"
                            );
                            let message = error["message"].as_str().unwrap_or_default();
                            assert!(message.chars().count() < 1_000, "{what}");
                        }
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 1_000, "{tried} texts");
}

/// The limit and the length are named.
async fn a_text_in_a_filter_has_at_most_500_characters(app: TestApp) {
    let query = "query($v: InstitutionFilter) { institutions(filter: $v) { totalCount } }";
    for field in ["name", "key"] {
        for (operator, list) in
            [("eq", false), ("in", true), ("contains", false), ("startsWith", false)]
        {
            if field == "key" && !["eq", "in"].contains(&operator) {
                continue;
            }
            for (length, fits) in [(500, true), (501, false), (50_000, false)] {
                let text = json!("é".repeat(length));
                let text = if list { json!([text]) } else { text };
                let got = answer(&app, query, json!({ "v": { field: { operator: text } } })).await;
                let error = &got["errors"][0];
                assert_eq!(error.is_null(), fits, "{field} {operator} {length}: {error}");
                if !fits {
                    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
                    let expected = format!(
                        "`{operator}` takes a text of at most 500 characters; this one has {length}"
                    );
                    assert_eq!(error["message"], expected);
                }
            }
        }
    }
}

async fn a_filter_has_bounds_of_its_own(app: TestApp) {
    let keys: Vec<String> = (0..1_500).map(|number| format!("key-{number}")).collect();
    let deep = |levels: usize| {
        (0..levels).fold(json!({ "key": { "eq": "a" } }), |inner, _| json!({ "and": [inner] }))
    };
    let wide =
        json!({ "or": (0..300).map(|_| json!({ "key": { "eq": "a" } })).collect::<Vec<_>>() });
    for (filter, message) in [
        (json!({ "key": { "in": keys } }), "`in` takes at most 500 values, not 1500"),
        (deep(13), "at most 12 conditions within one another"),
        (deep(31), "at most 12 conditions within one another"),
        (wide, "at most 200 conditions"),
    ] {
        let query = "query($v: BatchFilter) { batches(filter: $v) { totalCount } }";
        let got = answer(&app, query, json!({ "v": filter })).await;
        assert_eq!(got["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{got}");
        assert!(
            got["errors"][0]["message"].as_str().expect("a message").contains(message),
            "{got}"
        );
    }
    let search = "query($v: String!) { search(text: $v) { totalCount } }";
    let got = answer(&app, search, json!({ "v": "x".repeat(50_000) })).await;
    assert_eq!(got["errors"][0]["message"], "`text` has at most 200 characters; it has 50000");
}

/// Every text in the input of every mutation.
async fn no_text_that_is_written_is_a_fault_of_the_server(app: TestApp) {
    let graph = Graph::new();
    let scene = Scene::set(app).await;
    let mut tried = 0;
    for mutation in scene.mutations() {
        let field = graph.schema.type_field("Mutation", mutation).expect("a mutation");
        let input = field.arguments[0].ty.inner_named_type().as_str();
        let (fields, _) = graph.input_fields(input).expect("an input object");
        let texts_of = |field: &&InputValueDefinition| {
            field.ty.inner_named_type() == "String" && field.name != "idempotencyKey"
        };
        let app = scene.begin(Scene::before(mutation)).await;
        for field in fields.into_iter().filter(texts_of) {
            for text in texts() {
                let literal = Value::String(text).to_string();
                let literal = if field.ty.is_list() { format!("[{literal}]") } else { literal };
                let answer =
                    scene.ask_instead(&app, mutation, (field.name.as_str(), &literal)).await;
                let shown: String = literal.chars().take(20).collect();
                for error in &answer.errors {
                    let refused = ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]
                        .iter()
                        .any(|code| error.starts_with(code));
                    assert!(refused, "{mutation} with {} {shown:?}: {error:.300}", field.name);
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried} texts");
}
