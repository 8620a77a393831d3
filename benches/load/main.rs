//! How fast the register answers, beside a handler written by hand that runs flat SQL and writes
//! the same JSON:
//!
//! ```text
//! cargo bench --profile dist --bench load -- [small|medium|large] [queries] [table] [search]
//!     [--database-url URL] [--server PATH] [--seconds N] [--rounds N] [--postgraphile FOLDER]
//! ```
//!
//! It fills an empty database (a SQLite file of its own unless a URL is given; one that is filled
//! already is taken as it is), starts the server (once without and once with answers kept) and the
//! handler as processes with pools of one size, and puts each query to all in turn, from sixteen
//! connections that stay open. Both must answer with the same data. The medians of the rounds are
//! printed: requests a second, the middle and the hundredth longest time, CPU time of the process
//! (without that of PostgreSQL), its memory, and the ratio.
//!
//! `--postgraphile` is where PostGraphile was installed (`benches/load/postgraphile`): on
//! PostgreSQL it is started over the same database, must answer with the same data, and is measured
//! in the same rounds.

#![allow(missing_docs, reason = "a program, not a library")]

mod analysis;
mod by_hand;
mod network;
mod postgraphile;
mod query;

use std::io::BufRead;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jejaring::app::App;
use jejaring::clock::Clock;
use jejaring::config::{Config, Layer};
use network::Size;
use query::Query;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 16;
/// Of the database, for either side.
const POOL: u32 = 8;
/// So many seconds PostGraphile is asked before it is measured.
const WARM: u64 = 5;

/// What the program was asked for.
struct Options {
    word: String,
    size: Size,
    /// What is measured; all of it where nothing is named.
    parts: Vec<String>,
    server: String,
    database_url: Option<String>,
    seconds: u64,
    rounds: usize,
    postgraphile: Option<PathBuf>,
}

impl Options {
    fn read() -> Self {
        let mut asked = Self {
            word: "small".to_owned(),
            parts: Vec::new(),
            size: Size::named("small").expect("a size"),
            server: env!("CARGO_BIN_EXE_jejaring").to_owned(),
            database_url: None,
            seconds: 3,
            rounds: 3,
            postgraphile: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} takes a value"));
            match word.as_str() {
                "--server" => asked.server = value(),
                "--database-url" => asked.database_url = Some(value()),
                "--seconds" => asked.seconds = value().parse().expect("a number of seconds"),
                "--rounds" => asked.rounds = value().parse().expect("a number of rounds"),
                "--postgraphile" => asked.postgraphile = Some(value().into()),
                // Of cargo itself.
                "--bench" => {}
                "queries" | "table" | "search" => asked.parts.push(word),
                name => {
                    asked.size = Size::named(name).unwrap_or_else(|| panic!("{name:?} is no size"));
                    asked.word = name.to_owned();
                }
            }
        }
        asked
    }
}

impl Options {
    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|it| it == part)
    }
}

/// A process that answers, and ends with this.
struct Side {
    child: Child,
    address: String,
}

impl Drop for Side {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Side {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let out = std::io::BufReader::new(child.stdout.take().expect("its output"));
        let first = out.lines().next().expect("a line").expect("text");
        Self { child, address: first.trim_start_matches("listening on http://").to_owned() }
    }

    /// The process, and those that it started.
    fn processes(&self) -> Vec<u32> {
        let id = self.child.id();
        let started = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"))
            .expect("its children");
        started.split_whitespace().map(|it| it.parse().expect("an id")).chain([id]).collect()
    }

