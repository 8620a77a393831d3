//! The server that is measured, and those who follow its log.

use std::io::BufRead;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::Options;

const EVENTS: &str = "subscription { events(heartbeatSeconds: 3600) { cursor event { type \
                      subjectKey changes { field to } } } }";

/// A server that ends with this.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    metrics: String,
    token: String,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub(super) fn start(asked: &Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = asked.database_url.clone();
        let url = url.unwrap_or_else(|| {
            format!("sqlite://{}", folder.path().join("register.sqlite").display())
        });
        let free = std::net::TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("an address");
        let metrics = free.to_string();
        let mut child = Command::new(&asked.server)
            .args(["serve", "--database-url", &url, "--listen", "127.0.0.1:0", "--log", "error"])
            .env("JEJARING_METRICS_LISTEN", &metrics)
            .env("JEJARING_WEBHOOKS_ALLOWED_NETWORKS", "127.0.0.0/8")
            .env("JEJARING_RATE_ANONYMOUS_PER_MINUTE", "0")
            .env("JEJARING_HTTP_MAX_CONNECTIONS_PER_ADDRESS", "20000")
            .env("JEJARING_RATE_ACCOUNT_PER_MINUTE", "0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let out = std::io::BufReader::new(child.stdout.take().expect("its output"));
        let first = out.lines().next().expect("a line").expect("text");
        let address = first.trim_start_matches("listening on http://").to_owned();
        let account = format!("bench-{}", std::process::id());
        let made = Command::new(&asked.server)
            .args([
                "token",
                "create",
                "--database-url",
                &url,
                "--account",
                &account,
                "--name",
                "Bench",
            ])
            .args(["--role", "curator"])
            .output()
            .expect("a token is made");
        let printed = String::from_utf8_lossy(&made.stdout).into_owned()
            + &String::from_utf8_lossy(&made.stderr);
        let token =
            printed.split_whitespace().find(|word| word.starts_with("jej_") && word.len() == 50);
        let token = token.unwrap_or_else(|| panic!("no token: {printed}")).to_owned();
        Self { child, address, metrics, token, _folder: folder }
    }

    /// What the process keeps in memory, in MiB.
    pub(super) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a figure");
        line.split_whitespace().next().expect("a number").parse::<f64>().expect("a number") / 1024.0
    }

    pub(super) fn figure(&self, name: &str) -> f64 {
        let text = ureq::get(format!("http://{}/metrics", self.metrics)).call().expect("metrics");
        let text = text.into_body().read_to_string().expect("text");
        let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the figure");
        line.trim().parse().expect("a number")
    }

    /// Adds a source; the place of the log behind that.
    pub(super) fn write(&self, agent: &ureq::Agent) -> String {
        let title = format!("Source {}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.mutate(
            agent,
            "addSource",
            &format!("kind: NEWS_REPORT, title: {title:?}, language: \"en\""),
        )
    }

    /// Carries out a mutation; the place of the log behind that.
    pub(super) fn mutate(&self, agent: &ureq::Agent, name: &str, input: &str) -> String {
        let query =
            format!("mutation {{ {name}(input: {{{input}}}) {{ cursor errors {{ message }} }} }}");
        let answer = agent
            .post(format!("http://{}/graphql", self.address))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .send(json!({ "query": query }).to_string())
            .expect("an answer");
        let answer: Value =
            serde_json::from_str(&answer.into_body().read_to_string().expect("text"))
                .expect("JSON");
        answer["data"][name]["cursor"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn socket(&self) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        let mut request =
            format!("ws://{}/graphql", self.address).into_client_request().expect("a request");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
        // Thousands of clients live in this process.
        let small = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
        let (mut socket, _) =
            connect_async_with_config(request, Some(small), true).await.expect("a socket");
        let subscribe = json!({ "id": "a", "type": "subscribe", "payload": { "query": EVENTS } });
        for message in [json!({ "type": "connection_init" }), subscribe] {
            socket.send(Message::text(message.to_string())).await.expect("it is sent");
        }
        socket
    }

    /// Subscribes `count` times, each on a socket of its own, and waits until all have been told
    /// their place.
    pub(super) async fn subscribers(
        &self,
        count: usize,
    ) -> (UnboundedReceiver<(String, Instant)>, Vec<JoinHandle<()>>) {
        let (heard, hear) = unbounded_channel();
        let (ready, mut begun) = unbounded_channel();
        let mut tasks = Vec::with_capacity(count);
        for _ in 0..count {
            let socket = self.socket().await;
            tasks.push(tokio::spawn(listen(socket, ready.clone(), heard.clone())));
        }
        for _ in 0..count {
            timeout(Duration::from_secs(60), begun.recv())
                .await
                .expect("it begins")
                .expect("it goes on");
        }
        (hear, tasks)
    }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

async fn listen(
    mut socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    ready: UnboundedSender<()>,
    heard: UnboundedSender<(String, Instant)>,
) {
    let mut begun = false;
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let at = Instant::now();
        if !text.contains("\"next\"") {
            continue;
        }
        let cursor = text
            .split("\"cursor\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default();
        // Nobody listens any more when the measuring is over.
        let _ = if begun {
            heard.send((cursor.to_owned(), at)).map_err(drop)
        } else {
            ready.send(()).map_err(drop)
        };
        begun = true;
    }
}
