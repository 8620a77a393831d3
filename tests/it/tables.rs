//! Tables whose rows have lists of their own: what a page may hold is bounded, paid for before it
//! is read, and complete.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Response, StatusCode};
use http_body_util::BodyExt;
use jejaring::http::{HttpState, router};
use jejaring::request::table::{LARGEST_TABLE_PAGE, PAGE_COST};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::http::request;
use crate::network::{Size, fill};
use crate::support::{TestApp, writable};

both_dbs!(
    a_page_is_the_smaller_the_larger_its_rows_are,
    a_row_that_is_too_large_is_refused_before_anything_is_read,
    a_list_within_a_row_says_how_long_it_is,
    a_page_is_paid_for_before_it_is_read,
);

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

/// So long something is watched that must not go on.
const WHILE: Duration = Duration::from_millis(300);

/// Settings without a budget.
const UNPAID: &str = "rate.anonymous_per_minute = 0";

async fn table(state: &HttpState, query: &str, accept: &str) -> Response<Body> {
    let headers = [("content-type", "application/json"), ("accept", accept)];
    let request = request("POST", "/graphql", &headers, json!({ "query": query }).to_string());
    router(state.clone()).oneshot(request).await.expect("routers do not fail")
}

/// The first error of an answer that is no table, and its status.
async fn refusal(response: Response<Body>) -> (StatusCode, String, String) {
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let answer: Value = serde_json::from_slice(&body).expect("JSON");
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&error["extensions"]["code"]), text(&error["message"]))
}

/// The fields of an answer.
fn fields(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(fields).sum(),
        Value::Object(object) => object.values().map(|value| 1 + fields(value)).sum(),
        _ => 0,
    }
}

/// Lists of delegations within one another, as deep as is said.
fn nested(depth: usize, first: u64) -> String {
    let mut row = "key".to_owned();
    for _ in 0..depth {
        row = format!("key batch {{ key delegations(first: {first}) {{ nodes {{ {row} }} }} }}");
    }
    format!("{{ delegations {{ nodes {{ {row} }} }} }}")
}

/// Whatever is nested, a page is refused or holds no more than others do.
async fn a_page_is_the_smaller_the_larger_its_rows_are(app: TestApp) {
    fill(&writable(&app).await, Size::named("small").expect("a size")).await.expect("a network");
    let state = app.state_with(UNPAID);
    let total = app.ask("{ delegations { totalCount } }").await;
    let total = total.data["delegations"]["totalCount"].as_u64().expect("a number");
    assert!(total > LARGEST_TABLE_PAGE, "{total}");
    for (depth, first) in [
        (0, 1),
        (1, 1),
        (1, 20),
        (1, 100),
        (2, 2),
        (2, 20),
        (2, 100),
        (3, 20),
        (4, 5),
        (4, 20),
        (3, 100),
        (7, 100),
    ] {
        let query = nested(depth, first);
        let mut response = table(&state, &query, NDJSON).await;
        if response.status() != StatusCode::OK {
            let (_, code, message) = refusal(response).await;
            assert_eq!(code, "COST_LIMIT_EXCEEDED", "{query}: {message}");
            assert!(depth > 2, "{query}: {message}");
            continue;
        }
        let (mut rows, mut pages, mut largest) = (0, 0, 0);
        let before = app.app.db.statements().count();
        while let Some(frame) = response.body_mut().frame().await {
            let page = frame.expect("the table is whole").into_data().expect("data");
            let page: Vec<Value> = page
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(|line| serde_json::from_slice(line).expect("JSON"))
                .collect();
            rows += page.len() as u64;
            pages += u64::from(!page.is_empty());
            largest = largest.max(if page.len() > 1 { page.iter().map(fields).sum() } else { 0 });
            if rows >= 3 && pages > 1 && depth > 1 {
                // The rest is alike.
                break;
            }
        }
        let statements = app.app.db.statements().count() - before;
        assert!(largest <= PAGE_COST, "{query}: a page has {largest} fields");
        assert!(depth > 1 || rows == total, "{query}: {rows} rows of {total}");
        // Of each page: whether it was written to meanwhile, and a statement or two for each level.
        assert!(
            statements <= (pages + 2) * (2 + 3 * depth as u64),
            "{query}: {statements} statements, {pages} pages"
        );
        let csv = table(&state, &query, CSV).await;
        assert_eq!(csv.status(), StatusCode::OK, "{query}");
    }
}

