//! Servers are killed while it is written and listened to: each consumer proves from the chain of
//! its items alone that it missed nothing, and from the numbers of the writers that nothing came
//! twice or out of order.
//!
//! The short run is a test. The long one: `CHAOS_EVENTS=20000 CHAOS_KILLS=50 cargo test --test it
//! chaos -- --nocapture`.

use std::collections::{HashMap, HashSet};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use jejaring::access::Actor;
use jejaring::db::{Db, write};
use jejaring::events::{Event, EventKind, log};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::command::jejaring;
use crate::support::{Backend, Behaviour, Receiver, TestApp, db_options, test_clock};
use crate::webhooks::{endpoint, sending};

both_dbs!(nothing_is_lost_whoever_is_killed);

const WRITERS: u64 = 16;
const FIELDS: &str = "after cursor event { changes { field to } }";

pub fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// A process that is killed when this is dropped.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    /// Starts one, and waits until it listens; the writers go on meanwhile.
    pub async fn start(url: &str, address: &str) -> Self {
        let mut command =
            jejaring(&["serve", "--database-url", url, "--listen", address, "--log", "error"]);
        command
            .env("JEJARING_RATE_ANONYMOUS_PER_MINUTE", "0")
            .env("JEJARING_RATE_ACCOUNT_PER_MINUTE", "0");
        command.stdout(Stdio::piped());
        command.env("JEJARING_WEBHOOKS_ALLOWED_NETWORKS", "127.0.0.0/8");
        command
            .env("JEJARING_WEBHOOKS_TIMEOUT_SECONDS", "1")
            .env("JEJARING_WEBHOOKS_LEASE_SECONDS", "2");
        let start = move || {
            let mut child = command.spawn().expect("the server starts");
            let out = child.stdout.take().expect("its output");
            let first = std::io::BufRead::lines(std::io::BufReader::new(out))
                .next()
                .expect("a line")
                .expect("text");
            Self { child, address: first.trim_start_matches("listening on http://").to_owned() }
        };
        tokio::task::spawn_blocking(start).await.expect("it starts")
    }

    /// As if the machine had lost power.
    fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What one consumer knows.
pub struct Consumer {
    addresses: Vec<String>,
    /// The cursor of the last item.
    cursor: String,
    /// The last number of each writer.
    numbers: HashMap<u64, u64>,
    pub seen: u64,
    pub resumed: u64,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Whether the register could not answer for now: whoever asks comes back.
pub fn is_retryable(answer: &Value) -> bool {
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    code.is_some_and(|code| ["BUSY", "UNAVAILABLE", "REQUEST_TIMEOUT"].contains(&code))
}

/// A number of a writer: as the events of a write tell it, or as the title of a source does,
/// `number 3 of writer 7`.
fn numbered(of: &HashMap<&str, &str>) -> Option<(u64, u64)> {
    if let Some(title) = of.get("title") {
        let (number, writer) = title.strip_prefix("number ")?.split_once(" of writer ")?;
        return Some((writer.parse().ok()?, number.parse().ok()?));
    }
    Some((of.get("writer")?.parse().ok()?, of.get("number")?.parse().ok()?))
}

impl Consumer {
    /// One that begins behind `cursor`, at the first of these addresses.
    pub fn behind(cursor: &str, addresses: Vec<String>) -> Self {
        Self { addresses, cursor: cursor.to_owned(), numbers: HashMap::new(), seen: 0, resumed: 0 }
    }

    /// Checks the next item. Whatever does not fit ends the test.
    fn take(&mut self, item: &Value) {
        assert_eq!(item["after"], self.cursor, "the chain of items has no gap");
        self.cursor = item["cursor"].as_str().expect("a cursor").to_owned();
        let changes = item["event"]["changes"].as_array().into_iter().flatten();
        let of: HashMap<&str, &str> = changes
            .filter_map(|change| Some((change["field"].as_str()?, change["to"].as_str()?)))
            .collect();
        if let Some((writer, number)) = numbered(&of) {
            let last = self.numbers.insert(writer, number).unwrap_or(0);
            assert_eq!(number, last + 1, "events of writer {writer} come once and in order");
            self.seen += 1;
        }
    }

    /// Another process than the last time, where there are several.
    fn address(&self) -> &str {
        &self.addresses[self.resumed as usize % self.addresses.len()]
    }

