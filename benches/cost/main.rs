//! Whether cost tells what a document takes: random documents within the limits of a request,
//! against what they may take at most.
//!
//! ```text
//! cargo bench --profile dist --bench cost -- [small|medium|large] [--documents N] [--seed N]
//!     [--database-url URL]
//! ```
//!
//! It fills an empty database (a SQLite file of its own unless a URL is given; one that is filled
//! already is taken as it is), makes documents of the schema from the seed, and answers one after
//! the other. Of each the time of its statements, all of them added up, and the memory of the
//! process are measured. Then it answers all of them once more, while somebody beside them reads
//! one small page again and again. The worst are printed, and the program fails where one takes
//! more than [`MOST_TIME`] of the database or [`MOST_MEMORY`], ends in a fault of the server, or
//! where the reader waits longer than [`LATEST`].

#![allow(missing_docs, reason = "a program, not a library")]

#[allow(dead_code, reason = "shared with the tests, which do more with it")]
#[path = "../../tests/it/support/dice.rs"]
mod dice;
#[allow(dead_code, reason = "shared with the tests, which do more with it")]
#[path = "../../tests/it/support/documents/mod.rs"]
mod documents;
#[allow(dead_code, reason = "shared with the tests, which do more with it")]
#[path = "../../tests/it/support/graph.rs"]
mod graph;
#[path = "../load/network.rs"]
mod network;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use documents::Documents;
use graph::Graph;
use jejaring::access::Actor;
use jejaring::app::App;
use jejaring::clock::Clock;
use jejaring::config::{Config, Layer};
use jejaring::graphql::language::Languages;
use jejaring::request::{GraphQlParams, Prepared};
use network::Size;
use sea_orm::{EntityTrait, PaginatorTrait};

/// Of the database, for one document.
const MOST_TIME: Duration = Duration::from_secs(1);
/// MiB, for one document.
const MOST_MEMORY: f64 = 100.0;
/// The hundredth longest time of the reader beside.
const LATEST: Duration = Duration::from_millis(50);
/// So long a document is waited for: what takes longer is told as that.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the reader beside reads.
const PAUSE: Duration = Duration::from_millis(10);
/// How many of the worst documents are told.
const TOLD: usize = 15;

/// What the program was asked for.
struct Options {
    size: Size,
    documents: usize,
    seed: u64,
    database_url: Option<String>,
}

impl Options {
    fn read() -> Self {
        let size = Size::named("medium").expect("a size");
        let mut asked = Self { size, documents: 2_000, seed: 21, database_url: None };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} takes a value"));
            match word.as_str() {
                "--documents" => asked.documents = value().parse().expect("a number of documents"),
                "--seed" => asked.seed = value().parse().expect("a number"),
                "--database-url" => asked.database_url = Some(value()),
                // Of cargo itself.
                "--bench" => {}
                name => {
                    asked.size = Size::named(name).unwrap_or_else(|| panic!("{name:?} is no size"))
                }
            }
        }
        asked
    }
}

/// What a document took.
struct Measurement {
    query: String,
    cost: u64,
    /// Of the database.
    time: Duration,
    statements: u64,
    /// From the question to the answer; none where that did not come in time.
    wall: Option<Duration>,
    /// MiB.
    memory: f64,
    /// Whether it ended in a fault of the server.
    fault: bool,
}

impl Measurement {
    fn is_too_much(&self) -> bool {
        self.time > MOST_TIME || self.wall.is_none() || self.memory > MOST_MEMORY || self.fault
    }

    fn print(&self) {
        let Self { query, cost, time, statements, memory, fault, .. } = self;
        let wall = self.wall.map_or("no answer".to_owned(), |wall| {
            format!("{:.0} ms", wall.as_secs_f64() * 1000.0)
        });
        let fault = if *fault { ", A FAULT" } else { "" };
        let time = time.as_secs_f64() * 1000.0;
        println!(
            "cost {cost}: database {time:.0} ms in {statements} statements, {wall}, {memory:.0} \
             MiB{fault}\n  {query}"
        );
    }
}

/// The memory of this process that is no file, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status of the process");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("a figure");
    line.split_whitespace().next().expect("a number").parse().expect("a number")
}

/// Watches the memory of the process, in a thread of its own.
#[derive(Clone, Default)]
struct Watch(Arc<(AtomicU64, AtomicBool)>);

