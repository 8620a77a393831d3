//! Large imports are applied beside the answer: all of it or nothing, and never twice.

use chrono::TimeDelta;
use entity::vocabulary::{ImportState, ImportTable};
use entity::{delegation, event, import};
use jejaring::access::Actor;
use jejaring::exchange::import::expire;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use serde_json::json;

use crate::import::{apply, batch, hand_in, upload};
use crate::intents::{mutation, owner};
use crate::support::{TestApp, writable};

both_dbs!(
    a_large_import_is_answered_before_it_is_done,
    what_cannot_be_applied_waits_again_and_says_why,
    an_import_that_is_being_applied_is_left_alone_until_its_process_has_ended,
    what_does_not_fit_between_two_pages_of_rows_never_was,
);

/// More rows than are applied while the answer waits.
const ROWS: usize = 2_001;

async fn large(app: &TestApp, officer: &Actor) -> String {
    let rows: String =
        (0..ROWS).map(|number| format!("silver,Cambodia,party {number},hadir\n")).collect();
    let text = format!("batch,country,label,status\n{rows}");
    hand_in(app, officer, upload(ImportTable::Delegations, "large.csv"), text).await
}

async fn parties(app: &TestApp) -> u64 {
    let labelled =
        delegation::Entity::find().filter(delegation::Column::Label.starts_with("party "));
    labelled.count(app.app.db.reading()).await.expect("a count")
}

/// What is said of an import.
async fn state(app: &TestApp, officer: &Actor, id: &str) -> serde_json::Value {
    let query = format!("{{ node(id: {id:?}) {{ ... on Import {{ state message }} }} }}");
    app.ask_as(officer, &query).await.at("/node").clone()
}

async fn a_large_import_is_answered_before_it_is_done(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = large(&app, &officer).await;
    let mut commits = app.app.db.commits();
    let asked = mutation(
        "applyImport",
        &format!("importId: {id:?}, idempotencyKey: \"once\""),
        "import { state }",
    );
    let answer = app.ask_as(&officer, &asked).await;
    assert_eq!(answer.text("/applyImport/import/state"), "APPLYING");
    let again = app.ask_as(&officer, &asked).await;
    assert_eq!(
        again.refusals("applyImport"),
        Vec::<String>::new(),
        "the same mutation again has no second effect"
    );
    commits.mark_unchanged();
    while state(&app, &officer, &id).await["state"] == "APPLYING" {
        commits.changed().await.expect("the register is there");
    }
    assert_eq!(state(&app, &officer, &id).await, json!({ "state": "APPLIED", "message": null }));
    assert_eq!(parties(&app).await, ROWS as u64);
    let applied = event::Entity::find().filter(event::Column::Kind.eq("import.applied"));
    assert_eq!(applied.count(app.app.db.reading()).await.expect("a count"), 1);
}

async fn what_cannot_be_applied_waits_again_and_says_why(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = large(&app, &officer).await;
    // Said of another file since, and remembered for all of the account.
    let other = hand_in(
        &app,
        &officer,
        upload(ImportTable::Delegations, "d.csv"),
        "batch,country\nsilver,KH\n",
    )
    .await;
    let said = format!("importId: {other:?}, name: \"Cambodia\", country: \"KH\", isSame: false");
    let said = app.ask_as(&officer, &mutation("decideName", &said, "import { state }")).await;
    assert_eq!(said.refusals("decideName"), Vec::<String>::new());
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let told = state(&app, &officer, &id).await;
    assert_eq!(told["state"], "READY");
    assert!(told["message"].as_str().is_some_and(|message| message.contains("line ")), "{told}");
    assert_eq!(parties(&app).await, 0);
    // Whatever is said of it then, the reason is one of before.
    let mapped = mutation("mapImport", &format!("importId: {id:?}"), "import { message }");
    assert_eq!(app.ask_as(&officer, &mapped).await.at("/mapImport/import/message"), &json!(null));
}

async fn an_import_that_is_being_applied_is_left_alone_until_its_process_has_ended(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let text = "batch,country\nsilver,KH\n";
    let id = hand_in(&app, &officer, upload(ImportTable::Delegations, "d.csv"), text).await;
    let mark = async |ago: TimeDelta| {
        let row = import::Entity::find()
            .one(app.app.db.reading())
            .await
            .expect("imports")
            .expect("the import");
        let at = app.app.clock.now() - ago;
        let marked = import::ActiveModel {
            state: Set(ImportState::Applying),
            updated_at: Set(at),
            ..row.into_active_model()
        };
        marked.update(&writable(&app).await).await.expect("the row is changed");
    };
    mark(TimeDelta::zero()).await;
    for name in ["applyImport", "mapImport", "discardImport"] {
        let asked = mutation(name, &format!("importId: {id:?}"), "import { state }");
        let refused = app.ask_as(&officer, &asked).await.refusals(name);
        assert!(
            refused[0].contains("ILLEGAL_MOVE") && refused[0].contains("rowsDone"),
            "{name}: {refused:?}"
        );
    }
    expire(&app.app.db, &app.app.clock).await.expect("what is old is thrown away");
    assert_eq!(state(&app, &officer, &id).await["state"], "APPLYING");
    mark(TimeDelta::minutes(5)).await;
    expire(&app.app.db, &app.app.clock).await.expect("what is old is thrown away");
    let told = state(&app, &officer, &id).await;
    assert!(
        told["state"] == "READY" && told["message"].to_string().contains("apply it again"),
        "{told}"
    );
    mark(TimeDelta::minutes(5)).await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    assert_eq!(state(&app, &officer, &id).await["state"], "APPLIED");
}

/// Of members that come in with later rows nothing is known when the first page of rows is done.
/// Nobody hears of that, and of what holds in the end everybody does.
async fn what_does_not_fit_between_two_pages_of_rows_never_was(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let parties: String =
        (0..ROWS).map(|number| format!("silver,ID,party {number},hadir\n")).collect();
    let members = ["KH", "LA", "MM", "PH", "TH", "SG", "MY", "BN", "VN"];
    let members: String = members.map(|code| format!("silver,{code},,hadir\n")).concat();
    let text = format!("batch,country,label,status\n{parties}{members}");
    let id = hand_in(&app, &officer, upload(ImportTable::Delegations, "members.csv"), text).await;
    let before = app.position().await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    assert_eq!(state(&app, &officer, &id).await, json!({ "state": "APPLIED", "message": null }));
    let found = app.ask("{ batch(by: {key: \"silver\"}) { findings { nodes { rule } } } }").await;
    assert_eq!(found.texts("/batch/findings/nodes", "/rule"), ["PARTITION_COMPLETE"], "{found}");
    let told = event::Entity::find()
        .filter(event::Column::Position.gt(before))
        .filter(event::Column::Kind.starts_with("finding."));
    assert_eq!(told.count(app.app.db.reading()).await.expect("a count"), 1);
}
