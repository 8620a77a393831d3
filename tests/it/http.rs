//! GraphQL over HTTP: media types, status codes, methods, caching, budgets, named documents. As its
//! specification says (<https://graphql.github.io/graphql-over-http/draft/>); the public audits run
//! beside these (`tests/conformance`).

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use entity::vocabulary::{GrantRole, TokenScope};
use jejaring::http::{HttpState, metrics_router, router};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::support::{TestApp, db_options, no_trusted, settings, token_of};

both_dbs!(
    post_and_get_answer_alike,
    the_status_tells_the_class_of_the_fault,
    only_json_that_a_browser_asks_for_is_read,
    a_get_is_answered_again_only_where_it_changed,
    an_answer_is_kept_until_something_is_written,
    what_may_differ_is_not_answered_alike,
    a_client_that_spent_its_budget_is_told_when_to_come_back,
    clients_register_documents_under_their_digest,
    trusted_documents_alone,
    many_errors_are_told_in_part,
    a_list_of_requests_is_read_where_it_is_allowed,
    a_request_that_takes_too_long_is_given_up,
    a_panic_is_an_error_with_an_id,
    answers_are_compressed_and_have_an_id,
    origins_are_welcome_where_configured,
    operators_see_figures,
    a_body_has_a_limit,
    a_list_is_a_table,
    a_table_has_the_whole_list,
    a_cube_is_a_table,
    what_is_no_list_is_no_table,
    names_come_in_the_languages_of_the_reader,
    what_is_judged_is_paid_for_by_its_length,
    whoever_shows_a_token_is_answered_alone,
    a_proxy_speaks_for_its_clients,
    headers_must_come_in_time_and_measure,
);

/// An answer as it came.
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

pub async fn send(state: &HttpState, request: Request<Body>) -> Got {
    let response = router(state.clone()).oneshot(request).await.expect("routers do not fail");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
    Got { status: head.status, headers: head.headers, body }
}

pub fn request(
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let builder = Request::builder().method(method).uri(uri);
    let builder =
        headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).expect("a request")
}

pub async fn post(state: &HttpState, body: Value, headers: &[(&str, &str)]) -> Got {
    let headers: Vec<_> =
        [("content-type", "application/json")].iter().chain(headers).copied().collect();
    send(state, request("POST", "/graphql", &headers, body.to_string())).await
}

/// What operators see.
async fn metrics(state: &HttpState) -> String {
    let response =
        metrics_router(state.clone()).oneshot(request("GET", "/metrics", &[], Body::empty())).await;
    let text =
        to_bytes(response.expect("an answer").into_body(), usize::MAX).await.expect("a body");
    String::from_utf8(text.to_vec()).expect("text")
}

async fn get(state: &HttpState, pairs: &[(&str, &str)], headers: &[(&str, &str)]) -> Got {
    let query: String =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    send(state, request("GET", &format!("/graphql?{query}"), headers, Body::empty())).await
}

const NEW: (&str, &str) = ("accept", "application/graphql-response+json");
const KEY: &str = r#"{ batch(by: {key: "jewellery-2023"}) { key } }"#;

async fn post_and_get_answer_alike(app: TestApp) {
    let state = app.state();
    let query = "query A($key: String!) { batch(by: {key: $key}) { key } } query B { __typename }";
    let variables = json!({ "key": "jewellery-2023" });
    let posted =
        post(&state, json!({ "query": query, "operationName": "A", "variables": variables }), &[])
            .await;
    let pairs = [("query", query), ("operationName", "A"), ("variables", &variables.to_string())];
    let got = get(&state, &pairs, &[]).await;
    for answer in [&posted, &got] {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(answer.json(), json!({ "data": { "batch": { "key": "jewellery-2023" } } }));
    }
    assert_eq!(
        post(&state, json!({ "query": KEY }), &[NEW]).await.header("content-type"),
        "application/graphql-response+json; charset=utf-8"
    );
    let head =
        send(&state, request("HEAD", "/graphql?query=%7B__typename%7D", &[], Body::empty())).await;
    assert_eq!(head.status, StatusCode::OK);
}

