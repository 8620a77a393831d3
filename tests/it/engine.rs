//! What the engine answers by itself is what it answers within the library, byte for byte.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use async_graphql::{Executor, Request, Response, Variables};
use entity::vocabulary::GrantRole;
use jejaring::access::{Actor, Visible};
use jejaring::embedded::Embedded;
use jejaring::engine::Noun;
use jejaring::engine::noun::{Entry, Root};
use jejaring::graphql::language::Languages;
use jejaring::request::GraphQlParams;
use jejaring::schema::ROOTS;
use serde_json::json;

use crate::known::cursor;
use crate::network::{Size, fill};
use crate::pages::EXAMPLES;
use crate::support::{Documents, Graph, Role, TestApp, writable};

both_dbs!(
    what_is_answered_directly_is_what_is_answered_within_the_library,
    what_random_documents_do_not_ask_is_answered_alike,
    whoever_is_of_one_class_has_the_same_plans,
    whoever_mounts_the_schema_gets_the_same_answers,
);

/// How many documents are compared, unless `ENGINE_DOCUMENTS` says otherwise.
const MANY: usize = 150;
/// What they may cost: a program that is not optimised makes some ten thousand fields a second.
pub const MOST: u64 = 10_000;

/// The nouns of the catalogue, by name.
fn nouns() -> &'static BTreeMap<&'static str, &'static Noun> {
    static NOUNS: OnceLock<BTreeMap<&str, &Noun>> = OnceLock::new();
    NOUNS.get_or_init(|| {
        let noun = |entry: &Entry| match entry {
            Entry::List(noun)
            | Entry::By(noun, _)
            | Entry::Key(noun, ..)
            | Entry::Mine(noun, _) => Some(noun()),
            Entry::Node | Entry::Nodes | Entry::Own => None,
        };
        ROOTS.iter().filter_map(|root| noun(&root.to)).map(|noun| (noun.name, noun)).collect()
    })
}

/// Whether the catalogue has a field.
pub fn is_known(of: &str, field: &str) -> bool {
    if of == "Query" {
        // Lists above all: of the records that a key or an id names most are not there.
        let few = ["batch", "institution", "country", "claim"];
        let known = |root: &&Root| !matches!(root.to, Entry::By(..)) || few.contains(&root.name);
        return ROOTS.iter().filter(known).any(|root| camel_case(root.name) == field);
    }
    if let Some(noun) = nouns().get(of) {
        return field == "id" || noun.field(field).is_some() || noun.own(field).is_some();
    }
    true
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |so_far, part| so_far + &part[..1].to_uppercase() + &part[1..])
}

