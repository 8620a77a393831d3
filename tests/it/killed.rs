//! A server that is killed while it is written to: what it acknowledged is there, and nothing is half there. `JEJARING_KILLS` says how
//! often on each database; 50 is what a release is held to.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entity::vocabulary::{GrantRole, TokenScope};
use entity::{event, mutation_receipt, source, venue};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{Role, TestApp, token_of, writable};

both_dbs!(what_a_killed_server_acknowledged_is_there);

/// How many write at a time.
const WRITERS: u32 = 4;

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jejaring"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--database-url", url])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut first).expect("its first line");
        let address = first.trim().strip_prefix("listening on ").expect("an address").to_owned();
        Self { child, address }
    }
}

/// What was acknowledged: the keys of records, with the idempotency keys of the mutations.
type Acknowledged = Arc<Mutex<Vec<(&'static str, String)>>>;

/// Writes until the server is gone.
fn write_on(address: &str, token: &str, next: &AtomicU32, acknowledged: &Acknowledged) {
    let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).build().new_agent();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let (kind, key) = (if number.is_multiple_of(2) { "venue" } else { "source" }, format!("killed-{number}"));
        let query = match kind {
            "venue" => format!(
                "mutation {{ made: addVenue(input: {{key: {key:?}, name: \"Hall\", idempotencyKey: {key:?}}}) {{ cursor errors {{ code }} }} }}"
            ),
            _ => format!(
                "mutation {{ made: addSource(input: {{key: {key:?}, kind: REPORT, title: \"Report\", language: \"en\", idempotencyKey: {key:?}}}) {{ cursor errors {{ code }} }} }}"
            ),
        };
        let sent = agent
            .post(&format!("{address}/graphql"))
            .header("content-type", "application/json")
            .header("authorization", &format!("Bearer {token}"))
            .send(json!({ "query": query }).to_string());
        let Ok(mut answer) = sent else { return };
        let Ok(body) = answer.body_mut().read_to_string() else { return };
        let body: Value = serde_json::from_str(&body).expect("an answer is JSON");
        assert!(body["data"]["made"]["cursor"].is_string(), "{body}");
        acknowledged.lock().expect("the list").push((kind, key));
    }
}

async fn what_a_killed_server_acknowledged_is_there(app: TestApp) {
    let kills: u32 = std::env::var("JEJARING_KILLS").ok().map_or(2, |kills| kills.parse().expect("a number"));
    let roles = [Role::Of(GrantRole::Curator)];
    let (token, _) = token_of(&app, "Writer", &roles, &[TokenScope::Read, TokenScope::Write]).await;
    let (next, acknowledged) = (Arc::new(AtomicU32::new(0)), Acknowledged::default());
    for kill in 0..kills {
        let mut server = Server::start(&app.url);
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (address, token) = (server.address.clone(), token.clone());
                let (next, acknowledged) = (next.clone(), acknowledged.clone());
                std::thread::spawn(move || write_on(&address, &token, &next, &acknowledged))
            })
            .collect();
        // At another moment each time.
        tokio::time::sleep(Duration::from_millis(400 + u64::from(kill * 37 % 300))).await;
        server.child.kill().expect("it is killed");
        server.child.wait().expect("it has ended");
        for writer in writers {
            writer.join().expect("a writer");
        }
    }
    let acknowledged = acknowledged.lock().expect("the list").clone();
    assert!(acknowledged.len() >= kills as usize, "{} writes", acknowledged.len());
    // Read on its own, past the program.
    let db = writable(&app).await;
    let venues = venue::Entity::find().all(&db).await.expect("the venues").into_iter();
    let venues: BTreeSet<String> = venues.map(|row| row.key).filter(|key| key.starts_with("killed-")).collect();
    let sources = source::Entity::find().all(&db).await.expect("the sources").into_iter();
    let sources: BTreeSet<String> = sources.map(|row| row.key).filter(|key| key.starts_with("killed-")).collect();
    for (kind, key) in &acknowledged {
        assert!(if *kind == "venue" { venues.contains(key) } else { sources.contains(key) }, "{kind} {key} is lost");
    }
    // Each record has its event and its receipt, and none of these is without a record: acknowledged or not, all or nothing.
    let log = event::Entity::find().all(&db).await.expect("the log");
    let mut positions: Vec<i64> = log.iter().map(|event| event.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=app.position().await).collect::<Vec<_>>());
    let told: BTreeSet<String> =
        log.into_iter().filter_map(|event| event.subject_key).filter(|key| key.starts_with("killed-")).collect();
    let all: BTreeSet<String> = venues.union(&sources).cloned().collect();
    assert_eq!(told, all);
    let receipts = mutation_receipt::Entity::find().all(&db).await.expect("the receipts").into_iter();
    assert_eq!(receipts.map(|receipt| receipt.key).collect::<BTreeSet<_>>(), all);
    println!(
        "{kills} kills, {} writes acknowledged, {} there: none lost, none half applied",
        acknowledged.len(),
        all.len()
    );
}