/// What was written is seen by the next who asks, whoever wrote it and in which process.
async fn an_answer_is_kept_until_something_is_written(app: TestApp) {
    let (state, another) = (app.state(), app.state());
    let query = "{ sources { totalCount nodes { title } } }";
    let ask = async |state: &HttpState| {
        let before = app.app.db.statements().count();
        let got = post(state, json!({ "query": query }), &[]).await.json();
        let count = got["data"]["sources"]["totalCount"].as_u64().expect("a number");
        (count, app.app.db.statements().count() - before)
    };
    let ((first, made), (again, looked)) = (ask(&state).await, ask(&state).await);
    assert_eq!((first, looked), (again, 1), "it is only looked whether something was written");
    assert!(made > 1);
    assert_eq!(ask(&another).await, (first, made));
    let curator = app.staff(GrantRole::Curator).await;
    let source = "mutation { addSource(input: {kind: NEWS_REPORT, title: \"Kept\", language: \
                  \"en\"}) { errors { message } } }";
    app.ask_as(&curator, source).await;
    for state in [&state, &another] {
        assert_eq!(ask(state).await, (first + 1, made));
        assert_eq!(ask(state).await, (first + 1, 1));
    }
}

async fn what_may_differ_is_not_answered_alike(app: TestApp) {
    let (state, forgetful) = (app.state(), app.state_with("[http]\nanswer_cache_bytes = 0"));
    let query = "query($code: CountryCode!) { country(code: $code) { name } }";
    let asked = |code: &str, cost: bool| {
        json!({
            "query": query, "variables": { "code": code }, "extensions": { "cost": cost }
        })
    };
    let (token, _) = token_of(&app, "reader", &[], &[TokenScope::Read]).await;
    let token = format!("Bearer {token}");
    let languages = [("accept-language", "id")];
    let shown = [("authorization", token.as_str())];
    // Twice, so that whatever is kept is answered with.
    for _ in 0..2 {
        for headers in [&[] as &[_], &languages, &shown] {
            for body in [
                asked("KH", false),
                asked("KH", true),
                asked("TH", false),
                asked("QQ", false),
                asked("K", false),
            ] {
                let (got, made) = (
                    post(&state, body.clone(), headers).await,
                    post(&forgetful, body, headers).await,
                );
                assert_eq!((got.status, got.json()), (made.status, made.json()));
            }
        }
    }
    let metrics = metrics(&state).await;
    let hits = metrics
        .lines()
        .find_map(|line| line.strip_prefix("jejaring_answer_lookups_total{of=\"hit\"} "));
    // In two languages: a country with its cost and without, another, and one that there is not; a
    // code that cannot be is an error.
    assert_eq!(hits, Some("8"));
}

/// `application/graphql-response+json` tells by the status whether a request was executed; with
/// `application/json` any well-formed request is 200.
async fn the_status_tells_the_class_of_the_fault(app: TestApp) {
    let state = app.state();
    let needs = "query($id: ID!) { node(id: $id) { id } }";
    for (body, old, new, code) in [
        (json!({ "query": "{" }), 200, 400, "GRAPHQL_PARSE_FAILED"),
        (json!({ "query": "{ nothing }" }), 200, 400, "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": needs, "variables": { "id": null } }), 200, 400, "BAD_USER_INPUT"),
        (json!({ "query": KEY, "operationName": "Other" }), 200, 400, "BAD_USER_INPUT"),
        (json!({ "query": "{ __typename ".repeat(100) }), 200, 400, "COST_LIMIT_EXCEEDED"),
        (json!({ "documentId": "sha256:00" }), 200, 400, "PERSISTED_QUERY_NOT_SUPPORTED"),
        (json!({ "qeury": KEY }), 400, 400, "BAD_USER_INPUT"),
        (json!({ "query": KEY, "variables": 7 }), 400, 400, "BAD_USER_INPUT"),
        (json!([{ "query": KEY }]), 400, 400, "BAD_USER_INPUT"),
        (json!({ "query": "{ node(id: \"x\") { id } }" }), 200, 294, "BAD_USER_INPUT"),
    ] {
        let (older, newer) =
            (post(&state, body.clone(), &[]).await, post(&state, body.clone(), &[NEW]).await);
        assert_eq!((older.status.as_u16(), newer.status.as_u16()), (old, new), "{body}");
        assert_eq!((older.code(), newer.code()), (code.to_owned(), code.to_owned()), "{body}");
        assert_eq!(newer.json().get("data").is_some(), new == 294, "{body}");
        assert_eq!(older.header("cache-control"), "no-store");
    }
}