    pub async fn consume(&mut self, how: &str, wanted: u64) {
        while self.seen < wanted {
            let ended = match how {
                "socket" => self.socket(wanted).await,
                "stream" => self.stream(wanted).await,
                _ => self.pull().await,
            };
            if ended.is_err() {
                self.resumed += 1;
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    async fn socket(&mut self, wanted: u64) -> Result<(), Failed> {
        let mut request = format!("ws://{}/graphql", self.address()).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let (mut socket, _) = connect_async(request).await?;
        let query = format!("subscription {{ events(after: {:?}) {{ {FIELDS} }} }}", self.cursor);
        let subscribe = json!({ "id": "a", "type": "subscribe", "payload": { "query": query } });
        for message in [json!({ "type": "connection_init" }), subscribe] {
            socket.send(Message::text(message.to_string())).await?;
        }
        while self.seen < wanted {
            let message = timeout(Duration::from_secs(20), socket.next())
                .await?
                .ok_or("the socket ended")??;
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text)?;
            match message["type"].as_str() {
                Some("next") => self.take(&message["payload"]["data"]["events"]),
                Some("connection_ack") => {}
                Some("error") if is_retryable(&json!({ "errors": message["payload"] })) => {
                    return Err("later".into());
                }
                _ => panic!("{message}"),
            }
        }
        Ok(())
    }

    async fn stream(&mut self, wanted: u64) -> Result<(), Failed> {
        let query = format!("subscription {{ events {{ {FIELDS} }} }}");
        let accept = format!("accept: text/event-stream\r\nlast-event-id: {}\r\n", self.cursor);
        let mut lines = self.post(&query, &accept).await?.lines();
        while self.seen < wanted {
            let line = timeout(Duration::from_secs(20), lines.next_line())
                .await??
                .ok_or("the stream ended")?;
            if let Some(data) = line.strip_prefix("data: {") {
                let answer: Value = serde_json::from_str(&format!("{{{data}"))?;
                if is_retryable(&answer) {
                    return Err("later".into());
                }
                self.take(&answer["data"]["events"]);
            }
        }
        Ok(())
    }

    async fn pull(&mut self) -> Result<(), Failed> {
        let query = format!("{{ events(after: {:?}, first: 100) {{ {FIELDS} }} }}", self.cursor);
        let mut lines = self.post(&query, "").await?.lines();
        while let Some(line) = timeout(Duration::from_secs(20), lines.next_line()).await?? {
            if line.starts_with('{') {
                let answer: Value = serde_json::from_str(&line)?;
                if is_retryable(&answer) {
                    return Err("later".into());
                }
                let items = answer["data"]["events"]
                    .as_array()
                    .unwrap_or_else(|| panic!("{answer}"))
                    .clone();
                items.iter().for_each(|item| self.take(item));
                sleep(Duration::from_millis(50)).await;
                return Ok(());
            }
        }
        Err("no answer".into())
    }

    /// HTTP/1.0, in which the body ends with the connection.
    async fn post(&self, query: &str, headers: &str) -> Result<BufReader<TcpStream>, Failed> {
        let mut stream = TcpStream::connect(self.address()).await?;
        let body = json!({ "query": query }).to_string();
        let length = body.len();
        let head = format!(
            "POST /graphql HTTP/1.0\r\nhost: x\r\ncontent-type: application/json\r\n\
             {headers}content-length: {length}\r\n\r\n"
        );
        stream.write_all((head + &body).as_bytes()).await?;
        Ok(BufReader::new(stream))
    }
}

async fn writer(url: String, writer: u64, events: u64, written: Arc<AtomicU64>) {
    let options = db_options(&url, 1, 2);
    let (db, clock) = (Db::connect(&options).await.expect("it opens"), test_clock());
    for number in 1..=events {
        let changes = json!({ "writer": [null, writer], "number": [null, number] });
        let Value::Object(changes) = changes else { unreachable!("an object") };
        let happened = Event::general(EventKind::RegisterLoaded).changing(changes);
        // Sixteen processes that write to one SQLite file keep each other waiting, some for too
        // long.
        loop {
            let written = write(&db, &clock, Actor::Operator, async |w| {
                w.record(happened.clone());
                Ok(())
            });
            match written.await {
                Ok(_) => break,
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
        written.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(20)).await;
    }
    db.close().await.expect("it closes");
}

/// A webhook endpoint behind a receiver that does something wrong with one in `every` messages.
pub async fn receiver(app: &TestApp, owner: &Actor, order: &str, every: usize) -> Receiver {
    let receiver = Receiver::begin().await;
    receiver.usually(Behaviour::Faulty(every));
    endpoint(
        app,
        owner,
        &receiver.url(),
        &format!(", filter: {{types: [REGISTER_LOADED, SOURCE_ADDED]}}, order: {order}"),
    )
    .await;
    receiver
}

/// Checks that every event was taken, each under one id, and in order where that is asked for; how
/// many messages came.
pub async fn check(receiver: &Receiver, order: &str, wanted: u64) -> usize {
    // Of messages that are taken one by one, each that goes wrong keeps the others waiting for five
    // seconds.
    let (began, patience) =
        (Instant::now(), Duration::from_secs(120) + Duration::from_millis(20 * wanted));
    let (mut seen, mut positions, mut ids, mut taken) =
        (0, Vec::new(), HashMap::new(), HashSet::new());
    while (positions.len() as u64) < wanted {
        assert!(began.elapsed() < patience, "{order}: {} of {wanted} were taken", positions.len());
        sleep(Duration::from_millis(250)).await;
        for got in receiver.got_behind(seen) {
            seen += 1;
            let position = got.json()["data"]["position"].as_i64().expect("a position");
            let id = ids.entry(position).or_insert_with(|| got.header("webhook-id").to_owned());
            assert_eq!(id, got.header("webhook-id"), "each try has the same id");
            if got.taken && taken.insert(position) {
                positions.push(position);
            }
        }
    }
    if order == "STRICT" {
        assert!(positions.is_sorted(), "taken in the order of the log");
    }
    positions.sort_unstable();
    let first = positions.first().copied().unwrap_or_default();
    assert!(
        positions.iter().zip(first..).all(|(position, expected)| *position == expected),
        "none is missing"
    );
    seen
}

async fn nothing_is_lost_whoever_is_killed(app: TestApp) {
    let app = sending(app);
    let (events, kills) = (setting("CHAOS_EVENTS", 320), setting("CHAOS_KILLS", 3));
    let processes = if app.backend == Backend::Postgres { 3 } else { 1 };
    let owner = app.somebody("Receives", &[]).await;
    let unordered = receiver(&app, &owner, "NONE", 40).await;
    let strict = receiver(&app, &owner, "STRICT", (events as usize / 40).max(130)).await;
    let mut servers = Vec::new();
    for _ in 0..processes {
        servers.push(Server::start(&app.url, "127.0.0.1:0").await);
    }
    let addresses: Vec<String> = servers.iter().map(|server| server.address.clone()).collect();
    let cursor = log::head(app.app.db.reading()).await.expect("a head").to_string();
    let each = events.div_ceil(WRITERS);
    let wanted = each * WRITERS;
    let began = Instant::now();
    let consumers: Vec<_> = ["socket", "stream", "pull", "socket", "stream", "pull"]
        .into_iter()
        .enumerate()
        .map(|(number, how)| {
            let mut addresses = addresses.clone();
            addresses.rotate_left(number % processes);
            let mut consumer = Consumer::behind(&cursor, addresses);
            tokio::spawn(async move {
                consumer.consume(how, wanted).await;
                (how, consumer)
            })
        })
        .collect();
    let written = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| tokio::spawn(writer(app.url.clone(), number, each, written.clone())))
        .collect();
    for kill in 1..=kills {
        while written.load(Ordering::SeqCst) < wanted * kill / (kills + 1) {
            sleep(Duration::from_millis(5)).await;
        }
        let server = &mut servers[kill as usize % processes];
        server.kill();
        let address = server.address.clone();
        *server = Server::start(&app.url, &address).await;
    }
    for writer in writers {
        writer.await.expect("the writer ends well");
    }
    for consumer in consumers {
        let (how, consumer) = timeout(Duration::from_secs(60), consumer)
            .await
            .expect("it hears all")
            .expect("in order");
        assert_eq!(consumer.seen, wanted);
        println!(
            "{:?} {how}: {} events, 0 lost, 0 out of order, resumed {} times",
            app.backend, consumer.seen, consumer.resumed
        );
    }
    for (order, receiver) in [("NONE", &unordered), ("STRICT", &strict)] {
        let came = check(receiver, order, wanted).await;
        println!(
            "{:?} webhook, order {order}: {wanted} events, 0 lost, {came} messages",
            app.backend
        );
    }
    println!(
        "{:?}: {wanted} events, {kills} kills, {:.1} s",
        app.backend,
        began.elapsed().as_secs_f64()
    );
}