impl Watch {
    fn start() -> Self {
        let watch = Self::default();
        let watching = watch.clone();
        std::thread::spawn(move || {
            while !watching.0.1.load(Ordering::Relaxed) {
                watching.0.0.fetch_max(memory(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        watch
    }

    /// The most since it was last asked.
    fn peak(&self) -> u64 {
        self.0.0.swap(0, Ordering::Relaxed).max(memory())
    }

    fn stop(&self) {
        self.0.1.store(true, Ordering::Relaxed);
    }
}

/// Reads a small page until it is told to stop; how long each time took.
async fn read_beside(app: App, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let page = GraphQlParams::new("{ batches(first: 5) { nodes { key title startsOn } } }");
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let begin = Instant::now();
        let answer = app.answer(Actor::Anonymous, Languages::default(), &page).await;
        times.push(begin.elapsed());
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        tokio::time::sleep(PAUSE).await;
    }
    times
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let good = runtime.block_on(run(Options::read()));
    std::process::exit(i32::from(!good));
}

async fn run(asked: Options) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let url = asked.database_url.clone();
    let url = url
        .unwrap_or_else(|| format!("sqlite://{}", folder.path().join("register.sqlite").display()));
    let app = prepare(&url, asked.size).await;
    let graph = Graph::new();
    let mut documents = Documents::new(&graph, asked.seed);
    let watch = Watch::start();
    let (mut all, mut refused) = (Vec::new(), 0);
    while all.len() < asked.documents {
        let query = documents.next();
        match app.pipeline.prepare(&GraphQlParams::new(&query)) {
            Ok(prepared) => all.push(measure(&app, &watch, query, prepared).await),
            Err(_) => refused += 1,
        }
    }
    watch.stop();
    let stop = Arc::new(AtomicBool::new(false));
    let beside = tokio::spawn(read_beside(app.clone(), stop.clone()));
    for Measurement { query, .. } in &all {
        let params = GraphQlParams::new(query);
        let answer = app.answer(Actor::Anonymous, Languages::default(), &params);
        // What became of it was told when it was alone.
        let _ = tokio::time::timeout(PATIENCE, answer).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut times = beside.await.expect("the reader reads to the end");
    times.sort();
    let late = times[times.len() * 99 / 100];

    let bad = all.iter().filter(|it| it.is_too_much()).count();
    all.sort_by_key(|it| std::cmp::Reverse(it.time));
    println!("\nthe most time of the database:");
    all.iter().take(TOLD).for_each(Measurement::print);
    all.sort_by(|one, other| other.memory.total_cmp(&one.memory));
    println!("\nthe most memory:");
    all.iter().take(TOLD / 3).for_each(Measurement::print);
    println!("\nfaults of the server:");
    all.iter().filter(|it| it.fault).take(TOLD).for_each(Measurement::print);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let database = url.split(':').next().unwrap_or_default();
    println!(
        "\nseed {}, {database}: {bad} of {} documents take too much ({refused} others were refused \
         for their cost); the reader beside: {} pages, p50 {:.1} ms, p99 {:.1} ms, at most {:.1} \
         ms",
        asked.seed,
        all.len(),
        times.len(),
        milliseconds(times[times.len() / 2]),
        milliseconds(late),
        milliseconds(times[times.len() - 1]),
    );
    bad == 0 && late <= LATEST
}

async fn measure(app: &App, watch: &Watch, query: String, prepared: Prepared) -> Measurement {
    let statements = app.db.statements();
    let (sent, time, begin) = (statements.count(), statements.time(), Instant::now());
    let before = memory();
    watch.peak();
    let answer = app.run(Actor::Anonymous, Languages::default(), &prepared);
    let answer = tokio::time::timeout(PATIENCE, answer).await.ok();
    let wall = answer.is_some().then(|| begin.elapsed());
    let errors = answer.map(|answer| serde_json::to_string(&answer.response.errors).expect("JSON"));
    let measurement = Measurement {
        query,
        cost: prepared.requested_cost,
        time: statements.time() - time,
        statements: statements.count() - sent,
        wall,
        memory: watch.peak().saturating_sub(before) as f64 / 1024.0,
        fault: errors.is_some_and(|errors| errors.contains("INTERNAL_SERVER_ERROR")),
    };
    if measurement.is_too_much() {
        measurement.print();
    }
    measurement
}

/// Fills the database where it is empty, and opens the register.
async fn prepare(url: &str, size: Size) -> App {
    let layer = Layer::default().with("database_url", Some(url));
    let config = Config::from_layers([layer]).expect("the settings are right");
    let app = App::open(&config, Clock::system()).await.expect("the register opens");
    if entity::batch::Entity::find().count(app.db.reading()).await.expect("a count") > 0 {
        return app;
    }
    let mut options = sea_orm::ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1);
    let db = sea_orm::Database::connect(options).await.expect("the database answers");
    network::fill(&db, size).await.expect("the network is written");
    // What has no search gets one when it is opened.
    App::open(&config, Clock::system()).await.expect("the register opens again")
}
