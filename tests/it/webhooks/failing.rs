//! Receivers that do not take what they are sent.

use chrono::TimeDelta;
use entity::vocabulary::GrantRole;

use super::{
    Delivering, SOURCES, a_moment, about, done, endpoint, later, positions, sending, sources,
    subjects, until,
};
use crate::support::{Behaviour, Got, Receiver, TestApp};

both_dbs!(
    what_is_not_taken_is_sent_again_under_the_same_id,
    what_fails_holds_up_nothing_where_no_order_is_asked_for,
    what_fails_holds_up_what_is_about_the_same_record,
    what_fails_holds_up_all_where_the_order_is_strict,
    an_endpoint_that_is_gone_is_given_up_until_it_is_resumed,
    an_endpoint_that_fails_is_left_alone_and_given_up_after_five_days,
    a_receiver_is_left_alone_for_as_long_as_it_asks,
);

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
