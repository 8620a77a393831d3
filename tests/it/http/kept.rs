//! Answers that are kept: by the register, and by whoever has asked.

use axum::http::StatusCode;
use entity::vocabulary::{GrantRole, TokenScope};
use jejaring::http::HttpState;
use serde_json::json;

use super::{KEY, get, metrics, post};
use crate::support::{TestApp, token_of};

both_dbs!(
    a_get_is_answered_again_only_where_it_changed,
    an_answer_is_kept_until_something_is_written,
    what_may_differ_is_not_answered_alike,
);

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
