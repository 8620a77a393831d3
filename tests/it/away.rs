//! The database is away: every door says so, at once and with a code of its own, and nothing has to
//! be done when it is back. Tests of the program, over a PostgreSQL that is stopped, and behind a
//! proxy that falls silent.

use std::time::{Duration, Instant};

use entity::vocabulary::{GrantRole, TokenScope};
use entity::{api_token, mutation_receipt, source};
use futures::future::join_all;
use futures::{SinkExt, StreamExt};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::chaos::Server;
use crate::intents::mutation;
use crate::support::plain::{Plain, ask, post};
use crate::support::{Cluster, End, Proxy, Role, TestApp, token_of, writable};

const SCOPES: [TokenScope; 2] = [TokenScope::Read, TokenScope::Write];
const BOTH_MEDIA: [&str; 2] = ["application/json", "application/graphql-response+json"];
const QUESTION: &str = "{ batch(by: {key: \"jewellery-2023\"}) { key } }";

/// The URL of the test's database through a proxy.
pub fn through(proxy: &Proxy) -> String {
    format!("postgres://jejaring@127.0.0.1:{}/test_own", proxy.port)
}

/// Waits until the server says that it is ready, or knows that the database is away; what it says
/// of its parts.
async fn told_ready(address: &str, ready: bool) -> Value {
    let began = Instant::now();
    loop {
        let told = ask(address, "GET /readyz", &[], "").await.expect("an answer");
        assert_eq!(
            told.status,
            if told.json()["ready"] == json!(true) { 200 } else { 503 },
            "{told:?}"
        );
        let parts = told.json()["parts"].clone();
        // The first question may have failed before it is known.
        if told.json()["ready"] == json!(ready) && (parts["writes"] == "ok") == ready {
            return parts;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{told:?}");
        sleep(Duration::from_millis(50)).await;
    }
}

fn is_unavailable(got: &Plain, route: &str) {
    assert_eq!((got.status, got.code().as_str()), (503, "UNAVAILABLE"), "{route}: {got:?}");
    assert_eq!(got.header("retry-after"), Some("5"), "{route}: {got:?}");
    assert_eq!(got.json()["errors"][0]["extensions"]["retryAfter"], json!(5), "{route}");
    assert_eq!(got.json().get("data"), None, "{route}");
    is_no_secret_told(got, route);
}

fn is_no_secret_told(got: &Plain, route: &str) {
    for secret in ["127.0.0.1", "localhost", "jejaring@", "test_own", "postgres"] {
        assert!(!got.body.contains(secret), "{route}: {got:?}");
    }
}

/// All that needs the database, asked while it is away.
async fn every_door_says_so(address: &str, token: &str) {
    let bearer = format!("Bearer {token}");
    for accept in BOTH_MEDIA {
        let got = post(address, QUESTION, &[("accept", accept)]).await.expect("an answer");
        is_unavailable(&got, accept);
        assert!(got.header("content-type").expect("a type").starts_with(accept), "{got:?}");
        let with_token =
            post(address, QUESTION, &[("accept", accept), ("authorization", &bearer)]).await;
        is_unavailable(&with_token.expect("an answer"), "with a token");
    }
    let list = "{ batches { nodes { key } } }";
    let table = post(address, list, &[("accept", "text/csv")]).await;
    is_unavailable(&table.expect("an answer"), "a table");
    let following =
        post(address, "subscription { events { cursor } }", &[("accept", "text/event-stream")])
            .await;
    is_unavailable(&following.expect("an answer"), "a stream");
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/csv")];
    let file =
        ask(address, "POST /imports?table=delegations", &headers, "batch,country\nx,KH\n").await;
    is_unavailable(&file.expect("an answer"), "a file");
    for path in [
        "/calendar/all.ics",
        "/feeds/all.atom",
        "/batches/jewellery-2023",
        "/graphql?query=%7Bbatches%7BtotalCount%7D%7D",
    ] {
        let got = ask(address, &format!("GET {path}"), &[], "").await.expect("an answer");
        is_unavailable(&got, path);
    }
    // Pages of the site say it in words.
    for path in ["/sitemap.xml", "/sitemaps/batches-1.xml", "/en", "/id/batches", "/en/attendance"]
    {
        let got = ask(address, &format!("GET {path}"), &[], "").await.expect("an answer");
        assert_eq!((got.status, got.header("retry-after")), (503, Some("5")), "{path}: {got:?}");
        is_no_secret_told(&got, path);
    }
    // However many come, nobody waits behind others.
    let many = join_all((0..200).map(|_| post(address, QUESTION, &[]))).await;
    many.into_iter().for_each(|got| is_unavailable(&got.expect("an answer"), "one of many"));
    // A socket is opened by anybody, and says it of each operation; who shows a token is not known
    // now.
    let mut socket = Socket::open(address, json!({})).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    let subscribe = json!({
        "id": "a", "type": "subscribe", "payload": { "query": "subscription { events { cursor } }" }
    });
    socket.0.send(Message::text(subscribe.to_string())).await.expect("it is sent");
    let error = socket.next().await;
    assert_eq!(
        (&error["type"], &error["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("UNAVAILABLE"))
    );
    let mut socket = Socket::open(address, json!({ "Authorization": bearer })).await;
    assert_eq!(socket.next().await["close"], 1013);
}

struct Socket(
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
);

impl Socket {
    async fn open(address: &str, payload: Value) -> Self {
        let mut request =
            format!("ws://{address}/graphql").into_client_request().expect("a request");
        let protocol = "graphql-transport-ws".parse().expect("a header");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (mut socket, _) = connect_async(request).await.expect("a socket");
        let begin = json!({ "type": "connection_init", "payload": payload });
        socket.send(Message::text(begin.to_string())).await.expect("it is sent");
        Self(socket)
    }

    /// The next message; of a close its code.
    async fn next(&mut self) -> Value {
        loop {
            let message = timeout(Duration::from_secs(60), self.0.next()).await.expect("in time");
            match message.expect("a message").expect("it is read") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Close(frame) => {
                    return json!({ "close": u16::from(frame.expect("a reason").code) });
                }
                _ => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_says_that_the_database_is_away_until_it_is_back() {
    let Some(mut cluster) = Cluster::own() else { return };
    let app = TestApp::on(&cluster).await;
    let (token, _) = token_of(&app, "Curator", &[Role::Of(GrantRole::Curator)], &SCOPES).await;
    app.app.db.close().await.expect("it is closed");
    let proxy = Proxy::begin(cluster.port()).await;
    let server = Server::start(&through(&proxy), "127.0.0.1:0").await;
    let (address, bearer) = (server.address.as_str(), format!("Bearer {token}"));
    let mut socket = Socket::open(address, json!({})).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    let query =
        "subscription { events(filter: {types: [SOURCE_ADDED]}) { cursor event { subjectKey } } }";
    let subscribe = json!({ "id": "a", "type": "subscribe", "payload": { "query": query } });
    socket.0.send(Message::text(subscribe.to_string())).await.expect("it is sent");
    assert_eq!(socket.next().await["payload"]["data"]["events"]["event"], Value::Null);
    assert_eq!(
        told_ready(address, true).await,
        json!({ "database": "ok", "log": "ok", "writes": "ok" })
    );
    for round in ["stopped", "silent"] {
        match round {
            "stopped" => cluster.end(End::Fast),
            _ => proxy.silence(true),
        }
        let parts = told_ready(address, false).await;
        let said = parts["database"].as_str().expect("a sentence");
        assert!(said.starts_with("the database ") || said.starts_with("no answer"), "{parts}");
        every_door_says_so(address, &token).await;
        match round {
            "stopped" => cluster.start(),
            _ => proxy.silence(false),
        }
        told_ready(address, true).await;
        // All is as it was, with the connections that it has now; a stream that was open goes on.
        let key = format!("after-{round}");
        let input = format!(
            "key: {key:?}, kind: REPORT, title: \"Report\", language: \"en\", idempotencyKey: \
             {key:?}"
        );
        let query = mutation("addSource", &input, "source { key }");
        let mut answers = Vec::new();
        while answers.last().is_none_or(|status| *status != 200) {
            let written =
                post(address, &query, &[("authorization", &bearer)]).await.expect("an answer");
            answers.push(written.status);
            assert!(answers.len() < 20, "{answers:?}: {written:?}");
        }
        for _ in 0..20 {
            let got = post(address, QUESTION, &[]).await.expect("an answer");
            assert_eq!(got.status, 200, "{got:?}");
        }
        loop {
            let told = socket.next().await;
            let event = &told["payload"]["data"]["events"]["event"];
            if !event.is_null() {
                assert_eq!(event["subjectKey"], json!(key), "{told}");
                break;
            }
        }
    }
}

/// The connection is cut when COMMIT has been sent, and before its answer has come.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_commit_was_not_answered_is_done_once() {
    let Some(cluster) = Cluster::own() else { return };
    let app = TestApp::on(&cluster).await;
    let (token, _) = token_of(&app, "Curator", &[Role::Of(GrantRole::Curator)], &SCOPES).await;
    let proxy = Proxy::begin(cluster.port()).await;
    let server = Server::start(&through(&proxy), "127.0.0.1:0").await;
    let bearer = format!("Bearer {token}");
    // That the token is used is noted with a commit of its own, at a use where that takes no time.
    let noted = api_token::Entity::find().filter(api_token::Column::LastUsedAt.is_not_null());
    while noted.clone().count(app.app.db.reading()).await.expect("a count") == 0 {
        let headers = [("authorization", bearer.as_str())];
        post(&server.address, "{ __typename }", &headers).await.expect("an answer");
    }
    for (number, accept) in BOTH_MEDIA.into_iter().enumerate() {
        let title = format!("Lost {number}");
        let input =
            format!("kind: REPORT, title: {title:?}, language: \"en\", idempotencyKey: {title:?}");
        let query = mutation("addSource", &input, "source { id title }");
        let headers = [("authorization", bearer.as_str()), ("accept", accept)];
        proxy.lose_commits(1);
        let first = post(&server.address, &query, &headers).await.expect("an answer");
        assert_eq!(proxy.lost(), number + 1);
        is_unavailable(&first, accept);
        let message = first.json()["errors"][0]["message"].as_str().expect("a message").to_owned();
        assert!(
            message.contains("is not known") && !message.contains("nothing was done"),
            "{message}"
        );
        let written = source::Entity::find().filter(source::Column::Title.eq(&title));
        assert_eq!(
            written.clone().count(app.app.db.reading()).await.expect("a count"),
            1,
            "it was committed"
        );
        let mut ids = Vec::new();
        for _ in 0..2 {
            let again = post(&server.address, &query, &headers).await.expect("an answer");
            assert_eq!(again.status, 200, "{again:?}");
            assert_eq!(again.json()["data"]["addSource"]["errors"], json!([]));
            ids.push(again.json()["data"]["addSource"]["source"]["id"].clone());
        }
        assert!(ids[0].is_string() && ids[0] == ids[1], "{ids:?}");
        assert_eq!(written.count(app.app.db.reading()).await.expect("a count"), 1);
    }
    let receipts = mutation_receipt::Entity::find().count(&writable(&app).await).await;
    assert_eq!(receipts.expect("a count"), 2);
}
