//! The database, the way to it, or the server stops in the middle, while it is written and listened
//! to: writers send again what was not answered, consumers come back with their cursors, and in the
//! end all that was acknowledged is there once, and was told once and in order.
//!
//! The short runs are tests. Long ones: `CHAOS_EVENTS=20000 CHAOS_ROUNDS=10 cargo test --test it
//! chaos_database -- --nocapture`.

use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use entity::vocabulary::{GrantRole, TokenScope};
use entity::{mutation_receipt, source};
use jejaring::events::log;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::away::through;
use crate::chaos::{Consumer, Server, check, is_retryable, receiver, setting};
use crate::intents::mutation;
use crate::support::plain::post;
use crate::support::{Backend, Cluster, End, Proxy, Receiver, Role, TestApp, token_of, writable};
use crate::webhooks::sending;

both_dbs!(nothing_is_lost_while_a_server_is_frozen);

const WRITERS: u64 = 8;
const CONSUMERS: [&str; 4] = ["socket", "stream", "pull", "socket"];

/// Writes sources one after the other, each until it is answered; their ids.
async fn write(
    address: String,
    token: String,
    writer: u64,
    count: u64,
    written: Arc<AtomicU64>,
) -> Vec<String> {
    let bearer = format!("Bearer {token}");
    let mut ids = Vec::new();
    for number in 1..=count {
        let title = format!("number {number} of writer {writer}");
        let input =
            format!("kind: REPORT, title: {title:?}, language: \"en\", idempotencyKey: {title:?}");
        let query = mutation("addSource", &input, "source { id }");
        loop {
            // Without an answer nobody knows whether it was done.
            if let Ok(got) = post(&address, &query, &[("authorization", &bearer)]).await {
                let answer = got.json();
                if let Some(id) = answer["data"]["addSource"]["source"]["id"].as_str() {
                    assert_eq!(got.status, 200);
                    ids.push(id.to_owned());
                    break;
                }
                assert!(got.status == 503 && is_retryable(&answer), "{got:?}");
            }
            sleep(Duration::from_millis(50)).await;
        }
        written.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(10)).await;
    }
    ids
}

