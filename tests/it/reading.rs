//! Reading: what is asked wrongly is answered clearly, a page is a page anywhere, and statements do
//! not grow with rows.

use jejaring::access::Actor;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use serde_json::{Value, json};

use crate::support::{Backend, TestApp};

both_dbs!(
    a_wrong_argument_is_named,
    an_id_that_means_nothing_is_no_error_and_one_that_is_none_is,
    a_cursor_serves_the_order_that_it_came_from,
    pages_follow_one_another_both_ways_in_any_order,
    every_record_can_be_fetched_again_by_its_id,
    statements_depend_on_depth_alone,
    an_object_comes_with_its_first_list,
    what_fragments_select_is_read,
    a_list_may_be_asked_for_twice,
    a_field_alone_is_what_it_is_among_others,
    a_nested_page_is_a_page_of_each_parent,
    a_page_behind_any_cursor_reads_the_index,
    names_come_in_the_language_of_the_reader,
    a_filter_on_relations_asks_for_some_or_none,
    a_draft_is_nowhere,
    a_participant_is_private_and_an_official_is_not,
    a_merely_quoted_person_is_public_without_a_role,
    a_filter_beyond_measure_is_refused_and_the_server_lives,
    a_cursor_with_another_value_is_refused,
    lists_of_several_types_under_one_name_do_not_mix,
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

async fn a_cursor_serves_the_order_that_it_came_from(app: TestApp) {
    let page =
        app.ask("{ countries(first: 2, orderBy: {field: NAME}) { pageInfo { endCursor } } }").await;
    let cursor = page.at("/countries/pageInfo/endCursor").as_str().expect("a cursor");
    let other = refused(
        &app,
        &format!(
            r#"{{ countries(after: "{cursor}", orderBy: {{field: CODE}}) {{ nodes {{ code }} }} }}"#
        ),
    )
    .await;
    assert!(other.contains("was made for another list or order"), "{other}");
    let list =
        refused(&app, &format!(r#"{{ batches(after: "{cursor}") {{ nodes {{ key }} }} }}"#)).await;
    assert!(list.contains("was made for another list or order"), "{list}");
    for wrong in
        ["", "x", "!!!", "W10", "WyJhIl0", "WyJjb3VudHJ5K3NvcnRfbmFtZStjb2RlIiwieCIsInkiXQ"]
    {
        let refusal =
            refused(&app, &format!(r#"{{ countries(before: "{wrong}") {{ nodes {{ code }} }} }}"#))
                .await;
        assert!(refusal.starts_with("BAD_USER_INPUT at countries: "), "{refusal}");
    }
}

/// All pages of a list, one after another, forward or backward.
async fn walk(app: &TestApp, size: usize, forward: bool, arguments: &str) -> Vec<String> {
    let (mut codes, mut cursor) = (Vec::new(), String::new());
    loop {
        let (count, from, more, end) = match forward {
            true => ("first", "after", "hasNextPage", "endCursor"),
            false => ("last", "before", "hasPreviousPage", "startCursor"),
        };
        let from = if cursor.is_empty() { String::new() } else { format!("{from}: \"{cursor}\"") };
        let query = format!(
            "{{ delegations({count}: {size} {from} {arguments}) {{ nodes {{ key }} pageInfo {{ \
             {more} {end} }} }} }}"
        );
        let page = app.ask(&query).await;
        let keys: Vec<String> =
            page.texts("/delegations/nodes", "/key").into_iter().map(str::to_owned).collect();
        assert!(keys.len() <= size);
        codes = if forward { [codes, keys].concat() } else { [keys, codes].concat() };
        if page.at(&format!("/delegations/pageInfo/{more}")) != &Value::Bool(true) {
            return codes;
        }
        cursor =
            page.at(&format!("/delegations/pageInfo/{end}")).as_str().expect("a cursor").to_owned();
    }
}

async fn pages_follow_one_another_both_ways_in_any_order(app: TestApp) {
    for order in [
        "",
        "orderBy: {field: DATE}",
        "orderBy: {field: NAME, direction: DESC}",
        "orderBy: [{field: DATE, direction: DESC}, {field: NAME}]",
        "orderBy: [{field: NAME}, {field: DATE}, {field: UPDATED_AT, direction: DESC}]",
        "orderBy: {field: CREATED_AT, direction: DESC}",
        "orderBy: {field: NAME}, filter: {batch: {mode: {eq: ONSITE}}, not: {status: {eq: \
         NOT_SENT}}}",
    ] {
        let whole = walk(&app, 100, true, order).await;
        assert!(whole.len() > 20, "{order}: {whole:?}");
        for size in [1, 3, 7] {
            assert_eq!(
                walk(&app, size, true, order).await,
                whole,
                "forward by {size} with {order}"
            );
            assert_eq!(
                walk(&app, size, false, order).await,
                whole,
                "backward by {size} with {order}"
            );
        }
    }
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

/// An object that is asked for by its key comes with the first of its lists; where the list is
/// empty, or is not read, it is asked for by itself.
async fn an_object_comes_with_its_first_list(app: TestApp) {
    let country =
        |code: &str, fields: &str| format!(r#"{{ country(code: "{code}") {{ {fields} }} }}"#);
    let lists = "last: delegations(last: 2, filter: {status: {eq: ATTENDED}}) { edges { cursor \
                 node { key country { alpha3 name } } } } memberships { nodes { group { key } } \
                 totalCount } delegations(first: 1) { pageInfo { hasNextPage } }";
    let with_lists = app.ask(&country("ID", &format!("alpha3 numeric {lists}"))).await;
    // The country with delegations and their country; its name; the other lists, and their count.
    assert_eq!(with_lists.statements, 5, "{with_lists}");
    // It is the same where a field is asked for twice.
    let twice = app.ask(&country("ID", &format!("alpha3 alpha3 numeric {lists}"))).await;
    assert_eq!((twice.statements, twice.at("/country")), (5, with_lists.at("/country")));
    // It is not there, or has no delegation.
    for (code, answer) in
        [("ZZ", Value::Null), ("AQ", json!({ "alpha3": "ATA", "delegations": { "nodes": [] } }))]
    {
        let none = app.ask(&country(code, "alpha3 delegations { nodes { key } }")).await;
        assert_eq!((none.statements, none.at("/country")), (2, &answer), "{none}");
    }
    let counted = app.ask(&country("ID", "alpha3 delegations { totalCount }")).await;
    assert_eq!(counted.statements, 2, "{counted}");
    let refused =
        refused(&app, &country("ID", "alpha3 delegations(first: 101) { nodes { key } }")).await;
    assert_eq!(refused.matches("101").count(), 1, "{refused}");
    // Of a list that is only counted no row is read that the country could come with.
    let second = app
        .ask(&country("ID", "alpha3 delegations { totalCount } memberships { nodes { key } }"))
        .await;
    assert_eq!(second.statements, 2, "{second}");
    // It is read no second time where it came with what refers to it.
    let known = "{ batches(first: 1) { nodes { programme { key batches { nodes { key } } } } } }";
    assert_eq!(app.ask(known).await.statements, 2);
}

/// A fragment may be on a union or an interface, of which the object is one type.
async fn what_fragments_select_is_read(app: TestApp) {
    let fields = "key kind city version createdAt";
    let holders =
        |fields: &str| format!("{{ partnerships {{ nodes {{ holder {{ {fields} }} }} }} }}");
    let plain = app.ask(&holders(&format!("... on Institution {{ {fields} }}"))).await;
    let on =
        |kind: &str| format!("fragment held on {kind} {{ ... on Institution {{ {fields} }} }}");
    for kind in ["PartnershipHolder", "Node"] {
        let through = app.ask(&format!("{} {}", holders("...held"), on(kind))).await;
        assert!(through.errors.is_empty(), "{through}");
        assert_eq!(through.data, plain.data);
    }
}

/// A list that two fields read, of which one reads more with it than the other.
async fn a_list_may_be_asked_for_twice(app: TestApp) {
    let twice = r#"{
        x: sources(filter: {key: {eq: "antara-2017-colombo-plan"}}) { nodes { publisher { key } } }
        sources(filter: {key: {in: ["antara-2023-jewellery", "permenperin-2022-1"]}}) {
            nodes { key origin { publisher { key partnerships(first: 1) { nodes { key } } } } }
        }
    }"#;
    let answer = app.ask(twice).await;
    assert!(answer.errors.is_empty(), "{answer}");
}

/// Of rows only those columns are read that the selected fields need: each field by itself is what
/// it is beside all others.
async fn a_field_alone_is_what_it_is_among_others(app: TestApp) {
    let leaf = "name args { type { kind } } type { name kind ofType { name kind } }";
    let introspection = format!(
        "{{ __schema {{ queryType {{ fields {{ name type {{ ofType {{ name }} }} }} }} types {{ \
         name fields {{ {leaf} }} }} }} }}"
    );
    let schema = app.ask_as(&Actor::Operator, &introspection).await;
    let types = schema.at("/__schema/types").as_array().expect("types").clone();
    let mut asked = 0;
    for root in schema.at("/__schema/queryType/fields").as_array().expect("fields") {
        let name = root["name"].as_str().expect("a name");
        let Some(node) = root
            .pointer("/type/ofType/name")
            .and_then(|it| it.as_str()?.strip_suffix("Connection"))
        else {
            continue;
        };
        let fields = types.iter().find(|it| it["name"] == node).expect("a type")["fields"]
            .as_array()
            .expect("fields");
        let selections = fields.iter().filter_map(|field| {
            let required =
                field["args"].as_array()?.iter().any(|arg| arg["type"]["kind"] == "NON_NULL");
            let (of, inner) = (&field["type"], &field["type"]["ofType"]);
            let of = if of["kind"] == "NON_NULL" { inner } else { of };
            let name = field["name"].as_str()?;
            match of["kind"].as_str()? {
                _ if required => None,
                "SCALAR" | "ENUM" => Some(name.to_owned()),
                "OBJECT" | "UNION" => Some(format!("{name} {{ __typename }}")),
                _ => None,
            }
        });
        let selections: Vec<String> = selections.collect();
        assert!(selections.len() > 3, "{node}: {selections:?}");
        let nodes = async |selection: &str| {
            let answer = app
                .ask_as(
                    &Actor::Operator,
                    &format!("{{ {name}(first: 30) {{ nodes {{ {selection} }} }} }}"),
                )
                .await;
            assert!(answer.errors.is_empty(), "{name}: {selection}: {answer}");
            answer.at(&format!("/{name}/nodes")).as_array().expect("nodes").clone()
        };
        // Of two fields under one key the engine makes one, from whole rows.
        let whole = nodes(&format!("__typename __typename {}", selections.join(" "))).await;
        for selection in &selections {
            let alone = nodes(selection).await;
            let field = selection.split(' ').next().expect("a name");
            let of = |nodes: &[serde_json::Value]| {
                nodes.iter().map(|node| node[field].clone()).collect::<Vec<_>>()
            };
            assert_eq!(of(&alone), of(&whole), "{node}.{field}");
            asked += alone.len();
        }
    }
    assert!(asked > 1000, "{asked}");
}

async fn a_nested_page_is_a_page_of_each_parent(app: TestApp) {
    let both = app
        .ask(
            "{ batches { nodes { key delegations(first: 2, orderBy: {field: KEY}) { \
             totalCount nodes { key } pageInfo { hasNextPage endCursor } } } } }",
        )
        .await;
    for batch in both.at("/batches/nodes").as_array().expect("batches") {
        let key = batch["key"].as_str().expect("a key");
        let alone = format!(
            r#"{{ batch(by: {{key: "{key}"}}) {{ key delegations(first: 2, orderBy: {{field: KEY}})
                {{ totalCount nodes {{ key }} pageInfo {{ hasNextPage endCursor }} }} }} }}"#
        );
        let alone = app.ask(&alone).await;
        assert_eq!(alone.at("/batch"), batch);
    }
}

/// Keyset paging: the plan of a page behind a cursor walks the index of its order, both ways, and
/// sorts nothing.
async fn a_page_behind_any_cursor_reads_the_index(app: TestApp) {
    let page = app
        .ask("{ delegations(first: 9, orderBy: {field: DATE}) { pageInfo { endCursor } } }")
        .await;
    let cursor = page.at("/delegations/pageInfo/endCursor").as_str().expect("a cursor").to_owned();
    for arguments in [
        "first: 5, orderBy: {field: DATE}".to_owned(),
        format!("first: 5, after: \"{cursor}\", orderBy: {{field: DATE}}"),
        format!("last: 5, before: \"{cursor}\", orderBy: {{field: DATE}}"),
    ] {
        app.sent.lock().expect("the log").clear();
        let answer =
            app.ask(&format!("{{ delegations({arguments}) {{ nodes {{ key }} }} }}")).await;
        assert_eq!(answer.statements, 1);
        let statement = app.sent.lock().expect("the log").last().cloned().expect("a statement");
        let plan = plan(&app, statement).await;
        assert!(plan.contains("ix_sort_date_id_delegation"), "{arguments}: {plan}");
        assert!(!plan.contains("B-TREE") && !plan.contains("Sort"), "{arguments}: {plan}");
        if arguments.contains('"') {
            // Not a scan of the index from its end, but a search.
            let bound =
                if app.backend == Backend::Sqlite { "SEARCH delegation" } else { "Index Cond" };
            assert!(plan.contains(bound), "{arguments}: {plan}");
        }
    }
}

async fn plan(app: &TestApp, statement: Statement) -> String {
    let db = app.app.db.reading().begin(Default::default()).await.expect("a connection");
    let explain = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "EXPLAIN QUERY PLAN ",
        // A table of a few rows would be read whole; what counts is that the index can serve.
        _ => "/*+ */ EXPLAIN ",
    };
    if app.backend == Backend::Postgres {
        let settings =
            "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";
        db.execute_unprepared(settings).await.expect("the settings");
    }
    let text = format!("{explain}{statement}");
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), text))
        .await
        .expect("a plan");
    let column = if app.backend == Backend::Sqlite { "detail" } else { "QUERY PLAN" };
    rows.iter()
        .map(|row| row.try_get::<String>("", column).expect("a line"))
        .collect::<Vec<_>>()
        .join("\n")
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

