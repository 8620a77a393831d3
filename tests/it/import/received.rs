//! How files arrive: over HTTP, slowly, and not to their end.

use std::io::Cursor;

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::{ImportTable, TokenScope};
use entity::{import, import_row};
use jejaring::exchange::import::receive;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};
use serde_json::json;

use super::{apply, batch, delegations, upload};
use crate::http::{request, send};
use crate::intents::{mutation, owner};
use crate::support::{Role, TestApp, token_of, writable};

both_dbs!(a_file_is_handed_in_over_http, how_far_it_has_come_is_told_meanwhile,);

async fn a_file_is_handed_in_over_http(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let keeper = app.ask("{ batch(by: {key: \"silver\"}) { owner { key } } }").await;
    let keeper = keeper.text("/batch/owner/key");
    let (token, _) = token_of(
        &app,
        "Sender",
        &[Role::OfficerOf(keeper)],
        &[TokenScope::Read, TokenScope::Write],
    )
    .await;
    let state = app.state_with("http.max_import_bytes = 2000");
    let bearer = format!("Bearer {token}");
    let file = "batch,country\nsilver,KH\n";
    let headers = [
        ("content-type", "text/csv"),
        ("authorization", bearer.as_str()),
        ("content-disposition", "attachment; filename=\"a.csv\""),
    ];
    let sent =
        send(&state, request("POST", "/imports?table=delegations", &headers, Body::from(file)))
            .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.json());
    let key = sent.json()["key"].as_str().expect("a key").to_owned();
    let query =
        format!("{{ import(by: {{key: {key:?}}}) {{ rows {{ nodes {{ line state about }} }} }} }}");
    let body = json!({ "query": query });
    let csv =
        crate::http::post(&state, body, &[("authorization", &bearer), ("accept", "text/csv")])
            .await;
    assert_eq!(String::from_utf8_lossy(&csv.body), "line,state,about\r\n2,NEW,\r\n");
    for (path, change, body, status) in [
        (
            "/imports?table=delegations",
            ("authorization", ""),
            file.to_owned(),
            StatusCode::UNAUTHORIZED,
        ),
        (
            "/imports?table=delegations",
            ("content-type", "text/plain"),
            file.to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("/imports", ("content-type", "text/csv"), file.to_owned(), StatusCode::BAD_REQUEST),
        (
            "/imports?table=nothing",
            ("content-type", "text/csv"),
            file.to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/imports?table=delegations",
            ("content-type", "text/csv"),
            "x".repeat(3000),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (
            "/imports?table=delegations",
            ("content-type", "text/csv"),
            "a,\"b\n".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let mut headers: Vec<(&str, &str)> =
            headers.iter().filter(|header| header.0 != change.0).copied().collect();
        headers.extend([change].into_iter().filter(|header| !header.1.is_empty()));
        let refused = send(&state, request("POST", path, &headers, Body::from(body))).await;
        assert_eq!(refused.status, status, "{path} {change:?}: {:?}", refused.json());
    }
    let get =
        send(&state, request("GET", "/imports?table=delegations", &headers, Body::empty())).await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// A file of which only the beginning comes until it is let go; it is gone through once before, for
/// its digest.
struct Slow {
    text: Cursor<Vec<u8>>,
    passes: usize,
    go: std::sync::mpsc::Receiver<()>,
}

impl std::io::Read for Slow {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.passes > 0 && self.text.position() > 0 {
            // Who lets it go may be gone, which lets it go too.
            let _ = self.go.recv();
        }
        self.text.read(into)
    }
}

impl std::io::Seek for Slow {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.passes += 1;
        self.text.seek(to)
    }
}

async fn how_far_it_has_come_is_told_meanwhile(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let (go, gone) = std::sync::mpsc::channel();
    let text: String = std::iter::once("batch,country\n").chain(["silver,KH\n"; 500]).collect();
    let file = Slow { text: Cursor::new(text.into_bytes()), passes: 0, go: gone };
    let (db, clock, who) = (app.app.db.clone(), app.app.clock.clone(), officer.clone());
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        let told = |row: &import::Model, _| begun.send(row.key.clone()).expect("it is listened to");
        receive(&db, &clock, &who, upload(ImportTable::Delegations, "slow.csv"), file, told).await
    });
    let key = begins.recv().await.expect("it is begun");
    let far = format!("{{ import(by: {{key: {key:?}}}) {{ state rowsDone }} }}");
    let answer = app.ask_as(&officer, &far).await;
    assert_eq!(answer.at("/import"), &json!({ "state": "READING", "rowsDone": 0 }));
    drop(go);
    reading.await.expect("it does not panic").expect("the file is read");
    assert_eq!(
        app.ask_as(&officer, &far).await.at("/import"),
        &json!({ "state": "READY", "rowsDone": null })
    );
}

/// An import that a kill has cut off while it was read stays as it was: it can be thrown away, and
/// handed in again.
#[tokio::test]
async fn what_was_cut_off_can_be_thrown_away() {
    let app = TestApp::new(crate::support::Backend::Sqlite, crate::support::Contents::Reports)
        .await
        .expect("a register");
    let officer = owner(&app).await;
    let id = delegations(&app, &officer, "batch,country\njewellery-2023,KH\n").await;
    let row = import::Entity::find()
        .one(app.app.db.reading())
        .await
        .expect("imports")
        .expect("the import");
    let cut = import::ActiveModel {
        state: Set(entity::vocabulary::ImportState::Reading),
        ..row.into_active_model()
    };
    cut.update(&writable(&app).await).await.expect("the row is changed");
    assert!(apply(&app, &officer, &id, "").await[0].starts_with("ILLEGAL_MOVE"));
    let discard = app
        .ask_as(
            &officer,
            &mutation("discardImport", &format!("importId: {id:?}"), "import { state }"),
        )
        .await;
    assert_eq!(discard.refusals("discardImport"), Vec::<String>::new());
    assert_eq!(import_row::Entity::find().count(app.app.db.reading()).await.expect("rows"), 0);
}
