//! Events sent to other people's servers: signed, at least once, in order where that is asked for,
//! whatever the servers do.

mod failing;
mod owners;
mod receivers;

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use entity::event;
use entity::vocabulary::{GrantRole, RecordKind};
use jejaring::access::Actor;
use jejaring::app::App;
use jejaring::db::write;
use jejaring::events::{Event, EventKind};
use jejaring::webhooks::dispatch;
use sea_orm::EntityTrait;
use standardwebhooks::Webhook;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::events::happen;
use crate::intents::{draft, mutation, owner};
use crate::support::{Answer, Behaviour, Got, Receiver, TestApp, no_trusted, settings};

both_dbs!(
    an_event_arrives_signed,
    deliveries_are_sent_again_under_their_ids,
    endpoints_are_served_by_another_process_when_one_is_gone,
);

/// The register, which may send to this machine.
pub fn sending(mut app: TestApp) -> TestApp {
    let config = settings("[webhooks]\nallowed_networks = [\"127.0.0.0/8\"]\ntimeout_seconds = 2");
    let (db, clock) = (app.app.db.clone(), app.app.clock.clone());
    app.app = App::over(db, clock, &config, no_trusted());
    app
}

/// A process that delivers.
pub struct Delivering {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Delivering {
    pub fn begin(app: &App) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(dispatch(app.means(), stopped)) }
    }

    /// Stops, as a process does that is told to.
    pub async fn end(self) {
        self.stop.send_replace(true);
        self.task.await.expect("it ends well");
    }

    /// Is gone, as a process is that is killed.
    fn kill(self) {
        self.task.abort();
    }
}

/// An endpoint of somebody's: its id, and its secret.
pub async fn endpoint(app: &TestApp, actor: &Actor, url: &str, more: &str) -> (String, String) {
    let input = format!("url: {url:?}, name: \"Test\" {more}");
    let made = app
        .ask_as(actor, &mutation("createWebhookEndpoint", &input, "endpoint { id } secret"))
        .await;
    assert_eq!(made.refusals("createWebhookEndpoint"), Vec::<String>::new());
    let of = |what: &str| made.text(&format!("/createWebhookEndpoint/{what}")).to_owned();
    (of("endpoint/id"), of("secret"))
}

pub async fn done(app: &TestApp, actor: &Actor, name: &str, input: String, fields: &str) -> Answer {
    let answer = app.ask_as(actor, &mutation(name, &input, fields)).await;
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
    answer
}

const SOURCES: &str = ", filter: {types: [SOURCE_ADDED]}";

/// As many public events of a kind that nothing else writes here; the position of the last.
async fn sources(app: &TestApp, count: usize) -> i64 {
    happen(&app.app, &vec![(EventKind::SourceAdded, true); count]).await
}

/// Public events about these topics, in this order.
async fn about(app: &TestApp, topics: &[&str]) {
    let written = write(&app.app.db, &app.app.clock, Actor::Operator, async |w| {
        for topic in topics {
            let subject = Some((RecordKind::Topic, (*topic).to_owned(), (*topic).to_owned()));
            w.record(Event { subject, ..Event::general(EventKind::SourceAdded) });
        }
        Ok(())
    });
    written.await.expect("it is written");
}

fn positions(got: &[Got]) -> Vec<i64> {
    got.iter().map(|got| got.json()["data"]["position"].as_i64().expect("a position")).collect()
}

fn subjects(got: &[Got]) -> Vec<String> {
    got.iter()
        .map(|got| got.json()["data"]["subjectKey"].as_str().expect("a key").to_owned())
        .collect()
}

/// Whether the public library would sign it so. (Its check also compares the time with that of the
/// machine.)
fn is_signed(got: &Got, secret: &str) -> bool {
    let timestamp = got.header("webhook-timestamp").parse().expect("a number");
    let signed = Webhook::new(secret).expect("a secret").sign(
        got.header("webhook-id"),
        timestamp,
        &got.body,
    );
    got.header("webhook-signature")
        .split(' ')
        .any(|one| one == signed.as_deref().expect("it is signed"))
}

fn later(app: &TestApp, by: TimeDelta) {
    app.app.clock.set(app.app.clock.now() + by);
}