/// Makes one batch a draft behind the back of the rules.
async fn hide(app: &TestApp, key: &str) {
    let db = crate::support::writable(app).await;
    let backend = db.get_database_backend();
    let update = format!("UPDATE batch SET status = 'DRAFT' WHERE key = '{key}'");
    db.execute_raw(Statement::from_string(backend, update)).await.expect("the batch is hidden");
}

/// What hangs from a draft is neither listed nor counted, by no edge, and no filter finds it.
async fn a_draft_is_nowhere(app: TestApp) {
    let jewellery = r#"{ batch(by: {key: "jewellery-2023"}) { id delegations { nodes { id } }
        workshops { nodes { id } }
        claims { nodes { id } } findings { nodes { id } } partnerships { nodes { id } }
        engagements { nodes { id } } outcomes { nodes { id } } } }"#;
    let before = app.ask(jewellery).await;
    let mut ids = vec![before.at("/batch/id").as_str().expect("an id").to_owned()];
    for list in [
        "delegations",
        "workshops",
        "claims",
        "findings",
        "partnerships",
        "engagements",
        "outcomes",
    ] {
        let found = before.texts(&format!("/batch/{list}/nodes"), "/id");
        assert!(!found.is_empty(), "{list}");
        ids.extend(found.into_iter().map(str::to_owned));
    }
    let linked = app.ask(
        r#"{ batch(by: {key: "jewellery-2023"}) { venues { totalCount } topics { totalCount } } }"#,
    );
    let linked = linked.await;
    assert!(
        linked.at("/batch/venues/totalCount") != 0 || linked.at("/batch/topics/totalCount") != 0,
        "{linked}"
    );
    hide(&app, "jewellery-2023").await;
    // What it is linked with may be seen, and does not tell that it is there.
    for list in
        ["venues { nodes { key } }", "topics { nodes { key } }", "delegations { nodes { key } }"]
    {
        let batch = format!("{{ node(id: {:?}) {{ id ... on Batch {{ key {list} }} }} }}", ids[0]);
        let hidden = app.ask(&batch).await;
        assert_eq!(hidden.data, json!({ "node": null }), "{hidden}");
        assert!(hidden.errors.is_empty(), "{hidden}");
    }
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    for some in ids.chunks(100) {
        let after = app.ask(&format!("{{ nodes(ids: [{}]) {{ id }} }}", some.join(","))).await;
        assert!(
            after.at("/nodes").as_array().expect("nodes").iter().all(Value::is_null),
            "{after}"
        );
    }
    let through = app
        .ask(
            r#"{
        batches { totalCount }
        delegations(filter: {country: {eq: "KH"}}) { totalCount }
        country(code: "KH") { delegations { totalCount } }
        countries(filter: {delegations: {some: {batch: {key: {eq: "jewellery-2023"}}}}}) {
        totalCount }
        institutions(filter: {involvedIn: {key: {eq: "jewellery-2023"}}}) { totalCount }
        topics(filter: {key: {eq: "jewellery"}}) { nodes { batches { totalCount } } }
        source(by: {key: "hariane-2023-jewellery"}) { claims { totalCount } }
        citations(filter: {recordKind: {eq: DELEGATION},
        source: {key: {eq: "hariane-2023-jewellery"}}}) { totalCount }
        observations { totalCount }
        findings(filter: {severity: {gte: WARNING}}) { totalCount }
    }"#,
        )
        .await;
    let count = |pointer: &str| through.at(pointer).as_i64().expect("a count");
    assert_eq!(count("/batches/totalCount"), 3);
    for nothing in [
        "/delegations",
        "/country/delegations",
        "/countries",
        "/institutions",
        "/topics/nodes/0/batches",
        "/source/claims",
        "/citations",
    ] {
        assert_eq!(count(&format!("{nothing}/totalCount")), 0, "{nothing}");
    }
    assert_eq!(count("/findings/totalCount"), 3);
    assert_eq!(count("/observations/totalCount"), 3);
}

