//! How many single writes PostgreSQL takes: `cargo bench --bench writes -- postgres://…`, of a
//! database without a table.
//!
//! Sixteen clients record attendance, each write a mutation of its own, in the process of the
//! register but past HTTP. Then sixteen connections write the same rows in plain SQL, each as one
//! transaction. Three rounds of both; the median counts.

#![allow(missing_docs, reason = "a program")]
// The futures of the whole API are laid out here.
#![recursion_limit = "256"]

use std::time::Instant;

use entity::id::AccountId;
use entity::vocabulary::{GrantRole, TokenScope};
use entity::{account, institution};
use futures::FutureExt;
use futures::future::join_all;
use jejaring::access::{Actor, by_token};
use jejaring::accounts::token::rules::TokenDraft;
use jejaring::accounts::{
    account::rules as accounts, grant::rules as grants, token::rules as tokens,
};
use jejaring::app::App;
use jejaring::clock::Clock;
use jejaring::config::{Config, Layer};
use jejaring::db::write;
use jejaring::graphql::language::Languages;
use jejaring::request::GraphQlParams;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectOptions, ConnectionTrait, Database,
    DatabaseBackend, DatabaseConnection, EntityTrait, QueryFilter, Statement, TransactionTrait,
};
use serde_json::{Value, json};
use uuid::Uuid;

const CLIENTS: usize = 16;
const ROUNDS: usize = 3;
/// What a client writes in a round: that each country of so many batches attended.
const BATCHES: usize = 4;
const COUNTRIES: [&str; 16] = [
    "BD", "BN", "BT", "IN", "KH", "LA", "LK", "MM", "MN", "MV", "MY", "NP", "PH", "SG", "TH", "VN",
];

fn main() {
    let url = std::env::args().nth(1).filter(|url| url.starts_with("postgres"));
    let Some(url) = url else { return eprintln!("which database? -- postgres://…") };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(&url));
}

async fn measure(url: &str) {
    let layer = Layer::default().with("database_url", Some(url)).with("with_reports", Some(true));
    let config = Config::from_layers([layer]).expect("the settings are right");
    let app = App::open(&config, Clock::system()).await.expect("the reports are loaded");
    let officer = officer(&app).await;
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(CLIENTS as u32).min_connections(CLIENTS as u32);
    let plain = Database::connect(options).await.expect("the database answers");
    let (mut by_mutation, mut by_sql) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let clients =
            join_all((0..CLIENTS).map(|client| invited(&app, &officer, round, client))).await;
        let before = statements(&app);
        let begin = Instant::now();
        join_all(clients.iter().map(|parties| attend(&app, &officer, parties))).await;
        by_mutation.push(rate(begin));
        let statements = (statements(&app) - before) as usize / writes();
        let samples = join_all(clients.iter().map(|parties| sample(&plain, &parties[0]))).await;
        let begin = Instant::now();
        let copies = samples
            .into_iter()
            .map(|sample| tokio::spawn(copy(plain.clone(), app.clock.clone(), sample)));
        join_all(copies).await.into_iter().for_each(|copied| copied.expect("it is copied"));
        by_sql.push(rate(begin));
        let (mutation, sql) = (by_mutation[round], by_sql[round]);
        println!(
            "round {round}: {mutation:.0} writes/s ({statements} statements each), {sql:.0} in \
             plain SQL"
        );
    }
    let (mutation, sql) = (median(by_mutation), median(by_sql));
    println!("median: {mutation:.0} writes/s, {sql:.0} in plain SQL: {:.2} of it", mutation / sql);
}

fn writes() -> usize {
    CLIENTS * BATCHES * COUNTRIES.len()
}