    /// CPU time that the processes have used.
    fn cpu(&self) -> Duration {
        let of = |id: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("its times");
            let fields: Vec<&str> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
            let ticks = |place: usize| fields[place].parse::<u64>().expect("a number");
            // User and system time, in hundredths of a second.
            Duration::from_millis((ticks(11) + ticks(12)) * 10)
        };
        self.processes().into_iter().map(of).sum()
    }

    /// What the processes keep in memory, in MiB.
    fn memory(&self) -> f64 {
        self.processes().into_iter().map(|id| status(id, "VmRSS:")).sum()
    }

    /// What it kept in memory at most, since that was last forgotten.
    fn peak(&self) -> f64 {
        status(self.child.id(), "VmHWM:")
    }

    fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("it is ours");
    }

    /// Puts one request to it for `seconds` from all connections.
    async fn measure(&self, request: &[u8], seconds: u64) -> Measurement {
        let (begin, cpu) = (Instant::now(), self.cpu());
        let end = begin + Duration::from_secs(seconds);
        let clients = (0..CONNECTIONS).map(|_| {
            let (address, request) = (self.address.clone(), request.to_vec());
            tokio::spawn(async move {
                let mut connection = connect(&address).await;
                let mut times = Vec::new();
                while Instant::now() < end {
                    let begin = Instant::now();
                    ask(&mut connection, &request).await;
                    times.push(begin.elapsed());
                }
                times
            })
        });
        let mut times = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            times.extend(client.await.expect("it asks to the end"));
        }
        let (elapsed, cpu) = (begin.elapsed(), self.cpu() - cpu);
        times.sort();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        Measurement {
            rate: times.len() as f64 / elapsed.as_secs_f64(),
            middle: at(0.5),
            late: at(0.99),
            cpu: cpu.as_secs_f64() * 1000.0 / times.len() as f64,
            memory: self.memory(),
        }
    }

    async fn answer(&self, request: &[u8]) -> Value {
        let body = ask(&mut connect(&self.address).await, request).await;
        serde_json::from_slice(&body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&body)))
    }
}

/// A figure of the memory of a process, in MiB.
fn status(id: u32, figure: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).expect("a figure");
    line.split_whitespace().next().expect("a number").parse::<f64>().expect("a number") / 1024.0
}

/// Of one query, on one side, in one round.
#[derive(Clone, Copy)]
struct Measurement {
    /// Requests a second.
    rate: f64,
    /// Milliseconds.
    middle: f64,
    late: f64,
    cpu: f64,
    /// MiB.
    memory: f64,
}

impl Measurement {
    fn median(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        Self {
            rate: of(|it| it.rate),
            middle: of(|it| it.middle),
            late: of(|it| it.late),
            cpu: of(|it| it.cpu),
            memory: of(|it| it.memory),
        }
    }

    fn print(&self, side: &str) {
        let Self { rate, middle, late, cpu, memory } = self;
        println!(
            "  {side:<12} {rate:>8.0} req/s   p50 {middle:>7.2} ms   p99 {late:>7.2} ms   CPU \
             {cpu:>6.2} ms   {memory:>4.0} MiB"
        );
    }
}

/// A request to the server.
fn post(body: &Value, version: &str, accept: &str) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    let head = "host: bench\r\ncontent-type: application/json";
    format!(
        "POST /graphql {version}\r\n{head}\r\naccept: {accept}\r\ncontent-length: {length}\r\n\
         \r\n{body}"
    )
    .into_bytes()
}

async fn connect(address: &str) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).await.expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    BufReader::with_capacity(64 << 10, stream)
}

/// Sends a request, and reads the body of the answer.
async fn ask(connection: &mut BufReader<TcpStream>, request: &[u8]) -> Vec<u8> {
    connection.get_mut().write_all(request).await.expect("it is sent");
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        connection.read_line(&mut line).await.expect("an answer");
        let head = line.trim_end().to_ascii_lowercase();
        if let Some(value) = head.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if head.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.expect("the body");
    body
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let Some(url) = std::env::args().skip_while(|word| word != "--by-hand").nth(1) {
        return runtime.block_on(by_hand::serve(&url, POOL as usize));
    }
    runtime.block_on(run(Options::read()));
}