async fn what_is_answered_directly_is_what_is_answered_within_the_library(app: TestApp) {
    fill(&writable(&app).await, Size::named("small").expect("a size")).await.expect("a network");
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (many, seed) =
        (number("ENGINE_DOCUMENTS").unwrap_or(MANY), number("JEJARING_SEED").unwrap_or(23) as u64);
    let graph = Graph::with_cursor(&cursor(&app).await);
    let mut documents = Documents::new(&graph, seed).merging(is_known);
    let actors = [
        Actor::Anonymous,
        app.officer("bbspjikb").await,
        app.staff(GrantRole::Curator).await,
        Actor::Operator,
    ];
    let (mut compared, mut left_out, mut with_rows, mut with_errors) = (0, 0, 0, 0);
    let (mut sent_by_us, mut sent_by_them) = (0, 0);
    while compared < many {
        let query = documents.next();
        let variables = json!({ "a": compared % 2 == 0, "b": compared % 3 == 0 });
        let variables = variables.as_object().cloned().unwrap_or_default();
        let params = GraphQlParams { variables, ..GraphQlParams::new(&query) };
        let prepared = match app.app.pipeline.prepare(&params) {
            Ok(prepared) if prepared.requested_cost <= MOST => prepared,
            Ok(_) => continue,
            Err(errors) => {
                let limits = errors.iter().all(|error| error.limit.is_some());
                assert!(limits, "seed {seed}: {query}: {errors:?}");
                continue;
            }
        };
        compared += 1;
        let actor = &actors[compared % actors.len()];
        let sent = app.app.db.statements().count();
        let ours = app.app.run(actor.clone(), Languages::default(), &prepared).await;
        let ours_sent = app.app.db.statements().count() - sent;
        let theirs =
            app.app.page(actor.clone(), Languages::default(), prepared.request(), 100).await;
        let theirs_sent = app.app.db.statements().count() - sent - ours_sent;
        // Where a field stands may depend on the request: then the library answers anyway.
        let Some(json) = ours.json.as_ref() else {
            left_out += 1;
            continue;
        };
        let json = std::str::from_utf8(json).expect("JSON is text");
        let expected = serde_json::to_string(&theirs.response.data).expect("JSON");
        assert_eq!(
            json, expected,
            "seed {seed}, document {compared}: {query}: {:?}",
            ours.response.errors
        );
        let told = |errors: &[async_graphql::ServerError]| {
            let mut told: Vec<String> =
                errors.iter().map(|error| format!("{:?} {}", error.path, error.message)).collect();
            told.sort_unstable();
            told.dedup();
            told
        };
        let (ours_told, theirs_told) = (told(&ours.response.errors), told(&theirs.response.errors));
        assert!(
            theirs_told.iter().all(|error| ours_told.contains(error)),
            "{query}: {ours_told:?}, {theirs_told:?}"
        );
        assert_eq!(ours_told.is_empty(), theirs_told.is_empty(), "{query}: {ours_told:?}");
        assert_eq!(ours.actual_cost, theirs.actual_cost, "seed {seed}: {query}");
        // What fails at once spares the library what stands beside it.
        if ours_told.is_empty() {
            // They also read once what two places of a document lead to.
            assert!(
                ours_sent <= 2 * theirs_sent,
                "seed {seed}: {ours_sent} statements, not {theirs_sent}: {query}"
            );
            sent_by_us += ours_sent;
            sent_by_them += theirs_sent;
        }
        with_rows += usize::from(json.contains("[{"));
        with_errors += usize::from(!ours_told.is_empty());
    }
    assert!(left_out * 20 < compared, "{left_out} of {compared} are left to the library");
    println!("{compared} documents, {with_rows} with rows, {with_errors} with errors");
    println!("{sent_by_us} statements, and {sent_by_them} within the library");
    assert!(sent_by_us < sent_by_them, "{sent_by_us} statements, not {sent_by_them}");
    assert!(with_rows * 3 > compared, "{with_rows} of {compared} have rows");
}

/// Places behind the last node, fields whose place in the answer depends on the request, arguments
/// that are null.
async fn what_random_documents_do_not_ask_is_answered_alike(app: TestApp) {
    let ends = app.ask(
        "{ countries(last: 1) { pageInfo { endCursor } } first: countries(first: 1) { pageInfo { \
         startCursor } } }",
    );
    let ends = ends.await;
    let (last, first) =
        (ends.text("/countries/pageInfo/endCursor"), ends.text("/first/pageInfo/startCursor"));
    let info = "pageInfo { hasPreviousPage hasNextPage startCursor endCursor }";
    for query in [
        format!("{{ countries(after: {last:?}) {{ {info} nodes {{ code }} }} }}"),
        format!("{{ countries(last: 3, before: {first:?}) {{ {info} nodes {{ code }} }} }}"),
        format!(
            "{{ countries(first: 0, after: {first:?}) {{ {info} }} country(code: \"ID\") {{ \
             code memberships(first: 0) {{ {info} }} }} }}"
        ),
        "query($a: Boolean!) { countries(first: 2) { nodes { code @skip(if: $a) alpha3 code } } }"
            .to_owned(),
        "query($a: Boolean!) { countries(first: 2) { nodes { ... @include(if: $a) { code } alpha3 \
         ... @skip(if: $a) { code } } } }"
            .to_owned(),
        "query($n: Int) { countries { groupedBy(fields: [\"alpha3\"], first: $n) { count } } }"
            .to_owned(),
        "query($n: Int) { batches { groupedBy(fields: [\"status\"], first: $n) { count values } } \
         }"
        .to_owned(),
        "{ batches(first: 3) { nodes { engagements { nodes { person { key } onBehalfOf { \
         statedClaims { nodes { id } } } } } } } }"
            .to_owned(),
    ] {
        for variables in
            [json!({ "a": true, "n": null }), json!({ "a": false, "n": 2 }), json!({ "a": true })]
        {
            let variables = variables.as_object().cloned().unwrap_or_default();
            let params = GraphQlParams { variables, ..GraphQlParams::new(&query) };
            let prepared = app
                .app
                .pipeline
                .prepare(&params)
                .unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
            let ours = app
                .app
                .run(Actor::Anonymous, Languages::default(), &prepared)
                .await
                .into_response();
            let theirs = app
                .app
                .page(Actor::Anonymous, Languages::default(), prepared.request(), 100)
                .await
                .response;
            let json = |data| serde_json::to_string(data).expect("JSON");
            assert_eq!(json(&ours.data), json(&theirs.data), "{query}");
            assert_eq!(ours.errors.len(), theirs.errors.len(), "{query}: {:?}", ours.errors);
        }
    }
}

