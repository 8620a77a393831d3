//! What is due, by mail.

use axum::body::Body;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::accounts::reminder_mail::rules::CONFIRMED_WITHIN;
use jejaring::app::App;
use jejaring::db::{Db, forget_unconfirmed};
use jejaring::reminders::mail::round;
use sea_orm::EntityTrait;

use crate::http::{Got, request, send};
use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Letter, MailServer, Manner, Role, TestApp, db_options, no_trusted, settings};

both_dbs!(
    a_mail_comes_when_there_is_something_new,
    an_address_is_confirmed_by_whoever_reads_its_mail,
    of_several_servers_one_sends,
    whoever_was_killed_sends_nothing_twice,
    one_recipient_stops_no_other,
    who_is_taken_later_stops_no_other_and_is_tried_again,
    whoever_is_invited_later_is_told,
    a_server_that_is_away_is_tried_again_within_the_day,
    what_a_server_may_have_taken_is_not_sent_again,
    reminders_end_by_a_button_a_mail_program_or_the_account,
    who_may_see_nothing_is_told_nothing,
    what_is_no_address_is_refused,
);

const HERS: &str = "officer@example.org";

/// Something that is due for the officer: a plan, on this day.
async fn plan(app: &TestApp, officer: &Actor, key: &str, due: &str) {
    let done = async |name: &str, input: &str| {
        let answer = app.ask_as(officer, &mutation(name, input, "")).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
    };
    let held = draft(app, officer, key, ", startsOn: \"2026-05-04\"").await;
    let parties = invite(app, officer, &held, &["KH"]).await;
    done("announceBatch", &format!("batchId: {held:?}")).await;
    done("recordAttendance", &format!("delegationId: {:?}", parties[0])).await;
    done("expectActionPlan", &format!("delegationId: {:?}, dueOn: {due:?}", parties[0])).await;
}

async fn set(app: &TestApp, actor: &Actor, address: &str) -> Vec<String> {
    let input = format!("address: {address:?}");
    app.ask_as(actor, &mutation("setReminders", &input, "")).await.refusals("setReminders")
}

async fn post(app: &TestApp, path: &str, body: &'static str) -> Got {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    send(&app.state(), request("POST", path, &form, Body::from(body))).await
}

/// Has an account reminded at a confirmed address; the path in its mails.
async fn reminded(app: &TestApp, server: &MailServer, actor: &Actor, address: &str) -> String {
    assert_eq!(set(app, actor, address).await, Vec::<String>::new());
    let letter = sent(app, server).await.remove(0);
    assert_eq!(letter.to, [address]);
    assert_eq!(post(app, letter.door(), "confirm=yes").await.status, StatusCode::OK);
    letter.door().to_owned()
}

