//! A client that does not read, or asks for too much at once, keeps no connection to the database
//! from anybody else.

use std::time::Duration;

use axum::body::Body;
use entity::vocabulary::TokenScope;
use futures::{SinkExt, StreamExt};
use jejaring::app::App;
use jejaring::db::Db;
use jejaring::events::EventKind;
use jejaring::http::{HttpState, metrics_router};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};
use tower::ServiceExt;

use crate::events::happen;
use crate::http::request;
use crate::live::{Served, served};
use crate::support::{TestApp, db_options, no_trusted, settings, test_clock, token_of};

both_dbs!(
    thirty_subscriptions_at_once_stop_nobody,
    fifty_large_queries_that_are_not_read_stop_nobody,
    who_falls_behind_and_does_not_read_keeps_nobody_from_the_log,
    half_a_message_holds_nothing,
    event_streams_that_are_not_read_hold_nothing,
    answers_that_are_not_read_hold_nothing,
);

/// How long anything may take before it is taken to hang.
const LONG: Duration = Duration::from_secs(60);
const READERS: u32 = 2;
const SMALL: &str = r#"{ batch(by: {key: "jewellery-2023"}) { key } }"#;

/// A door of which little is kept, and few connections read.
async fn narrow(app: &TestApp) -> (Served, Db) {
    let config = settings(
        "rate.anonymous_per_minute = 0\nrate.account_per_minute = 0\nhttp.answer_cache_bytes = 0\n\
         http.max_batch = 20",
    );
    let options = db_options(&app.url, READERS, 1);
    let db = Db::connect(&options).await.expect("the database opens");
    let app = App::over(db.clone(), test_clock(), &config, no_trusted());
    (served(HttpState::new(app, &config)).await, db)
}

/// About half a megabyte, by forty statements; no other has the same text.
fn large(number: usize) -> String {
    let field = |alias| {
        format!(
            "c{number}x{alias}: countries(first: 100) {{ nodes {{ id code alpha3 name createdAt \
             updatedAt }} }}"
        )
    };
    format!("{{ {} }}", (0..40).map(field).collect::<Vec<_>>().join(" "))
}

/// A connection of which the system takes little that is not read.
async fn connect(served: &Served) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.connect(served.address.parse().expect("an address")).await.expect("the server listens")
}

type Socket = WebSocketStream<TcpStream>;

async fn socket(served: &Served, init: Value) -> Socket {
    let mut request =
        format!("ws://{}/graphql", served.address).into_client_request().expect("a request");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
    let (mut socket, _) = client_async(request, connect(served).await).await.expect("a socket");
    say(&mut socket, json!({ "type": "connection_init", "payload": init })).await;
    socket
}

async fn say(socket: &mut Socket, message: Value) {
    socket.feed(Message::text(message.to_string())).await.expect("it is sent");
}

fn subscribe(id: usize, query: &str) -> Value {
    json!({ "id": id.to_string(), "type": "subscribe", "payload": { "query": query } })
}

async fn heard(socket: &mut Socket) -> Value {
    loop {
        let message =
            timeout(LONG, socket.next()).await.expect("something is heard").expect("it is open");
        match message.expect("a message") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Close(frame) => panic!("it is closed: {frame:?}"),
            _ => {}
        }
    }
}

/// Asks on a connection of its own, with the rest of a request as it is.
async fn sent(served: &Served, headers: &str, body: &str) -> TcpStream {
    let mut stream = connect(served).await;
    let length = body.len();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all((head + body).as_bytes()).await.expect("it is read");
    stream
}

/// Another client's small query is answered.
async fn is_answered(served: &Served, query: &str) {
    let asking = async {
        let mut stream =
            sent(served, "connection: close\r\n", &json!({ "query": query }).to_string()).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    };
    let answer = timeout(LONG, asking).await.expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 200 ") && !answer.contains("\"errors\""), "{answer}");
}

fn busy(db: &Db) -> u32 {
    let reading =
        db.pools().into_iter().find(|(pool, state, _)| (*pool, *state) == ("reading", "busy"));
    reading.expect("the pool is known").2
}

