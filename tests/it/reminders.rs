//! What is due, as a calendar at a secret address.

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::TokenScope;
use serde_json::Value;

use crate::http::{request, send};
use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Role, TestApp, token_of};

both_dbs!(
    a_calendar_has_what_is_due_for_its_account,
    an_address_is_good_for_its_calendar_alone,
    whoever_reads_may_make_an_address,
);

const CALENDAR: [TokenScope; 1] = [TokenScope::Calendar];

/// What is answered at the address with a token, and under which conditions it may be kept.
async fn get(app: &TestApp, token: &str, query: &str) -> (StatusCode, String, String) {
    let path = format!("/calendar/mine/{token}.ics{query}");
    let got = send(&app.state(), request("GET", &path, &[], Body::empty())).await;
    let kept = match got.status {
        StatusCode::OK => got.header("cache-control").to_owned(),
        _ => String::new(),
    };
    let text = String::from_utf8(got.body).expect("text").replace("\r\n ", "");
    (got.status, kept, text)
}

async fn a_calendar_has_what_is_due_for_its_account(app: TestApp) {
    let officer = owner(&app).await;
    let body = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }").await;
    let key = body.text("/batch/owner/key");
    let done = async |name: &str, input: &str| {
        let answer = app.ask_as(&officer, &mutation(name, input, "")).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
    };
    let upcoming = draft(&app, &officer, "upcoming", "").await;
    invite(&app, &officer, &upcoming, &["KH", "LA"]).await;
    done("announceBatch", &format!("batchId: {upcoming:?}")).await;
    let held = draft(&app, &officer, "held", ", startsOn: \"2026-05-04\"").await;
    let parties = invite(&app, &officer, &held, &["KH", "LA", "TH"]).await;
    done("announceBatch", &format!("batchId: {held:?}")).await;
    done("recordAttendance", &format!("delegationId: {:?}", parties[0])).await;
    done("expectActionPlan", &format!("delegationId: {:?}, dueOn: \"2026-05-31\"", parties[0]))
        .await;

    let (token, _) = token_of(&app, "Hers", &[Role::OfficerOf(key)], &CALENDAR).await;
    let (status, kept, text) = get(&app, &token, "").await;
    assert_eq!((status, kept.as_str()), (StatusCode::OK, "private, no-cache"));
    for event in [
        "DTSTART;VALUE=DATE:20260531\r\nSUMMARY;LANGUAGE=en:Action plan overdue: Cambodia \
         (Training)",
        "DTSTART;VALUE=DATE:20260617\r\nSUMMARY;LANGUAGE=en:Invitations without an answer: 2",
        "DTSTART;VALUE=DATE:20260505\r\nSUMMARY;LANGUAGE=en:Attendance to record: 2 (Training)",
        "DTSTART;VALUE=DATE:20260601\r\nSUMMARY;LANGUAGE=en:Findings to explain: ",
    ] {
        assert!(text.contains(event), "{event} in {text}");
    }
    assert!(!text.contains(&token), "the calendar does not repeat its address");
    let (_, _, text) = get(&app, &token, "?language=id").await;
    assert!(text.contains("Undangan tanpa jawaban: 2"), "{text}");

    // A focal point is asked for the country alone.
    let (token, _) = token_of(&app, "Theirs", &[Role::FocalPointOf("LA")], &CALENDAR).await;
    let (_, _, text) = get(&app, &token, "").await;
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
    assert!(text.contains("Invitation to answer: Laos (Training)"), "{text}");
    // Nobody in particular has nothing to do.
    let (token, _) = token_of(&app, "Nobody", &[], &CALENDAR).await;
    assert_eq!(get(&app, &token, "").await.2.matches("BEGIN:VEVENT").count(), 0);
}

async fn an_address_is_good_for_its_calendar_alone(app: TestApp) {
    let body = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }").await;
    let roles = [Role::OfficerOf(body.text("/batch/owner/key"))];
    let (token, key) = token_of(&app, "Hers", &roles, &CALENDAR).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let query = r#"{"query": "{ viewerScopes viewer { name } findings { totalCount } }"}"#;
    let got = send(&app.state(), request("POST", "/graphql", &headers, Body::from(query))).await;
    let answer = got.json();
    assert_eq!(answer["data"]["viewerScopes"], serde_json::json!(["CALENDAR"]), "{answer}");
    assert_eq!(answer["data"]["viewer"], Value::Null);

    // Neither what is no token, nor a token for something else, nor one that is revoked.
    let (reading, _) = token_of(&app, "Reads", &roles, &[TokenScope::Read]).await;
    for wrong in ["all", &token[..49], &reading] {
        assert_eq!(get(&app, wrong, "").await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(get(&app, &token, "").await.0, StatusCode::OK);
    let administrator = app.staff(entity::vocabulary::GrantRole::Administrator).await;
    let tokens = format!("{{ apiTokens(filter: {{key: {{eq: {key:?}}}}}) {{ nodes {{ id }} }} }}");
    let found = app.ask_as(&administrator, &tokens).await;
    let id = found.text("/apiTokens/nodes/0/id");
    let revoked = mutation("revokeToken", &format!("tokenId: {id:?}"), "");
    let revoked = app.ask_as(&administrator, &revoked).await;
    assert_eq!(revoked.refusals("revokeToken"), Vec::<String>::new());
    assert_eq!(get(&app, &token, "").await.0, StatusCode::NOT_FOUND);
}

async fn whoever_reads_may_make_an_address(app: TestApp) {
    let officer = owner(&app).await;
    let make = |scopes: &str| {
        mutation("createToken", &format!("name: \"Calendar\", scopes: [{scopes}]"), "secret")
    };
    let made = app.ask_as(&officer, &make("CALENDAR")).await;
    assert_eq!(made.refusals("createToken"), Vec::<String>::new());
    assert_eq!(get(&app, made.text("/createToken/secret"), "").await.0, StatusCode::OK);
    let refused = app.ask_as(&officer, &make("CALENDAR, READ")).await;
    assert_eq!(
        refused.text("/createToken/errors/0/message"),
        "a token for a calendar stands in an address: it has no other scope"
    );
}
