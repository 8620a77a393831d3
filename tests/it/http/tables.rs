//! Answers as tables: CSV, and JSON in lines.

use axum::http::StatusCode;
use jejaring::http::HttpState;
use serde_json::{Value, json};

use super::{Got, post};
use crate::support::TestApp;

both_dbs!(
    a_list_is_a_table,
    a_table_has_the_whole_list,
    a_cube_is_a_table,
    what_is_no_list_is_no_table,
);

async fn table(state: &HttpState, query: &str, accept: &str) -> Got {
    post(state, json!({ "query": query }), &[("accept", accept)]).await
}

/// What stands beside the rows is left out; objects become columns, lists stay in one cell.
async fn a_list_is_a_table(app: TestApp) {
    let state = app.state();
    let query = r#"{ batch(by: {key: "jewellery-2023"}) { delegations(orderBy: {field: DATE},
        filter: {status: {eq: ATTENDED}}) {
        totalCount nodes { status country { code name(language: EN) } batch { venues(first: 5) {
        nodes { city } } } ...K } pageInfo { endCursor } } } }
        fragment K on Delegation { batch { key } }"#;
    let csv = table(&state, query, "text/csv").await;
    assert_eq!(
        (csv.status, csv.header("content-type")),
        (StatusCode::OK, "text/csv; charset=utf-8; header=present")
    );
    let text = String::from_utf8(csv.body).expect("UTF-8");
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "status,country.code,country.name,batch.venues,batch.key");
    assert_eq!(lines.len(), 8, "{text}");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("ATTENDED,KH,Cambodia,")
                && line.ends_with(",jewellery-2023")),
        "{text}"
    );
    let ndjson = table(&state, query, "application/x-ndjson").await;
    let rows: Vec<Value> = String::from_utf8(ndjson.body)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows.len(), 6);
    assert!(
        rows.iter()
            .all(|row| row["batch"]["key"] == "jewellery-2023" && row["status"] == "ATTENDED")
    );
}

/// A table is read to its end whatever the size of a page, and has what pages have, in the same
/// order.
async fn a_table_has_the_whole_list(app: TestApp) {
    let state = app.state();
    let csv = table(&state, "{ countries { edges { node { code } } } }", "text/csv").await;
    let text = String::from_utf8(csv.body).expect("UTF-8");
    let (mut paged, mut after) = (vec!["code".to_owned()], Value::Null);
    loop {
        let query = "query($after: Cursor) { countries(first: 100, after: $after) { nodes { code } \
                     pageInfo { hasNextPage endCursor } } }";
        let page = post(&state, json!({ "query": query, "variables": { "after": after } }), &[])
            .await
            .json();
        let page = &page["data"]["countries"];
        paged.extend(
            page["nodes"]
                .as_array()
                .expect("nodes")
                .iter()
                .map(|node| node["code"].as_str().expect("a code").to_owned()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert!(paged.len() > 200);
    assert_eq!(text.lines().collect::<Vec<_>>(), paged);
    let some = table(&state, "{ countries(first: 3) { nodes { code } } }", "text/csv").await;
    assert_eq!(String::from_utf8(some.body).expect("UTF-8").lines().count(), 4);
    let none = table(
        &state,
        "{ batch(by: {key: \"nothing\"}) { delegations { nodes { key } } } }",
        "text/csv",
    )
    .await;
    assert_eq!(String::from_utf8(none.body).expect("UTF-8"), "key\r\n");
}

/// What is not recorded is no row; a known zero is one.
async fn a_cube_is_a_table(app: TestApp) {
    let state = app.state();
    let query = "{ attendance(rows: COUNTRY, columns: YEAR) { cells { nodes { row { key } column { \
                 key } state attended: count(status: ATTENDED) people { atLeast } } } } }";
    let csv = table(&state, query, "text/csv").await;
    let text = String::from_utf8(csv.body).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 23, "{text}");
    assert_eq!(
        lines[..2],
        ["row.key,column.key,state,attended,people.atLeast", "AF,2017,ATTENDED,1,"]
    );
    assert!(lines.contains(&"SG,2023,NOBODY,0,"), "{text}");
    let found = table(
        &state,
        "{ search(text: \"perhiasan\") { nodes { kind excerpt } } }",
        "application/x-ndjson",
    )
    .await;
    let found = String::from_utf8(found.body).expect("UTF-8");
    assert!(found.lines().count() > 3 && found.starts_with("{\"kind\":\""), "{found}");
}

async fn what_is_no_list_is_no_table(app: TestApp) {
    let state = app.state();
    for (query, what) in [
        ("{ batches { nodes { key } } programmes { nodes { key } } }", "by one field"),
        ("{ batch(by: {key: \"a\"}) { title } }", "no connection"),
        ("{ batches { totalCount } }", "select its `nodes"),
        ("{ batches(last: 5) { nodes { key } } }", "neither `last` nor `before`"),
        ("{ nothing }", "does not have a field"),
    ] {
        let got = table(&state, query, "text/csv").await;
        let message = got.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(message.contains(what), "{query}: {message}");
    }
}
