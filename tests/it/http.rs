//! GraphQL over HTTP: media types, status codes, methods, caching, budgets, named documents. As its
//! specification says (<https://graphql.github.io/graphql-over-http/draft/>); the public audits run
//! beside these (`tests/conformance`).

mod kept;
mod limits;
mod tables;
mod workbooks;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jejaring::http::{HttpState, metrics_router, router};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::support::{TestApp, db_options, no_trusted, settings};

both_dbs!(
    post_and_get_answer_alike,
    the_status_tells_the_class_of_the_fault,
    only_json_that_a_browser_asks_for_is_read,
    clients_register_documents_under_their_digest,
    trusted_documents_alone,
    a_list_of_requests_is_read_where_it_is_allowed,
    a_panic_is_an_error_with_an_id,
    answers_are_compressed_and_have_an_id,
    origins_are_welcome_where_configured,
    operators_see_figures,
    names_come_in_the_languages_of_the_reader,
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
