//! What it costs to follow the log, on a server of its own.
//!
//! ```text
//! cargo bench --bench live -- [lag] [fan-out] [idle] [deaf] [deliveries] [--server PATH]
//!     [--database-url URL]
//! ```
//!
//! All of them are measured where none is named. `--server` takes another program than the one that
//! cargo has built (such as one of the profile `dist`), `--database-url` an empty PostgreSQL
//! database instead of a SQLite file.
//!
//! Writes go through the server as mutations. An event's lag is told from the moment in which its
//! mutation was sent (so it holds the write itself) and from the moment in which it was answered,
//! which is the commit as the writer sees it.

#![allow(missing_docs, reason = "a program, not a library")]

mod server;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::Path;
use futures::SinkExt;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{interval, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use server::Server;

const ALL: &str = "subscription { events(from: BEGINNING) { cursor event { type subjectKey changes \
                   { field from to } } } }";
const WRITERS: usize = 16;

/// What the program was asked for.
struct Options {
    server: String,
    database_url: Option<String>,
    names: Vec<String>,
}

impl Options {
    fn read() -> Self {
        let mut asked = Self {
            server: env!("CARGO_BIN_EXE_jejaring").to_owned(),
            database_url: None,
            names: Vec::new(),
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--server" => asked.server = words.next().expect("--server takes a path"),
                "--database-url" => {
                    asked.database_url = Some(words.next().expect("--database-url takes a URL"))
                }
                // Of cargo itself.
                "--bench" => {}
                name => asked.names.push(name.to_owned()),
            }
        }
        asked
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|it| it == name)
    }
}

/// The middle and the hundredth of the longest, in milliseconds.
fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    format!("p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", at(0.5), at(0.99), at(1.0))
}

/// Writes 200 times a second for as long, from sixteen clients: the place of the log behind each,
/// when it was sent, and when answered; and how many it came to in a second.
fn write_steadily(server: &Server, seconds: usize) -> (Vec<(String, Instant, Instant)>, f64) {
    let each = (seconds * 1000 / 80) as u32;
    let began = Instant::now();
    let sent: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let agent = ureq::Agent::new_with_defaults();
                    // Sixteen writers, a write every 80 ms each.
                    let first = began + Duration::from_millis(5 * writer as u64);
                    let write = |number: u32| {
                        let due = first + Duration::from_millis(80) * number;
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        let sent = Instant::now();
                        (server.write(&agent), sent, Instant::now())
                    };
                    (0..each).map(write).collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().expect("it writes")).collect()
    });
    let rate = sent.len() as f64 / began.elapsed().as_secs_f64();
    (sent, rate)
}

/// 200 events a second from sixteen clients, told to one.
async fn lag(server: &Server) {
    let (mut hear, _tasks) = server.subscribers(1).await;
    let (sent, rate) = tokio::task::block_in_place(|| write_steadily(server, 10));
    let mut heard = HashMap::new();
    while heard.len() < sent.len() {
        let (cursor, at) =
            timeout(Duration::from_secs(10), hear.recv()).await.expect("it is told").expect("more");
        heard.insert(cursor, at);
    }
    let lags = |since: fn(&(String, Instant, Instant)) -> Instant| {
        sent.iter().map(|it| heard[&it.0].saturating_duration_since(since(it))).collect()
    };
    println!("lag at {rate:.0} events a second, since the answer: {}", told(lags(|it| it.2)));
    println!("lag at {rate:.0} events a second, since the request: {}", told(lags(|it| it.1)));
}

/// One event to 5,000 sockets, twenty times.
async fn fan_out(server: &Server) {
    const SOCKETS: usize = 5_000;
    let (mut hear, _tasks) = server.subscribers(SOCKETS).await;
    let agent = ureq::Agent::new_with_defaults();
    let (mut since_answer, mut since_request) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        sleep(Duration::from_millis(500)).await;
        let sent = Instant::now();
        let (cursor, answered) =
            tokio::task::block_in_place(|| (server.write(&agent), Instant::now()));
        for _ in 0..SOCKETS {
            let (of, at) = timeout(Duration::from_secs(20), hear.recv())
                .await
                .expect("it is told")
                .expect("more");
            assert_eq!(of, cursor);
            since_answer.push(at.saturating_duration_since(answered));
            since_request.push(at.saturating_duration_since(sent));
        }
    }
    println!("one event to {SOCKETS} sockets, since the answer: {}", told(since_answer));
    println!("one event to {SOCKETS} sockets, since the request: {}", told(since_request));
}

/// What 10,000 subscriptions take up that hear nothing.
async fn idle(server: &Server) {
    const SOCKETS: usize = 10_000;
    let before = server.memory();
    let (_hear, _tasks) = server.subscribers(SOCKETS).await;
    sleep(Duration::from_secs(3)).await;
    let with = server.memory();
    println!(
        "{SOCKETS} idle subscriptions: {with:.0} MiB, {before:.0} MiB without, {:.1} KiB each",
        (with - before) * 1024.0 / SOCKETS as f64
    );
}

