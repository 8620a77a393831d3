//! How much a client may ask for, and for how long.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{KEY, get, post, request, send};
use crate::support::TestApp;

both_dbs!(
    a_client_that_spent_its_budget_is_told_when_to_come_back,
    many_errors_are_told_in_part,
    a_request_that_takes_too_long_is_given_up,
    a_body_has_a_limit,
    what_is_judged_is_paid_for_by_its_length,
    whoever_shows_a_token_is_answered_alone,
    a_proxy_speaks_for_its_clients,
    headers_must_come_in_time_and_measure,
);

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
