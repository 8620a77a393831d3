//! A register with data of every kind: at least one row in every table, and whatever is particular
//! in a row.

use std::io::Cursor;

use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::{Actor, by_token};
use jejaring::exchange::import::receive;
use tokio::sync::mpsc;

use crate::events::happen;
use crate::example::Scene;
use crate::import::{hand_in, upload};
use crate::intents::{draft, invite, mutation};
use crate::support::{Behaviour, Receiver, Role, TestApp, token_of};
use crate::webhooks::{Delivering, done, endpoint, sending, until};

/// The institution that keeps the jewellery programme, of which there is a batch in the reports.
const KEEPER: &str = "bbspjikb";

/// Fills a register that has the reports: every mutation of the schema is carried out, and what no
/// mutation makes is added.
pub async fn fill(app: TestApp) -> TestApp {
    let scene = Scene::set(app).await;
    let app = scene.begin(None).await;
    let roles =
        [Role::OfficerOf(KEEPER), Role::Of(GrantRole::Curator), Role::Of(GrantRole::Administrator)];
    let keeper = app.somebody("Sample keeper", &roles).await;
    hidden(&app, &keeper).await;
    states(&app, &keeper).await;
    imports(&app, &keeper).await;
    tokens(&app, &keeper).await;
    let app = webhooks(app, &keeper).await;
    void(&app, &keeper).await;
    every_mutation(&app, &scene).await;
    app
}

/// A draft that was entered in error.
async fn void(app: &TestApp, keeper: &Actor) {
    let batch = draft(app, keeper, "sample-void", "").await;
    let input = format!("recordId: {batch:?}, reason: \"An example\"");
    let answer = app.ask_as(keeper, &mutation("voidRecord", &input, "tombstone { id }")).await;
    assert_eq!(answer.refusals("voidRecord"), Vec::<String>::new(), "{answer}");
}

/// Carries out the examples in one register. What merges, ends or closes comes last, since others
/// need what it takes away.
async fn every_mutation(app: &TestApp, scene: &Scene) {
    let mut names = scene.mutations();
    let takes_away = |name: &&str| {
        ["end", "close", "revoke", "discard"].iter().any(|verb| name.starts_with(verb))
    };
    names.sort_by_key(|name| (name.starts_with("merge"), takes_away(name)));
    let mut refused = Vec::new();
    for name in names {
        if let Some(before) = Scene::before(name) {
            scene.ask(app, before, "").await;
        }
        let key = format!(", reason: \"An example of {name}\", idempotencyKey: \"sample-{name}\"");
        let answer = scene.ask(app, name, &key).await;
        if !answer.errors.is_empty() || !answer.refusals(name).is_empty() {
            refused.push(answer.to_string());
        }
    }
    // Some make no sense after others. Each by itself is carried out, as other tests say.
    assert!(refused.len() < scene.mutations().len() / 4, "{}", refused.join("\n"));
}

