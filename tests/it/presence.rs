//! Heads belong to delegations that were there: however a status without presence is written, no
//! number of people is accepted and a finding says so, and the number comes back with the presence.

use entity::event;
use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::export::{exported, loaded_elsewhere};
use crate::import::{apply, batch, hand_in, upload};
use crate::intents::{invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    heads_go_with_the_presence_and_come_back_with_it,
    a_curator_decides_on_presence_and_heads,
    a_file_that_counts_nobody_s_people_is_told_so,
    a_package_makes_the_same_of_the_same_claims,
);

/// The delegations at the batch of these tests.
const PARTIES: &str = r#"{ delegations(
    filter: {batch: {key: {eq: "silver"}}}, orderBy: {field: KEY}
) { nodes {
    key version status headcountMin headcountMax headcountComparator
    findings(filter: {rule: {eq: HEADS_WITHOUT_PRESENCE}}, orderBy: {field: CREATED_AT}) {
        nodes { state severity message claims { nodes { value } } }
    }
} } }"#;

/// The one delegation there is.
async fn party(app: &TestApp) -> Value {
    app.ask(PARTIES).await.at("/delegations/nodes/0").clone()
}

/// Status, bounds of the heads with their comparator, and the states of its findings.
async fn stands(app: &TestApp) -> Value {
    let party = party(app).await;
    let found = party["findings"]["nodes"].as_array().expect("findings").iter();
    let states: Vec<_> = found.map(|found| found["state"].clone()).collect();
    json!([
        party["status"],
        party["headcountMin"],
        party["headcountMax"],
        party["headcountComparator"],
        states
    ])
}

/// Carries out a mutation that is not refused; what it gives.
async fn done(app: &TestApp, actor: &Actor, name: &str, input: String, fields: &str) -> Value {
    let answer = app.ask_as(actor, &mutation(name, &input, fields)).await;
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{input}");
    answer.at(&format!("/{name}")).clone()
}

/// Files what a newspaper states of a delegation; the id of the claim.
async fn file(app: &TestApp, actor: &Actor, batch: &str, party: &str, stated: &str) -> String {
    let known =
        app.ask("{ sources(first: 1, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } }").await;
    let source = known.text("/sources/nodes/0/id");
    let input =
        format!("sourceId: {source:?}, batchId: {batch:?}, delegationId: {party:?}, {stated}");
    let filed = done(app, actor, "fileClaim", input, "claim { id }").await;
    filed["claim"]["id"].as_str().expect("an id").to_owned()
}

fn heads(number: i32) -> String {
    format!(
        "property: HEADCOUNT, numberMin: {number}, numberMax: {number}, comparator: EXACT, \
         unit: PERSON, basis: REPORTED, scope: PER_COUNTRY"
    )
}

/// Intents of the owner, and a claim of somebody else.
async fn heads_go_with_the_presence_and_come_back_with_it(app: TestApp) {
    let officer = owner(&app).await;
    let batch = batch(&app, &officer, "silver").await;
    let laos = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let newspaper = file(&app, &officer, &batch, &laos, &heads(3)).await;
    assert_eq!(stands(&app).await, json!(["INVITED", 3, 3, "EXACT", []]), "a plan empties nothing");
    let position = app.position().await;
    let of_it = format!("delegationId: {laos:?}");
    let said = "delegation { claims(filter: {status: {eq: NOT_SENT}}) { nodes { id } } }";
    let said = done(&app, &officer, "markNotSent", of_it.clone(), said).await;
    assert_eq!(stands(&app).await, json!(["NOT_SENT", null, null, null, ["OPEN"]]));
    let found = party(&app).await["findings"]["nodes"][0].clone();
    assert_eq!(found["severity"], "WARNING");
    assert_eq!(
        found["message"],
        "The delegation has the status NOT_SENT, so nobody of it was there, but 3 persons are \
         claimed to have been; no number of its people is accepted."
    );
    let mut behind: Vec<_> = found["claims"]["nodes"].as_array().expect("claims").iter().collect();
    behind.sort_by_key(|claim| claim["value"].to_string());
    assert_eq!(behind, [&json!({ "value": "3 persons" }), &json!({ "value": "NOT_SENT" })]);
    // One event tells the status and that the heads are gone.
    let told = event::Entity::find().filter(event::Column::Position.gt(position));
    let told = told.filter(event::Column::Kind.starts_with("delegation."));
    let told = told.all(app.app.db.reading()).await.expect("the log");
    assert_eq!(
        told.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["delegation.not_sent"]
    );
    assert_eq!(told[0].changes["headcount_min"], json!([3, null]));
    assert_eq!(told[0].changes["status"], json!(["INVITED", "NOT_SENT"]));
    // The claim is there as it was; the statement is taken back.
    let kept = format!("{{ node(id: {newspaper:?}) {{ ... on Claim {{ rank numberMin }} }} }}");
    assert_eq!(app.ask(&kept).await.at("/node"), &json!({ "rank": "NORMAL", "numberMin": 3 }));
    let statement = said["delegation"]["claims"]["nodes"][0]["id"].as_str().expect("the statement");
    done(&app, &officer, "withdrawClaim", format!("claimId: {statement:?}"), "claim { rank }")
        .await;
    assert_eq!(stands(&app).await, json!(["INVITED", 3, 3, "EXACT", ["RESOLVED"]]));
    done(&app, &officer, "recordAttendance", of_it + ", headcount: 4", "delegation { id }").await;
    assert_eq!(stands(&app).await, json!(["ATTENDED", 4, 4, "EXACT", ["RESOLVED"]]));
}

