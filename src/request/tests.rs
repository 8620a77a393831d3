//! The front as a whole, without an engine behind it.

use async_graphql::parser::types::{DocumentOperations, Selection};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn front() -> &'static Front {
    static FRONT: std::sync::LazyLock<Front> = std::sync::LazyLock::new(|| {
        Front::new(&crate::app::sdl(), crate::graphql::scalars::checks(), Limits::default(), no_trusted())
    });
    &FRONT
}

fn no_trusted() -> Trusted {
    Trusted::open(&DocumentsConfig::default()).expect("nothing to read")
}

fn with(query: &str, variables: Value) -> Result<Prepared, Vec<RequestError>> {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    front().prepare(&GraphQlParams { variables, ..GraphQlParams::new(query) })
}

fn cost(query: &str, variables: Value) -> u64 {
    with(query, variables).expect("a good request").requested_cost
}

fn fault(query: &str, variables: Value) -> String {
    let errors = with(query, variables).expect_err("a bad request");
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_connection_costs_its_page_times_a_node() {
    assert_eq!(cost("{ batches { nodes { key title } } }", json!({})), 2 + 20 * 2);
    assert_eq!(cost("{ batches(first: 5) { totalCount nodes { key } } }", json!({})), 3 + 5);
    assert_eq!(cost("{ batches(last: 7) { edges { cursor node { key } } } }", json!({})), 2 + 7 * 3);
    let paged = "query($first: Int = 3) { batches(first: $first) { nodes { key } } }";
    assert_eq!(cost(paged, json!({})), 2 + 3);
    assert_eq!(cost(paged, json!({ "first": 50 })), 2 + 50);
    assert_eq!(cost(paged, json!({ "first": null })), 2 + 20);
    let inner = "fragment F on BatchConnection { nodes { key } } { a: batches(first: 2) { ...F } b: batches(first: 4) { ...F } }";
    assert_eq!(cost(inner, json!({})), 4 + 2 + 4);
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(cost(nodes, json!({ "ids": ["a", "b", "c"] })), 1 + 3);
    assert_eq!(cost("{ __typename }", json!({})), 1);
}

#[test]
fn three_nested_connections_of_100_20_20_are_allowed_and_four_are_not() {
    let three =
        "{ programmes(first: 100) { nodes { key batches { nodes { key delegations { nodes { key status } } } } } } }";
    assert!(cost(three, json!({})) > 100 * 20 * 20 * 2);
    let four = "{ programmes(first: 100) { nodes { batches(first: 100) { nodes { delegations(first: 100) { nodes { id } } } } } } }";
    let refused = fault(four, json!({}));
    assert!(refused.starts_with("COST_LIMIT_EXCEEDED: the answer may have 1020"), "{refused}");
}

#[test]
fn operations_are_resolved_as_the_specification_says() {
    let prepare = |query: &str, name: Option<&str>| {
        let params = GraphQlParams { operation_name: name.map(str::to_owned), ..GraphQlParams::new(query) };
        front().prepare(&params).map(|prepared| prepared.operation_name).map_err(|errors| errors[0].message.clone())
    };
    let two = "query A { __typename } query B { __typename }";
    assert_eq!(prepare(two, Some("B")), Ok(Some("B".to_owned())));
    assert_eq!(prepare(two, Some("C")), Err("the document has no operation \"C\"".to_owned()));
    let ambiguous = "the document has several operations: `operationName` must say which one is meant";
    assert_eq!(prepare(two, None), Err(ambiguous.to_owned()));
    assert_eq!(prepare("{ __typename }", None), Ok(None));
    assert_eq!(prepare("{ __typename }", Some("")), Err("the document has no operation \"\"".to_owned()));
    assert_eq!(prepare("query A { __typename }", None), Ok(Some("A".to_owned())));
}

#[test]
fn faults_have_codes_and_places() {
    let errors = with("{\n  bathces { nodes { key } } }", json!({})).expect_err("a typing error");
    assert_eq!(
        (errors[0].code, errors[0].locations[0].line, errors[0].locations[0].column),
        (Code::ValidationFailed, 2, 3)
    );
    assert!(fault("{", json!({})).starts_with("GRAPHQL_PARSE_FAILED: "));
    assert!(fault("", json!({})).starts_with("GRAPHQL_PARSE_FAILED: "));
    assert!(fault("{ country(code: \"id\") { name } }", json!({})).starts_with("GRAPHQL_VALIDATION_FAILED: "));
    assert!(fault("{ batch(by: {}) { key } }", json!({})).contains("takes exactly one field"));
    assert!(fault("{ batch(by: {key: \"a\", id: \"b\"}) { key } }", json!({})).contains("takes exactly one field"));
    let nullable = "query($key: String) { batch(by: {key: $key}) { key } }";
    assert!(fault(nullable, json!({ "key": "a" })).contains("must be of a non-null type"));
}

#[test]
fn variables_are_coerced_and_named_where_they_are_wrong() {
    let by = "query($by: BatchBy!) { batch(by: $by) { key } }";
    assert!(with(by, json!({ "by": { "key": "a" } })).is_ok());
    assert_eq!(
        fault(by, json!({})),
        "BAD_USER_INPUT: variable `$by`: a value of type `BatchBy!` is required, and none is given"
    );
    assert_eq!(
        fault(by, json!({ "by": null })),
        "BAD_USER_INPUT: variable `$by`: a value of type `BatchBy!` is required, not null"
    );
    assert_eq!(
        fault(by, json!({ "by": { "key": 1 } })),
        "BAD_USER_INPUT: variable `$by.key`: 1 is not of type `String`"
    );
    assert_eq!(
        fault(by, json!({ "by": { "kee": "a" } })),
        "BAD_USER_INPUT: variable `$by`: `BatchBy` has no field \"kee\""
    );
    assert!(fault(by, json!({ "by": { "key": "a", "id": "b" } })).contains("exactly one field"));
    let order = "query($order: [BatchOrder!]) { batches(orderBy: $order) { totalCount } }";
    assert!(with(order, json!({ "order": { "field": "DATE" } })).is_ok(), "one value stands for a list");
    let wrong = fault(order, json!({ "order": [{ "field": "DATE" }, { "field": "COLOUR" }] }));
    assert_eq!(wrong, "BAD_USER_INPUT: variable `$order[1].field`: \"COLOUR\" is not a value of `BatchOrderField`");
    let many = json!({ "order": vec![json!({ "field": "DATE" }); 5_000] });
    assert_eq!(fault(order, many), "COST_LIMIT_EXCEEDED: the variables hold more than 2000 values");
    let country = "query($code: CountryCode!) { country(code: $code) { name } }";
    assert!(fault(country, json!({ "code": "indonesia" })).starts_with("BAD_USER_INPUT: variable `$code`: "));
}

/// An omitted variable leaves its argument out: the engine would read it as null.
#[test]
fn omitted_variables_stay_absent() {
    let query = "query($first: Int, $after: Cursor, $key: String, $id: ID = \"x\") {
        batches(first: $first, after: $after, filter: {key: {eq: $key, in: [\"a\"]}}) { totalCount } node(id: $id) { id } }";
    let mut prepared = with(query, json!({ "after": null })).expect("a good request");
    let names: Vec<&str> = prepared.request.variables.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["after", "id"]);
    let document = prepared.request.parsed_query().expect("it is set");
    let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
    let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else { panic!("a field") };
    let arguments: Vec<String> =
        field.node.arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node)).collect();
    assert_eq!(arguments, ["after: $after", "filter: {key: {in: [\"a\"]}}"]);
}

#[test]
fn only_good_documents_are_kept_and_the_cache_is_bounded() {
    let front = Front {
        guard: Guard::new(&crate::app::sdl(), Scalars::new(), Limits::default()),
        trusted: no_trusted(),
        documents: Documents::new(100_000),
    };
    assert!(front.prepare(&GraphQlParams::new("{ nothing }")).is_err());
    assert!(front.documents().is_empty());
    for number in 0..200 {
        front.prepare(&GraphQlParams::new(format!("query Q{number} {{ __typename }}"))).expect("a good request");
    }
    assert!(!front.documents().is_empty());
    assert!(front.documents().bytes() <= 100_000, "{}", front.documents().bytes());
}

/// Fragments that double at each level are walked once each.
#[test]
fn the_work_is_linear_in_the_document() {
    let doubling = |levels: usize| {
        let mut text = "{ ...F0 } ".to_owned();
        for level in 0..levels {
            let next = level + 1;
            text.push_str(&format!("fragment F{level} on Query {{ ...F{next} ...F{next} }} "));
        }
        text + &format!("fragment F{levels} on Query {{ __typename }}")
    };
    assert!(fault(&doubling(25), json!({})).starts_with("COST_LIMIT_EXCEEDED: the operation has"));
    let schema = &front().guard.schema;
    let document = apollo_compiler::ExecutableDocument::parse_and_validate(schema, doubling(25), "").expect("valid");
    let operation = document.operations.get(None).expect("one operation");
    let wide = Limits { max_selections: u64::MAX, max_root_fields: u64::MAX, ..Limits::default() };
    let plan = plan::Plan::new(&document, operation, &wide).expect("within wide limits");
    assert_eq!(plan.visited, 1 + 2 * 25 + 1);
    assert_eq!(plan.cost(&async_graphql::Variables::default()), 1 << 25);
}

#[test]
fn hostile_documents_are_refused() {
    let limits = Limits::default();
    let aliases: String = (0..1_000).map(|number| format!("a{number}:key ")).collect();
    let documents = [
        format!("{{ batches {{ nodes {{ {aliases} }} }} }}"),
        (0..10_000).map(|number| format!("a{number}:__typename ")).collect(),
        format!("{}{}", "{batches{nodes".repeat(500), "}}".repeat(500)),
        format!("{{ batches(filter: {}{}) {{ totalCount }} }}", "{not:".repeat(500), "}".repeat(500)),
        format!("{{ __typename {} }}", "@skip(if: true) ".repeat(101)),
        format!("{{ {} }}", "__typename ".repeat(51)),
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
            .to_owned(),
        (0..21).map(|number| format!("query Q{number} {{ __typename }} ")).collect(),
        format!("{{ __typename }}{}", "#\n".repeat(40_000)),
        "#".repeat(limits.max_body_bytes + 1),
    ];
    for document in documents {
        let refused = fault(&document, json!({}));
        assert!(refused.starts_with("COST_LIMIT_EXCEEDED: "), "{refused}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is sent is answered, with a code and a message of bounded length.
    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}|[a-d{}()\\[\\]:$!@.\"#=|& \n1-9-]{0,120}") {
        if let Err(errors) = front().prepare(&GraphQlParams::new(text)) {
            prop_assert!(!errors.is_empty() && errors.len() <= error::MOST_ERRORS);
            prop_assert!(errors.iter().all(|error| !error.message.is_empty() && error.message.len() < 2_000));
        }
    }

    /// Our coercion accepts what the validator's own accepts, and yields the same values.
    #[test]
    fn coercion_agrees_with_the_validator(first in json_value(), key in json_value()) {
        let query = "query($first: Int, $filter: ExactTextFilter) { batches(first: $first, filter: {key: $filter}) { totalCount } }";
        let schema = &front().guard.schema;
        let document = apollo_compiler::ExecutableDocument::parse_and_validate(schema, query, "").expect("valid");
        let operation = document.operations.get(None).expect("one operation");
        let given = json!({ "first": first, "filter": key });
        let theirs = serde_json::from_value(given.clone()).expect("a map");
        let theirs = apollo_compiler::request::coerce_variable_values(schema, operation, &theirs);
        let Value::Object(given) = given else { unreachable!() };
        let ours = variables::coerce(schema, &Scalars::new(), operation, &given, &Limits::default());
        prop_assert_eq!(theirs.is_ok(), ours.is_ok());
        if let (Ok(theirs), Ok(ours)) = (theirs, ours) {
            prop_assert_eq!(serde_json::to_value(&*theirs).expect("JSON"), serde_json::to_value(&ours.values).expect("JSON"));
        }
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-5..50_i32).prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::hash_map("(eq|in|contains|isNull|other)", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