async fn only_json_that_a_browser_asks_for_is_read(app: TestApp) {
    let state = app.state();
    let body = json!({ "query": KEY }).to_string();
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=UTF-8", 200),
        ("application/json; charset=latin1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
        ("", 415),
    ] {
        let got = send(
            &state,
            request("POST", "/graphql", &[("content-type", content_type)], body.clone()),
        )
        .await;
        assert_eq!(got.status.as_u16(), status, "{content_type}");
    }
    for (method, status) in [("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("OPTIONS", 204)] {
        let got = send(&state, request(method, "/graphql", &[], Body::empty())).await;
        assert_eq!(
            (got.status.as_u16(), got.header("allow")),
            (status, "GET, HEAD, POST, OPTIONS")
        );
    }
    let written = get(&state, &[("query", "mutation { __typename }")], &[]).await;
    assert_eq!((written.status.as_u16(), written.header("allow")), (405, "POST"));
    let image = [("sec-fetch-mode", "no-cors"), ("sec-fetch-site", "cross-site")];
    assert_eq!(get(&state, &[("query", KEY)], &image).await.status, StatusCode::FORBIDDEN);
    let asked = [image[0], image[1], ("graphql-require-preflight", "1")];
    assert_eq!(get(&state, &[("query", KEY)], &asked).await.status, StatusCode::OK);
    assert_eq!(
        get(&state, &[("query", KEY)], &[("accept", "text/html")]).await.status,
        StatusCode::NOT_ACCEPTABLE
    );
    let gzip = [("content-type", "application/json"), ("content-encoding", "gzip")];
    assert_eq!(
        send(&state, request("POST", "/graphql", &gzip, "x")).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let rubbish = [("content-type", "application/json")];
    let got = send(&state, request("POST", "/graphql", &rubbish, vec![0xff, 0])).await;
    assert_eq!((got.status, got.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT".to_owned()));
}

async fn a_get_is_answered_again_only_where_it_changed(app: TestApp) {
    let state = app.state();
    let first = get(&state, &[("query", KEY)], &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.header("cache-control"), "public, no-cache");
    for field in ["accept", "accept-language", "authorization"] {
        let vary = first
            .headers
            .get_all("vary")
            .iter()
            .any(|value| value.to_str().expect("text").contains(field));
        assert!(vary, "{field}");
    }
    let again =
        get(&state, &[("query", KEY)], &[("if-none-match", &format!("\"other\", {tag}"))]).await;
    assert_eq!(
        (again.status, again.body.len(), again.header("etag")),
        (StatusCode::NOT_MODIFIED, 0, tag.as_str())
    );
    let other = get(&state, &[("query", "{ __typename }")], &[("if-none-match", &tag)]).await;
    assert_eq!(other.status, StatusCode::OK);
    let faulty = get(&state, &[("query", "{ nothing }")], &[]).await;
    assert_eq!((faulty.header("cache-control"), faulty.header("etag")), ("no-store", ""));
    assert_eq!(post(&state, json!({ "query": KEY }), &[]).await.header("etag"), "");
}

async fn a_client_that_spent_its_budget_is_told_when_to_come_back(app: TestApp) {
    let state = app.state_with("limits.max_cost = 100\n[rate]\nanonymous_per_minute = 60");
    // 120 may be spent at once: thirteen each, for the request, its length and two fields.
    for _ in 0..9 {
        assert_eq!(post(&state, json!({ "query": KEY }), &[]).await.status, StatusCode::OK);
    }
    let refused = post(&state, json!({ "query": KEY }), &[]).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED".to_owned())
    );
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=12).contains(&wait), "{wait}");
}

async fn clients_register_documents_under_their_digest(app: TestApp) {
    let state = app.state();
    let digest = Sha256::digest(KEY).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": digest } });
    let unknown = post(&state, json!({ "extensions": extensions }), &[]).await;
    assert_eq!(unknown.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
    let registered = post(&state, json!({ "query": KEY, "extensions": extensions }), &[]).await;
    let known = get(&state, &[("extensions", &extensions.to_string())], &[]).await;
    assert_eq!(registered.json(), known.json());
    assert_eq!(known.json()["data"]["batch"]["key"], "jewellery-2023");
}

async fn trusted_documents_alone(app: TestApp) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("persisted.json");
    std::fs::write(&path, json!({ "one": KEY }).to_string()).expect("it is written");
    let state = app.state_with(&format!("[documents]\nmode = \"only\"\nmanifest = {path:?}"));
    assert_eq!(
        post(&state, json!({ "documentId": "one" }), &[]).await.json()["data"]["batch"]["key"],
        "jewellery-2023"
    );
    let refused = post(&state, json!({ "query": "{ __typename }" }), &[]).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "FORBIDDEN".to_owned()));
    assert_eq!(get(&state, &[("documentId", "two")], &[NEW]).await.status, StatusCode::BAD_REQUEST);
}

