//! What the log tells: to those who ask, who follow it, and who are sent it; and the history of
//! records.

use std::collections::BTreeSet;

use entity::vocabulary::{GrantRole, RecordKind};
use jejaring::access::{Actor, Visible};
use jejaring::app::App;
use jejaring::events::EventKind;
use jejaring::graphql::language::Languages;
use jejaring::request::GraphQlParams;
use serde_json::Value;

use super::class::Class;
use super::scene::{Scene, id_of};
use super::{all_of, leaks, said};
use crate::events::happen;
use crate::support::{Receiver, Role, TestApp, roomy};
use crate::webhooks::{Delivering, endpoint};

both_dbs!(
    nothing_hidden_is_told_by_the_log,
    nothing_hidden_was_known_then,
    who_keeps_a_record_has_its_history,
    an_endpoint_is_sent_what_its_owner_may_see,
);

/// All that an event shows.
const EVENT: &str = "name subjectKind subjectId subjectKey subject { __typename id } owner { key } \
                     batch { id key } countries { code } programmes { key } topics { key } changes \
                     { field from to }";

/// The whole log as somebody reads it by queries.
async fn read(app: &TestApp, actor: &Actor) -> String {
    let (mut said, mut after) = (String::new(), "from: BEGINNING".to_owned());
    loop {
        let query =
            format!("{{ events({after}, first: 100) {{ after cursor event {{ {EVENT} }} }} }}");
        let answer = app.ask_as(actor, &query).await;
        assert!(answer.errors.is_empty(), "{answer}");
        all_of(&answer.data, &mut said);
        let items = answer.at("/events").as_array().expect("items").clone();
        let last = items.last().expect("an item");
        if last["after"] == last["cursor"] || items.len() < 2 && last["event"].is_null() {
            return said;
        }
        after = format!("after: {}", last["cursor"]);
    }
}

/// All that somebody is told of who did what.
async fn done(app: &TestApp, actor: &Actor) -> String {
    let (mut said, mut before) = (String::new(), String::new());
    loop {
        let query = format!(
            "{{ history(first: 100{before}) {{ position name recordKind recordId recordKey actor \
             account {{ id }} reason changes {{ field from to }} }} }}"
        );
        let answer = app.ask_as(actor, &query).await;
        assert!(answer.errors.is_empty(), "{answer}");
        all_of(&answer.data, &mut said);
        match answer.at("/history").as_array().and_then(|events| events.last()) {
            Some(last) => before = format!(", before: {}", last["position"]),
            None => return said,
        }
    }
}

/// What somebody is told who follows a subscription until the log ends.
async fn followed(app: &App, actor: &Actor, query: &str, end: i64) -> String {
    let visible = Visible::to(actor.clone());
    let prepared = app.pipeline.prepare(&GraphQlParams::new(query)).expect("a good request");
    let mut feed = app
        .follow(&visible, &prepared, None)
        .await
        .unwrap_or_else(|_| panic!("it begins: {query}"));
    let mut said = String::new();
    loop {
        let item = feed.next().await.expect("an item").expect("the log is read");
        let place = item.cursor.position;
        let shown = app.show(&visible, Languages::default(), &prepared, item).await;
        let shown: Value = serde_json::to_value(shown.response).expect("JSON");
        all_of(&shown, &mut said);
        if place >= end {
            return said;
        }
    }
}

