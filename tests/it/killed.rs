//! A server that is killed while it is written to: what it acknowledged is there, and nothing is
//! half there. `JEJARING_KILLS` says how often on each database; 50 is what a release is held to.

pub mod found;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::vocabulary::{GrantRole, TokenScope};
use serde_json::{Value, json};

use self::found::Found;
use crate::intents::{draft, mutation, owner};
use crate::support::{Role, TestApp, token_of, writable};

both_dbs!(what_a_killed_server_acknowledged_is_there,);

/// How many write at a time.
const WRITERS: usize = 16;

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jejaring"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--database-url", url])
            .env("JEJARING_RATE_ACCOUNT_PER_MINUTE", "0")
            // It is no setting of the server, which takes none that it does not know.
            .env_remove("JEJARING_KILLS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut first)
            .expect("its first line");
        let address = first.trim().strip_prefix("listening on ").expect("an address").to_owned();
        Self { child, address }
    }
}

/// What the server said that it has written.
#[derive(Clone)]
pub struct Acknowledged {
    /// The idempotency key.
    pub key: String,
    /// The table of the record, its id as 32 digits, and its version then.
    pub table: &'static str,
    pub id: String,
    pub version: i64,
}

/// The 32 digits of an id of the API.
pub fn plain_id(id: &str) -> String {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(id).expect("an id")).expect("an id");
    plain.split(':').nth(1).expect("a kind and an id").to_owned()
}

/// A mutation with the table of its record, and the fields of its payload.
struct Job {
    key: String,
    table: &'static str,
    query: String,
}

/// Somebody who writes one thing after another, and sends again what was not answered.
struct Writer {
    number: usize,
    token: String,
    /// Its batch, another one's batch, an account, and a source.
    batch: String,
    others: String,
    account: String,
    source: String,
    steps: usize,
    /// The delegation and the grant that it wrote last.
    delegation: String,
    grant: String,
    pending: Option<Job>,
    acknowledged: Vec<Acknowledged>,
}

impl Writer {
    /// The next thing to write: records that come in, a status that goes to and fro, claims, grants
    /// that come and go.
    fn next(&mut self) -> Job {
        let (step, round) = (self.steps % 8, self.steps / 8);
        let key = format!("killed-{}-{}", self.number, self.steps);
        self.steps += 1;
        let even = round.is_multiple_of(2);
        let Self { batch, others, account, source, delegation, grant, .. } = self;
        let (name, record, table, input) = match step {
            0 => ("addVenue", "venue", "venue", format!("key: {key:?}, name: \"Hall\"")),
            1 => {
                let name = if even { "postponeBatch" } else { "announceBatch" };
                (name, "batch", "batch", format!("batchId: {batch:?}"))
            }
            2 => {
                let input = format!(
                    "batchId: {batch:?}, country: \"LA\", label: \"{round}\", key: {key:?}"
                );
                ("inviteDelegation", "delegation", "delegation", input)
            }
            3 => {
                let input = format!("delegationId: {delegation:?}, headcount: {}", round + 1);
                ("recordAttendance", "delegation", "delegation", input)
            }
            4 => {
                let input = format!(
                    "sourceId: {source:?}, batchId: {others:?}, key: {key:?}, property: TITLE, \
                     text: {key:?}, language: \"en\""
                );
                ("fileClaim", "claim", "claim", input)
            }
            5 => {
                let input =
                    format!("key: {key:?}, kind: REPORT, title: \"Report\", language: \"en\"");
                ("addSource", "source", "source", input)
            }
            6 if even => (
                "grantRole",
                "grant",
                "access_grant",
                format!("accountId: {account:?}, role: CURATOR"),
            ),
            6 => ("revokeGrant", "grant", "access_grant", format!("grantId: {grant:?}")),
            _ => (
                "updateBatch",
                "batch",
                "batch",
                format!("batchId: {batch:?}, capacity: {}", round + 1),
            ),
        };
        let input = format!("{input}, idempotencyKey: {key:?}");
        let query = mutation(
            &format!("done: {name}"),
            &input,
            &format!("record: {record} {{ id version }}"),
        );
        Job { key, table, query }
    }