async fn many_errors_are_told_in_part(app: TestApp) {
    let state = app.state();
    let query = (0..40)
        .map(|number| format!("a{number}: node(id: \"{number}\") {{ id }} "))
        .collect::<String>();
    let got = post(&state, json!({ "query": format!("{{ {query} }}") }), &[]).await.json();
    assert_eq!(got["errors"].as_array().map(Vec::len), Some(20));
    assert_eq!(got["extensions"]["errorsOmitted"], 20);
    let long = (0..15)
        .map(|number| format!("a{number}: node(id: \"{}\") {{ id }} ", "x".repeat(3000)))
        .collect::<String>();
    let got = post(&state, json!({ "query": format!("{{ {long} }}") }), &[]).await.json();
    assert!(got["errors"].to_string().len() < 17 * 1024, "{}", got["errors"].to_string().len());
}

async fn a_list_of_requests_is_read_where_it_is_allowed(app: TestApp) {
    let list = json!([{ "query": KEY }, { "query": "{ nothing }" }, 7]);
    assert_eq!(post(&app.state(), list.clone(), &[]).await.status, StatusCode::BAD_REQUEST);
    let state = app.state_with("http.max_batch = 3");
    let got = post(&state, list, &[]).await.json();
    assert_eq!(got[0]["data"]["batch"]["key"], "jewellery-2023");
    assert_eq!(got[1]["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(got[2]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let four = json!([{ "query": KEY }, { "query": KEY }, { "query": KEY }, { "query": KEY }]);
    assert_eq!(post(&state, four, &[]).await.code(), "COST_LIMIT_EXCEEDED");
}

/// All connections are taken: the request waits for one, as it would for a slow statement.
async fn a_request_that_takes_too_long_is_given_up(app: TestApp) {
    let state = app.state_with("http.timeout_seconds = 1");
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(app.app.db.reading().begin(Default::default()).await.expect("a connection"));
    }
    let got = post(&state, json!({ "query": KEY }), &[]).await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "REQUEST_TIMEOUT".to_owned())
    );
    let endless = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let got =
        send(&state, request("POST", "/graphql", &[("content-type", "application/json")], endless))
            .await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT".to_owned())
    );
}