/// The mails of one round.
async fn sent(app: &TestApp, server: &MailServer) -> Vec<Letter> {
    round(&app.app, &server.mailer()).await.expect("a round");
    server.got()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn later(app: &TestApp, by: TimeDelta) {
    app.app.clock.set(app.app.clock.now() + by);
}

async fn a_mail_comes_when_there_is_something_new(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    let door = reminded(&app, &server, &officer, HERS).await;
    let letters = sent(&app, &server).await;
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.to, [HERS]);
    assert_eq!(letter.header("Subject"), "Jejaring: what is due");
    assert_eq!(letter.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(letter.door(), door);
    for told in ["* 2026-06-03 – Action plan due: Cambodia (Training)", "/desk/plans/", &door] {
        assert!(letter.text.contains(told), "{told} in {}", letter.text);
    }
    // Neither twice on one day, nor on the next one where nothing is new.
    assert_eq!(sent(&app, &server).await.len(), 0);
    plan(&app, &officer, "another", "2026-06-05").await;
    later(&app, TimeDelta::hours(23));
    assert_eq!(sent(&app, &server).await.len(), 0);
    app.app.clock.set(at("2026-06-02T00:00:00Z"));
    assert_eq!(sent(&app, &server).await.len(), 1);
    app.app.clock.set(at("2026-06-03T00:00:00Z"));
    assert_eq!(sent(&app, &server).await.len(), 0);
    // What has become overdue is told again, in the language of the account.
    app.app.clock.set(at("2026-06-04T00:00:00Z"));
    let stopped = app.ask_as(&officer, &mutation("stopReminders", "", "")).await;
    assert_eq!(stopped.refusals("stopReminders"), Vec::<String>::new());
    let input = format!("address: {HERS:?}, language: ID");
    let set = app.ask_as(&officer, &mutation("setReminders", &input, "")).await;
    assert_eq!(set.refusals("setReminders"), Vec::<String>::new());
    let question = sent(&app, &server).await.remove(0);
    assert!(question.text.contains("dalam tujuh hari"), "{}", question.text);
    post(&app, question.door(), "confirm=yes").await;
    let letter = sent(&app, &server).await.remove(0);
    assert_eq!(letter.header("Subject"), "Jejaring: yang perlu dikerjakan");
    assert!(letter.text.contains("Rencana aksi terlambat"), "{}", letter.text);
    app.app.clock.set(at("2026-06-05T00:00:00Z"));
    assert_eq!(sent(&app, &server).await.len(), 0);
    app.app.clock.set(at("2026-06-06T00:00:00Z"));
    assert_eq!(sent(&app, &server).await.len(), 1, "another has become overdue");
}

async fn an_address_is_confirmed_by_whoever_reads_its_mail(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    assert_eq!(set(&app, &officer, HERS).await, Vec::<String>::new());
    let own = "{ viewerReminders { address language confirmedAt } }";
    let shown = app.ask_as(&officer, own).await;
    assert_eq!(shown.text("/viewerReminders/address"), HERS);
    let administrator = app.staff(GrantRole::Administrator).await;
    for other in [&administrator, &Actor::Anonymous] {
        let shown = app.ask_as(other, own).await;
        assert!(shown.to_string().contains(r#""viewerReminders": null"#), "{shown}");
    }
    let letters = sent(&app, &server).await;
    let [question] = letters.as_slice() else { panic!("{letters:?}") };
    assert!(!question.text.contains("Training"), "{}", question.text);
    later(&app, TimeDelta::minutes(1));
    assert_eq!(sent(&app, &server).await.len(), 0, "one question is enough");
    // Another address, too soon: somebody could be sent any number of mails.
    let refused = set(&app, &officer, "other@example.org").await;
    assert!(refused[0].starts_with("OUT_OF_RANGE at address"), "{refused:?}");
    assert!(!refused[0].contains("example.org"), "{refused:?}");
    // Whoever only looks confirms nothing.
    let page = send(&app.state(), request("GET", question.door(), &[], Body::empty())).await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(String::from_utf8(page.body).expect("text").contains("<form method=\"post\">"));
    assert_eq!(sent(&app, &server).await.len(), 0);
    // Too late.
    later(&app, TimeDelta::days(8));
    assert_eq!(post(&app, question.door(), "confirm=yes").await.status, StatusCode::NOT_FOUND);
    assert_eq!(sent(&app, &server).await.len(), 0);
    let asked = app.app.clock.now() - CONFIRMED_WITHIN;
    forget_unconfirmed(&app.app.db, asked).await.expect("they are forgotten");
    let shown = app.ask_as(&officer, own).await;
    assert!(shown.to_string().contains(r#""viewerReminders": null"#), "{shown}");
    // In the log it says that there is an address, and not which.
    let log = entity::event::Entity::find().all(app.app.db.reading()).await.expect("the log");
    let log = format!("{log:?}");
    assert!(log.contains("UNCONFIRMED") && !log.contains(HERS));
}

async fn of_several_servers_one_sends(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    let other = Db::connect(&db_options(&app.url, 2, 1)).await.expect("the database opens");
    let other = App::over(other, app.app.clock.clone(), &settings(""), no_trusted());
    let mailer = server.mailer();
    let (first, second, third, fourth) = tokio::join!(
        round(&app.app, &mailer),
        round(&other, &mailer),
        round(&app.app, &mailer),
        round(&other, &mailer),
    );
    for done in [first, second, third, fourth] {
        done.expect("a round");
    }
    assert_eq!(server.got().len(), 1);
    other.db.close().await.expect("the database is closed");
}

async fn whoever_was_killed_sends_nothing_twice(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    server.be(Manner::Silence);
    let (killed, mailer) = (app.app.clone(), server.mailer());
    let killed = tokio::spawn(async move { round(&killed, &mailer).await });
    server.connected(2).await;
    killed.abort();
    assert!(killed.await.is_err());
    server.be(Manner::Take);
    later(&app, TimeDelta::hours(23));
    assert_eq!(sent(&app, &server).await.len(), 0, "nobody knows whether it was sent");
    later(&app, TimeDelta::hours(1));
    assert_eq!(sent(&app, &server).await.len(), 1);
}

async fn one_recipient_stops_no_other(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    let body = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }").await;
    let another = app.somebody("Another", &[Role::OfficerOf(body.text("/batch/owner/key"))]).await;
    assert_eq!(set(&app, &another, "another@example.org").await, Vec::<String>::new());
    server.refuse(HERS);
    let letters = sent(&app, &server).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].to, ["another@example.org"]);
    let counts = app.app.mails.all().map(|(outcome, count)| (outcome.as_str(), count));
    assert_eq!(counts[..2], [("sent", 2), ("refused", 1)]);
    later(&app, TimeDelta::hours(3));
    server.connected(3).await;
    assert_eq!(sent(&app, &server).await.len(), 0, "what is refused is not tried that day");
}

async fn who_is_taken_later_stops_no_other_and_is_tried_again(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    let body = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }").await;
    let another = app.somebody("Another", &[Role::OfficerOf(body.text("/batch/owner/key"))]).await;
    server.put_off(HERS);
    reminded(&app, &server, &another, "another@example.org").await;
    // Also a question whose recipient is taken later.
    let third = app.somebody("Third", &[Role::OfficerOf(body.text("/batch/owner/key"))]).await;
    server.put_off("third@example.org");
    assert_eq!(set(&app, &third, "third@example.org").await, Vec::<String>::new());
    let letters = sent(&app, &server).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].to, ["another@example.org"]);
    server.take();
    later(&app, TimeDelta::minutes(10));
    let mut to: Vec<_> =
        sent(&app, &server).await.into_iter().flat_map(|letter| letter.to).collect();
    to.sort();
    assert_eq!(to, [HERS, "third@example.org"]);
}

