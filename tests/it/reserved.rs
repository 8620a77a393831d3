//! Event streams that are reserved first and shared by several operations, and how many may be
//! reserved.

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::TokenScope;
use futures::StreamExt;
use serde_json::json;
use tower::ServiceExt;

use crate::http::{request, send};
use crate::support::{TestApp, token_of};

both_dbs!(
    several_operations_share_a_reserved_stream,
    reservations_of_others_leave_those_of_an_account
);

async fn several_operations_share_a_reserved_stream(app: TestApp) {
    let state = app.state();
    let reserved = send(&state, request("PUT", "/graphql/stream", &[], Body::empty())).await;
    assert_eq!(reserved.status, StatusCode::CREATED);
    let token = String::from_utf8(reserved.body).expect("a token");
    let named =
        [("x-graphql-event-stream-token", token.as_str()), ("content-type", "application/json")];
    for (id, query) in
        [("a", "subscription { events(first: 1) { cursor } }"), ("b", "{ __typename }")]
    {
        let body = json!({ "query": query, "extensions": { "operationId": id } }).to_string();
        let got = send(&state, request("POST", "/graphql/stream", &named, body)).await;
        assert_eq!(got.status, StatusCode::ACCEPTED);
    }
    let request = request("GET", "/graphql/stream", &named, Body::empty());
    let response = jejaring::http::router(state.clone()).oneshot(request).await.expect("a stream");
    let mut body = response.into_body().into_data_stream();
    let mut text = String::new();
    while text.matches("event: complete").count() < 2 {
        let chunk = body.next().await.expect("more").expect("a chunk");
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    assert!(
        text.contains(r#"data: {"id":"b","payload":{"data":{"__typename":"Query"}}}"#),
        "{text}"
    );
    assert!(
        text.contains(
            r#"event: complete
data: {"id":"a"}"#
        ),
        "{text}"
    );
    let wrong = [("x-graphql-event-stream-token", "wrong")];
    let refused =
        send(&state, crate::http::request("GET", "/graphql/stream", &wrong, Body::empty())).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

async fn reservations_of_others_leave_those_of_an_account(app: TestApp) {
    let (token, _) = token_of(&app, "Ana", &[], &[TokenScope::Read]).await;
    let bearer = format!("Bearer {token}");
    let proxied = "http.trusted_proxies = [\"0.0.0.0/0\", \"::/0\"]\nrate.anonymous_per_minute = 0";
    let state = app.state_with(proxied);
    let reserve = async |headers: &[(&str, &str)]| {
        send(&state, request("PUT", "/graphql/stream", headers, Body::empty())).await
    };
    let mut tokens = std::collections::HashSet::new();
    for _ in 0..100 {
        tokens.insert(reserve(&[("x-forwarded-for", "192.0.2.1")]).await.body);
    }
    assert_eq!(tokens.len(), 100);
    let refused = reserve(&[("x-forwarded-for", "192.0.2.1")]).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, "20")
    );
    // As many others as it takes until no more are taken without an account.
    let mut refused = None;
    for number in 0..5_000 {
        let address = format!("198.51.{}.{}", number / 250, number % 250);
        let got = reserve(&[("x-forwarded-for", &address)]).await;
        if got.status != StatusCode::CREATED {
            refused = Some(got);
            break;
        }
    }
    let refused = refused.expect("there is an end to it");
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, "20")
    );
    let own = reserve(&[("x-forwarded-for", "192.0.2.1"), ("authorization", &bearer)]).await;
    assert_eq!(own.status, StatusCode::CREATED);
    let own = String::from_utf8(own.body).expect("a token");
    let open = |headers: &[(&str, &str)]| {
        let headers: Vec<_> = [("x-graphql-event-stream-token", own.as_str())]
            .iter()
            .chain(headers)
            .copied()
            .collect();
        jejaring::http::router(state.clone()).oneshot(request(
            "GET",
            "/graphql/stream",
            &headers,
            Body::empty(),
        ))
    };
    assert_eq!(
        open(&[]).await.expect("an answer").status(),
        StatusCode::NOT_FOUND,
        "it is the account's"
    );
    let opened = open(&[("authorization", &bearer)]).await.expect("an answer");
    assert_eq!(opened.status(), StatusCode::OK);
    let again = open(&[("authorization", &bearer)]).await.expect("an answer");
    assert_eq!(again.status(), StatusCode::CONFLICT);
}