    /// Writes until the server is gone.
    fn write_on(&mut self, address: &str) {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        loop {
            let job = self.pending.take().unwrap_or_else(|| self.next());
            let sent = agent
                .post(&format!("{address}/graphql"))
                .header("content-type", "application/json")
                .header("authorization", &format!("Bearer {}", self.token))
                .send(json!({ "query": job.query }).to_string());
            let body = sent.ok().and_then(|mut answer| answer.body_mut().read_to_string().ok());
            let Some(body) = body else {
                // Whether it was written nobody knows; sent again with its key it has one effect.
                self.pending = Some(job);
                return;
            };
            let body: Value = serde_json::from_str(&body).expect("an answer is JSON");
            let record = &body["data"]["done"]["record"];
            let (Some(id), Some(version)) = (record["id"].as_str(), record["version"].as_i64())
            else {
                panic!("{}\n{body}", job.query)
            };
            match job.table {
                "delegation" => self.delegation = id.to_owned(),
                "access_grant" => self.grant = id.to_owned(),
                _ => {}
            }
            let plain = plain_id(id);
            self.acknowledged.push(Acknowledged {
                key: job.key,
                table: job.table,
                id: plain,
                version,
            });
        }
    }
}

async fn what_a_killed_server_acknowledged_is_there(app: TestApp) {
    let kills: u64 =
        std::env::var("JEJARING_KILLS").ok().map_or(2, |kills| kills.parse().expect("a number"));
    let mut writers = writers(&app).await;
    for kill in 0..kills {
        let mut server = Server::start(&app.url);
        std::thread::scope(|scope| {
            for writer in &mut writers {
                scope.spawn(|| writer.write_on(&server.address));
            }
            // At another moment each time.
            std::thread::sleep(Duration::from_millis(600 + kill * 37 % 300));
            server.child.kill().expect("it is killed");
        });
        server.child.wait().expect("it has ended");
    }
    let acknowledged: Vec<Acknowledged> =
        writers.into_iter().flat_map(|writer| writer.acknowledged).collect();
    assert!(acknowledged.len() as u64 >= kills, "{} writes", acknowledged.len());
    let found = Found::read(writable(&app).await).await;
    found.check(&acknowledged);
    println!(
        "{:?}: {kills} kills, {} writes acknowledged, {} there, {} events: none lost, none half \
         applied",
        app.backend,
        acknowledged.len(),
        found.receipts.len(),
        found.events.len()
    );
}

/// Everybody who is to write, each with a batch and an account that nobody else changes.
async fn writers(app: &TestApp) -> Vec<Writer> {
    let officer = owner(app).await;
    let keeper = app
        .ask(
            "{ batch(by: {key: \"jewellery-2023\"}) { programme { owner { key } } } \
             sources(first: 1, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } }",
        )
        .await;
    let source = keeper.text("/sources/nodes/0/id").to_owned();
    let keeper = keeper.text("/batch/programme/owner/key");
    let roles =
        [Role::OfficerOf(keeper), Role::Of(GrantRole::Curator), Role::Of(GrantRole::Administrator)];
    let scopes = [TokenScope::Read, TokenScope::Write, TokenScope::Administer];
    let (token, _) = token_of(app, "Writer", &roles, &scopes).await;
    let administrator = app.staff(GrantRole::Administrator).await;
    let mut batches = Vec::new();
    let mut accounts = Vec::new();
    for number in 0..WRITERS {
        // Its time stands still otherwise, and each write is to have a moment of its own.
        app.app.clock.set(app.app.clock.now() + chrono::TimeDelta::seconds(1));
        let batch = draft(app, &officer, &format!("killed-{number}"), "").await;
        app.app.clock.set(app.app.clock.now() + chrono::TimeDelta::seconds(1));
        app.ask_as(
            &officer,
            &mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }"),
        )
        .await;
        batches.push(batch);
        let account = mutation(
            "createAccount",
            &format!("name: \"Somebody\", key: \"killed-{number}\""),
            "account { id }",
        );
        accounts.push(
            app.ask_as(&administrator, &account).await.text("/createAccount/account/id").to_owned(),
        );
    }
    let writer = |number: usize| Writer {
        number,
        token: token.clone(),
        batch: batches[number].clone(),
        others: batches[(number + 1) % WRITERS].clone(),
        account: accounts[number].clone(),
        source: source.clone(),
        steps: 0,
        delegation: String::new(),
        grant: String::new(),
        pending: None,
        acknowledged: Vec::new(),
    };
    (0..WRITERS).map(writer).collect()
}
