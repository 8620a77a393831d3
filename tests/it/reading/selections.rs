//! What is selected of an object: fragments, aliases, several lists.

use jejaring::access::Actor;
use serde_json::{Value, json};

use super::refused;
use crate::support::TestApp;

both_dbs!(
    an_object_comes_with_its_first_list,
    what_fragments_select_is_read,
    a_list_may_be_asked_for_twice,
    a_field_alone_is_what_it_is_among_others,
    lists_of_several_types_under_one_name_do_not_mix,
);

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