async fn run(asked: Options) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = asked.database_url.clone();
    let url = url
        .unwrap_or_else(|| format!("sqlite://{}", folder.path().join("register.sqlite").display()));
    let queries = prepare(&url, asked.size).await;
    let server = |kept: &str| {
        Side::start(
            Command::new(&asked.server)
                .args([
                    "serve",
                    "--database-url",
                    &url,
                    "--listen",
                    "127.0.0.1:0",
                    "--log",
                    "error",
                ])
                .env("JEJARING_READERS", POOL.to_string())
                .env("JEJARING_HTTP_ANSWER_CACHE_BYTES", kept)
                .env("JEJARING_RATE_ANONYMOUS_PER_MINUTE", "0"),
        )
    };
    let (server, keeping) = (server("0"), server("33554432"));
    let this = std::env::current_exe().expect("this program");
    let by_hand = Side::start(Command::new(this).args(["--by-hand", &url]));
    let postgraphile = asked.postgraphile.as_ref().map(|folder| {
        Side::start(
            Command::new(folder.join("node_modules/.bin/node"))
                .arg(folder.join("start.mjs"))
                .arg(&url),
        )
    });
    let database = url.split(':').next().unwrap_or_default();
    println!(
        "{} network, {database}, {} connections, {} rounds of {} s",
        asked.word, CONNECTIONS, asked.rounds, asked.seconds
    );
    if asked.wants("table") && asked.size.batches >= 100_000 {
        analysis::table(&server, asked.rounds).await;
    }
    if asked.wants("search") {
        analysis::search(&server).await;
    }
    for query in queries.into_iter().filter(|_| asked.wants("queries")) {
        let (ours, plain) = (query.to_server(), query.by_hand());
        let (answer, expected) = (server.answer(&ours).await, by_hand.answer(&plain).await);
        assert_eq!(answer["data"], expected["data"], "both sides answer {} alike", query.name);
        let theirs = match &postgraphile {
            Some(side) => {
                let behind = query::behind(asked.size);
                let request = query.postgraphile.request(side, &answer["data"], behind).await;
                let mut theirs = side.answer(&request).await;
                let data = query.postgraphile.as_ours(theirs["data"].take());
                assert_eq!(
                    data, answer["data"],
                    "PostGraphile answers {} alike: {}",
                    query.name, theirs["errors"]
                );
                // It is compiled while it runs, and faster after some hundreds of requests.
                side.measure(&request, WARM).await;
                Some((side, request))
            }
            None => None,
        };
        let (mut of_server, mut of_keeping, mut of_hand, mut of_theirs) =
            (vec![], vec![], vec![], vec![]);
        for _ in 0..asked.rounds {
            of_server.push(server.measure(&ours, asked.seconds).await);
            of_keeping.push(keeping.measure(&ours, asked.seconds).await);
            of_hand.push(by_hand.measure(&plain, asked.seconds).await);
            if let Some((side, request)) = &theirs {
                of_theirs.push(side.measure(request, asked.seconds).await);
            }
        }
        let [of_server, of_keeping, of_hand] =
            [of_server, of_keeping, of_hand].map(|of| Measurement::median(&of));
        let (made, kept) = (of_server.rate / of_hand.rate, of_keeping.rate / of_hand.rate);
        println!("{}: {made:.2} of the handler, {kept:.2} where the answer is kept", query.name);
        of_server.print("register");
        of_keeping.print("kept");
        of_hand.print("by hand");
        if !of_theirs.is_empty() {
            let of_theirs = Measurement::median(&of_theirs);
            of_theirs.print("PostGraphile");
            let (made, kept) = (of_server.rate / of_theirs.rate, of_keeping.rate / of_theirs.rate);
            println!("  {made:.2} of PostGraphile, {kept:.2} where the answer is kept");
        }
    }
}

/// Fills the database where it is empty, and writes the queries down.
async fn prepare(url: &str, size: Size) -> Vec<Query> {
    let layer = Layer::default().with("database_url", Some(url));
    let config = Config::from_layers([layer]).expect("the settings are right");
    let app = App::open(&config, Clock::system()).await.expect("the register opens");
    let mut options = sea_orm::ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1);
    let db = sea_orm::Database::connect(options).await.expect("the database answers");
    let batches = entity::batch::Entity::find().count(app.db.reading()).await.expect("a count");
    if batches == 0 {
        let begin = Instant::now();
        network::fill(&db, size).await.expect("the network is written");
        println!("filled in {:.1} s", begin.elapsed().as_secs_f64());
        let begin = Instant::now();
        // What has no search gets one when it is opened.
        App::open(&config, Clock::system()).await.expect("the register opens again");
        println!("made searchable in {:.1} s", begin.elapsed().as_secs_f64());
    }
    query::all(&db, size).await
}
