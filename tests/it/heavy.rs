//! Statements that take long: what they may read is paid for, they end with their request, and
//! nobody else waits for them.

mod products;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use jejaring::db::Readers;
use jejaring::http::serve;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DbErr, Statement};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use crate::command::jejaring;
use crate::http::post;
use crate::support::{Backend, TestApp, writable};

both_dbs!(
    an_abandoned_statement_ends,
    no_interrupt_hits_another_statement,
    a_request_that_times_out_ends_its_statement,
    a_client_that_goes_away_ends_its_statement,
    a_server_that_is_told_to_stop_ends_its_statements,
    a_page_does_not_wait_for_what_takes_long,
    what_takes_long_does_not_wait_for_pages,
);

/// Bounds what would hang. PostgreSQL ends a statement by itself after 30 s, which must not be
/// taken for an interrupt.
const SOON: Duration = Duration::from_secs(15);

/// A statement that does not end by itself.
fn endless(app: &TestApp) -> Statement {
    let sql = match app.backend {
        Backend::Sqlite => {
            "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT count(*) FROM s"
        }
        Backend::Postgres => "SELECT pg_sleep(600)",
    };
    Statement::from_string(app.app.db.backend(), sql)
}

/// From now on whoever reads topics waits for ever.
async fn make_topics_endless(app: &TestApp) {
    let db = writable(app).await;
    db.execute_unprepared("ALTER TABLE topic RENAME TO topic_kept").await.expect("another name");
    let view = match app.backend {
        Backend::Sqlite => {
            "CREATE VIEW topic AS SELECT topic_kept.* FROM topic_kept, (WITH RECURSIVE s(i) AS \
             (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT i FROM s) AS endless WHERE endless.i \
             < 0"
        }
        Backend::Postgres => {
            "CREATE VIEW topic AS SELECT topic_kept.* FROM topic_kept WHERE (SELECT \
             CAST(pg_sleep(600) AS text)) IS NOT NULL"
        }
    };
    db.execute_unprepared(view).await.expect("a view");
}

const TOPICS: &str = "{ topics { nodes { key } } }";

/// How many connections are in use.
fn busy(app: &TestApp) -> u32 {
    let pools = app.app.db.pools();
    pools
        .iter()
        .filter(|(name, state, _)| *name != "writing" && *state == "busy")
        .map(|pool| pool.2)
        .sum()
}

/// How many statements of other connections PostgreSQL is carrying out.
async fn under_way(db: &impl ConnectionTrait) -> i64 {
    let sql = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND \
               state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("the statements");
    row.expect("a row").try_get("", "n").expect("a number")
}

/// Waits until something is under way, or nothing is any more.
async fn until(app: &TestApp, is_busy: bool) {
    let watch = writable(app).await;
    let begin = Instant::now();
    loop {
        let statements = if app.backend == Backend::Postgres {
            under_way(&watch).await
        } else {
            i64::from(busy(app))
        };
        if (busy(app) > 0, statements > 0) == (is_busy, is_busy) {
            return;
        }
        assert!(
            begin.elapsed() < SOON,
            "busy: {}, statements: {statements}; expected: {is_busy}",
            busy(app)
        );
        sleep(Duration::from_millis(20)).await;
    }
}

/// Each of the connections can be used, one after the other and all at once.
async fn all_are_well(readers: &Readers, lanes: usize) {
    for _ in 0..3 {
        let mut held = Vec::new();
        for _ in 0..lanes {
            held.push(
                timeout(SOON, readers.begin(Default::default()))
                    .await
                    .expect("in time")
                    .expect("a lane"),
            );
        }
        for snapshot in held {
            snapshot.execute_unprepared("SELECT 1").await.expect("an answer");
            snapshot.end().await.expect("an end");
        }
    }
}

async fn an_abandoned_statement_ends(app: TestApp) {
    let db = &app.app.db;
    for (readers, lanes) in [(db.reading(), 4), (db.heavy(), 2)] {
        until(&app, false).await;
        let statements = (0..lanes).map(|_| readers.query_one_raw(endless(&app)));
        let all = futures::future::join_all(statements);
        let mut all = std::pin::pin!(all);
        timeout(Duration::from_millis(300), all.as_mut())
            .await
            .map(drop)
            .expect_err("they end by themselves");
        assert_eq!(busy(&app), lanes);
        // One more finds no lane, and is told so in time.
        let refused = tokio::select! {
            refused = timeout(SOON, readers.query_one_raw(endless(&app))) => {
                refused.expect("in time")
            }
            _ = all.as_mut() => panic!("they end by themselves"),
        };
        let refused = refused.map(|_| ()).expect_err("a lane");
        assert_eq!(refused, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
    }
    until(&app, false).await;
    all_are_well(db.reading(), 4).await;
    all_are_well(db.heavy(), 2).await;
    // A snapshot that is left in the middle of a statement.
    let snapshot = db.heavy().begin(Default::default()).await.expect("a lane");
    timeout(Duration::from_millis(200), snapshot.query_one_raw(endless(&app)))
        .await
        .map(drop)
        .expect_err("it ends by itself");
    drop(snapshot);
    until(&app, false).await;
    all_are_well(db.heavy(), 2).await;
}

/// Statements that are abandoned about when they end by themselves: an interrupt that comes late
/// finds nothing to hit.
async fn no_interrupt_hits_another_statement(app: TestApp) {
    let heavy = app.app.db.heavy();
    for round in 0..300_u64 {
        let sql = match app.backend {
            Backend::Sqlite => {
                "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 3000) \
                 SELECT count(*) FROM s"
            }
            Backend::Postgres => "SELECT pg_sleep(0.001)",
        };
        let statement = Statement::from_string(app.app.db.backend(), sql);
        let within = Duration::from_micros(round * 37 % 3000);
        let _ = timeout(within, heavy.query_one_raw(statement.clone())).await;
        heavy
            .query_one_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("round {round}: {error}"));
    }
}