async fn whoever_is_invited_later_is_told(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    let batch = draft(&app, &officer, "soon", ", startsOn: \"2026-06-20\"").await;
    invite(&app, &officer, &batch, &["KH"]).await;
    let announced = mutation("announceBatch", &format!("batchId: {batch:?}"), "");
    let announced = app.ask_as(&officer, &announced).await;
    assert_eq!(announced.refusals("announceBatch"), Vec::<String>::new());
    reminded(&app, &server, &officer, HERS).await;
    assert_eq!(sent(&app, &server).await.len(), 1);
    later(&app, TimeDelta::days(1));
    assert_eq!(sent(&app, &server).await.len(), 0);
    invite(&app, &officer, &batch, &["LA"]).await;
    later(&app, TimeDelta::days(1));
    let letters = sent(&app, &server).await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].text.contains("without an answer: 2"), "{}", letters[0].text);
}

async fn a_server_that_is_away_is_tried_again_within_the_day(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    let away = MailServer::begin().await.mailer();
    round(&app.app, &away).await.expect("a round");
    later(&app, TimeDelta::minutes(1));
    assert_eq!(sent(&app, &server).await.len(), 0, "it waits");
    later(&app, TimeDelta::minutes(1));
    round(&app.app, &away).await.expect("a round");
    later(&app, TimeDelta::minutes(10));
    let letters = sent(&app, &server).await;
    assert_eq!(letters.len(), 1);
    // At the end of the day it is given up.
    plan(&app, &officer, "another", "2026-06-04").await;
    app.app.clock.set(at("2026-06-02T23:59:00Z"));
    round(&app.app, &away).await.expect("a round");
    later(&app, TimeDelta::seconds(30));
    assert_eq!(sent(&app, &server).await.len(), 0);
    app.app.clock.set(at("2026-06-03T00:00:00Z"));
    assert_eq!(sent(&app, &server).await.len(), 1);
}

