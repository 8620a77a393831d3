//! Reading: what is asked wrongly is answered clearly, a page is a page anywhere, and statements do
//! not grow with rows.

mod hidden;
mod pages;
mod selections;

use serde_json::json;

use crate::support::TestApp;

both_dbs!(
    a_wrong_argument_is_named,
    an_id_that_means_nothing_is_no_error_and_one_that_is_none_is,
    every_record_can_be_fetched_again_by_its_id,
    statements_depend_on_depth_alone,
    names_come_in_the_language_of_the_reader,
    a_filter_on_relations_asks_for_some_or_none,
    a_filter_beyond_measure_is_refused_and_the_server_lives,
);

async fn refused(app: &TestApp, query: &str) -> String {
    let answer = app.ask(query).await;
    assert!(!answer.errors.is_empty(), "{query} was answered: {answer}");
    answer.errors.join("\n")
}

async fn a_wrong_argument_is_named(app: TestApp) {
    let large = refused(&app, "{ batches(first: 1000) { totalCount } }").await;
    assert_eq!(large, "BAD_USER_INPUT at batches: `first` must lie between 0 and 100; it is 1000");
    let negative = refused(&app, "{ batches(last: -1) { totalCount } }").await;
    assert_eq!(negative, "BAD_USER_INPUT at batches: `last` must lie between 0 and 100; it is -1");
    let both = refused(&app, "{ batches(first: 1, last: 2) { totalCount } }").await;
    assert!(
        both.starts_with(
            "BAD_USER_INPUT at batches: `first` (1) and `last` (2) cannot be given together"
        ),
        "{both}"
    );
    let date =
        refused(&app, r#"{ batches(filter: {startsOn: {gte: "2023-2-30"}}) { totalCount } }"#)
            .await;
    assert!(date.contains("2023-2-30") && !date.contains("NO CODE"), "{date}");
    let code = refused(&app, r#"{ country(code: "Indonesia") { name } }"#).await;
    assert!(code.contains("Indonesia") && !code.contains("NO CODE"), "{code}");
    let field = refused(&app, "{ batches { nodes { nothing } } }").await;
    assert!(field.starts_with("GRAPHQL_VALIDATION_FAILED"), "{field}");
    let syntax = refused(&app, "{ batches {").await;
    assert!(syntax.starts_with("GRAPHQL_PARSE_FAILED"), "{syntax}");
    let many: Vec<String> = (0..501).map(|n| format!("\"k{n}\"")).collect();
    let many = refused(
        &app,
        &format!("{{ batches(filter: {{key: {{in: [{}]}}}}) {{ totalCount }} }}", many.join(",")),
    )
    .await;
    assert!(many.contains("at most 500 values, not 501"), "{many}");
}

async fn an_id_that_means_nothing_is_no_error_and_one_that_is_none_is(app: TestApp) {
    // "Batch:0000…": well formed, of no record.
    let unknown = app
        .ask(
            r#"{ node(id: "QmF0Y2g6MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA") {
        id } batch(by: {key: "none"}) { id } country(code: "ZZ") { name } }"#,
        )
        .await;
    assert_eq!(unknown.data, json!({ "node": null, "batch": null, "country": null }), "{unknown}");
    let wrong = refused(&app, r#"{ node(id: "x y") { id } }"#).await;
    assert_eq!(
        wrong,
        "BAD_USER_INPUT at node: \"x y\" is not an id of this register: an id is what the field id \
         of a record shows, and a record is looked up by its key first"
    );
    let country = app.ask(r#"{ country(code: "ID") { id } }"#).await;
    let id = country.at("/country/id").as_str().expect("an id");
    let kind = refused(&app, &format!(r#"{{ batch(by: {{id: "{id}"}}) {{ id }} }}"#)).await;
    assert!(kind.contains("is the id of a Country, not of a Batch"), "{kind}");
    let filter = refused(
        &app,
        &format!(r#"{{ batches(filter: {{id: {{eq: "{id}"}}}}) {{ totalCount }} }}"#),
    )
    .await;
    assert!(filter.contains("countries are chosen by code"), "{filter}");
}

/// The lists at the root, one for each kind of record.
pub const LISTS: [&str; 26] = [
    "batches",
    "countries",
    "delegations",
    "regionalGroups",
    "memberships",
    "institutions",
    "programmes",
    "batchParts",
    "workshops",
    "partnerships",
    "venues",
    "topics",
    "tags",
    "people",
    "appointments",
    "engagements",
    "actionPlans",
    "actionItems",
    "progressNotes",
    "outcomes",
    "sources",
    "claims",
    "citations",
    "findings",
    "indicators",
    "observations",
];

async fn every_record_can_be_fetched_again_by_its_id(app: TestApp) {
    for list in LISTS {
        let first = app
            .ask(&format!("{{ {list}(first: 1) {{ nodes {{ id __typename }} totalCount }} }}"))
            .await;
        let nodes = first.at(&format!("/{list}/nodes")).as_array().expect("nodes").clone();
        // The reports have no item or note of an action plan, no part of a batch, and no tag.
        let expected =
            usize::from(!matches!(list, "actionItems" | "batchParts" | "progressNotes" | "tags"));
        assert_eq!(nodes.len(), expected, "{list}");
        for node in nodes {
            let id = node["id"].as_str().expect("an id");
            let again = app
                .ask(&format!(r#"{{ nodes(ids: ["{id}", "{id}"]) {{ id __typename }} }}"#))
                .await;
            assert_eq!(again.at("/nodes"), &json!([node, node]));
            assert_eq!(again.statements, 1, "{list}");
        }
    }
}

async fn statements_depend_on_depth_alone(app: TestApp) {
    let three = "{ batches(first: 20) { nodes { delegations(first: 50) { nodes { country { code } \
                 } } } } }";
    // A delegation has the code of its country; what else there is of the country comes with the
    // delegation.
    for fields in ["code", "code alpha3"] {
        let answer = app.ask(&three.replace("code", fields)).await;
        assert_eq!(answer.statements, 2, "{answer}");
    }
    let names = "{ batches(first: 20) { nodes { owner { name country { name } } } } }";
    // Batches with owners, their names and their countries; names of countries.
    assert_eq!(app.ask(names).await.statements, 2);
    let four = "{ batches(first: 20) { nodes { key delegations(first: 50) { totalCount nodes { \
                country { memberships { nodes { group { acronym } } } } } } } } }";
    let answer = app.ask(four).await;
    // Batches, delegations with countries, their count, memberships with groups.
    assert_eq!(answer.statements, 4, "{answer}");
    let levels = r#"{ country(code: "ID") { delegations { nodes { batch { programme { owner { key }
        } } } } } }"#;
    let public = app.ask(levels).await;
    // The country comes with its delegations.
    assert_eq!(public.statements, 1, "{public}");
    // Whether an officer may see a batch hangs from its partners: batches are asked for by
    // themselves, with what they refer to.
    let officer = app.ask_as(&app.officer("bbspjikb").await, levels).await;
    assert_eq!((officer.statements, officer.at("/country")), (2, public.at("/country")));
    // Six references come with the page.
    let parents = |depth: usize| format!("{}{}", "parent { key ".repeat(depth), "}".repeat(depth));
    let chain = format!("{{ institutions(first: 5) {{ nodes {{ key {} }} }} }}", parents(6));
    assert_eq!(app.ask(&chain).await.statements, 1);
    for _ in 0..5 {
        assert_eq!(app.ask(four).await.statements, 4);
    }
}

async fn names_come_in_the_language_of_the_reader(app: TestApp) {
    let query = r#"{ country(code: "KH") { name en: name(language: EN) id: name(language: ID) } }"#;
    let names = |answer: &crate::support::Answer| answer.data["country"].clone();
    assert_eq!(
        names(&app.ask(query).await),
        json!({ "name": "Cambodia", "en": "Cambodia", "id": "Kamboja" })
    );
    let indonesian = app.ask_in(&["id-ID", "en"], query).await;
    assert_eq!(names(&indonesian), json!({ "name": "Kamboja", "en": "Cambodia", "id": "Kamboja" }));
    assert_eq!(names(&app.ask_in(&["fr"], query).await)["name"], "Cambodge");
    // In a language in which there is no name: English, then as printed.
    assert_eq!(names(&app.ask_in(&["is"], query).await)["name"], "Cambodia");
    let group = app.ask_in(&["id"], r#"{ regionalGroup(by: {key: "asean"}) { name } }"#).await;
    assert!(
        group.at("/regionalGroup/name").as_str().is_some_and(|name| name.contains("Asia Tenggara")),
        "{group}"
    );
}

async fn a_filter_on_relations_asks_for_some_or_none(app: TestApp) {
    let query = |filter: &str| {
        format!(
            "{{ batches(filter: {{{filter}}}, orderBy: {{field: KEY}}) {{ nodes {{ key }} }} }}"
        )
    };
    let keys = async |filter: &str| {
        let answer = app.ask(&query(filter)).await;
        answer.texts("/batches/nodes", "/key").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let cambodia = r#"delegations: {some: {country: {eq: "KH"}, status: {eq: ATTENDED}}}"#;
    assert_eq!(keys(cambodia).await, ["jewellery-2023"]);
    let none = r#"delegations: {none: {country: {eq: "KH"}}}"#;
    assert_eq!(keys(none).await.len(), 3);
    assert_eq!(keys(&format!("not: {{{cambodia}}}")).await.len(), 3);
    let any = format!(r#"or: [{{{cambodia}}}, {{phase: {{eq: UPCOMING}}}}]"#);
    assert_eq!(keys(&any).await, ["jewellery-2023"]);
    assert_eq!(keys("phase: {eq: PAST}").await.len(), 4);
    assert_eq!(keys(r#"title: {contains: "JEWÉLRY"}"#).await, ["jewellery-2023"]);
    assert_eq!(keys(r#"title: {contains: "100%"}"#).await, Vec::<String>::new());
    assert_eq!(keys(r#"topics: {some: {key: {eq: "batik"}}}"#).await, ["colombo-plan-sme-2017-2"]);
}

/// A filter becomes one statement, and a statement has bounds; so has the stack of the process.
async fn a_filter_beyond_measure_is_refused_and_the_server_lives(app: TestApp) {
    let many: Vec<String> = (0..210).map(|n| format!("{{key: {{eq: \"k{n}\"}}}}")).collect();
    let wide = refused(
        &app,
        &format!("{{ batches(filter: {{or: [{}]}}) {{ totalCount }} }}", many.join(",")),
    )
    .await;
    assert!(wide.contains("at most 200 conditions"), "{wide}");
    let deep = |levels: usize| {
        let (open, close) = ("delegations: {some: {batch: {".repeat(levels), "}}}".repeat(levels));
        format!("{{ batches(filter: {{{open} key: {{eq: \"x\"}} {close}}}) {{ totalCount }} }}")
    };
    assert_eq!(app.ask(&deep(5)).await.at("/batches/totalCount"), 0);
    assert!(refused(&app, &deep(8)).await.contains("12 conditions within one another"));
    assert!(refused(&app, &deep(40)).await.contains("levels of brackets"));
    let list = format!("{{key: {{in: [{}]}}}}", vec!["\"k\""; 500].join(","));
    let lists =
        format!("{{ batches(filter: {{or: [{}]}}) {{ totalCount }} }}", vec![list; 5].join(","));
    assert!(refused(&app, &lists).await.contains("at most 2000 values together"));
    let brackets = format!("{{ batches(filter: {}", "[".repeat(50_000));
    assert!(refused(&app, &brackets).await.contains("at most 4000 are allowed"));
    let selections = format!("{}{}", "{ batches { nodes ".repeat(5_000), "}".repeat(10_000));
    assert!(refused(&app, &selections).await.contains("at most 4000 are allowed"));
    let zero = refused(&app, r#"{ batch(by: {key: "a\u0000b"}) { id } }"#).await;
    assert!(zero.contains("U+0000"), "{zero}");
    let year =
        refused(&app, r#"{ batches(filter: {startsOn: {gte: "-9999-01-01"}}) { totalCount } }"#)
            .await;
    assert!(year.contains("-9999-01-01"), "{year}");
}