fn rate(begin: Instant) -> f64 {
    writes() as f64 / begin.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn statements(app: &App) -> u64 {
    app.db.statements().count()
}

/// An officer of the institution that keeps the jewellery programme.
async fn officer(app: &App) -> Actor {
    let keeper = ask(
        app,
        &Actor::Anonymous,
        "{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }",
        json!({}),
    )
    .await;
    let keeper = keeper["batch"]["owner"]["key"].as_str().expect("a key").to_owned();
    let made = write(&app.db, &app.clock, Actor::Operator, async |w| {
        let unset = <account::ActiveModel as ActiveModelTrait>::default();
        let draft = account::ActiveModel {
            key: Set("bench".to_owned()),
            name: Set("Bench".to_owned()),
            ..unset
        };
        let account: AccountId = accounts::enter(w, None, draft).await?.row.id;
        let body = institution::Entity::find().filter(institution::Column::Key.eq(&keeper));
        let body = body.one(w.read()).await?;
        let of = grants::GrantedFor { institution: body.as_ref(), country: None };
        grants::give(w, account, GrantRole::Officer, of).await?;
        let scopes = [TokenScope::Read, TokenScope::Write].into();
        tokens::create(
            w,
            TokenDraft { account, name: "bench".to_owned(), scopes, expires_at: None },
        )
        .await
    });
    let secret = made.await.expect("a token").value.1.reveal();
    by_token(&app.db, &app.clock, &secret).await.expect("it is good")
}

/// Delegations that were invited, of batches that nobody else writes to.
async fn invited(app: &App, officer: &Actor, round: usize, client: usize) -> Vec<String> {
    let programme = ask(
        app,
        officer,
        "{ batch(by: {key: \"jewellery-2023\"}) { programme { id } } }",
        json!({}),
    )
    .await;
    let programme = &programme["batch"]["programme"]["id"];
    let mut parties = Vec::new();
    for batch in 0..BATCHES {
        const DRAFT: &str = "mutation ($programme: ID!, $key: String!) { draftBatch(input: \
                             {programmeId: $programme, key: $key, title: {text: \"Training\", \
                             language: \"en\"}, startsOn: \"2026-07-01\", endsOn: \"2026-07-10\"}) \
                             { batch { id } } }";
        let key = format!("bench-{round}-{client}-{batch}");
        let made = ask(app, officer, DRAFT, json!({ "programme": programme, "key": key })).await;
        let batch = json!({ "batch": made["draftBatch"]["batch"]["id"], "countries": COUNTRIES });
        const ANNOUNCE: &str =
            "mutation ($batch: ID!) { announceBatch(input: {batchId: $batch}) { batch { id } } }";
        ask(app, officer, ANNOUNCE, json!({ "batch": batch["batch"] })).await;
        const INVITE: &str = "mutation ($batch: ID!, $countries: [CountryCode!]!) { \
                              inviteCountries(input: {batchId: $batch, countries: $countries}) { \
                              delegations { id } } }";
        let invited = ask(app, officer, INVITE, batch).await;
        let ids = invited["inviteCountries"]["delegations"].as_array().expect("delegations").iter();
        parties.extend(ids.map(|party| party["id"].as_str().expect("an id").to_owned()));
    }
    parties
}

async fn attend(app: &App, officer: &Actor, parties: &[String]) {
    const ATTEND: &str = "mutation ($party: ID!) { recordAttendance(input: {delegationId: $party}) \
                          { delegation { status } } }";
    for party in parties {
        let attended = ask(app, officer, ATTEND, json!({ "party": party })).await;
        assert_eq!(attended["recordAttendance"]["delegation"]["status"], "ATTENDED");
    }
}

async fn ask(app: &App, actor: &Actor, query: &str, variables: Value) -> Value {
    let variables = variables.as_object().cloned().unwrap_or_default();
    let params = GraphQlParams { variables, ..GraphQlParams::new(query) };
    // As from a client of its own: on whichever thread is free.
    let (app, actor) = (app.clone(), actor.clone());
    let answered =
        tokio::spawn(async move { app.answer(actor, Languages::default(), &params).await });
    let answer = answered.await.expect("an answer");
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    serde_json::to_value(answer.data).expect("data are JSON")
}

/// What one write has written: the rows are copied, with ids of their own.
struct Sample {
    party: Uuid,
    claim: Uuid,
    finding: Option<Uuid>,
    last_event: i64,
    events: i64,
}

async fn rows(plain: &DatabaseConnection, sql: &str, party: Uuid) -> Option<sea_orm::QueryResult> {
    let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, [party.into()]);
    plain.query_one_raw(statement).await.expect("a read")
}