/// What is shown of an endpoint, as soon as it is so.
pub async fn until(app: &TestApp, actor: &Actor, id: &str, fields: &str, wanted: &str) {
    let query = format!("{{ node(id: {id:?}) {{ ... on WebhookEndpoint {{ {fields} }} }} }}");
    for _ in 0..200 {
        let is = app.ask_as(actor, &query).await.at("/node").to_string();
        if is == wanted {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let is = app.ask_as(actor, &query).await;
    assert_eq!(is.at("/node").to_string(), wanted);
}

/// Long enough for a message that is due to arrive.
async fn a_moment() {
    sleep(Duration::from_millis(600)).await;
}

async fn an_event_arrives_signed(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let officer = owner(&app).await;
    let (id, secret) =
        endpoint(&app, &officer, &receiver.url(), ", filter: {types: [BATCH_ANNOUNCED]}").await;
    let delivering = Delivering::begin(&app.app);
    let batch =
        draft(&app, &officer, "sent", r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#).await;
    let announced =
        done(&app, &officer, "announceBatch", format!("batchId: {batch:?}"), "batch { id }").await;

    let got = receiver.wait(1).await.remove(0);
    assert!(is_signed(&got, &secret));
    assert!(got.header("webhook-signature").contains(" v1a,"));
    assert_eq!(got.header("webhook-timestamp"), "1780272000");
    assert_eq!(got.header("content-type"), "application/cloudevents+json; charset=utf-8");
    let body = got.json();
    assert_eq!(body["specversion"], "1.0");
    assert_eq!(body["type"], "batch.announced");
    assert_eq!(body["source"], "http://127.0.0.1:8080");
    assert_eq!(body["time"], "2026-06-01T00:00:00.000000Z");
    assert_eq!(body["subject"], batch);
    assert_eq!(body["cursor"], *announced.at("/announceBatch/cursor"));
    assert_eq!(body["data"]["subjectKey"], "sent");
    assert_eq!(body["data"]["changes"][0]["field"], "status");
    let position = body["data"]["position"].as_i64().expect("a position");
    assert_eq!(body["sequence"], format!("{position:019}"));

    until(
        &app,
        &officer,
        &id,
        "state failures deliveries { nodes { name state tries attempts { outcome status } } }",
        "{\"deliveries\":{\"nodes\":[{\"attempts\":[{\"outcome\":\"DELIVERED\",\"status\":204}],\
         \"name\":\"batch.announced\",\"state\":\"DELIVERED\",\"tries\":1}]},\"failures\":0,\
         \"state\":\"ACTIVE\"}",
    )
    .await;
    // Neither address nor secret is in the log.
    for event in event::Entity::find().all(app.app.db.reading()).await.expect("the log") {
        let told = format!("{event:?}");
        assert!(
            !told.contains("hook?of") && !told.contains(secret.trim_start_matches("whsec_")),
            "{told}"
        );
    }
    delivering.end().await;
}

async fn deliveries_are_sent_again_under_their_ids(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    let delivering = Delivering::begin(&app.app);
    let last = sources(&app, 3).await;
    let ids = |got: &[Got]| {
        let mut ids: Vec<String> =
            got.iter().map(|got| got.header("webhook-id").to_owned()).collect();
        ids.sort();
        ids
    };
    let first = ids(&receiver.wait(3).await);
    // Until it is written down that they were taken, there is nothing to send again.
    let nothing_waits = async || {
        let waiting = "deliveries(filter: {state: {eq: PENDING}}) { totalCount }";
        until(&app, &somebody, &id, waiting, r#"{"deliveries":{"totalCount":0}}"#).await;
    };
    nothing_waits().await;
    // One.
    let list = format!(
        "{{ node(id: {id:?}) {{ ... on WebhookEndpoint {{ deliveries {{ nodes {{ id key position \
         }} }} }} }} }}"
    );
    let list = app.ask_as(&somebody, &list).await;
    let one = list.text("/node/deliveries/nodes/0/id").to_owned();
    assert_eq!(list.at("/node/deliveries/nodes/2/position"), last);
    done(
        &app,
        &somebody,
        "replayWebhookDelivery",
        format!("deliveryId: {one:?}"),
        "delivery { state }",
    )
    .await;
    let got = receiver.wait(4).await;
    assert_eq!(got[3].header("webhook-id"), list.text("/node/deliveries/nodes/0/key"));
    // All behind a place.
    let cursor = got[0].json()["cursor"].clone();
    let behind = got[0].json()["data"]["position"].as_i64().expect("a position");
    nothing_waits().await;
    let rewind = format!("endpointId: {id:?}, after: {cursor}");
    done(&app, &somebody, "rewindWebhookEndpoint", rewind, "endpoint { state }").await;
    let count = usize::try_from(last - behind).expect("a count");
    let got = receiver.wait(4 + count).await;
    assert!(ids(&got[4..]).iter().all(|id| first.contains(id)));
    let elsewhere = format!("endpointId: {id:?}, after: \"bG9nOng6MQ\"");
    let refused = app
        .ask_as(&somebody, &mutation("rewindWebhookEndpoint", &elsewhere, "endpoint { id }"))
        .await;
    assert!(refused.refusals("rewindWebhookEndpoint")[0].starts_with("INVALID at after"));
    nothing_waits().await;
    // What has failed for good.
    receiver.usually(Behaviour::Answer(500, ""));
    sources(&app, 1).await;
    let waits = [6, 360, 34 * 60, 3 * 3600, 6 * 3600, 12 * 3600, 16 * 3600, 23 * 3600, 27 * 3600];
    let mut tried = 4 + count;
    for wait in waits.into_iter().chain([0]) {
        tried += 1;
        receiver.wait(tried).await;
        until(
            &app,
            &somebody,
            &id,
            "failures",
            &format!(r#"{{"failures":{}}}"#, tried - 4 - count),
        )
        .await;
        later(&app, TimeDelta::seconds(wait));
    }
    until(
        &app,
        &somebody,
        &id,
        "deliveries(filter: {state: {eq: FAILED}}) { nodes { tries } }",
        r#"{"deliveries":{"nodes":[{"tries":10}]}}"#,
    )
    .await;
    receiver.usually(Behaviour::Take);
    done(
        &app,
        &somebody,
        "replayFailedWebhookDeliveries",
        format!("endpointId: {id:?}"),
        "endpoint { id }",
    )
    .await;
    later(&app, TimeDelta::hours(1));
    let got = receiver.wait(tried + 1).await;
    assert_eq!(got[tried].header("webhook-id"), got[tried - 1].header("webhook-id"));
    delivering.end().await;
}

async fn endpoints_are_served_by_another_process_when_one_is_gone(app: TestApp) {
    let app = sending(app);
    let somebody = app.staff(GrantRole::Curator).await;
    let mut receivers = Vec::new();
    for _ in 0..4 {
        let receiver = Receiver::begin().await;
        endpoint(&app, &somebody, &receiver.url(), &format!("{SOURCES}, order: STRICT")).await;
        receivers.push(receiver);
    }
    let (one, other) = (Delivering::begin(&app.app), Delivering::begin(&app.app));
    sources(&app, 5).await;
    for receiver in &receivers {
        receiver.wait(5).await;
    }
    // The leases of a process that is told to stop are free at once, those of one that was killed
    // when they end.
    one.end().await;
    sources(&app, 5).await;
    for receiver in &receivers {
        receiver.wait(10).await;
    }
    other.kill();
    let last = sources(&app, 5).await;
    let third = Delivering::begin(&app.app);
    a_moment().await;
    assert!(receivers.iter().all(|receiver| receiver.got().len() == 10));
    later(&app, TimeDelta::seconds(11));
    for receiver in &receivers {
        // What was sent a moment before the end may come once more, and is known by its id: without
        // that, all is in order.
        let mut told = positions(&receiver.wait(15).await);
        while told.last() != Some(&last) {
            told = positions(&receiver.wait(told.len() + 1).await);
        }
        let mut seen = HashSet::new();
        told.retain(|position| seen.insert(*position));
        assert_eq!(told, (last - 14..=last).collect::<Vec<_>>());
    }
    third.end().await;
}