async fn figure(served: &Served, name: &str) -> u64 {
    let got = metrics_router(served.state.clone())
        .oneshot(request("GET", "/metrics", &[], Body::empty()))
        .await;
    let body =
        axum::body::to_bytes(got.expect("metrics").into_body(), usize::MAX).await.expect("a body");
    let text = String::from_utf8(body.to_vec()).expect("text");
    let lines = text.lines().filter(|line| line.starts_with(name));
    lines
        .map(|line| {
            line.rsplit(' ').next().expect("a value").parse::<f64>().expect("a number") as u64
        })
        .sum()
}

/// What is under way comes to rest, with no connection held, while `streams` still go on; and
/// others are answered meanwhile.
async fn nothing_is_held(served: &Served, db: &Db, streams: u64) {
    let resting = async {
        let mut quiet = 0;
        // The tail of the log looks at it now and then.
        while quiet < 8 {
            sleep(Duration::from_millis(10)).await;
            quiet = if busy(db) == 0 { quiet + 1 } else { 0 };
            is_answered(served, SMALL).await;
        }
    };
    timeout(LONG, resting).await.expect("connections are given back");
    let open = figure(served, "jejaring_streams_open ").await;
    assert_eq!(open, streams, "streams were closed before it was seen whether they hold anything");
}