async fn nothing_hidden_is_told_by_the_log(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    let start = app.ask("{ events { cursor } }").await.text("/events/0/cursor").to_owned();
    scene.hide(&app).await;
    // The last event is one that everybody sees.
    let end = happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
    for who in &scene.who {
        let forbidden = scene.forbidden(who, true);
        let mut all = vec![
            ("events", read(&app, &who.actor).await),
            ("history", done(&app, &who.actor).await),
        ];
        let query = format!(
            "subscription {{ events(from: BEGINNING) {{ after cursor event {{ {EVENT} }} }} }}"
        );
        all.push(("a subscription", followed(&app.app, &who.actor, &query, end).await));
        let hidden = |kind| {
            let rows = &scene.records[&Class::Draft].rows;
            rows.iter()
                .find(|row| row.0 == kind)
                .map(|row| id_of(kind, &row.1))
                .expect("one of each kind")
        };
        let batch = hidden(RecordKind::Batch);
        for (field, argument, shown) in [
            ("batchChanged", "id", "batch { id key title }"),
            ("delegationChanged", "batch", "delegation { id key }"),
        ] {
            let query = format!(
                "subscription {{ {field}({argument}: {batch:?}, after: {start:?}, \
                 heartbeatSeconds: 1) {{ after cursor event {{ {EVENT} }} {shown} }} }}"
            );
            all.push((field, followed(&app.app, &who.actor, &query, end).await));
        }
        for (how, said) in &all {
            let leaks = leaks(said, &forbidden);
            assert!(leaks.is_empty(), "{how} tells {}: {leaks:?}", who.name);
        }
        // The public batch is told of to all, and the draft to those who prepare it.
        let tells = |class: Class| scene.ids(class).any(|id| all[0].1.contains(&id));
        assert!(tells(Class::Open), "{} is told of nothing", who.name);
        assert_eq!(tells(Class::Draft), who.sees.contains(&Class::Draft), "{}", who.name);
    }
}

/// Whatever place of the log is asked for, and as whomever.
async fn nothing_hidden_was_known_then(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    let begin = app.position().await;
    scene.hide(&app).await;
    let head = jejaring::events::log::head(app.app.db.reading()).await.expect("a head");
    let places = (0..=8).map(|part| begin + (head.position - begin) * part / 8);
    let places: Vec<String> = places.map(|place| head.at(place).to_string()).collect();
    for who in &scene.who {
        let forbidden = scene.forbidden(who, true);
        let mut seen = BTreeSet::new();
        for (class, records) in &scene.records {
            let batches = records.rows.iter().filter(|row| row.0 == RecordKind::Batch);
            for (batch, place) in batches.flat_map(|row| places.iter().map(move |at| (row, at))) {
                let query = format!(
                    "{{ batchSnapshot(by: {{id: {:?}}}, asKnownAt: {place:?}) {{ key title label \
                     batch {{ id }} venues {{ id key }} topics {{ id key }} programme {{ id key }} \
                     owner {{ key }} findings {{ recordId finding {{ message }} }} \
                     delegations(first: 100) {{ nodes {{ key label delegation {{ id }} institution \
                     {{ id key }} }} }} eventsSince(first: 100) {{ nodes {{ {EVENT} }} }} }} \
                     attendance(rows: BATCH, columns: INSTITUTION, asKnownAt: {place:?}) {{ \
                     cells(first: 100) {{ nodes {{ row {{ key name }} column {{ key }} delegations \
                     {{ id key label }} }} }} }} }}",
                    id_of(RecordKind::Batch, &batch.1)
                );
                let answer = app.ask_as(&who.actor, &query).await;
                assert!(answer.errors.is_empty(), "{query}: {answer}");
                let said = said(&answer);
                let leaks = leaks(&said, &forbidden);
                assert!(leaks.is_empty(), "{} finds {leaks:?} by {query}", who.name);
                if !answer.data["batchSnapshot"].is_null() {
                    seen.insert(*class);
                }
            }
        }
        for (code, place) in ["ID", "KH", "LA", "MY", "TH"]
            .iter()
            .flat_map(|code| places.iter().map(move |at| (code, at)))
        {
            let query = format!(
                "{{ countrySnapshot(code: {code:?}, asKnownAt: {place:?}) {{ delegations(first: \
                 100) {{ nodes {{ key label batchKey batchTitle batch {{ id }} delegation {{ id }} \
                 }} }} memberships {{ key }} eventsSince(first: 100) {{ nodes {{ {EVENT} }} \
                              }} }} }}"
            );
            let answer = app.ask_as(&who.actor, &query).await;
            assert!(answer.errors.is_empty(), "{query}: {answer}");
            let said = said(&answer);
            let leaks = leaks(&said, &forbidden);
            assert!(leaks.is_empty(), "{} finds {leaks:?} by {query}", who.name);
        }
        assert!(seen.contains(&Class::Open), "{} sees nothing", who.name);
    }
}