/// Claims and their ranks.
async fn a_curator_decides_on_presence_and_heads(app: TestApp) {
    let officer = owner(&app).await;
    let curator = app.staff(GrantRole::Curator).await;
    let batch = batch(&app, &officer, "silver").await;
    let laos = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let attended = format!("delegationId: {laos:?}, headcount: 3");
    let fields = "delegation { claims(filter: {property: {eq: HEADCOUNT}}) { nodes { id } } }";
    let attended = done(&app, &officer, "recordAttendance", attended, fields).await;
    let absent = file(&app, &curator, &batch, &laos, "property: ATTENDANCE, status: NO_SHOW").await;
    assert_eq!(stands(&app).await, json!(["ATTENDED", 3, 3, "EXACT", []]), "the owner decides");
    let rank = async |claim: &str, rank: &str| {
        done(
            &app,
            &curator,
            "rankClaim",
            format!("claimId: {claim:?}, rank: {rank}"),
            "claim { rank }",
        )
        .await
    };
    rank(&absent, "PREFERRED").await;
    assert_eq!(stands(&app).await, json!(["NO_SHOW", null, null, null, ["OPEN"]]));
    rank(&absent, "NORMAL").await;
    assert_eq!(stands(&app).await, json!(["ATTENDED", 3, 3, "EXACT", ["RESOLVED"]]));
    rank(&absent, "PREFERRED").await;
    let counted = attended["delegation"]["claims"]["nodes"][0]["id"].as_str().expect("the number");
    rank(counted, "DEPRECATED, rankReason: REFUTED").await;
    assert_eq!(
        stands(&app).await,
        json!(["NO_SHOW", null, null, null, ["RESOLVED"]]),
        "nobody counts anybody"
    );
    // What was planned is no contradiction, nor is nobody.
    file(&app, &curator, &batch, &laos, &heads(3).replace("REPORTED", "PLANNED")).await;
    file(&app, &curator, &batch, &laos, &heads(0)).await;
    assert_eq!(stands(&app).await, json!(["NO_SHOW", null, null, null, ["RESOLVED"]]));
}

/// An import, which enters new delegations with what is accepted of them.
async fn a_file_that_counts_nobody_s_people_is_told_so(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let file = async |row: &str| {
        let text = format!("batch,country,status,headcount\n{row}\n");
        let id =
            hand_in(&app, &officer, upload(ImportTable::Delegations, "silver.csv"), text).await;
        assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    };
    file("silver,LA,NO_SHOW,3").await;
    assert_eq!(stands(&app).await, json!(["NO_SHOW", null, null, null, ["OPEN"]]));
    assert_eq!(party(&app).await["version"], 1);
    file("silver,LA,ATTENDED,3").await;
    assert_eq!(stands(&app).await, json!(["ATTENDED", 3, 3, "EXACT", ["RESOLVED"]]));
    file("silver,LA,DECLINED,3").await;
    let left = party(&app).await;
    assert_eq!((&left["status"], &left["headcountMin"]), (&json!("DECLINED"), &json!(null)));
}

/// A package has claims alone: the other register accepts and finds the same.
async fn a_package_makes_the_same_of_the_same_claims(app: TestApp) {
    let officer = owner(&app).await;
    let batch = batch(&app, &officer, "silver").await;
    let parties = invite(&app, &officer, &batch, &["LA", "TH"]).await;
    for party in &parties {
        file(&app, &officer, &batch, party, &heads(3)).await;
    }
    done(
        &app,
        &officer,
        "markNotSent",
        format!("delegationId: {:?}", parties[0]),
        "delegation { id }",
    )
    .await;
    let package = exported(&app, Actor::Operator).await;
    let Some(other) = loaded_elsewhere(&app, &package).await else { return };
    let loaded = other.ask(PARTIES).await;
    assert_eq!(loaded.at("/delegations/nodes/0/headcountMin"), &json!(null));
    assert_eq!(loaded.at("/delegations/nodes/0/findings/nodes/0/state"), "OPEN");
    assert_eq!(loaded.at("/delegations/nodes/1/headcountMin"), &json!(3));
    let without_version = |answer: &Value| {
        let mut parties = answer.clone();
        for party in parties.as_array_mut().expect("a list") {
            party["version"] = json!(null);
        }
        parties
    };
    let here = app.ask(PARTIES).await;
    let nodes = "/delegations/nodes";
    assert_eq!(without_version(loaded.at(nodes)), without_version(here.at(nodes)));
}