/// Taking part is private: a person who does nothing else is found by no edge and no filter.
async fn a_participant_is_private_and_an_official_is_not(app: TestApp) {
    let count =
        async |query: &str| app.ask(query).await.at("/it/totalCount").as_i64().expect("a count");
    let everybody = count("{ it: people { totalCount } }").await;
    let by_name = r#"{ it: people(filter: {name: {contains: "virginia"}}) { totalCount } }"#;
    assert_eq!(count(by_name).await, 1);
    let db = crate::support::writable(&app).await;
    let update = "UPDATE engagement SET role = 'PARTICIPANT' \
        WHERE person_id IN (SELECT id FROM person WHERE name LIKE 'Virginia%')";
    let statement = Statement::from_string(db.get_database_backend(), update);
    assert_eq!(db.execute_raw(statement).await.expect("the change").rows_affected(), 1);
    assert_eq!(count("{ it: people { totalCount } }").await, everybody - 1);
    assert_eq!(count(by_name).await, 0);
    assert_eq!(
        count("{ it: engagements(filter: {role: {eq: PARTICIPANT}}) { totalCount } }").await,
        0
    );
    let inferred =
        r#"{ it: engagements(filter: {person: {name: {contains: "virginia"}}}) { totalCount } }"#;
    assert_eq!(count(inferred).await, 0);
    let cited = app
        .ask(
            "{ citations(filter: {recordKind: {eq: PERSON}}, first: 100) { nodes { record { id \
             } } } }",
        )
        .await;
    let cited = cited.at("/citations/nodes").as_array().expect("citations");
    assert!(cited.iter().all(|citation| !citation["record"].is_null()));
}