/// 100 sockets and 100 event streams that never read, while it is written.
async fn deaf(server: &Server) {
    const EACH: usize = 100;
    let before = server.memory();
    let mut streams = Vec::new();
    for number in 0..2 * EACH {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let mut stream = socket
            .connect(server.address.parse().expect("an address"))
            .await
            .expect("a connection");
        if number % 2 == 0 {
            let body = json!({ "query": ALL }).to_string();
            let head = format!(
                "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                 accept: text/event-stream\r\n\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.expect("it is sent");
            streams.push(stream);
        } else {
            let mut request = format!("ws://{}/graphql", server.address)
                .into_client_request()
                .expect("a request");
            request.headers_mut().insert(
                "sec-websocket-protocol",
                "graphql-transport-ws".parse().expect("a header"),
            );
            let (mut socket, _) =
                tokio_tungstenite::client_async(request, stream).await.expect("a socket");
            let subscribe = json!({ "id": "a", "type": "subscribe", "payload": { "query": ALL } });
            for message in [json!({ "type": "connection_init" }), subscribe] {
                socket.send(Message::text(message.to_string())).await.expect("it is sent");
            }
            streams.push(socket.into_inner());
        }
    }
    let began = Instant::now();
    let agent = ureq::Agent::new_with_defaults();
    let (mut most, mut ticks) = (server.memory(), interval(Duration::from_millis(20)));
    let mut open = server.figure("jejaring_streams_open ");
    println!("{open} streams that are not read are open");
    while open > 0.0 && began.elapsed() < Duration::from_secs(60) {
        for _ in 0..10 {
            ticks.tick().await;
            tokio::task::block_in_place(|| server.write(&agent));
        }
        most = most.max(server.memory());
        open = server.figure("jejaring_streams_open ");
    }
    let closed = began.elapsed().as_secs_f64();
    drop(streams);
    sleep(Duration::from_secs(2)).await;
    println!(
        "{open} of them are open after {closed:.1} s; memory {before:.0} MiB before, {most:.0} MiB \
         at most, {:.0} MiB after",
        server.memory()
    );
}

/// 200 events a second to twenty endpoints, all of which answer at once, twice; then the same,
/// where one of them takes every message and never answers.
async fn deliveries(server: &Server) {
    const ENDPOINTS: usize = 20;
    const SECONDS: usize = 20;
    let agent = ureq::Agent::new_with_defaults();
    let (heard, mut hear) = unbounded_channel();
    let dead = Arc::new(AtomicBool::new(false));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let receive = {
        let dead = dead.clone();
        async move |Path(endpoint): Path<usize>, body: Bytes| {
            if endpoint == 0 && dead.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            let event: Value = serde_json::from_slice(&body).expect("JSON");
            let cursor = event["cursor"].as_str().unwrap_or_default().to_owned();
            // Nobody listens any more when the measuring is over.
            let _ = heard.send((endpoint, cursor, Instant::now()));
        }
    };
    let receiver = axum::Router::new().route("/{endpoint}", axum::routing::post(receive));
    tokio::spawn(async move { axum::serve(listener, receiver).await });
    for endpoint in 0..ENDPOINTS {
        let input = format!("url: \"http://{address}/{endpoint}\", name: \"Receiver {endpoint}\"");
        tokio::task::block_in_place(|| server.mutate(&agent, "createWebhookEndpoint", &input));
    }
    for (of, living) in
        [("all answer", ENDPOINTS), ("all answer", ENDPOINTS), ("one never answers", ENDPOINTS - 1)]
    {
        dead.store(living < ENDPOINTS, Ordering::Relaxed);
        let is_over = AtomicBool::new(false);
        let (oldest, (late, rate)) = std::thread::scope(|scope| {
            let watch = scope.spawn(|| {
                let mut oldest = 0.0_f64;
                while !is_over.load(Ordering::Relaxed) {
                    oldest = oldest.max(server.figure("jejaring_webhook_oldest_pending_seconds "));
                    std::thread::sleep(Duration::from_millis(250));
                }
                oldest
            });
            let told = tokio::task::block_in_place(|| {
                let (sent, rate) = write_steadily(server, SECONDS);
                let answered: HashMap<_, _> =
                    sent.into_iter().map(|(cursor, _, answered)| (cursor, answered)).collect();
                let (mut late, mut taken) = (Vec::new(), HashSet::new());
                while taken.len() < answered.len() * living {
                    let next = timeout(Duration::from_secs(60), hear.recv());
                    let next =
                        tokio::runtime::Handle::current().block_on(next).expect("it is delivered");
                    let (endpoint, cursor, at): (usize, String, Instant) =
                        next.expect("the receiver goes on");
                    // Of the others, some are of the round before, or tell of the endpoints
                    // themselves.
                    let Some(answered) =
                        answered.get(&cursor).filter(|_| endpoint >= ENDPOINTS - living)
                    else {
                        continue;
                    };
                    if taken.insert((endpoint, cursor)) {
                        late.push(at.saturating_duration_since(*answered));
                    }
                }
                (late, rate)
            });
            is_over.store(true, Ordering::Relaxed);
            (watch.join().expect("it watches"), told)
        });
        println!(
            "{rate:.0} events a second to {ENDPOINTS} endpoints, {of}: oldest pending {oldest:.1} \
             s, taken since the answer: {}",
            told(late)
        );
    }
}

#[tokio::main]
async fn main() {
    let asked = Options::read();
    for name in ["lag", "fan-out", "idle", "deaf", "deliveries"]
        .into_iter()
        .filter(|name| asked.wants(name))
    {
        let server = Server::start(&asked);
        match name {
            "lag" => lag(&server).await,
            "fan-out" => fan_out(&server).await,
            "idle" => idle(&server).await,
            "deaf" => deaf(&server).await,
            _ => deliveries(&server).await,
        }
    }
}
