//! Whoever writes for long lets others have their turn, and who cannot have it in time is told so:
//! `BUSY`, of which nothing was done.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::{GrantRole, ImportState, ImportTable, TokenScope};
use entity::{event, event_head, import, import_row};
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, UploadError, expire, receive};
use jejaring::phrase::Phrase;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use serde_json::json;
use tokio::time::sleep;

use crate::events::happen;
use crate::http::{Got, post, request, send};
use crate::intents::{mutation, owner};
use crate::support::{Role, TestApp, token_of, writable};

both_dbs!(
    others_write_while_a_file_is_read,
    a_file_that_breaks_off_leaves_no_rows,
    what_is_thrown_away_while_it_is_read_leaves_no_rows,
    rows_that_were_left_are_cleared,
    a_write_that_cannot_have_the_register_is_busy,
);

const CHUNK: usize = 1000;
const CHUNKS: usize = 8;

fn upload() -> Upload {
    let (table, file_name) = (ImportTable::Delegations, "large.csv".to_owned());
    Upload {
        table,
        file_name,
        institution: None,
        mapping: None,
        columns: Vec::new(),
        set: Vec::new(),
        order: None,
    }
}

/// A file of so many chunks, in which most rows are refused: that is planned as others are.
fn file(chunks: usize) -> String {
    let rows = (0..chunks * CHUNK).map(|number| format!("jewellery-2023,KH,label {number}\n"));
    std::iter::once("batch,country,label\n".to_owned()).chain(rows).collect()
}

async fn rows(app: &TestApp) -> u64 {
    import_row::Entity::find().count(app.app.db.reading()).await.expect("rows")
}

async fn only_import(app: &TestApp) -> import::Model {
    import::Entity::find().one(app.app.db.reading()).await.expect("imports").expect("the import")
}

async fn others_write_while_a_file_is_read(app: TestApp) {
    let officer = owner(&app).await;
    let position = app.position().await;
    let (under_way, over, written) =
        <(Arc<AtomicBool>, Arc<AtomicBool>, Arc<AtomicU64>)>::default();
    let writing = {
        let (app, under_way, over, written) =
            (app.app.clone(), under_way.clone(), over.clone(), written.clone());
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                happen(&app, &[(jejaring::events::EventKind::RegisterLoaded, true)]).await;
                written.fetch_add(u64::from(under_way.load(Ordering::SeqCst)), Ordering::SeqCst);
                sleep(Duration::from_millis(1)).await;
            }
        })
    };
    let told = |_: &import::Model, rows| {
        // From the first chunk to the last.
        under_way.store(rows > 0 && rows < (CHUNKS * CHUNK) as u64, Ordering::SeqCst);
    };
    let text = Cursor::new(file(CHUNKS).into_bytes());
    let read = receive(&app.app.db, &app.app.clock, &officer, upload(), text, told)
        .await
        .expect("it is read");
    over.store(true, Ordering::SeqCst);
    writing.await.expect("it writes on");
    let between = written.load(Ordering::SeqCst);
    assert!(between >= CHUNKS as u64 - 2, "{between} others wrote between {CHUNKS} chunks");
    assert_eq!((read.state, rows(&app).await), (ImportState::Ready, (CHUNKS * CHUNK) as u64));
    // However many chunks there are, the log tells of the file that came in, and that it is read.
    let told = event::Entity::find().filter(event::Column::Position.gt(position));
    let told = told
        .filter(event::Column::Kind.starts_with("import."))
        .order_by_asc(event::Column::Position);
    let told = told.all(app.app.db.reading()).await;
    let told: Vec<String> = told.expect("events").into_iter().map(|event| event.kind).collect();
    assert_eq!(told, ["import.received", "import.read"]);
}

async fn a_file_that_breaks_off_leaves_no_rows(app: TestApp) {
    let officer = owner(&app).await;
    let text = file(2) + &"x,".repeat(2000) + "\n";
    let file = Cursor::new(text.into_bytes());
    let read = receive(&app.app.db, &app.app.clock, &officer, upload(), file, |_, _| ()).await;
    assert!(matches!(read, Err(UploadError::Unreadable(_))), "{read:?}");
    let row = only_import(&app).await;
    assert_eq!((row.state, rows(&app).await), (ImportState::Failed, 0));
    let message = Phrase::read(&row.message.expect("a message")).english();
    assert!(message.starts_with("line 2002: "), "{message}");
}