async fn a_merely_quoted_person_is_public_without_a_role(app: TestApp) {
    let answer = app
        .ask(
            r#"{ people(filter: {name: {contains: "wahyu"}}) { nodes { name engagements {
            totalCount } } } }"#,
        )
        .await;
    assert_eq!(
        answer.at("/people/nodes"),
        &json!([{ "name": "Wahyu Setianto", "engagements": { "totalCount": 0 } }])
    );
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

/// A cursor that was tampered with is refused, whatever stands in it.
async fn a_cursor_with_another_value_is_refused(app: TestApp) {
    use base64::Engine;
    for parts in [
        json!(["delegation+sort_date+id", "snot a date", "u01980000000070008000000000000000"]),
        json!(["delegation+sort_date+id", "d2023-11-20", "snot an id"]),
        json!(["delegation+sort_date+id", "d-9999-01-01", "u01980000000070008000000000000000"]),
        json!(["delegation+sort_date+id", "i5", "i5"]),
        json!(["delegation+sort_date+id", "d2023-11-20"]),
        json!([
            "delegation+sort_date+id",
            "d2023-11-20",
            "u01980000000070008000000000000000",
            "i1"
        ]),
        json!(["delegation+sort_date+id", "", ""]),
        json!({ "a": 1 }),
    ] {
        let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(parts.to_string());
        let query = format!(
            r#"{{ delegations(after: "{cursor}", orderBy: {{field: DATE}}) {{ nodes {{ key }} }}
                }}"#
        );
        let refusal = refused(&app, &query).await;
        assert!(
            refusal.starts_with("BAD_USER_INPUT at delegations: ")
                && refusal.contains("not a cursor"),
            "{refusal}"
        );
    }
}

