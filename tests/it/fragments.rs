//! Fragments on interfaces and unions select what they select, wherever the schema allows them; and
//! an argument that turns out to be null against its type is the fault of its field alone.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::graphql::language::Languages;
use jejaring::request::GraphQlParams;
use serde_json::{Value, json};

use crate::events::{follow, next, show};
use crate::example::records;
use crate::intents::{mutation, owner};
use crate::known::cursor;
use crate::support::{Graph, Role, TestApp, Way};

both_dbs!(
    a_fragment_selects_the_same_on_every_path,
    a_fragment_selects_the_same_in_a_payload_and_in_a_subscription,
    a_null_argument_is_the_fault_of_its_field,
    a_mutation_that_is_selected_twice_is_carried_out_once,
);

/// Somebody who sees all kinds of records.
async fn everybody_in_one(app: &TestApp) -> Actor {
    let owner = owner(app).await;
    records(app, &owner).await;
    let keeper =
        app.ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { owner { key } } } }").await;
    let keeper = keeper.text("/batch/programme/owner/key").to_owned();
    let roles = [GrantRole::Curator, GrantRole::Administrator, GrantRole::Auditor].map(Role::Of);
    app.somebody("Everybody in one", &[roles.as_slice(), &[Role::OfficerOf(&keeper)]].concat())
        .await
}

async fn answer(app: &TestApp, actor: &Actor, query: &str, variables: Value) -> Value {
    let params = GraphQlParams::from_json(json!({ "query": query, "variables": variables }))
        .expect("a request");
    let response = app.app.answer(actor.clone(), Languages::default(), &params).await;
    serde_json::to_value(response).expect("JSON")
}

/// A field that leads to objects of which some are of an abstract type.
struct Path<'a> {
    way: &'a Way,
    field: String,
    on: &'a str,
    /// Fragments on each of the object types that both stand for, which need no abstract type.
    plain: String,
}

fn paths(graph: &Graph) -> Vec<Path<'_>> {
    let mut paths = Vec::new();
    for (parent, way) in graph.reached() {
        for field in graph.fields(parent) {
            let of = graph.members(field.ty.inner_named_type());
            for on in graph.abstract_types() {
                let both: Vec<String> = graph.members(on).intersection(&of).cloned().collect();
                if !both.is_empty() {
                    let plain: Vec<_> =
                        both.iter().map(|member| format!("... on {member} {{ id }}")).collect();
                    let field = format!("{}{}", field.name, graph.required(field));
                    paths.push(Path { way, field, on, plain: plain.join(" ") });
                }
            }
        }
    }
    paths
}

