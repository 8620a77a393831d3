//! Receivers that are slow or hostile, and addresses that are none for a receiver.

use std::time::Duration;

use entity::vocabulary::GrantRole;
use tokio::time::sleep;

use super::{Delivering, SOURCES, endpoint, sending, sources, until};
use crate::intents::mutation;
use crate::support::{Behaviour, Receiver, TestApp};

both_dbs!(
    an_endpoint_that_says_nothing_slows_no_other,
    what_a_receiver_answers_is_not_followed_and_not_read_to_its_end,
    an_address_that_leads_nowhere_public_is_refused,
);

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