/// Writers, consumers and receivers, all at work.
struct Work {
    wanted: u64,
    written: Arc<AtomicU64>,
    writers: Vec<JoinHandle<Vec<String>>>,
    consumers: Vec<JoinHandle<(&'static str, Consumer)>>,
    receivers: Vec<(&'static str, Receiver)>,
    began: Instant,
}

impl Work {
    async fn begin(
        app: &TestApp,
        token: &str,
        addresses: &[String],
        receivers: Vec<(&'static str, Receiver)>,
    ) -> Self {
        let each = setting("CHAOS_EVENTS", 320).div_ceil(WRITERS);
        let written = Arc::new(AtomicU64::new(0));
        let cursor = log::head(app.app.db.reading()).await.expect("a head").to_string();
        let address = |number: usize| addresses[number % addresses.len()].clone();
        let consumer = |(number, how): (usize, &'static str)| {
            let mut addresses = addresses.to_vec();
            let first = number % addresses.len();
            addresses.rotate_left(first);
            let mut consumer = Consumer::behind(&cursor, addresses);
            tokio::spawn(async move {
                consumer.consume(how, each * WRITERS).await;
                (how, consumer)
            })
        };
        let consumers = CONSUMERS.into_iter().enumerate().map(consumer).collect();
        let writer = |number: u64| {
            let address = address(usize::try_from(number).expect("a small number"));
            tokio::spawn(write(address, token.to_owned(), number, each, written.clone()))
        };
        let writers = (0..WRITERS).map(writer).collect();
        Self {
            wanted: each * WRITERS,
            written,
            writers,
            consumers,
            receivers,
            began: Instant::now(),
        }
    }

    /// Waits until this part of all is written.
    async fn come_to(&self, part: u64, of: u64) {
        while self.written.load(Ordering::SeqCst) < self.wanted * part / of {
            let all_ended = self.writers.iter().all(JoinHandle::is_finished);
            assert!(!all_ended, "the writers ended at {}", self.written.load(Ordering::SeqCst));
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Nothing is lost, nothing came twice, and nothing out of order: in the database, and wherever
    /// it was told.
    async fn end(self, app: &TestApp, what: &str) {
        let mut acknowledged = Vec::new();
        for writer in self.writers {
            acknowledged.extend(writer.await.expect("the writer ends well"));
        }
        for consumer in self.consumers {
            let heard = timeout(Duration::from_secs(60), consumer).await.expect("it hears all");
            let (how, consumer) = heard.expect("in order");
            assert_eq!(consumer.seen, self.wanted);
            println!(
                "{what}, {how}: {} events, 0 lost, 0 out of order, resumed {} times",
                consumer.seen, consumer.resumed
            );
        }
        for (order, receiver) in &self.receivers {
            let came = check(receiver, order, self.wanted).await;
            println!(
                "{what}, webhook, order {order}: {} events, 0 lost, {came} messages",
                self.wanted
            );
        }
        let db = writable(app).await;
        let rows = source::Entity::find()
            .filter(source::Column::Title.starts_with("number "))
            .all(&db)
            .await;
        let mut titles: HashMap<String, u64> = HashMap::new();
        rows.expect("sources")
            .into_iter()
            .for_each(|row| *titles.entry(row.title).or_default() += 1);
        assert!(titles.values().all(|times| *times == 1), "{titles:?}");
        assert_eq!(titles.len() as u64, self.wanted);
        acknowledged.sort_unstable();
        acknowledged.dedup();
        assert_eq!(
            acknowledged.len() as u64,
            self.wanted,
            "each was answered with a record of its own"
        );
        let receipts = mutation_receipt::Entity::find()
            .filter(mutation_receipt::Column::Key.starts_with("number "));
        assert_eq!(receipts.count(&db).await.expect("receipts"), self.wanted);
        let seconds = self.began.elapsed().as_secs_f64();
        println!("{what}: {} writes, 0 lost, 0 doubled, {seconds:.1} s", self.wanted);
    }
}

async fn curator(app: &TestApp) -> String {
    let scopes = [TokenScope::Read, TokenScope::Write];
    token_of(app, "Curator", &[Role::Of(GrantRole::Curator)], &scopes).await.0
}

async fn receivers(app: &TestApp) -> Vec<(&'static str, Receiver)> {
    let owner = app.somebody("Receives", &[]).await;
    let unordered = receiver(app, &owner, "NONE", 40).await;
    let strict = receiver(app, &owner, "STRICT", 200).await;
    vec![("NONE", unordered), ("STRICT", strict)]
}

/// What befalls PostgreSQL, or the way to it.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Ended(End),
    Cut,
    Slow,
    Silent,
    CommitsUnanswered,
}

const TROUBLES: [Trouble; 7] = [
    Trouble::Cut,
    Trouble::Ended(End::Fast),
    Trouble::CommitsUnanswered,
    Trouble::Ended(End::Immediate),
    Trouble::Slow,
    Trouble::Ended(End::Killed),
    Trouble::Silent,
];

impl Trouble {
    async fn befall(self, cluster: &mut Cluster, proxy: &Proxy) {
        match self {
            Self::Ended(how) => {
                cluster.end(how);
                sleep(Duration::from_millis(300)).await;
                cluster.start();
            }
            Self::Cut => {
                for _ in 0..3 {
                    proxy.cut();
                    sleep(Duration::from_millis(100)).await;
                }
            }
            Self::Slow => {
                proxy.delay(Duration::from_millis(50));
                sleep(Duration::from_secs(2)).await;
                proxy.delay(Duration::ZERO);
            }
            Self::Silent => {
                proxy.silence(true);
                // Longer than it takes the server to notice.
                sleep(Duration::from_secs(8)).await;
                proxy.silence(false);
            }
            Self::CommitsUnanswered => {
                let before = proxy.lost();
                proxy.lose_commits(5);
                let began = Instant::now();
                while proxy.lost() < before + 5 {
                    assert!(began.elapsed() < Duration::from_secs(60), "nobody commits");
                    sleep(Duration::from_millis(5)).await;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_whatever_befalls_postgres() {
    let Some(mut cluster) = Cluster::own() else { return };
    let app = sending(TestApp::on(&cluster).await);
    let (token, receivers) = (curator(&app).await, receivers(&app).await);
    let proxy = Proxy::begin(cluster.port()).await;
    let mut servers = Vec::new();
    for _ in 0..2 {
        servers.push(Server::start(&through(&proxy), "127.0.0.1:0").await);
    }
    let addresses: Vec<String> = servers.iter().map(|server| server.address.clone()).collect();
    let work = Work::begin(&app, &token, &addresses, receivers).await;
    app.app.db.clone().close().await.expect("it is closed");
    let rounds = setting("CHAOS_ROUNDS", 1);
    let all = rounds * TROUBLES.len() as u64;
    for (number, trouble) in (1..).zip((0..rounds).flat_map(|_| TROUBLES)) {
        work.come_to(number, all + 1).await;
        println!(
            "PostgreSQL: {trouble:?} at {} of {}",
            work.written.load(Ordering::SeqCst),
            work.wanted
        );
        trouble.befall(&mut cluster, &proxy).await;
    }
    work.end(&app, "PostgreSQL").await;
}

async fn signal(server: &Server, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &server.child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(sent.success());
}

/// A process is stopped, as a machine does that is suspended, for longer than it has its leases. On
/// PostgreSQL another one goes on.
async fn nothing_is_lost_while_a_server_is_frozen(app: TestApp) {
    let app = sending(app);
    let (token, receivers) = (curator(&app).await, receivers(&app).await);
    let processes = if app.backend == Backend::Postgres { 2 } else { 1 };
    let mut servers = Vec::new();
    for _ in 0..processes {
        servers.push(Server::start(&app.url, "127.0.0.1:0").await);
    }
    let addresses: Vec<String> = servers.iter().map(|server| server.address.clone()).collect();
    let work = Work::begin(&app, &token, &addresses, receivers).await;
    let freezes = setting("CHAOS_ROUNDS", 1) * 2;
    for number in 1..=freezes {
        work.come_to(number, freezes + 1).await;
        let server = &servers[usize::try_from(number).expect("a small number") % processes];
        signal(server, "-STOP").await;
        sleep(Duration::from_secs(4)).await;
        signal(server, "-CONT").await;
    }
    work.end(&app, &format!("{:?}, SIGSTOP", app.backend)).await;
}