async fn a_panic_is_an_error_with_an_id(app: TestApp) {
    let observer: jejaring::db::Observer =
        std::sync::Arc::new(|_| panic!("a statement that must not be told"));
    let options =
        jejaring::db::DbOptions { observer: Some(observer), ..db_options(&app.url, 1, 2) };
    let db = jejaring::db::Db::connect(&options).await.expect("the database opens");
    let broken = jejaring::app::App::over(db, app.app.clock.clone(), &settings(""), no_trusted());
    let config = jejaring::config::Config::from_layers([]).expect("the defaults");
    let got = post(&HttpState::new(broken, &config), json!({ "query": KEY }), &[]).await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR".to_owned())
    );
    assert!(got.json()["errors"][0]["extensions"]["errorId"].is_string());
    assert!(!String::from_utf8_lossy(&got.body).contains("must not be told"));
}

async fn answers_are_compressed_and_have_an_id(app: TestApp) {
    let state = app.state();
    let query = "{ countries(first: 100) { nodes { code name } } }";
    let got = post(&state, json!({ "query": query }), &[("accept-encoding", "gzip")]).await;
    assert_eq!(got.header("content-encoding"), "gzip");
    assert!(
        got.headers
            .get_all("vary")
            .iter()
            .any(|value| value.to_str().is_ok_and(|it| it.contains("accept-encoding")))
    );
    let own = post(&state, json!({ "query": KEY }), &[("x-request-id", "portal-7")]).await;
    assert_eq!(own.header("x-request-id"), "portal-7");
    let odd = post(&state, json!({ "query": KEY }), &[("x-request-id", "a b\"c")]).await;
    assert_eq!(odd.header("x-request-id").len(), 36);
}

async fn origins_are_welcome_where_configured(app: TestApp) {
    let asked = [
        ("origin", "https://portal.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let preflight = || request("OPTIONS", "/graphql", &asked, Body::empty());
    let closed = send(&app.state(), preflight()).await;
    assert_eq!(closed.header("access-control-allow-origin"), "");
    let state = app.state_with("http.cors_origins = [\"https://portal.example\"]");
    let open = send(&state, preflight()).await;
    assert_eq!(open.header("access-control-allow-origin"), "https://portal.example");
    assert!(open.header("access-control-allow-headers").contains("content-type"));
    assert_eq!(open.header("access-control-allow-credentials"), "");
    assert_eq!(get(&state, &[("query", KEY)], &asked[..1]).await.status, StatusCode::OK);
    let other = get(&state, &[("query", KEY)], &[("origin", "https://other.example")]).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}

async fn operators_see_figures(app: TestApp) {
    let state = app.state();
    for query in [KEY, KEY, "{ nothing }", &"{ __typename ".repeat(100)] {
        post(&state, json!({ "query": query }), &[]).await;
    }
    assert_eq!(
        send(&state, request("GET", "/metrics", &[], Body::empty())).await.status,
        StatusCode::NOT_FOUND
    );
    let text = metrics(&state).await;
    for line in [
        "jejaring_request_duration_seconds_count{operation=\"query\",outcome=\"ok\"} 2",
        "jejaring_requests_limited_total{limit=\"nesting\"} 1",
        "jejaring_requests_faulty_total 2",
        "jejaring_document_lookups_total{of=\"hit\"} 1",
        "jejaring_pool_connections{pool=\"reading\",state=\"busy\"} ",
    ] {
        assert!(text.contains(line), "no {line} in {text}");
    }
}

async fn a_body_has_a_limit(app: TestApp) {
    let state = app.state();
    let large = json!({ "query": KEY, "more": "x".repeat(103_000) });
    let got = post(&state, large, &[]).await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::PAYLOAD_TOO_LARGE, "COST_LIMIT_EXCEEDED".to_owned())
    );
    // Its length is not announced.
    let chunks = (0..1000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000]));
    let body = Body::from_stream(futures::stream::iter(chunks));
    let got =
        send(&state, request("POST", "/graphql", &[("content-type", "application/json")], body))
            .await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
}

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