async fn a_request_that_times_out_ends_its_statement(app: TestApp) {
    make_topics_endless(&app).await;
    let got =
        post(&app.state_with("http.timeout_seconds = 1"), json!({ "query": TOPICS }), &[]).await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    until(&app, false).await;
    all_are_well(app.app.db.reading(), 4).await;
}

/// A request as it goes over the wire.
fn request(query: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn a_client_that_goes_away_ends_its_statement(app: TestApp) {
    make_topics_endless(&app).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = tokio::spawn(serve(listener, app.state(), std::future::pending()));
    let mut client = TcpStream::connect(address).expect("a connection");
    client.write_all(request(TOPICS).as_bytes()).expect("it is sent");
    until(&app, true).await;
    drop(client);
    until(&app, false).await;
    all_are_well(app.app.db.reading(), 4).await;
    serving.abort();
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn a_server_that_is_told_to_stop_ends_its_statements(app: TestApp) {
    let arguments =
        ["serve", "--listen", "127.0.0.1:0", "--log", "error", "--database-url", &app.url];
    let child = jejaring(&arguments)
        .env("JEJARING_HTTP_TIMEOUT_SECONDS", "3600")
        .stdout(Stdio::piped())
        .spawn();
    let mut server = Server(child.expect("it starts"));
    let mut first = String::new();
    BufReader::new(server.0.stdout.take().expect("its output"))
        .read_line(&mut first)
        .expect("its first line");
    let address = first.trim().strip_prefix("listening on http://").expect("an address").to_owned();
    make_topics_endless(&app).await;
    let clients: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut client = TcpStream::connect(&address).expect("a connection");
            client.write_all(request(TOPICS).as_bytes()).expect("it is sent");
            client
        })
        .collect();
    let watch = writable(&app).await;
    // On SQLite nobody sees from outside when they have begun.
    sleep(Duration::from_secs(1)).await;
    if app.backend == Backend::Postgres {
        assert!(under_way(&watch).await > 0);
    }
    let id = server.0.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill runs")
            .success()
    );
    // Ten seconds are theirs. PostgreSQL would end them by itself after thirty.
    let deadline = Instant::now() + Duration::from_secs(25);
    let status = loop {
        if let Some(status) = server.0.try_wait().expect("a child") {
            break status;
        }
        assert!(Instant::now() < deadline, "it does not stop");
        sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "{status}");
    if app.backend == Backend::Postgres {
        until(&app, false).await;
    }
    drop(clients);
}

const GROUPED: &str = "{ delegations { groupedBy(fields: [\"status\"]) { count } } }";
const CUBE: &str = "{ attendance(rows: COUNTRY) { cells { nodes { count } } } }";

async fn a_page_does_not_wait_for_what_takes_long(app: TestApp) {
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(app.app.db.heavy().begin(Default::default()).await.expect("a lane"));
    }
    let page = "{ topics { nodes { key } } batch(by: {key: \"jewellery-2023\"}) { delegations { \
                totalCount nodes { key } } } }";
    let page = app.ask(page).await;
    assert!(page.errors.is_empty(), "{page}");
    for query in [
        GROUPED,
        CUBE,
        "{ delegations { totalCount } }",
        "{ search(text: \"jewellery\") { nodes { kind } } }",
        "{ membersNotAttending(group: {key: \"asean\"}) { unknown { code } } }",
    ] {
        let refused = timeout(SOON, app.ask(query)).await.expect("an answer in time");
        assert_eq!(refused.errors.len(), 1, "{query}: {refused}");
    }
    drop(held);
    until(&app, false).await;
    app.ask(CUBE).await.at("/attendance");
}

async fn what_takes_long_does_not_wait_for_pages(app: TestApp) {
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(app.app.db.reading().begin(Default::default()).await.expect("a lane"));
    }
    app.ask(GROUPED).await.at("/delegations");
    app.ask(CUBE).await.at("/attendance");
    // A request that may cost much is read beside the pages as a whole.
    let filters = (0..2).map(|n| {
        format!("a{n}: delegations(filter: {{status: {{eq: ATTENDED}}}}) {{ nodes {{ key }} }}")
    });
    let answer = app.ask(&format!("{{ {} }}", filters.collect::<Vec<_>>().join(" "))).await;
    answer.at("/a0/nodes");
}