async fn what_is_thrown_away_while_it_is_read_leaves_no_rows(app: TestApp) {
    let officer = owner(&app).await;
    let (db, clock, who) = (app.app.db.clone(), app.app.clock.clone(), officer.clone());
    let reading = tokio::spawn(async move {
        let text = Cursor::new(file(CHUNKS).into_bytes());
        receive(&db, &clock, &who, upload(), text, |_, _| ()).await
    });
    while rows(&app).await == 0 {
        assert!(!reading.is_finished(), "it is read before anybody looked");
        sleep(Duration::from_millis(1)).await;
    }
    let key = only_import(&app).await.key;
    let id = app.id_of(&officer, "import", &key).await;
    let discard = mutation("discardImport", &format!("importId: {id:?}"), "import { state }");
    let discarded = app.ask_as(&officer, &discard).await;
    assert_eq!(discarded.refusals("discardImport"), Vec::<String>::new());
    let read = reading.await.expect("it does not panic").expect_err("nobody wants it");
    assert_eq!(read.to_string(), "the import was thrown away while its file was read");
    assert_eq!((only_import(&app).await.state, rows(&app).await), (ImportState::Discarded, 0));
}

/// A process that was killed has left rows of an import that is over.
async fn rows_that_were_left_are_cleared(app: TestApp) {
    let officer = owner(&app).await;
    let text = Cursor::new(file(2).into_bytes());
    let read = receive(&app.app.db, &app.app.clock, &officer, upload(), text, |_, _| ())
        .await
        .expect("it is read");
    let key = read.key.clone();
    let over =
        import::ActiveModel { state: Set(ImportState::Discarded), ..read.into_active_model() };
    over.update(&writable(&app).await).await.expect("the row is changed");
    let shown = app
        .ask_as(
            &officer,
            &format!("{{ import(by: {{key: {key:?}}}) {{ rows {{ totalCount }} }} }}"),
        )
        .await;
    assert_eq!(shown.at("/import/rows/totalCount"), &json!(0), "what is over shows nothing");
    assert_eq!(rows(&app).await, 2 * CHUNK as u64);
    expire(&app.app.db, &app.app.clock).await.expect("they are cleared");
    assert_eq!(rows(&app).await, 0);
}

/// Keeps everybody from writing: on SQLite as any writer does, on PostgreSQL at the head of the
/// log.
async fn hold(app: &TestApp) -> DatabaseTransaction {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let held = writable(app).await.begin_with_options(options).await.expect("a transaction");
    event_head::Entity::find().lock(LockType::Update).one(&held).await.expect("the head");
    held
}

async fn a_write_that_cannot_have_the_register_is_busy(app: TestApp) {
    let scopes = [TokenScope::Read, TokenScope::Write];
    let (token, _) = token_of(&app, "Curator", &[Role::Of(GrantRole::Curator)], &scopes).await;
    let (state, bearer) = (app.state(), format!("Bearer {token}"));
    let input = "key: \"late\", kind: REPORT, title: \"Late\", language: \"en\"";
    let query = mutation("addSource", input, "source { key }");
    let write = async |accept: &str| -> Got {
        post(&state, json!({ "query": query }), &[("authorization", &bearer), ("accept", accept)])
            .await
    };
    let position = app.position().await;
    let held = hold(&app).await;
    // Readers go on, with tokens and without: the use of a token is noted another time.
    let asked = json!({ "query": "{ batches { totalCount } }" });
    for headers in [&[("authorization", bearer.as_str())][..], &[]] {
        let got = post(&state, asked.clone(), headers).await;
        assert_eq!((got.status, got.json()["errors"].is_null()), (StatusCode::OK, true));
    }
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/csv")];
    let file = request(
        "POST",
        "/imports?table=delegations",
        &headers,
        Body::from("batch,country\nx,KH\n"),
    );
    let (old, new, file) = tokio::join!(
        write("application/json"),
        write("application/graphql-response+json"),
        send(&state, file)
    );
    for got in [old, new, file] {
        let error = &got.json()["errors"][0];
        assert_eq!(
            (got.status, &error["extensions"]["code"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("BUSY"))
        );
        assert_eq!(
            (got.header("retry-after"), &error["extensions"]["retryAfter"]),
            ("2", &json!(2))
        );
        assert_eq!(got.json().get("data"), None);
        assert!(
            error["message"].as_str().expect("a message").contains("nothing was done"),
            "{error}"
        );
    }
    held.rollback().await.expect("it is let go");
    assert_eq!(app.position().await, position, "nothing was done");
    let written = write("application/json").await;
    assert_eq!(
        written.json()["data"]["addSource"]["source"]["key"],
        json!("late"),
        "{}",
        written.json()
    );
    assert_eq!(
        app.ask_as(&Actor::Anonymous, "{ source(by: {key: \"late\"}) { title } }")
            .await
            .text("/source/title"),
        "Late"
    );
}
