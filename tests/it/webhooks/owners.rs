//! What the owner of an endpoint is told, and may do with it.

use chrono::TimeDelta;
use entity::vocabulary::GrantRole;
use jejaring::events::EventKind;

use super::{
    Delivering, SOURCES, a_moment, done, endpoint, is_signed, later, sending, sources, until,
};
use crate::events::happen;
use crate::intents::mutation;
use crate::support::{Behaviour, Receiver, Role, TestApp};

both_dbs!(
    an_owner_is_told_what_he_may_see_at_the_time,
    nothing_is_sent_while_an_endpoint_is_paused_and_nothing_is_lost,
    a_former_secret_signs_until_the_overlap_ends,
    an_endpoint_is_its_owners_business_alone,
);

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
