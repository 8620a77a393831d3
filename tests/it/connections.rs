//! Connections that cost the server more than their clients: silent ones, half sent requests,
//! answers that are not read, and more of them than the system has descriptors. The built program,
//! with a low limit of open files.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

/// How long anything may take before it is taken to hang.
const LONG: Duration = Duration::from_secs(90);
const ONE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A server that is stopped when the test is over, whatever happens.
struct Server {
    child: Child,
    address: SocketAddr,
    metrics: SocketAddr,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Begins with a limit of open files, and what is in the environment; it waits two seconds for
    /// whatever a client owes it.
    fn start(limit: u32, environment: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let free = std::net::TcpListener::bind((ONE, 0))
            .expect("a port")
            .local_addr()
            .expect("an address");
        let log = File::create(folder.path().join("log")).expect("a file for the log");
        let mut child = Command::new("sh")
            .args([
                "-c",
                "ulimit -n \"$0\"; exec \"$@\"",
                &limit.to_string(),
                env!("CARGO_BIN_EXE_jejaring"),
            ])
            .args(["serve", "--listen", "127.0.0.1:0", "--with-reports", "--database-url"])
            .arg(format!("sqlite://{}", folder.path().join("register.sqlite").display()))
            .env("JEJARING_METRICS_LISTEN", free.to_string())
            .env("JEJARING_HTTP_HEADER_TIMEOUT_SECONDS", "2")
            .env("JEJARING_HTTP_TIMEOUT_SECONDS", "2")
            .env("JEJARING_RATE_ANONYMOUS_PER_MINUTE", "0")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it starts");
        let first = BufReader::new(child.stdout.take().expect("its output")).lines().next();
        let first = first.expect("a line").expect("text");
        let address = first
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("the first line is {first:?}"));
        let address = address.parse().expect("an address");
        Self { child, address, metrics: free, folder }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("the log")
    }
}

/// A connection from an address of this machine, of which the system takes little that is not read.
fn connect(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(4096)?;
    socket.bind(&SocketAddr::new(IpAddr::V4(from), 0).into())?;
    socket.connect_timeout(&to.into(), LONG)?;
    Ok(socket.into())
}