async fn sample(plain: &DatabaseConnection, party: &str) -> Sample {
    use base64::Engine;
    let id = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(party).expect("an id");
    let id = String::from_utf8(id).expect("an id");
    let party: Uuid = id.split(':').nth(1).expect("a kind and an id").parse().expect("an id");
    let claim = rows(
        plain,
        "SELECT id FROM claim WHERE delegation_id = $1 ORDER BY id DESC LIMIT 1",
        party,
    );
    let claim = claim.await.expect("a claim").try_get("", "id").expect("an id");
    const FINDING: &str = "SELECT f.id FROM finding f JOIN delegation d ON d.batch_id = f.batch_id \
                           WHERE d.id = $1 LIMIT 1";
    let finding =
        rows(plain, FINDING, party).await.map(|row| row.try_get("", "id").expect("an id"));
    // All events of the write have its moment.
    const EVENTS: &str = "SELECT max(position) AS last, count(*) AS events FROM event WHERE \
                          occurred_at = (SELECT max(occurred_at) FROM event WHERE subject_id = \
                          $1::text)";
    let events = rows(plain, EVENTS, party).await.expect("events");
    let (last_event, events) = (events.try_get("", "last"), events.try_get("", "events"));
    Sample {
        party,
        claim,
        finding,
        last_event: last_event.expect("a place"),
        events: events.expect("a number"),
    }
}

/// Writes the rows of one write again and again, as many times as a client writes in a round.
async fn copy(plain: DatabaseConnection, clock: Clock, sample: Sample) {
    const CLAIM: &str = "INSERT INTO claim (id, key, version, created_at, updated_at, source_id, \
                         batch_id, delegation_id, property, status, rank) SELECT $1, $2, 1, now(), \
                         now(), source_id, batch_id, delegation_id, property, status, rank FROM \
                         claim WHERE id = $3";
    const PARTY: &str = "UPDATE delegation SET version = version + 1, updated_at = now(), status = \
                         'ATTENDED' WHERE id = $1";
    const FINDING: &str = "INSERT INTO finding (id, key, version, created_at, updated_at, rule, \
                           severity, sort_severity, state, subject_kind, subject_id, batch_id, \
                           fingerprint, detail) SELECT $1, $2, 1, now(), now(), rule, severity, \
                           sort_severity, state, subject_kind, subject_id, batch_id, $2, detail \
                           FROM finding WHERE id = $3";
    const RESOLVED: &str = "UPDATE finding SET version = version + 1, updated_at = now(), state = \
                            'RESOLVED' WHERE id = $1";
    const HEAD: &str =
        "UPDATE event_head SET position = position + $1 WHERE id = 1 RETURNING position";
    const EVENTS: &str = "INSERT INTO event (position, kind, payload_version, occurred_at, \
                          subject_kind, subject_id, subject_key, owner_id, countries, programmes, \
                          topics, changes, public, actor) SELECT position + $1, kind, \
                          payload_version, now(), subject_kind, subject_id, subject_key, owner_id, \
                          countries, programmes, topics, changes, public, actor FROM event WHERE \
                          position > $2 AND position <= $3";
    for _ in 0..writes() / CLIENTS {
        let transaction = plain.begin().await.expect("a transaction");
        let send = |sql: &'static str, values: Vec<sea_orm::Value>| {
            let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
            transaction.query_all_raw(statement).map(|written| written.expect("it is written"))
        };
        let new = || (clock.id(), clock.id().to_string());
        let (id, key) = new();
        send(CLAIM, vec![id.into(), key.into(), sample.claim.into()]).await;
        send(PARTY, vec![sample.party.into()]).await;
        if let Some(finding) = sample.finding {
            let (id, key) = new();
            send(FINDING, vec![id.into(), key.into(), finding.into()]).await;
            send(RESOLVED, vec![finding.into()]).await;
        }
        let head = send(HEAD, vec![sample.events.into()]).await;
        let head: i64 = head[0].try_get("", "position").expect("a position");
        let (last, first) = (sample.last_event, sample.last_event - sample.events);
        send(EVENTS, vec![(head - last).into(), first.into(), last.into()]).await;
        transaction.commit().await.expect("it is committed");
    }
}