/// However long the list of languages, it is read once and costs no more than a few.
async fn names_come_in_the_languages_of_the_reader(app: TestApp) {
    let state = app.state();
    let query = "{ country(code: \"KH\") { name } }";
    let name = async |languages: &str| {
        let got =
            post(&state, json!({ "query": query }), &[("accept-language", languages)]).await.json();
        got["data"]["country"]["name"].as_str().expect("a name").to_owned()
    };
    assert_eq!(name("id").await, "Kamboja");
    assert_eq!(name("fr;q=0.9, id-ID;q=0.5, en;q=0.1").await, "Cambodge");
    assert_eq!(name("is;q=0.9, id-ID;q=0.5, en;q=0.1").await, "Kamboja");
    assert_eq!(name("is, en;q=0.5, id;q=0.1").await, "Cambodia");
    let many = format!("{}id", "x-y,".repeat(60_000));
    assert_eq!(name(&many).await, "Cambodia", "only the first few count");
}

async fn what_is_judged_is_paid_for_by_its_length(app: TestApp) {
    let state = app.state_with(
        "http.max_batch = 10\nlimits.max_cost = 100\n[rate]\nanonymous_per_minute = 1000",
    );
    let long = json!({ "query": format!("{{ {} }}", "nothing ".repeat(3_000)) });
    assert_eq!(post(&state, long.clone(), &[]).await.code(), "GRAPHQL_VALIDATION_FAILED");
    let mut refused = 0;
    for _ in 0..5 {
        refused += u32::from(
            post(&state, long.clone(), &[]).await.status == StatusCode::TOO_MANY_REQUESTS,
        );
    }
    assert!(refused >= 1, "2000 may be spent at once, 490 each");
    // Each request of a list is a request, and a list that meets a closed door is refused as a
    // whole.
    let list = Value::Array((0..10).map(|_| json!({ "query": "{ __typename }" })).collect());
    let got = post(&state, list, &[]).await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED".to_owned())
    );
    assert_ne!(got.header("retry-after"), "");
}

/// No cache that is shared may keep what was made for somebody.
async fn whoever_shows_a_token_is_answered_alone(app: TestApp) {
    let got = get(&app.state(), &[("query", KEY)], &[("authorization", "Bearer something")]).await;
    assert!(!got.header("cache-control").contains("public"), "{}", got.header("cache-control"));
}

async fn a_proxy_speaks_for_its_clients(app: TestApp) {
    use axum::extract::ConnectInfo;
    let state = app.state_with(
        "http.trusted_proxies = [\"10.0.0.0/8\"]\nlimits.max_cost = 5\n[rate]\n\
         anonymous_per_minute = 10",
    );
    let from = async |peer: &str, client: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", client)];
        let mut request =
            request("POST", "/graphql", &headers, json!({ "query": "{ __typename }" }).to_string());
        let peer: std::net::SocketAddr = format!("{peer}:1").parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        send(&state, request).await.status
    };
    assert_eq!(from("10.0.0.1", "192.0.2.1").await, StatusCode::OK);
    assert_eq!(from("10.0.0.1", "192.0.2.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(from("10.0.0.1", "192.0.2.2").await, StatusCode::OK, "another client of the proxy");
    assert_eq!(from("203.0.113.1", "192.0.2.3").await, StatusCode::OK);
    assert_eq!(
        from("203.0.113.1", "192.0.2.4").await,
        StatusCode::TOO_MANY_REQUESTS,
        "it is nobody's proxy"
    );
}

/// Headers without end are refused before they fill the memory.
async fn headers_must_come_in_time_and_measure(app: TestApp) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(jejaring::http::serve(listener, app.state(), async {
        let _ = stopped.await;
    }));
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(b"POST /graphql HTTP/1.1\r\nHost: x\r\n").await.expect("it reads");
    let line = format!("X-More: {}\r\n", "x".repeat(1_000));
    for _ in 0..200 {
        // The server closes in the middle.
        if stream.write_all(line.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(read.is_err() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    stop.send(()).expect("it serves");
    served.await.expect("it ends").expect("it served");
}