/// What is answered to a request, or why nothing is.
fn asked(from: Ipv4Addr, to: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = connect(from, to)?;
    stream.set_read_timeout(Some(LONG))?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

const QUERY: &str = "/graphql?query=%7B__typename%7D";

/// Asks until it is answered.
fn answered(from: Ipv4Addr, to: SocketAddr, path: &str) -> String {
    let began = Instant::now();
    loop {
        match asked(from, to, path) {
            Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => return answer,
            other => assert!(began.elapsed() < LONG, "{path} of {to} is not answered: {other:?}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn open(server: &Server) -> u64 {
    let metrics = answered(OTHER, server.metrics, "/metrics");
    let open = metrics
        .lines()
        .find_map(|line| line.strip_prefix("jejaring_connections_open "))
        .expect("the figure");
    open.parse().expect("a number")
}

/// What is sent and never gone on with. Each is of another kind.
fn beginnings() -> Vec<(&'static str, Vec<u8>)> {
    let post = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 1000\r\n";
    let large =
        |alias| format!("c{alias}:countries(first:100)%7Bnodes%7Bid%20name%20createdAt%7D%7D");
    let large: Vec<String> = (0..40).map(large).collect();
    let upgrade = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                   sec-websocket-protocol: graphql-transport-ws\r\n";
    // A text of 1,000 bytes, masked with zeros, of which four come.
    let half = [0x81, 0x80 | 126, 3, 232, 0, 0, 0, 0, b'{', b'"', b't', b'y'];
    let socket = format!("GET /graphql HTTP/1.1\r\nhost: x\r\n{upgrade}\r\n");
    let texts = [
        ("nothing", String::new()),
        ("half a first line", "GET /graph".to_owned()),
        ("half of the headers", "GET /livez HTTP/1.1\r\nhost: x\r\nx-more".to_owned()),
        ("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("a whole request", "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n".to_owned()),
        ("half a body", format!("{post}\r\n{{\"query\"")),
        (
            "a body without an end",
            "POST /imports HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"
                .to_owned(),
        ),
        ("a promise of a body", format!("{post}expect: 100-continue\r\n\r\n")),
        (
            "a body that nobody reads",
            "GET /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n".to_owned(),
        ),
        ("a socket that never begins", socket.clone()),
        (
            "a socket with half a body",
            format!("GET /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n{upgrade}\r\n"),
        ),
        (
            "an answer that is not read",
            format!("GET /graphql?query=%7B{}%7D HTTP/1.1\r\nhost: x\r\n\r\n", large.join("%20"))
                .repeat(8),
        ),
    ];
    let texts = texts.into_iter().map(|(name, text)| (name, text.into_bytes()));
    texts.chain([("half a message on a socket", [socket.as_bytes(), &half].concat())]).collect()
}

#[test]
fn connections_that_are_not_gone_on_with_are_closed() {
    let server = Server::start(256, &[("JEJARING_HTTP_MAX_CONNECTIONS_PER_ADDRESS", "10000")]);
    for (name, beginning) in beginnings() {
        let mut held = Vec::new();
        for _ in 0..300 {
            let mut stream = connect(ONE, server.address).expect("the server listens");
            // Who is turned away may be so before that.
            let _ = stream.write_all(&beginning);
            held.push(stream);
        }
        answered(ONE, server.address, QUERY);
        let began = Instant::now();
        while open(&server) > 0 {
            assert!(began.elapsed() < LONG, "{name}: {} connections stay", open(&server));
            std::thread::sleep(Duration::from_millis(100));
        }
        drop(held);
    }
    let log = server.log();
    for line in [
        "connections were closed that sent no request in time",
        "connections are turned away",
        "fitting=64",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    is_not_flooded(&log);
}

/// Of thousands of connections few lines tell.
fn is_not_flooded(log: &str) {
    let lines = log.lines().filter(|line| line.contains(" connections ")).count();
    assert!((1..100).contains(&lines), "{lines} lines about connections");
}

/// A byte now and then is no request.
#[test]
fn headers_that_trickle_do_not_come_in_time() {
    let server = Server::start(256, &[]);
    let mut stream = connect(ONE, server.address).expect("the server listens");
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nx-more: ").expect("it is read");
    let began = Instant::now();
    while stream.write_all(b"x").is_ok() {
        assert!(began.elapsed() < LONG, "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_address_leaves_places_to_others() {
    let server = Server::start(256, &[("JEJARING_HTTP_HEADER_TIMEOUT_SECONDS", "5")]);
    let held: Vec<TcpStream> =
        (0..100).map(|_| connect(ONE, server.address).expect("the server listens")).collect();
    let refused = (0..)
        .find_map(|_| asked(ONE, server.address, QUERY).ok().filter(|answer| !answer.is_empty()));
    let refused = refused.expect("an answer");
    assert!(
        refused.starts_with("HTTP/1.1 429 ") && refused.contains("retry-after: 5\r\n"),
        "{refused}"
    );
    let other = asked(OTHER, server.address, QUERY).expect("an answer");
    assert!(other.starts_with("HTTP/1.1 200 "), "{other}");
    answered(ONE, server.address, QUERY);
    drop(held);
}

#[test]
fn silent_connections_to_the_metrics_are_closed() {
    let server = Server::start(256, &[]);
    for beginning in [
        "",
        "GET /met",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let mut held = Vec::new();
        for _ in 0..300 {
            let mut stream = connect(ONE, server.metrics).expect("the server listens");
            let _ = stream.write_all(beginning.as_bytes());
            held.push(stream);
        }
        let answer = asked(ONE, server.address, QUERY).expect("the other listener answers");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        answered(ONE, server.metrics, "/metrics");
        drop(held);
    }
}

/// So low a limit that not even those can be told who are turned away.
#[test]
fn a_process_without_descriptors_recovers() {
    let server = Server::start(60, &[]);
    answered(ONE, server.address, QUERY);
    let held: Vec<_> = (0..500).map(|_| connect(ONE, server.address)).collect();
    let metrics: Vec<_> = (0..100).map(|_| connect(ONE, server.metrics)).collect();
    let began = Instant::now();
    while !server.log().contains("connections cannot be accepted; trying again") {
        assert!(began.elapsed() < LONG, "it has not run out: {}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    answered(OTHER, server.address, "/graphql?query=%7Bbatches%7BtotalCount%7D%7D");
    answered(OTHER, server.metrics, "/metrics");
    answered(ONE, server.address, "/readyz");
    is_not_flooded(&server.log());
    drop((held, metrics));
}