async fn a_row_that_is_too_large_is_refused_before_anything_is_read(app: TestApp) {
    let state = app.state_with(UNPAID);
    let before = app.app.db.statements().count();
    for accept in [CSV, NDJSON] {
        for query in [nested(5, 20), nested(3, 100), nested(6, 20)] {
            let (status, code, message) = refusal(table(&state, &query, accept).await).await;
            assert_eq!(
                (status, code.as_str()),
                (StatusCode::BAD_REQUEST, "COST_LIMIT_EXCEEDED"),
                "{message}"
            );
            assert!(
                message.contains("a row of the table may have") && message.contains("500000"),
                "{message}"
            );
        }
    }
    assert_eq!(app.app.db.statements().count(), before, "nothing was read");
    // The larger pages are those of the table's own list alone.
    let nested = "{ batches { nodes { delegations(first: 101) { nodes { key } } } } }";
    let (_, code, message) = refusal(table(&state, nested, NDJSON).await).await;
    assert_eq!(code, "BAD_USER_INPUT", "{message}");
    assert!(message.contains("between 0 and 100; it is 101"), "{message}");
    assert_eq!(
        table(&state, "{ batches(first: 5000) { nodes { key } } }", CSV).await.status(),
        StatusCode::OK
    );
}

/// A list that is cut off at its usual page would not be told from a whole one.
async fn a_list_within_a_row_says_how_long_it_is(app: TestApp) {
    let state = app.state();
    for query in [
        "{ batches { nodes { key delegations { nodes { key } } } } }",
        "{ batches { edges { node { key delegations(first: null) { nodes { key } } } } } }",
        "query($n: Int) { batches { nodes { delegations(first: $n) { nodes { key } } } } }",
        "{ batches { nodes { ...F ... on Node { ...F } } } } fragment F on Batch { programme { ... \
         { batches { edges { cursor } } } } }",
        "{ batches { nodes { history { kind } } } }",
        "{ partnerships { nodes { subject { ... on PartnershipSubject { ... on Batch { delegations \
         { nodes { key } } } } } } } }",
    ] {
        let (status, code, message) = refusal(table(&state, query, NDJSON).await).await;
        assert_eq!(
            (status, code.as_str()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
            "{query}: {message}"
        );
        assert!(message.contains("give it `first`"), "{query}: {message}");
    }
    for query in [
        "{ batches { nodes { key delegations(first: 100) { nodes { key } pageInfo { hasNextPage } \
         } } } }",
        "{ batches { nodes { key delegations { totalCount } claims { ...C } } } } fragment C on \
         ClaimConnection { totalCount }",
        "query($n: Int = 3) { batches { nodes { delegations(last: $n) { nodes { key } } } } }",
        "{ batch(by: {key: \"jewellery-2023\"}) { delegations { nodes { key batch { topics(first: \
         5) { nodes { key } } } } } } }",
    ] {
        assert_eq!(table(&state, query, NDJSON).await.status(), StatusCode::OK, "{query}");
    }
}

/// A table that exceeds the budget waits for it, and reads nothing meanwhile.
async fn a_page_is_paid_for_before_it_is_read(app: TestApp) {
    // 2,010 may be spent at once and one a minute. A page of this table may cost nearly 2,000, and
    // has some hundreds.
    let state = app.state_with("rate.anonymous_per_minute = 1\nlimits.max_cost = 2000");
    let query = "{ countries { nodes { code delegations(first: 19) { nodes { key } } } } }";
    let total =
        app.ask("{ countries { totalCount } }").await.data["countries"]["totalCount"].as_u64();
    let mut response = table(&state, query, NDJSON).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut rows = 0;
    while let Ok(frame) = tokio::time::timeout(WHILE, response.body_mut().frame()).await {
        let page = frame.expect("it has not ended").expect("it goes on").into_data().expect("data");
        rows += page.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64;
    }
    assert!(rows > 0 && Some(rows) < total, "{rows} rows of {total:?}");
    let before = app.app.db.statements().count();
    assert!(tokio::time::timeout(WHILE, response.body_mut().frame()).await.is_err());
    // Of another table the first page is not there to be spent.
    assert!(tokio::time::timeout(WHILE, table(&state, query, NDJSON)).await.is_err());
    assert_eq!(app.app.db.statements().count(), before, "nothing is read that is not paid for");
}