/// Every field that leads to objects × every abstract type that these may be of × the ways of
/// writing a fragment.
async fn a_fragment_selects_the_same_on_every_path(app: TestApp) {
    let graph = Graph::with_cursor(&cursor(&app).await);
    let everybody = everybody_in_one(&app).await;
    let (mut filled, mut wrong) = (0, Vec::new());
    let paths = paths(&graph);
    for Path { way, field, on, plain } in &paths {
        let around = |selected: &str| way.around(&format!("{field} {{ __typename {selected} }}"));
        let expected = answer(&app, &everybody, &around(plain), json!({})).await;
        assert_eq!(expected.get("errors"), None, "{}", around(plain));
        filled += usize::from(expected.to_string().contains("\"id\":"));
        let mut forms = vec![
            around(&format!("... on {on} {{ {plain} }}")),
            around(&format!("... on {on} {{ ... {{ ... on {on} {{ {plain} }} }} }}")),
            around(&format!(
                "... on {on} {{ ... on Node {{ ... on {on} {{ {plain} __typename }} }} }}"
            )),
            format!("{} fragment F on {on} {{ {plain} }}", around("...F")),
            format!(
                "{} fragment F on {on} {{ ...G }} fragment G on {on} {{ {plain} }}",
                around("...F ...G")
            ),
            format!("{} fragment F on Node {{ ... on {on} {{ {plain} }} }}", around("...F")),
        ];
        if !graph.fields(on).is_empty() {
            forms.push(around(&format!("... on {on} {{ id }}")));
        }
        for form in forms {
            let got = answer(&app, &everybody, &form, json!({})).await;
            if got != expected {
                wrong.push(format!("{form}: {got}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} paths: {}", wrong.len(), paths.len(), wrong[0]);
    assert!(filled > 150, "{filled} of {} paths led to objects", paths.len());
}

async fn a_fragment_selects_the_same_in_a_payload_and_in_a_subscription(app: TestApp) {
    let owner = owner(&app).await;
    let records = records(&app, &owner).await;
    const PARTNERSHIP: &str = "partnership { subject { ... on PartnershipSubject { ... on Node { \
                               ...F } } } batch { ...F } holder { ... on PartnershipHolder { ... \
                               on Institution { key } } } }";
    let input = format!(
        "batchId: {:?}, institutionId: {:?}, role: FUNDER",
        records["batchId"], records["institutionId"]
    );
    let query = mutation("addPartnership", &input, PARTNERSHIP);
    let query = format!("{query} fragment F on PartnershipSubject {{ ... on Batch {{ key }} }}");
    let added = answer(&app, &owner, &query, json!({})).await;
    assert_eq!(added.get("errors"), None, "{added}");
    let partnership = &added["data"]["addPartnership"]["partnership"];
    for subject in ["subject", "batch"] {
        assert_eq!(partnership[subject], json!({ "key": "permitted" }), "{added}");
    }
    assert!(partnership["holder"]["key"].is_string(), "{added}");

    let query = "subscription { events(from: BEGINNING, filter: {types: [BATCH_ANNOUNCED]}, first: \
                 1) { event { batch { ... on PartnershipSubject { ... on Batch { key } } } subject \
                 { ...F } } } } fragment F on PartnershipSubject { ... on Batch { key } }";
    let mut feed = follow(&app.app, query).await;
    let item = next(&mut feed).await;
    let shown = show(&app.app, query, item).await;
    let event = &shown["data"]["events"]["event"];
    assert!(event["batch"]["key"].is_string(), "{shown}");
    assert_eq!(event["batch"], event["subject"], "{shown}");
}

/// Takes the field that answers under `key` out of an answer, wherever it stands, and notes its
/// values.
fn take(answer: &mut Value, key: &str, taken: &mut Vec<Value>) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(|item| take(item, key, taken)),
        Value::Object(fields) => {
            taken.extend(fields.remove(key));
            fields.values_mut().for_each(|field| take(field, key, taken));
        }
        _ => {}
    }
}

/// A variable with a default may stand where null may not, and be null.
async fn a_null_argument_is_the_fault_of_its_field(app: TestApp) {
    let graph = Graph::new();
    let everybody = everybody_in_one(&app).await;
    let mut tried = 0;
    for (parent, way) in graph.reached().filter(|(parent, _)| !parent.starts_with("__")) {
        for field in graph.fields(parent).into_iter().filter(|field| !field.ty.is_non_null()) {
            for argument in field.arguments.iter().filter(|argument| argument.ty.is_non_null()) {
                let (name, example) = (&argument.name, graph.example(&argument.ty));
                let ty = argument.ty.as_ref().clone().nullable();
                let others = field
                    .arguments
                    .iter()
                    .filter(|other| other.is_required() && other.name != *name);
                let others: Vec<_> = others
                    .map(|other| format!(", {}: {}", other.name, graph.example(&other.ty)))
                    .collect();
                let within =
                    if graph.is_leaf(field.ty.inner_named_type()) { "" } else { "{ __typename }" };
                let asked =
                    format!("asked: {}({name}: $v{}) {within}", field.name, others.concat());
                let query = |asked: &str| way.around(&format!("__typename {asked}"));
                let whole = answer(&app, &everybody, &query(""), json!({})).await;
                let faulty = format!("query($v: {ty} = {example}) {}", query(&asked));
                let mut got = answer(&app, &everybody, &faulty, json!({ "v": null })).await;
                let errors = got["errors"].as_array().cloned().unwrap_or_default();
                let mut taken = Vec::new();
                take(&mut got["data"], "asked", &mut taken);
                assert_eq!(got["data"], whole["data"], "{faulty}: {errors:?}");
                assert!(
                    !taken.is_empty() && taken.iter().all(Value::is_null),
                    "{faulty}: {taken:?}"
                );
                assert!(!errors.is_empty(), "{faulty}");
                for error in errors {
                    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{faulty}: {error}");
                    assert_eq!(
                        error["path"].as_array().and_then(|path| path.last()),
                        Some(&json!("asked"))
                    );
                }
                let good = answer(&app, &everybody, &faulty, json!({})).await;
                assert!(!good["data"].is_null(), "{faulty}: {good}");
                tried += 1;
            }
        }
    }
    assert!(tried > 25, "{tried} fields");

    // Within the argument, and where the field must not be null, as the specification has it.
    let query = "query($p: String = \"x\", $i: ID = \"x\", $with: Boolean!) { \
                 batch(by: {ordinal: {programme: $p, number: 1}}) { key } other: batch(by: {key: \
                 \"jewellery-2023\"}) { key } nodes(ids: [$i]) @include(if: $with) { id } }";
    let mut got = answer(&app, &everybody, query, json!({ "p": null, "with": false })).await;
    assert_eq!(got["data"].take(), json!({ "batch": null, "other": { "key": "jewellery-2023" } }));
    assert_eq!(got["errors"][0]["path"], json!(["batch"]), "{got}");
    let got = answer(&app, &everybody, query, json!({ "p": null, "i": null, "with": true })).await;
    assert_eq!(got["data"], Value::Null, "{got}");
}

/// As the specification collects fields: one for each response key.
async fn a_mutation_that_is_selected_twice_is_carried_out_once(app: TestApp) {
    let officer = owner(&app).await;
    let count = async || {
        app.ask("{ venues(first: 0) { totalCount } }").await.at("/venues/totalCount").as_i64()
    };
    let before = count().await.expect("a number");
    let add = |fields: &str| format!("addVenue(input: {{name: \"Once\"}}) {{ {fields} }}");
    let document = format!(
        "mutation($no: Boolean = false) {{ ...M ... {{ {} }} {} ...M {} }} fragment M on Mutation \
         {{ {} other: {} }}",
        add("venue { name }"),
        add("venue { kind } errors { code }"),
        add("cursor").replace(") {", ") @include(if: $no) {"),
        add("__typename"),
        add("venue { name }"),
    );
    let answered = answer(&app, &officer, &document, json!({})).await;
    let venue = json!({ "name": "Once", "kind": "SITE" });
    let once = json!({ "__typename": "AddVenuePayload", "venue": venue, "errors": [] });
    assert_eq!(
        answered,
        json!({ "data": { "addVenue": once, "other": { "venue": { "name": "Once" } } } }),
        "{document}"
    );
    assert_eq!(count().await, Some(before + 2));
}