/// Keepers of a draft, and of the batch of a participant, have the history of all that hangs from
/// it; nobody else has any.
async fn who_keeps_a_record_has_its_history(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    scene.hide(&app).await;
    for (class, kinds) in [
        (
            Class::Draft,
            &[
                RecordKind::Batch,
                RecordKind::Workshop,
                RecordKind::Partnership,
                RecordKind::Delegation,
                RecordKind::Engagement,
                RecordKind::ActionItem,
                RecordKind::ProgressNote,
                RecordKind::Outcome,
                RecordKind::Observation,
                RecordKind::Claim,
                RecordKind::Citation,
            ][..],
        ),
        (Class::Participant, &[RecordKind::Engagement][..]),
    ] {
        let rows = scene.records[&class].rows.iter().filter(|row| kinds.contains(&row.0));
        for (kind, id, key) in rows {
            // Who somebody is, is kept by no institution, and neither is what documents it.
            if *kind == RecordKind::Citation
                && (key.contains("--person--") || key.contains("--appointment--"))
            {
                continue;
            }
            let id = id_of(*kind, id);
            let query = format!(
                "{{ node(id: {id:?}) {{ ... on {kind:?} {{ history {{ kind actor changes {{ field \
                 }} }} }} }} }}"
            );
            for who in &scene.who {
                let history = app.ask_as(&who.actor, &query).await;
                let told = history.data["node"]["history"].as_array().map_or(0, Vec::len);
                let keeps =
                    who.sees.contains(&class) && who.name != "stranger" && who.name != "anonymous";
                assert_eq!(told > 0, keeps, "{} has {told} events of {kind:?} {key}", who.name);
            }
        }
    }
}

/// Endpoints of everybody who may have one are sent what their owners may see.
async fn an_endpoint_is_sent_what_its_owner_may_see(app: TestApp) {
    let app = roomy(app);
    let start = app.ask("{ events { cursor } }").await.text("/events/0/cursor").to_owned();
    let mut scene = Scene::set(&app).await;
    let newcomer = app.somebody("Newcomer", &[]).await;
    let administrator = app.somebody("Somebody else", &[Role::Of(GrantRole::Administrator)]).await;
    let mut owners = vec![("newcomer", newcomer), ("administrator", administrator)];
    owners.extend(
        scene
            .who
            .iter()
            .filter(|who| who.actor != Actor::Anonymous)
            .map(|who| (who.name, who.actor.clone())),
    );
    let mut receivers = Vec::new();
    for (name, actor) in &owners {
        let receiver = Receiver::begin().await;
        endpoint(&app, actor, &receiver.url(), &format!(", after: {start:?}, order: STRICT")).await;
        receivers.push((*name, receiver));
    }
    scene.hide(&app).await;
    let end = happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
    let delivering = Delivering::begin(&app.app);
    for (name, receiver) in &receivers {
        let mut got = receiver.got();
        while got.last().is_none_or(|got| got.json()["data"]["position"] != end) {
            got = receiver.wait(got.len() + 1).await;
        }
        let mut said = String::new();
        got.iter().for_each(|got| all_of(&got.json(), &mut said));
        let who = scene.who.iter().find(|who| who.name == *name);
        let forbidden = match who {
            Some(who) => scene.forbidden(who, true),
            None => Class::ALL.into_iter().skip(1).flat_map(|class| scene.ids(class)).collect(),
        };
        let leaks = leaks(&said, &forbidden);
        assert!(leaks.is_empty(), "{name} is sent {leaks:?}");
        assert!(scene.ids(Class::Open).any(|id| said.contains(&id)), "{name} is sent nothing");
        let drafts = scene.ids(Class::Draft).any(|id| said.contains(&id));
        assert_eq!(drafts, who.is_some_and(|who| who.sees.contains(&Class::Draft)), "{name}");
    }
    delivering.end().await;
}