async fn thirty_subscriptions_at_once_stop_nobody(app: TestApp) {
    let (token, _) = token_of(&app, "Ana", &[], &[TokenScope::Read]).await;
    let (served, db) = narrow(&app).await;
    for _ in 0..3 {
        let mut socket =
            socket(&served, json!({ "authorization": format!("Bearer {token}") })).await;
        for id in 0..30 {
            say(&mut socket, subscribe(id, "subscription { events { cursor event { name } } }"))
                .await;
        }
        socket.flush().await.expect("all at once");
        is_answered(&served, SMALL).await;
        assert_eq!(heard(&mut socket).await["type"], "connection_ack");
        for _ in 0..30 {
            let next = heard(&mut socket).await;
            assert_eq!(next["type"], "next", "{next}");
        }
        happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
        for _ in 0..30 {
            let next = heard(&mut socket).await;
            assert_eq!(
                next["payload"]["data"]["events"]["event"]["name"], "register.loaded",
                "{next}"
            );
        }
        nothing_is_held(&served, &db, 1).await;
        drop(socket);
        timeout(LONG, async {
            while figure(&served, "jejaring_streams_open ").await > 0 {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await
        .expect("a socket that is gone is closed");
    }
}

async fn fifty_large_queries_that_are_not_read_stop_nobody(app: TestApp) {
    let (served, db) = narrow(&app).await;
    let mut socket = socket(&served, json!({})).await;
    for id in 0..50 {
        say(&mut socket, subscribe(id, &large(id))).await;
    }
    socket.flush().await.expect("all at once");
    nothing_is_held(&served, &db, 1).await;
    // What the system takes, and as many answers as one socket may have waiting.
    let executed = figure(&served, "jejaring_request_cost_count{of=\"actual\"}").await;
    let small = figure(
        &served,
        "jejaring_request_duration_seconds_count{operation=\"query\",outcome=\"ok\"}",
    )
    .await;
    assert_eq!(executed, small, "all was executed that was begun");
    let large = figure(&served, "jejaring_request_cost_bucket{le=\"4096.0\",of=\"actual\"}").await;
    assert!((1..=30).contains(&(executed - large)), "{} of 50 were executed", executed - large);
    // Who reads is told all that it asked for.
    socket2::SockRef::from(socket.get_ref())
        .set_recv_buffer_size(1 << 20)
        .expect("a larger buffer");
    let mut complete = 0;
    while complete < 50 {
        let heard = heard(&mut socket).await;
        assert_ne!(heard["type"], "error", "{heard}");
        complete += usize::from(heard["type"] == "complete");
    }
}

async fn who_falls_behind_and_does_not_read_keeps_nobody_from_the_log(app: TestApp) {
    // More than is kept in memory.
    for _ in 0..6 {
        happen(&app.app, &[(EventKind::RegisterLoaded, true); 500]).await;
    }
    let (served, db) = narrow(&app).await;
    let cursors: Vec<String> = (0..150).map(|alias| format!("c{alias}: cursor")).collect();
    let long = format!("subscription {{ events(from: BEGINNING) {{ {} }} }}", cursors.join(" "));
    let mut sockets = Vec::new();
    for _ in 0..3 {
        let mut socket = socket(&served, json!({})).await;
        for id in 0..20 {
            say(&mut socket, subscribe(id, &long)).await;
        }
        socket.flush().await.expect("all at once");
        sockets.push(socket);
    }
    let mut reader = socket(&served, json!({})).await;
    say(
        &mut reader,
        subscribe(0, "subscription { events(from: BEGINNING, first: 300) { cursor } }"),
    )
    .await;
    reader.flush().await.expect("it is sent");
    while heard(&mut reader).await["type"] != "complete" {}
    nothing_is_held(&served, &db, 4).await;
}

async fn half_a_message_holds_nothing(app: TestApp) {
    let (served, db) = narrow(&app).await;
    let mut socket = socket(&served, json!({})).await;
    for id in 0..10 {
        say(&mut socket, subscribe(id, &large(id))).await;
    }
    socket.flush().await.expect("all at once");
    // A text of 60,000 bytes, masked with zeros, of which the first hundred come.
    let mut half = vec![0x81, 0x80 | 126];
    half.extend(60_000u16.to_be_bytes());
    half.extend([0; 4]);
    half.extend([b' '; 100]);
    socket.get_mut().write_all(&half).await.expect("it is read");
    nothing_is_held(&served, &db, 1).await;
}

async fn event_streams_that_are_not_read_hold_nothing(app: TestApp) {
    let (served, db) = narrow(&app).await;
    let cursors: Vec<String> = (0..150).map(|alias| format!("c{alias}: cursor")).collect();
    let long = format!("subscription {{ events(from: BEGINNING) {{ {} }} }}", cursors.join(" "));
    for _ in 0..2 {
        happen(&app.app, &[(EventKind::RegisterLoaded, true); 500]).await;
    }
    let mut streams = Vec::new();
    for number in 0..6 {
        let query = if number % 2 == 0 { long.clone() } else { large(number) };
        let body = json!({ "query": query }).to_string();
        streams.push(sent(&served, "accept: text/event-stream\r\n", &body).await);
    }
    // One stream for several operations.
    let state = &served.state;
    let reserved =
        crate::http::send(state, request("PUT", "/graphql/stream", &[], Body::empty())).await;
    let token = String::from_utf8(reserved.body).expect("a token");
    let named =
        [("x-graphql-event-stream-token", token.as_str()), ("content-type", "application/json")];
    let mut shared = connect(&served).await;
    let open = format!("GET /graphql/stream?token={token} HTTP/1.1\r\nhost: x\r\n\r\n");
    shared.write_all(open.as_bytes()).await.expect("it is read");
    // Until it is open, which its first byte says.
    timeout(LONG, shared.read_u8()).await.expect("it is opened").expect("a byte");
    for id in 0..30 {
        let body = json!({ "query": large(id), "extensions": { "operationId": id.to_string() } })
            .to_string();
        let got = crate::http::send(state, request("POST", "/graphql/stream", &named, body)).await;
        assert_eq!(got.status.as_u16(), 202);
    }
    nothing_is_held(&served, &db, 4).await;
    drop((streams, shared));
}

async fn answers_that_are_not_read_hold_nothing(app: TestApp) {
    let (served, db) = narrow(&app).await;
    let one = json!({ "query": large(1) }).to_string();
    let batch =
        Value::from_iter((0..10).map(|number| json!({ "query": large(number) }))).to_string();
    let table =
        json!({ "query": "{ countries { nodes { id code alpha3 name createdAt updatedAt } } }" })
            .to_string();
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(sent(&served, "", &one).await);
        streams.push(sent(&served, "", &batch).await);
        streams.push(sent(&served, "accept: application/x-ndjson\r\n", &table).await);
        // Several requests, one behind the other, on one connection.
        let mut pipelined = sent(&served, "", &one).await;
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            one.len()
        );
        for _ in 0..10 {
            pipelined.write_all((head.clone() + &one).as_bytes()).await.expect("it is read");
        }
        streams.push(pipelined);
    }
    nothing_is_held(&served, &db, 0).await;
    drop(streams);
}