/// As an ordinary schema of async-graphql: with the library's own parser, validation and execution,
/// the engine behind it.
async fn whoever_mounts_the_schema_gets_the_same_answers(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let queries =
        EXAMPLES.iter().map(|example| example.1).filter(|query| !query.contains("subscription"));
    let more = [
        "query Q($n: Int = 2, $more: Boolean!) { batches(first: $n) { totalCount nodes { key \
         venues @include(if: $more) { nodes { city } } } } }",
        "{ partnerships(first: 30) { nodes { role holder { __typename ... on PartnershipHolder { \
         ... on Institution { key } } ... on Node { id } } subject { ...S } } } } fragment S on \
         PartnershipSubject { ... on Batch { key history { kind } } }",
        "{ nodes(ids: [\"QmF0Y2g6MDE\"]) { id } }",
        "{ search(text: \"batik\") { nodes { match record { __typename ... on Programme { key \
         title batches { totalCount } } } } } }",
        "{ sources(first: 5) { nodes { key origin { key relations { kind related { key } } } } } \
         node(id: \"no\") { id } }",
        "{ __type(name: \"Batch\") { fields { name args { name } } } batches(first: 1) { nodes { \
         key } } }",
        "{ batches(first: 1000) { nodes { key } } }",
        "mutation { dismissFinding: settleNothing { cursor } }",
    ];
    // What is selected twice is merged by our front, and refused where the library is by itself.
    let add = "addVenue(input: {name: \"Twice\"}) { cursor }";
    let twice = format!("mutation {{ {add} ... {{ {add} }} }}");
    let refused = Embedded::new(&app.app, officer.clone()).execute(Request::new(twice)).await;
    assert_eq!(refused.errors.len(), 1, "{:?}", refused.data);
    assert!(refused.errors[0].message.contains("`addVenue` is selected twice"));
    for actor in [Actor::Anonymous, officer] {
        let embedded = Embedded::new(&app.app, actor.clone());
        for query in queries.clone().chain(more) {
            let variables = json!({ "more": true });
            let params = GraphQlParams {
                variables: variables.as_object().cloned().unwrap_or_default(),
                ..GraphQlParams::new(query)
            };
            let ours = app.app.answer(actor.clone(), Languages::default(), &params).await;
            let request = Request::new(query).variables(Variables::from_json(variables));
            let theirs = embedded.execute(request).await;
            let data = |response: &Response| serde_json::to_string(&response.data).expect("JSON");
            assert_eq!(
                data(&ours),
                data(&theirs),
                "{query}: {:?} {:?}",
                ours.errors,
                theirs.errors
            );
            assert_eq!(
                ours.errors.is_empty(),
                theirs.errors.is_empty(),
                "{query}: {:?} {:?}",
                ours.errors,
                theirs.errors
            );
        }
    }
}

/// A plan is kept for a class of readers: what it depends on is the same for all of them.
async fn whoever_is_of_one_class_has_the_same_plans(app: TestApp) {
    let roles = [GrantRole::Curator, GrantRole::Auditor, GrantRole::Administrator].map(Role::Of);
    let officer = Role::OfficerOf("bbspjikb");
    let mut actors = vec![Actor::Anonymous, Actor::Operator, app.somebody("Nobody", &[]).await];
    for (number, role) in roles.iter().enumerate() {
        actors.push(app.somebody(&format!("Staff {number}"), std::slice::from_ref(role)).await);
        actors.push(app.somebody(&format!("Both {number}"), &[*role, officer]).await);
    }
    actors.push(app.somebody("All", &[roles[0], roles[1], roles[2], officer]).await);
    actors.extend([app.officer("bbspjikb").await, app.officer("asean-secretariat").await]);
    let mut classes: BTreeMap<u8, (Actor, Vec<(bool, bool)>)> = BTreeMap::new();
    for actor in actors {
        let visible = Visible::to(actor.clone());
        let sees = nouns()
            .values()
            .map(|noun| (noun.table.by_itself(&visible), noun.table.is_open(&visible)));
        let sees: Vec<(bool, bool)> = sees.collect();
        let (first, known) =
            classes.entry(visible.class()).or_insert_with(|| (actor.clone(), sees.clone()));
        assert_eq!(*known, sees, "{first:?} and {actor:?}");
    }
    assert!(classes.len() > 4, "{}", classes.len());
}
