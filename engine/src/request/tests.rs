//! The pipeline as a whole, without an engine behind it.

mod costs;

use async_graphql::parser::types::{DocumentOperations, Selection};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A large one, as it is served.
const SCHEMA: &str = include_str!("../../../schema.graphql");

fn pipeline() -> &'static RequestPipeline {
    static PIPELINE: std::sync::LazyLock<RequestPipeline> = std::sync::LazyLock::new(|| {
        RequestPipeline::new(
            SCHEMA,
            crate::graphql::scalars::checks(),
            Limits::default(),
            no_trusted(),
        )
    });
    &PIPELINE
}

fn no_trusted() -> Trusted {
    Trusted::open(&DocumentsConfig::default()).expect("nothing to read")
}

fn with(query: &str, variables: Value) -> Result<Prepared, Vec<RequestError>> {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    pipeline().prepare(&GraphQlParams { variables, ..GraphQlParams::new(query) })
}

fn cost(query: &str, variables: Value) -> u64 {
    with(query, variables).expect("a good request").requested_cost
}

fn fault(query: &str, variables: Value) -> String {
    let errors = with(query, variables).expect_err("a bad request");
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn operations_are_resolved_as_the_specification_says() {
    let prepare = |query: &str, name: Option<&str>| {
        let params =
            GraphQlParams { operation_name: name.map(str::to_owned), ..GraphQlParams::new(query) };
        pipeline()
            .prepare(&params)
            .map(|prepared| prepared.requested_cost)
            .map_err(|errors| errors[0].message.clone())
    };
    let two = "query A { __typename } query B { __typename serviceConfig { id } }";
    assert_eq!(prepare(two, Some("A")), Ok(1));
    assert_eq!(prepare(two, Some("B")), Ok(3));
    assert_eq!(prepare(two, Some("C")), Err("the document has no operation \"C\"".to_owned()));
    let ambiguous =
        "the document has several operations: `operationName` must say which one is meant";
    assert_eq!(prepare(two, None), Err(ambiguous.to_owned()));
    assert_eq!(prepare("{ __typename }", None), Ok(1));
    assert_eq!(
        prepare("{ __typename }", Some("")),
        Err("the document has no operation \"\"".to_owned())
    );
    assert_eq!(prepare("query A { __typename }", None), Ok(1));
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
    assert!(
        fault("{ country(code: \"id\") { name } }", json!({}))
            .starts_with("GRAPHQL_VALIDATION_FAILED: ")
    );
    assert!(fault("{ batch(by: {}) { key } }", json!({})).contains("takes exactly one field"));
    assert!(
        fault("{ batch(by: {key: \"a\", id: \"b\"}) { key } }", json!({}))
            .contains("takes exactly one field")
    );
    let nullable = "query($key: String) { batch(by: {key: $key}) { key } }";
    assert!(fault(nullable, json!({ "key": "a" })).contains("stands where `String!` is wanted"));
}

/// In arguments, input objects and lists: the variable, its type, and the type that is wanted.
#[test]
fn a_variable_of_another_type_is_named_with_its_type() {
    for (declared, used, wanted) in [
        ("String!", "batches(filter: {startsOn: {gte: $v}}) { totalCount }", "Date"),
        ("String", "batches(filter: {or: [{key: {in: [$v]}}]}) { totalCount }", "String!"),
        ("Int", "batches(filter: {or: [{key: {in: [$v]}}]}) { totalCount }", "String!"),
        (
            "Boolean!",
            "batches(filter: {delegations: {some: {country: {eq: $v}}}}) { totalCount }",
            "CountryCode",
        ),
        ("ID", "batches(filter: {status: {in: $v}}) { totalCount }", "[BatchStatus!]"),
        (
            "BatchFilter",
            "batches(filter: {not: {programme: $v}}) { totalCount }",
            "ProgrammeFilter",
        ),
        ("Int!", "batch(by: {key: $v}) { key }", "String!"),
        ("BatchOrderField", "batches(orderBy: [$v]) { totalCount }", "BatchOrder!"),
    ] {
        let name =
            format!("the variable `$v` of type `{declared}` stands where `{wanted}` is wanted");
        let errors =
            with(&format!("query($v: {declared}) {{ {used} }}"), json!({})).expect_err(used);
        let told: Vec<_> =
            errors.iter().map(|error| (error.code, error.message.as_str())).collect();
        assert_eq!(told, [(Code::ValidationFailed, name.as_str())], "{used}");
        assert_eq!(errors[0].locations.len(), 1, "{used}");
    }
    let argument = fault("query($v: Date) { batches(first: $v) { totalCount } }", json!({}));
    for part in ["GRAPHQL_VALIDATION_FAILED: ", "`$v`", "`Date`", "`Int`"] {
        assert!(argument.contains(part), "{argument}");
    }
    let both = "query A($v: Int) { ...F } query B($v: ID) { ...F } \
                fragment F on Query { batches(filter: {startsOn: {gte: $v}}) { totalCount } }";
    let both = fault(both, json!({}));
    assert!(both.contains("`$v` of type `Int`") && both.contains("`$v` of type `ID`"), "{both}");
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
    assert!(
        with(order, json!({ "order": { "field": "DATE" } })).is_ok(),
        "one value stands for a list"
    );
    let wrong = fault(order, json!({ "order": [{ "field": "DATE" }, { "field": "COLOUR" }] }));
    assert_eq!(
        wrong,
        "BAD_USER_INPUT: variable `$order[1].field`: \"COLOUR\" is not a value of `BatchOrderField`"
    );
    let within = json!({ "ids": vec!["x"; 1_999] });
    assert!(
        with("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", within).is_ok(),
        "2000 values are allowed"
    );
    let many = json!({ "order": vec![json!({ "field": "DATE" }); 5_000] });
    assert_eq!(fault(order, many), "COST_LIMIT_EXCEEDED: the variables hold more than 2000 values");
    let country = "query($code: CountryCode!) { country(code: $code) { name } }";
    assert!(
        fault(country, json!({ "code": "indonesia" }))
            .starts_with("BAD_USER_INPUT: variable `$code`: ")
    );
}

/// An omitted variable leaves its argument out: the library would read it as null.
#[test]
fn omitted_variables_stay_absent() {
    let query = "query($first: Int, $after: Cursor, $key: String, $id: ID = \"x\") {
        batches(first: $first, after: $after, filter: {key: {eq: $key, in: [\"a\"]}}) { totalCount \
        } node(id: $id) { id } }";
    let mut request = with(query, json!({ "after": null })).expect("a good request").request();
    let names: Vec<&str> = request.variables.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["after", "id"]);
    let document = request.parsed_query().expect("it is set");
    let DocumentOperations::Single(operation) = &document.operations else {
        panic!("one operation")
    };
    let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else {
        panic!("a field")
    };
    let arguments: Vec<String> = field
        .node
        .arguments
        .iter()
        .map(|(name, value)| format!("{}: {}", name.node, value.node))
        .collect();
    assert_eq!(arguments, ["after: $after", "filter: {key: {in: [\"a\"]}}"]);
}

#[test]
fn only_good_documents_are_kept_and_the_cache_is_bounded() {
    let pipeline = RequestPipeline {
        guard: Guard::new(SCHEMA, Scalars::new(), Limits::default()),
        trusted: no_trusted(),
        documents: Documents::new(100_000),
    };
    assert!(pipeline.prepare(&GraphQlParams::new("{ nothing }")).is_err());
    assert!(pipeline.documents().is_empty());
    for number in 0..200 {
        pipeline
            .prepare(&GraphQlParams::new(format!("query Q{number} {{ __typename }}")))
            .expect("a good request");
    }
    assert!(!pipeline.documents().is_empty());
    assert!(pipeline.documents().bytes() <= 100_000, "{}", pipeline.documents().bytes());
}

/// A variable that was given as null does not decide, though its default would.
#[test]
fn null_decides_nothing() {
    let query = "query($v: Boolean = true) { __typename @include(if: $v) }";
    assert!(with(query, json!({})).is_ok());
    assert!(
        fault(query, json!({ "v": null }))
            .starts_with("BAD_USER_INPUT: variable `$v`: null decides nothing")
    );
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
    let schema = &pipeline().guard.schema;
    let document =
        apollo_compiler::ExecutableDocument::parse_and_validate(schema, doubling(25), "")
            .expect("valid");
    let operation = document.operations.get(None).expect("one operation");
    let wide = Limits { max_selections: u64::MAX, max_root_fields: u64::MAX, ..Limits::default() };
    let plan = plan::Plan::new(&document, operation, &wide, &pipeline().guard.filters)
        .expect("within wide limits");
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
        format!(
            "{{ batches(filter: {}{}) {{ totalCount }} }}",
            "{not:".repeat(500),
            "}".repeat(500)
        ),
        format!("{{ __typename {} }}", "@skip(if: true) ".repeat(101)),
        format!("{{ {} }}", "__typename ".repeat(51)),
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } \
         } } } } } } }"
            .to_owned(),
        (0..21).map(|number| format!("query Q{number} {{ __typename }} ")).collect(),
        (0..15).map(|n| format!("query Q{n} {{ ...F0 }} ")).collect::<String>()
            + &(0..15)
                .map(|n| format!("fragment F{n} on Query {{ __typename ...F{} }} ", n + 1))
                .collect::<String>()
            + "fragment F15 on Query { __typename }",
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
        if let Err(errors) = pipeline().prepare(&GraphQlParams::new(text)) {
            prop_assert!(!errors.is_empty() && errors.len() <= error::MOST_ERRORS);
            prop_assert!(
                errors.iter().all(|error| !error.message.is_empty() && error.message.len() < 2_000)
            );
        }
    }

    /// Our coercion accepts what the validator's own accepts, and yields the same values.
    #[test]
    fn coercion_agrees_with_the_validator(first in json_value(), key in json_value()) {
        let query = "query($first: Int, $filter: ExactTextFilter) { batches(first: $first, filter: \
                     {key: $filter}) { totalCount } }";
        let schema = &pipeline().guard.schema;
        let document = apollo_compiler::ExecutableDocument::parse_and_validate(schema, query, "")
            .expect("valid");
        let operation = document.operations.get(None).expect("one operation");
        let given = json!({ "first": first, "filter": key });
        let theirs = serde_json::from_value(given.clone()).expect("a map");
        let theirs = apollo_compiler::request::coerce_variable_values(schema, operation, &theirs);
        let Value::Object(given) = given else { unreachable!() };
        let ours =
            variables::coerce(schema, &Scalars::new(), operation, &given, &Limits::default());
        prop_assert_eq!(theirs.is_ok(), ours.is_ok());
        if let (Ok(theirs), Ok(ours)) = (theirs, ours) {
            prop_assert_eq!(
                serde_json::to_value(&*theirs).expect("JSON"),
                serde_json::to_value(&ours.values).expect("JSON")
            );
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