/// A draft with what can hang from it, and people who merely took part.
async fn hidden(app: &TestApp, keeper: &Actor) {
    let fields = r#", label: "Hidden run", title: {text: "Hidden", language: "en"},
        startsOn: "2026-08-03", endsOn: "2026-08-07""#;
    let batch = draft(app, keeper, "hidden-2026", fields).await;
    let of_batch = format!("batchId: {batch:?}");
    let workshop =
        format!("{of_batch}, kind: TRAINING, title: \"Hidden workshop\", language: \"en\"");
    done(app, keeper, "scheduleWorkshop", workshop, "workshop { id }").await;
    let source = app
        .ask("{ sources(first: 1) { nodes { id } } indicators(first: 1) { nodes { id } } }")
        .await;
    let (source, indicator) =
        (source.text("/sources/nodes/0/id"), source.text("/indicators/nodes/0/id"));
    let cited = format!("recordId: {batch:?}, sourceId: {source:?}, locator: \"page 3\"");
    done(app, keeper, "citeSource", cited, "citation { id }").await;
    let observed =
        format!("indicatorId: {indicator:?}, sourceId: {source:?}, {of_batch}, value: 3.5");
    done(app, keeper, "recordObservation", observed, "observation { id }").await;
    let party = invite(app, keeper, &batch, &["LA"]).await.remove(0);
    let part = format!("{of_batch}, label: \"Hidden part\", startsOn: \"2026-08-04\"");
    let part = done(app, keeper, "addBatchPart", part, "batchPart { id }").await;
    let part = part.text("/addBatchPart/batchPart/id");
    let attended = format!("delegationId: {party:?}, category: PARTY, partIds: [{part:?}]");
    done(app, keeper, "updateDelegation", attended, "delegation { id }").await;
    let spent = format!(
        "sourceId: {source:?}, {of_batch}, amounts: [{{amount: 1250.5, currency: \"IDR\", \
         inKind: true}}], participants: [{{number: 9, category: PARTY}}]"
    );
    done(app, keeper, "fileClaims", spent, "claims { id }").await;
    let named =
        format!("delegationId: {party:?}, participants: [{{name: \"Somphone Participant\"}}]");
    done(app, keeper, "nominateDelegation", named, "delegation { id }").await;

    let open =
        draft(app, keeper, "open-2026", r#", startsOn: "2026-09-07", endsOn: "2026-09-11""#).await;
    done(app, keeper, "announceBatch", format!("batchId: {open:?}"), "batch { id }").await;
    let party = invite(app, keeper, &open, &["KH"]).await.remove(0);
    let named = format!("delegationId: {party:?}, participants: [{{name: \"Sokha Participant\"}}]");
    done(app, keeper, "nominateDelegation", named, "delegation { id }").await;
    done(
        app,
        keeper,
        "recordAttendance",
        format!("delegationId: {party:?}, headcountBySex: {{female: 1, male: 0}}"),
        "delegation { id }",
    )
    .await;
}

/// What stands in a state that the examples leave again: batches, delegations, claims and findings.
async fn states(app: &TestApp, keeper: &Actor) {
    let batch =
        draft(app, keeper, "confirmed-2026", r#", startsOn: "2026-10-05", endsOn: "2026-10-09""#)
            .await;
    for step in ["announceBatch", "confirmBatch"] {
        done(app, keeper, step, format!("batchId: {batch:?}"), "batch { id }").await;
    }
    let parties = invite(app, keeper, &batch, &["BN", "KH", "LA", "MM"]).await;
    done(
        app,
        keeper,
        "declineInvitation",
        format!("delegationId: {:?}", parties[0]),
        "delegation { id }",
    )
    .await;
    for party in &parties[1..3] {
        for step in ["nominateDelegation", "confirmDelegation"] {
            done(app, keeper, step, format!("delegationId: {party:?}"), "delegation { id }").await;
        }
    }
    done(
        app,
        keeper,
        "recordNoShow",
        format!("delegationId: {:?}", parties[2]),
        "delegation { id }",
    )
    .await;
    let postponed = draft(app, keeper, "postponed-2026", "").await;
    for step in ["announceBatch", "postponeBatch"] {
        done(app, keeper, step, format!("batchId: {postponed:?}"), "batch { id }").await;
    }
    let found = app
        .ask(
            "{ batch(by: {key: \"colombo-plan-sme-2017-2\"}) { claims(first: 2) { nodes { id } } \
             findings(first: 1, filter: {state: {eq: OPEN}}) { nodes { id } } } }",
        )
        .await;
    for (place, rank) in ["PREFERRED", "DEPRECATED, rankReason: WITHDRAWN"].into_iter().enumerate()
    {
        let claim = found.text(&format!("/batch/claims/nodes/{place}/id"));
        done(app, keeper, "rankClaim", format!("claimId: {claim:?}, rank: {rank}"), "claim { id }")
            .await;
    }
    let finding = found.text("/batch/findings/nodes/0/id");
    let explained = format!("findingId: {finding:?}, explanation: \"One report counts officials\"");
    done(app, keeper, "explainFinding", explained, "finding { state }").await;
}

/// A file in every state that there is, a mapping, and a name that was decided.
async fn imports(app: &TestApp, keeper: &Actor) {
    let table = ImportTable::Delegations;
    let text = "Angkatan,Negara,Status\nopen-2026,Siam,hadir\nopen-2026,Laos,hadir\n\
                open-2026,Nowhere,hadir\n";
    let ready = hand_in(app, keeper, upload(table, "ready.csv"), text).await;
    let mapped = format!("importId: {ready:?}, dayOrder: DAY_FIRST, saveAs: \"Ministry\"");
    done(app, keeper, "mapImport", mapped, "import { id }").await;
    let decided = format!("importId: {ready:?}, name: \"Siam\", country: \"TH\"");
    done(app, keeper, "decideName", decided, "import { id }").await;
    let applied =
        "batch,country,status,headcount\nopen-2026,VN,hadir,4\nopen-2026,Nowhere,hadir,1\n";
    let applied = hand_in(app, keeper, upload(table, "applied.csv"), applied).await;
    done(
        app,
        keeper,
        "applyImport",
        format!("importId: {applied:?}, leaveOut: true"),
        "import { id }",
    )
    .await;
    let discarded =
        hand_in(app, keeper, upload(table, "discarded.csv"), "batch,country\nopen-2026,PG\n").await;
    done(app, keeper, "discardImport", format!("importId: {discarded:?}"), "import { id }").await;
    let (db, clock) = (&app.app.db, &app.app.clock);
    let broken = Cursor::new(b"PK\x03\x04no workbook".to_vec());
    let failed = receive(db, clock, keeper, upload(table, "failed.xlsx"), broken, |_, _| ()).await;
    failed.expect_err("it is no workbook");
    // Somebody goes away as soon as it is known that the file came in.
    let (began, mut known) = mpsc::unbounded_channel();
    let file = Cursor::new(b"batch,country\nopen-2026,PG\n".to_vec());
    let reading = receive(db, clock, keeper, upload(table, "reading.csv"), file, move |_, _| {
        let _ = began.send(());
    });
    tokio::select! {
        biased;
        _ = known.recv() => {}
        _ = reading => panic!("the file was read to its end"),
    }
}

/// Tokens that are good, used, expired and revoked.
async fn tokens(app: &TestApp, keeper: &Actor) {
    use entity::vocabulary::TokenScope::{Administer, Read, Write};
    let (secret, _) = token_of(app, "Sample reader", &[], &[Read]).await;
    by_token(&app.app.db, &app.app.clock, &secret).await.expect("it is good");
    token_of(app, "Sample writer", &[Role::OfficerOf("asipa")], &[Read, Write]).await;
    token_of(app, "Sample manager", &[Role::Of(GrantRole::Administrator)], &[Administer]).await;
    let expiring = "name: \"expired by now\", expiresAt: \"2026-06-01T00:01:00Z\"".to_owned();
    done(app, keeper, "createToken", expiring, "token { id }").await;
    let made =
        done(app, keeper, "createToken", "name: \"revoked\"".to_owned(), "token { id }").await;
    let id = made.text("/createToken/token/id");
    done(app, keeper, "revokeToken", format!("tokenId: {id:?}"), "token { id }").await;
}

/// An endpoint that takes what it is sent, one that does not, and one that is paused.
async fn webhooks(app: TestApp, keeper: &Actor) -> TestApp {
    let (app, takes, refuses) = (sending(app), Receiver::begin().await, Receiver::begin().await);
    refuses.usually(Behaviour::Answer(500, ""));
    let filter = ", filter: {types: [SOURCE_ADDED]}";
    let (taking, _) = endpoint(&app, keeper, &takes.url(), filter).await;
    let (refusing, _) =
        endpoint(&app, keeper, &refuses.url(), &format!("{filter}, order: STRICT")).await;
    let (paused, _) = endpoint(&app, keeper, &takes.url(), filter).await;
    done(
        &app,
        keeper,
        "pauseWebhookEndpoint",
        format!("endpointId: {paused:?}"),
        "endpoint { id }",
    )
    .await;
    done(&app, keeper, "rotateWebhookSecret", format!("endpointId: {taking:?}"), "endpoint { id }")
        .await;
    let delivering = Delivering::begin(&app.app);
    happen(&app.app, &[(jejaring::events::EventKind::SourceAdded, true); 2]).await;
    let taken = "deliveries(filter: {state: {eq: DELIVERED}}) { totalCount }";
    until(&app, keeper, &taking, taken, r#"{"deliveries":{"totalCount":2}}"#).await;
    until(&app, keeper, &refusing, "failures", r#"{"failures":1}"#).await;
    delivering.end().await;
    let ping =
        mutation("pingWebhookEndpoint", &format!("endpointId: {refusing:?}"), "delivery { id }");
    assert_eq!(
        app.ask_as(keeper, &ping).await.refusals("pingWebhookEndpoint"),
        Vec::<String>::new()
    );
    app
}