/// One response key may stand for lists of several types, each with its own arguments.
async fn lists_of_several_types_under_one_name_do_not_mix(app: TestApp) {
    let ids = app
        .ask(
            r#"{ institution(by: {key: "bbspjikb"}) { id citations { totalCount } }
        country(code: "ID") { id } venue(by: {key: "yogyakarta"}) { id }
        programme(by: {key: "jewellery"}) { id } }"#,
        )
        .await;
    let institution = ids.at("/institution/id").as_str().expect("an id");
    let programme = ids.at("/programme/id").as_str().expect("an id");
    let expected = ids.at("/institution/citations/totalCount").clone();
    assert!(expected.as_i64().is_some_and(|count| count > 0), "{ids}");
    let mixed = app
        .ask(&format!(
            r#"{{ nodes(ids: ["{institution}", "{programme}"]) {{
        ... on Institution {{ citations(first: 0) {{ totalCount nodes {{ key }} }} }}
        ... on Programme {{ citations(first: 100, filter: {{key: {{eq: "nothing"}}}}) {{ totalCount
        nodes {{ key }} }} }}
    }} }}"#
        ))
        .await;
    assert_eq!(
        mixed.at("/nodes/0/citations"),
        &json!({ "totalCount": expected, "nodes": [] }),
        "{mixed}"
    );
    assert_eq!(mixed.at("/nodes/1/citations"), &json!({ "totalCount": 0, "nodes": [] }), "{mixed}");
}
