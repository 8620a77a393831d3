//! Events sent to other people's servers: signed, at least once, in order where that is asked for,
//! whatever the servers do.

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
use crate::support::{Answer, Behaviour, Got, Receiver, Role, TestApp, no_trusted, settings};

both_dbs!(
    an_event_arrives_signed,
    what_is_not_taken_is_sent_again_under_the_same_id,
    what_fails_holds_up_nothing_where_no_order_is_asked_for,
    what_fails_holds_up_what_is_about_the_same_record,
    what_fails_holds_up_all_where_the_order_is_strict,
    an_endpoint_that_is_gone_is_given_up_until_it_is_resumed,
    an_endpoint_that_fails_is_left_alone_and_given_up_after_five_days,
    a_receiver_is_left_alone_for_as_long_as_it_asks,
    an_owner_is_told_what_he_may_see_at_the_time,
    nothing_is_sent_while_an_endpoint_is_paused_and_nothing_is_lost,
    a_former_secret_signs_until_the_overlap_ends,
    deliveries_are_sent_again_under_their_ids,
    endpoints_are_served_by_another_process_when_one_is_gone,
    an_endpoint_that_says_nothing_slows_no_other,
    what_a_receiver_answers_is_not_followed_and_not_read_to_its_end,
    an_endpoint_is_its_owners_business_alone,
    an_address_that_leads_nowhere_public_is_refused,
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

async fn what_is_not_taken_is_sent_again_under_the_same_id(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    receiver.next([
        Behaviour::Answer(500, ""),
        Behaviour::Reset,
        Behaviour::Silence,
        Behaviour::Short,
    ]);
    let delivering = Delivering::begin(&app.app);
    sources(&app, 1).await;
    for (tries, wait) in
        [(1, TimeDelta::seconds(6)), (2, TimeDelta::minutes(6)), (3, TimeDelta::minutes(34))]
    {
        receiver.wait(tries).await;
        until(&app, &somebody, &id, "failures", &format!(r#"{{"failures":{tries}}}"#)).await;
        a_moment().await;
        assert_eq!(receiver.got().len(), tries, "nothing is sent before its time");
        later(&app, wait);
    }
    let got = receiver.wait(4).await;
    assert!(
        got.iter().all(|one| one.header("webhook-id") == got[0].header("webhook-id")
            && one.body == got[0].body)
    );
    assert!(got[3].header("webhook-timestamp") > got[0].header("webhook-timestamp"));
    until(
        &app,
        &somebody,
        &id,
        "failures failingSince deliveries { nodes { state tries attempts { outcome status } } }",
        "{\"deliveries\":{\"nodes\":[{\"attempts\":[{\"outcome\":\"REFUSED\",\"status\":500},\
         {\"outcome\":\"UNREACHABLE\",\"status\":null},{\"outcome\":\"TIMEOUT\",\"status\":null},\
         {\"outcome\":\"DELIVERED\",\"status\":200}],\"state\":\"DELIVERED\",\"tries\":4}]},\
         \"failingSince\":null,\"failures\":0}",
    )
    .await;
    delivering.end().await;
}

async fn what_fails_holds_up_nothing_where_no_order_is_asked_for(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    receiver.next([Behaviour::Answer(500, "")]);
    let delivering = Delivering::begin(&app.app);
    let last = sources(&app, 40).await;
    let got = receiver.wait(40).await;
    let failed: Vec<i64> =
        positions(&got.iter().filter(|got| !got.taken).cloned().collect::<Vec<_>>());
    assert_eq!(failed.len(), 1);
    until(
        &app,
        &somebody,
        &id,
        "deliveries(filter: {state: {eq: PENDING}}) { totalCount }",
        r#"{"deliveries":{"totalCount":1}}"#,
    )
    .await;
    later(&app, TimeDelta::seconds(6));
    let got = receiver.wait(41).await;
    assert_eq!(positions(&got)[40], failed[0]);
    let mut all: Vec<i64> = positions(&got.into_iter().filter(|got| got.taken).collect::<Vec<_>>());
    all.sort_unstable();
    assert_eq!(all, (last - 39..=last).collect::<Vec<_>>());
    delivering.end().await;
}

async fn what_fails_holds_up_what_is_about_the_same_record(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let order = format!("{SOURCES}, order: PER_SUBJECT");
    endpoint(&app, &somebody, &receiver.url(), &order).await;
    receiver.next([Behaviour::Answer(503, "")]);
    let delivering = Delivering::begin(&app.app);
    about(&app, &["a"]).await;
    receiver.wait(1).await;
    about(&app, &["b", "a", "b", "a", "c"]).await;
    let got = receiver.wait(4).await;
    a_moment().await;
    assert_eq!(receiver.got().len(), 4, "what is about `a` waits");
    let mut others = subjects(&got[1..]);
    others.sort();
    assert_eq!(others, ["b", "b", "c"]);
    later(&app, TimeDelta::seconds(6));
    let got = receiver.wait(7).await;
    assert_eq!(subjects(&got[4..]), ["a", "a", "a"]);
    assert!(positions(&got[4..]).is_sorted());
    delivering.end().await;
}

async fn what_fails_holds_up_all_where_the_order_is_strict(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    endpoint(&app, &somebody, &receiver.url(), &format!("{SOURCES}, order: STRICT")).await;
    receiver.next([Behaviour::Take, Behaviour::Take, Behaviour::Answer(500, "")]);
    let delivering = Delivering::begin(&app.app);
    let last = sources(&app, 30).await;
    receiver.wait(3).await;
    sources(&app, 1).await;
    a_moment().await;
    assert_eq!(receiver.got().len(), 3);
    later(&app, TimeDelta::seconds(6));
    let taken: Vec<Got> = receiver.wait(32).await.into_iter().filter(|got| got.taken).collect();
    assert_eq!(positions(&taken), (last - 29..=last + 1).collect::<Vec<_>>());
    delivering.end().await;
}

async fn an_endpoint_that_is_gone_is_given_up_until_it_is_resumed(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    receiver.next([Behaviour::Answer(410, "")]);
    let delivering = Delivering::begin(&app.app);
    let before = app.position().await;
    sources(&app, 1).await;
    until(&app, &somebody, &id, "state", r#"{"state":"DISABLED"}"#).await;
    let auditor = app.staff(GrantRole::Auditor).await;
    let log = app
        .ask_as(
            &auditor,
            "{ events(from: BEGINNING, filter: {types: [WEBHOOK_DISABLED]}) { event \
             { subjectId } } }",
        )
        .await;
    assert_eq!(
        log.at("/events/0/event/subjectId"),
        &serde_json::json!(id),
        "an auditor hears of it"
    );
    let anybody = app
        .ask("{ events(from: BEGINNING, filter: {types: [WEBHOOK_DISABLED]}) { event { name } } }")
        .await;
    assert!(anybody.at("/events/0/event").is_null(), "and nobody else");
    assert!(app.position().await > before + 1);
    sources(&app, 2).await;
    a_moment().await;
    assert_eq!(receiver.got().len(), 1);
    done(
        &app,
        &somebody,
        "resumeWebhookEndpoint",
        format!("endpointId: {id:?}"),
        "endpoint { state }",
    )
    .await;
    let got = receiver.wait(4).await;
    assert_eq!(
        got.iter().filter(|one| one.header("webhook-id") == got[0].header("webhook-id")).count(),
        2
    );
    delivering.end().await;
}

async fn an_endpoint_that_fails_is_left_alone_and_given_up_after_five_days(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) =
        endpoint(&app, &somebody, &receiver.url(), &format!("{SOURCES}, order: PER_SUBJECT")).await;
    receiver.usually(Behaviour::Answer(500, ""));
    let delivering = Delivering::begin(&app.app);
    let topics: Vec<String> = (0..40).map(|number| format!("t{number}")).collect();
    about(&app, &topics.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let tried = receiver.wait(5).await.len();
    a_moment().await;
    let tried = tried.max(receiver.got().len());
    assert!(tried < 40, "after five failures the endpoint rests");
    // It is tried with one message when it has rested, and rests longer when that fails.
    later(&app, TimeDelta::seconds(31 * 60));
    receiver.wait(tried + 1).await;
    a_moment().await;
    assert_eq!(receiver.got().len(), tried + 1);
    later(&app, TimeDelta::days(5));
    until(&app, &somebody, &id, "state", r#"{"state":"DISABLED"}"#).await;
    delivering.end().await;
}

async fn a_receiver_is_left_alone_for_as_long_as_it_asks(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    receiver.next([Behaviour::Answer(429, "retry-after: 3600\r\n")]);
    let delivering = Delivering::begin(&app.app);
    sources(&app, 1).await;
    until(&app, &somebody, &id, "restingUntil", r#"{"restingUntil":"2026-06-01T01:00:00+00:00"}"#)
        .await;
    sources(&app, 3).await;
    later(&app, TimeDelta::minutes(50));
    a_moment().await;
    assert_eq!(receiver.got().len(), 1);
    later(&app, TimeDelta::minutes(11));
    receiver.wait(5).await;
    delivering.end().await;
}

async fn an_owner_is_told_what_he_may_see_at_the_time(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let curator = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &curator, &receiver.url(), SOURCES).await;
    let (hears, public) = (Receiver::begin().await, app.somebody("Anybody", &[]).await);
    endpoint(&app, &public, &hears.url(), SOURCES).await;
    let delivering = Delivering::begin(&app.app);
    happen(&app.app, &[(EventKind::SourceAdded, false)]).await;
    receiver.wait(1).await;
    // Of two that wait to be sent again, the one that is not public is withheld when the right is
    // gone.
    receiver.next([Behaviour::Answer(500, ""), Behaviour::Answer(500, "")]);
    happen(&app.app, &[(EventKind::SourceAdded, false), (EventKind::SourceAdded, true)]).await;
    receiver.wait(3).await;
    let administrator = app.somebody("Administrator", &[Role::Of(GrantRole::Administrator)]).await;
    let account = app.ask_as(&curator, "{ viewer { grants { nodes { id } } } }").await;
    let grant = account.text("/viewer/grants/nodes/0/id").to_owned();
    done(&app, &administrator, "revokeGrant", format!("grantId: {grant:?}"), "grant { id }").await;
    happen(&app.app, &[(EventKind::SourceAdded, false), (EventKind::SourceAdded, true)]).await;
    let got = receiver.wait(4).await;
    later(&app, TimeDelta::seconds(6));
    let got = [got, receiver.wait(5).await].concat();
    let last = got.last().expect("a message").json()["data"]["position"].clone();
    until(
        &app,
        &curator,
        &id,
        "deliveries(filter: {state: {eq: WITHHELD}}) { totalCount }",
        r#"{"deliveries":{"totalCount":1}}"#,
    )
    .await;
    assert_eq!(receiver.got().len(), 5);
    // Who never might see what is not public got what is, and nothing else.
    let heard = hears.wait(2).await;
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0].json()["data"]["position"], last);
    // A closed account is told nothing.
    let id = app.ask_as(&public, "{ viewer { id } }").await.text("/viewer/id").to_owned();
    done(&app, &administrator, "closeAccount", format!("accountId: {id:?}"), "account { id }")
        .await;
    sources(&app, 1).await;
    receiver.wait(6).await;
    a_moment().await;
    assert_eq!(hears.got().len(), 2);
    delivering.end().await;
}

async fn nothing_is_sent_while_an_endpoint_is_paused_and_nothing_is_lost(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    let which = format!("endpointId: {id:?}");
    let delivering = Delivering::begin(&app.app);
    // What has arrived and is not noted as delivered is sent again once deliveries go on.
    let delivered = async |count: usize| {
        let nodes = vec![r#"{"state":"DELIVERED"}"#; count].join(",");
        let wanted = format!("{{\"deliveries\":{{\"nodes\":[{nodes}]}}}}");
        until(&app, &somebody, &id, "deliveries { nodes { state } }", &wanted).await;
    };
    sources(&app, 1).await;
    receiver.wait(1).await;
    delivered(1).await;
    done(&app, &somebody, "pauseWebhookEndpoint", which.clone(), "endpoint { state }").await;
    let again =
        app.ask_as(&somebody, &mutation("pauseWebhookEndpoint", &which, "endpoint { id }")).await;
    assert!(again.refusals("pauseWebhookEndpoint")[0].starts_with("ILLEGAL_MOVE at endpointId"));
    let ping =
        app.ask_as(&somebody, &mutation("pingWebhookEndpoint", &which, "delivery { id }")).await;
    assert!(ping.refusals("pingWebhookEndpoint")[0].starts_with("ILLEGAL_MOVE"));
    a_moment().await;
    sources(&app, 3).await;
    a_moment().await;
    assert_eq!(receiver.got().len(), 1);
    done(&app, &somebody, "resumeWebhookEndpoint", which.clone(), "endpoint { state }").await;
    receiver.wait(4).await;
    delivered(4).await;
    done(&app, &somebody, "pingWebhookEndpoint", which.clone(), "delivery { id }").await;
    let ping = receiver.wait(5).await.remove(4);
    assert_eq!(ping.json()["type"], "webhook.ping");
    assert!(ping.header("webhook-id").starts_with("ping-"));
    // Elsewhere from now on, and something else.
    let elsewhere = Receiver::begin().await;
    let change =
        format!("{which}, url: {:?}, filter: {{types: [OUTCOME_RECORDED]}}", elsewhere.url());
    done(&app, &somebody, "updateWebhookEndpoint", change, "endpoint { url filter { types } }")
        .await;
    happen(&app.app, &[(EventKind::SourceAdded, true), (EventKind::OutcomeRecorded, true)]).await;
    assert_eq!(elsewhere.wait(1).await[0].json()["type"], "outcome.recorded");
    let closed = done(
        &app,
        &somebody,
        "closeWebhookEndpoint",
        which.clone(),
        "endpoint { state url publicKeys }",
    )
    .await;
    let shown = closed.at("/closeWebhookEndpoint/endpoint").to_string();
    assert_eq!(shown, r#"{"publicKeys":[],"state":"CLOSED","url":null}"#);
    let resume =
        app.ask_as(&somebody, &mutation("resumeWebhookEndpoint", &which, "endpoint { id }")).await;
    assert!(resume.refusals("resumeWebhookEndpoint")[0].contains("is closed"));
    assert_eq!((receiver.got().len(), elsewhere.got().len()), (5, 1));
    delivering.end().await;
}

async fn a_former_secret_signs_until_the_overlap_ends(app: TestApp) {
    let (app, receiver) = (sending(app), Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, former) = endpoint(&app, &somebody, &receiver.url(), SOURCES).await;
    let rotate = format!("endpointId: {id:?}, overlapHours: 1");
    let rotated =
        done(&app, &somebody, "rotateWebhookSecret", rotate, "endpoint { publicKeys } secret")
            .await;
    let newest = rotated.text("/rotateWebhookSecret/secret").to_owned();
    assert_eq!(
        rotated.at("/rotateWebhookSecret/endpoint/publicKeys").as_array().map(Vec::len),
        Some(2)
    );
    let delivering = Delivering::begin(&app.app);
    sources(&app, 1).await;
    let got = receiver.wait(1).await.remove(0);
    assert!(is_signed(&got, &former) && is_signed(&got, &newest));
    later(&app, TimeDelta::hours(1));
    sources(&app, 1).await;
    let got = receiver.wait(2).await.remove(1);
    assert!(!is_signed(&got, &former) && is_signed(&got, &newest));
    let long = format!("endpointId: {id:?}, overlapHours: 1000");
    let refused = app.ask_as(&somebody, &mutation("rotateWebhookSecret", &long, "secret")).await;
    assert!(refused.refusals("rotateWebhookSecret")[0].starts_with("OUT_OF_RANGE at overlapHours"));
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

async fn an_endpoint_that_says_nothing_slows_no_other(app: TestApp) {
    let (app, dead, receiver) = (sending(app), Receiver::begin().await, Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    dead.usually(Behaviour::Silence);
    for url in [dead.url(), "http://127.0.0.1:9/".to_owned(), receiver.url()] {
        endpoint(&app, &somebody, &url, SOURCES).await;
    }
    let delivering = Delivering::begin(&app.app);
    let began = std::time::Instant::now();
    for _ in 0..10 {
        sources(&app, 10).await;
        sleep(Duration::from_millis(20)).await;
    }
    receiver.wait(100).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    delivering.end().await;
}

async fn what_a_receiver_answers_is_not_followed_and_not_read_to_its_end(app: TestApp) {
    let (app, trap, receiver) = (sending(app), Receiver::begin().await, Receiver::begin().await);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) =
        endpoint(&app, &somebody, &receiver.url(), &format!("{SOURCES}, order: STRICT")).await;
    let leads: &'static str = format!("location: {}\r\n", trap.url()).leak();
    receiver.next([Behaviour::Endless, Behaviour::Answer(307, leads)]);
    let delivering = Delivering::begin(&app.app);
    sources(&app, 2).await;
    receiver.wait(2).await;
    until(
        &app,
        &somebody,
        &id,
        "deliveries { nodes { attempts { outcome status } } }",
        "{\"deliveries\":{\"nodes\":[{\"attempts\":[{\"outcome\":\"DELIVERED\",\"status\":200}]},\
         {\"attempts\":[{\"outcome\":\"REDIRECTED\",\"status\":307}]}]}}",
    )
    .await;
    assert_eq!(trap.got().len(), 0);
    delivering.end().await;
}

async fn an_endpoint_is_its_owners_business_alone(app: TestApp) {
    let app = sending(app);
    let somebody = app.staff(GrantRole::Curator).await;
    let (id, _) = endpoint(&app, &somebody, "http://127.0.0.1:9/", SOURCES).await;
    let ping = done(
        &app,
        &somebody,
        "pingWebhookEndpoint",
        format!("endpointId: {id:?}"),
        "delivery { id }",
    )
    .await;
    let ping = ping.text("/pingWebhookEndpoint/delivery/id").to_owned();
    let query = format!(
        "{{ nodes(ids: [{id:?}, {ping:?}]) {{ id }} webhookEndpoints {{ totalCount }} \
         webhookDeliveries {{ totalCount }} }}"
    );
    let own = app.ask_as(&somebody, &query).await;
    assert_eq!(own.at("/webhookEndpoints/totalCount"), 1);
    for role in [GrantRole::Administrator, GrantRole::Auditor] {
        let other = app.staff(role).await;
        let seen = app.ask_as(&other, &query).await;
        let nothing = "{\"nodes\":[null,null],\"webhookDeliveries\":{\"totalCount\":0},\
                       \"webhookEndpoints\":{\"totalCount\":0}}";
        assert_eq!(seen.data.to_string(), nothing, "{role}");
        let pause =
            mutation("pauseWebhookEndpoint", &format!("endpointId: {id:?}"), "endpoint { id }");
        let refused = app.ask_as(&other, &pause).await;
        assert_eq!(
            refused.refusals("pauseWebhookEndpoint"),
            ["NOT_FOUND at endpointId: there is no such record"]
        );
    }
    // At most twenty.
    for number in 1..20 {
        endpoint(&app, &somebody, &format!("http://127.0.0.1:9/{number}"), "").await;
    }
    let more = mutation(
        "createWebhookEndpoint",
        "url: \"http://127.0.0.1:9/\", name: \"More\"",
        "endpoint { id } secret",
    );
    let refused = app.ask_as(&somebody, &more).await;
    assert!(refused.refusals("createWebhookEndpoint")[0].starts_with("OUT_OF_RANGE at url"));
}

async fn an_address_that_leads_nowhere_public_is_refused(app: TestApp) {
    let somebody = app.staff(GrantRole::Curator).await;
    let secret = "tokenOfTheReceiver";
    for url in [
        "http://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "http://93.184.215.14/",
    ] {
        let input = format!("url: \"{url}{secret}\", name: \"No\"");
        let refused = app
            .ask_as(&somebody, &mutation("createWebhookEndpoint", &input, "endpoint { id }"))
            .await;
        let told = refused.refusals("createWebhookEndpoint");
        assert!(told[0].starts_with("INVALID at url"), "{url}: {told:?}");
        assert!(!refused.to_string().contains(secret), "{refused}");
    }
    let position = app.position().await;
    let (id, _) = endpoint(&app, &somebody, "https://93.184.215.14/", "").await;
    assert_eq!(app.position().await, position + 1);
    let change = mutation(
        "updateWebhookEndpoint",
        &format!("endpointId: {id:?}, url: \"https://192.168.1.1/\""),
        "endpoint { id }",
    );
    assert_eq!(app.ask_as(&somebody, &change).await.refusals("updateWebhookEndpoint").len(), 1);
}