async fn what_a_server_may_have_taken_is_not_sent_again(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    server.be(Manner::HangUp);
    assert_eq!(sent(&app, &server).await.len(), 1);
    server.be(Manner::Take);
    later(&app, TimeDelta::hours(12));
    assert_eq!(sent(&app, &server).await.len(), 0);
    // It is not known to have come: the next mail tells it again.
    later(&app, TimeDelta::hours(12));
    assert_eq!(sent(&app, &server).await.len(), 1);
}

async fn reminders_end_by_a_button_a_mail_program_or_the_account(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    for body in ["List-Unsubscribe=One-Click", ""] {
        let door = reminded(&app, &server, &officer, HERS).await;
        let page = send(&app.state(), request("GET", &door, &[], Body::empty())).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(sent(&app, &server).await.len(), 1, "whoever only looks ends nothing");
        assert_eq!(post(&app, &door, body).await.status, StatusCode::OK);
        for again in ["GET", "POST"] {
            let got = send(&app.state(), request(again, &door, &[], Body::empty())).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND);
        }
        later(&app, TimeDelta::days(1));
        assert_eq!(sent(&app, &server).await.len(), 0);
    }
    let door = reminded(&app, &server, &officer, HERS).await;
    let stopped = app.ask_as(&officer, &mutation("stopReminders", "", "")).await;
    assert_eq!(stopped.refusals("stopReminders"), Vec::<String>::new());
    assert_eq!(sent(&app, &server).await.len(), 0);
    assert_eq!(post(&app, &door, "confirm=yes").await.status, StatusCode::NOT_FOUND);
}

async fn who_may_see_nothing_is_told_nothing(app: TestApp) {
    let (officer, server) = (owner(&app).await, MailServer::begin().await);
    plan(&app, &officer, "held", "2026-06-03").await;
    reminded(&app, &server, &officer, HERS).await;
    let administrator = app.staff(GrantRole::Administrator).await;
    let viewer = app.ask_as(&officer, "{ viewer { id grants { nodes { id } } } }").await;
    let done = async |name: &str, input: String| {
        let answer = app.ask_as(&administrator, &mutation(name, &input, "")).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
    };
    let grant = viewer.text("/viewer/grants/nodes/0/id");
    done("revokeGrant", format!("grantId: {grant:?}")).await;
    assert_eq!(sent(&app, &server).await.len(), 0);
    let account = viewer.text("/viewer/id");
    done("closeAccount", format!("accountId: {account:?}")).await;
    done("reopenAccount", format!("accountId: {account:?}")).await;
    let own = app.ask_as(&officer, "{ viewerReminders { address } }").await;
    assert!(own.to_string().contains(r#""viewerReminders": null"#), "{own}");
    later(&app, TimeDelta::days(1));
    assert_eq!(sent(&app, &server).await.len(), 0);
}

async fn what_is_no_address_is_refused(mut app: TestApp) {
    let officer = owner(&app).await;
    let evil = "a@example.org\r\nBcc: b@example.org";
    let long = format!("{}@example.org", "a".repeat(300));
    let numbers = ["a@10.0.0.5", "a@[127.0.0.1]", "a@[IPv6:::1]"];
    let texts = ["", "nobody", "a@b@example.org", "a b@example.org", "é@example.org", evil, &long];
    for wrong in texts.into_iter().chain(numbers) {
        let refused = set(&app, &officer, wrong).await;
        assert!(refused[0].starts_with("INVALID at address"), "{refused:?}");
        assert!(!refused[0].contains("a@"), "{refused:?}");
    }
    // A register that sends no mail says so.
    let silent = jejaring::config::Config::from_layers([]).expect("the defaults");
    app.app = App::over(app.app.db.clone(), app.app.clock.clone(), &silent, no_trusted());
    assert!(set(&app, &officer, HERS).await[0].contains("sends no mail"));
    let told = app.ask("{ serviceConfig { remindersByMail } }").await;
    assert!(told.to_string().contains("false"), "{told}");
}
