//! What holds when the register is written: what is accepted and found is right whoever writes at
//! the same time, and what is accepted breaks nothing.

mod door;

use std::sync::Arc;

use entity::id::{BatchId, CountryCode, DelegationId, InstitutionId, SourceId};
use entity::vocabulary::*;
use entity::*;
use jejaring::access::Actor;
use jejaring::db::{Write, Written, write};
use jejaring::delivery::{
    batch::rules as batches, delegation::rules as delegations, workshop::rules as workshops,
};
use jejaring::error::WriteError;
use jejaring::plans::{action_plan::rules as plans, outcome::rules as outcomes};
use jejaring::provenance::{claim::rules as claims, source::rules as sources, sweep};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
};
use tokio::sync::Barrier;

use crate::support::{Backend, TestApp, writable};

both_dbs!(
    two_writers_at_once_find_that_they_contradict_each_other,
    two_sweeps_at_once_open_one_finding,
    only_the_owner_speaks_for_the_owner,
    accepted_dates_keep_the_workshops_inside,
    a_delegation_with_a_plan_stays_one_that_attended,
    what_belongs_to_a_batch_stays_there,
    a_party_is_told_of_once_and_with_the_country_that_it_represents,
);

/// Nothing is set: `Default` may set an id.
fn unset<A: ActiveModelTrait>() -> A {
    <A as ActiveModelTrait>::default()
}

async fn put<T>(
    app: &TestApp,
    change: impl AsyncFnOnce(&mut Write) -> Result<T, WriteError>,
) -> Written<T> {
    try_put(app, change).await.expect("it is written")
}

async fn try_put<T>(
    app: &TestApp,
    change: impl AsyncFnOnce(&mut Write) -> Result<T, WriteError>,
) -> Result<Written<T>, WriteError> {
    write(&app.app.db, &app.app.clock, Actor::Operator, change).await
}

/// A batch of which nothing is said.
async fn new_batch(app: &TestApp, key: &str) -> batch::Model {
    let programme = programme::Entity::find()
        .one(app.app.db.reading())
        .await
        .expect("a read")
        .expect("a programme");
    let draft = batch::ActiveModel {
        key: Set(key.to_owned()),
        owner_id: Set(programme.owner_id),
        programme_id: Set(programme.id),
        mode: Set(DeliveryMode::Onsite),
        status: Set(BatchStatus::Closed),
        ..unset()
    };
    put(app, async move |w| batches::enter(w, None, draft).await).await.value.row
}

async fn new_source(
    app: &TestApp,
    key: &str,
    kind: SourceKind,
    publisher: Option<InstitutionId>,
) -> source::Model {
    let draft = source::ActiveModel {
        key: Set(key.to_owned()),
        kind: Set(kind),
        title: Set(key.to_owned()),
        language: Set("en".to_owned()),
        publisher_id: Set(publisher),
        ..unset()
    };
    put(app, async move |w| sources::enter(w, None, draft).await).await.value.row
}

fn claim(
    key: &str,
    source: SourceId,
    batch: BatchId,
    property: ClaimProperty,
) -> claim::ActiveModel {
    claim::ActiveModel {
        key: Set(key.to_owned()),
        source_id: Set(source),
        batch_id: Set(batch),
        property: Set(property),
        rank: Set(ClaimRank::Normal),
        ..unset()
    }
}

fn title(key: &str, source: SourceId, batch: BatchId, text: &str) -> claim::ActiveModel {
    let (text, language) = (Set(Some(text.to_owned())), Set(Some("en".to_owned())));
    claim::ActiveModel { text, language, ..claim(key, source, batch, ClaimProperty::Title) }
}

fn date(
    key: &str,
    source: SourceId,
    batch: BatchId,
    property: ClaimProperty,
    day: &str,
) -> claim::ActiveModel {
    claim::ActiveModel {
        date: Set(Some(day.parse().expect("a day"))),
        ..claim(key, source, batch, property)
    }
}

fn attendance(
    key: &str,
    source: SourceId,
    batch: BatchId,
    party: DelegationId,
    status: DelegationStatus,
) -> claim::ActiveModel {
    let (delegation_id, status) = (Set(Some(party)), Set(Some(status)));
    claim::ActiveModel {
        delegation_id,
        status,
        ..claim(key, source, batch, ClaimProperty::Attendance)
    }
}

async fn file(app: &TestApp, draft: claim::ActiveModel) -> claim::Model {
    put(app, async move |w| claims::enter(w, None, draft).await).await.value.row
}

async fn party(app: &TestApp, key: &str, batch: BatchId) -> delegation::Model {
    let draft = delegation::ActiveModel {
        key: Set(key.to_owned()),
        batch_id: Set(batch),
        represents: Set(Representation::Country),
        country_code: Set(Some(CountryCode("LA".to_owned()))),
        ..unset()
    };
    put(app, async move |w| delegations::enter(w, None, draft).await).await.value.row
}

async fn again(app: &TestApp, batch: BatchId) -> batch::Model {
    batch::Entity::find_by_id(batch)
        .one(app.app.db.reading())
        .await
        .expect("a read")
        .expect("the batch")
}

/// The findings of a rule that are open at a batch.
async fn open(app: &TestApp, batch: BatchId, rule: FindingRule) -> Vec<finding::Model> {
    finding::Entity::find()
        .filter(finding::Column::BatchId.eq(batch))
        .filter(finding::Column::Rule.eq(rule))
        .filter(finding::Column::State.eq(FindingState::Open))
        .all(app.app.db.reading())
        .await
        .expect("the findings")
}

/// The events since a position: their kind and the countries that they concern.
async fn told_since(app: &TestApp, position: i64) -> Vec<event::Model> {
    let since = event::Entity::find().filter(event::Column::Position.gt(position));
    since.order_by_asc(event::Column::Position).all(app.app.db.reading()).await.expect("the log")
}

async fn two_writers_at_once_find_that_they_contradict_each_other(app: TestApp) {
    let batch = new_batch(&app, "two-writers").await;
    let one = new_source(&app, "paper-one", SourceKind::NewsReport, None).await;
    let other = new_source(&app, "paper-two", SourceKind::NewsReport, None).await;
    // On PostgreSQL both have filed before either settles; on SQLite one waits for the other before
    // it begins.
    let both_filed = Arc::new(Barrier::new(if app.backend == Backend::Postgres { 2 } else { 1 }));
    let filing = |draft: claim::ActiveModel| {
        let both_filed = both_filed.clone();
        try_put(&app, async move |w| {
            claims::enter(w, None, draft).await?;
            both_filed.wait().await;
            Ok(())
        })
    };
    let (first, second) = tokio::join!(
        filing(title("t-1", one.id, batch.id, "Silver")),
        filing(title("t-2", other.id, batch.id, "Gold"))
    );
    first.expect("the one is written");
    second.expect("the other is written");
    assert_eq!(again(&app, batch.id).await.title, None);
    assert_eq!(open(&app, batch.id, FindingRule::ValueConflict).await.len(), 1);
}

async fn two_sweeps_at_once_open_one_finding(app: TestApp) {
    let due = "UPDATE action_plan SET due_on = '2026-05-30' WHERE key = \
               'colombo-plan-sme-2017-2-la-plan'";
    let writable = writable(&app).await;
    let statement = Statement::from_string(writable.get_database_backend(), due);
    assert_eq!(writable.execute_raw(statement).await.expect("the due date").rows_affected(), 1);
    let position = app.position().await;
    let (db, clock) = (&app.app.db, &app.app.clock);
    let (one, other) = tokio::join!(sweep(db, clock), sweep(db, clock));
    one.expect("a sweep");
    other.expect("a sweep");
    assert_eq!(app.position().await, position + 1);
}

/// What another body calls its statement is a source like any other, until it turns out to be the
/// owner's.
async fn only_the_owner_speaks_for_the_owner(app: TestApp) {
    let batch = new_batch(&app, "whose-word").await;
    let other = institution::Entity::find().filter(institution::Column::Id.ne(batch.owner_id));
    let other = other.one(app.app.db.reading()).await.expect("a read").expect("another body");
    let paper = new_source(&app, "paper", SourceKind::NewsReport, None).await;
    let statement = new_source(&app, "statement", SourceKind::OwnerStatement, Some(other.id)).await;
    file(&app, title("t-1", paper.id, batch.id, "Silver")).await;
    file(&app, title("t-2", statement.id, batch.id, "Gold")).await;
    assert_eq!(again(&app, batch.id).await.title, None);
    assert_eq!(open(&app, batch.id, FindingRule::ValueConflict).await.len(), 1);
    // Who published it decides, so a correction of that settles the batch anew.
    put(&app, async |w| {
        let draft = source::ActiveModel { publisher_id: Set(Some(batch.owner_id)), ..unset() };
        sources::enter(w, Some(&statement), draft).await
    })
    .await;
    assert_eq!(again(&app, batch.id).await.title.as_deref(), Some("Gold"));
}

async fn accepted_dates_keep_the_workshops_inside(app: TestApp) {
    let batch = new_batch(&app, "kept-dates").await;
    let paper = new_source(&app, "paper", SourceKind::NewsReport, None).await;
    let first =
        file(&app, date("d-1", paper.id, batch.id, ClaimProperty::StartsOn, "2023-11-20")).await;
    let draft = workshop::ActiveModel {
        key: Set("kept-workshop".to_owned()),
        batch_id: Set(batch.id),
        position: Set(1),
        kind: Set(WorkshopKind::Training),
        title: Set("Casting".to_owned()),
        language: Set("en".to_owned()),
        starts_on: Set(Some("2023-11-21".parse().expect("a day"))),
        status: Set(WorkshopStatus::Scheduled),
        ..unset()
    };
    put(&app, async move |w| workshops::enter(w, None, draft).await).await;
    let later =
        |day: &str| claim::ActiveModel { date: Set(Some(day.parse().expect("a day"))), ..unset() };
    let first = put(&app, async |w| claims::enter(w, Some(&first), later("2023-11-25")).await)
        .await
        .value
        .row;
    assert_eq!(again(&app, batch.id).await.starts_on, Some("2023-11-20".parse().expect("a day")));
    let found = open(&app, batch.id, FindingRule::InvariantWouldBreak).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].detail["startsOn"], "2023-11-25");
    assert_eq!(found[0].detail["workshops"][0]["startsOn"], "2023-11-21");
    put(&app, async |w| claims::enter(w, Some(&first), later("2023-11-21")).await).await;
    assert_eq!(again(&app, batch.id).await.starts_on, Some("2023-11-21".parse().expect("a day")));
    assert!(open(&app, batch.id, FindingRule::InvariantWouldBreak).await.is_empty());
}

async fn a_delegation_with_a_plan_stays_one_that_attended(app: TestApp) {
    let batch = new_batch(&app, "kept-status").await;
    let paper = new_source(&app, "paper", SourceKind::NewsReport, None).await;
    let laos = party(&app, "kept-status-la", batch.id).await;
    let came =
        file(&app, attendance("a-1", paper.id, batch.id, laos.id, DelegationStatus::Attended))
            .await;
    let position = app.position().await;
    let draft = action_plan::ActiveModel {
        key: Set("kept-plan".to_owned()),
        delegation_id: Set(laos.id),
        status: Set(ActionPlanStatus::Expected),
        ..unset()
    };
    put(&app, async move |w| plans::enter(w, None, draft).await).await;
    // That a plan is expected is told of the delegation: nothing was handed in.
    let told = told_since(&app, position).await;
    assert_eq!(
        told.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["delegation.updated"]
    );
    assert_eq!(told[0].changes["action_plan"], serde_json::json!([null, "kept-plan"]));
    put(&app, async |w| {
        let draft = claim::ActiveModel { status: Set(Some(DelegationStatus::Declined)), ..unset() };
        claims::enter(w, Some(&came), draft).await
    })
    .await;
    let laos =
        delegation::Entity::find_by_id(laos.id).one(app.app.db.reading()).await.expect("a read");
    assert_eq!(laos.expect("the delegation").status, Some(DelegationStatus::Attended));
    let found = open(&app, batch.id, FindingRule::InvariantWouldBreak).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].detail["status"], "DECLINED");
}

/// What moved out of a draft, or into one, would tell of it.
async fn what_belongs_to_a_batch_stays_there(app: TestApp) {
    let elsewhere = new_batch(&app, "elsewhere").await.id;
    let db = app.app.db.reading();
    let workshop = workshop::Entity::find().one(db).await.expect("a read").expect("a workshop");
    let outcome = outcome::Entity::find().one(db).await.expect("a read").expect("an outcome");
    let engagement = engagement::Entity::find().filter(engagement::Column::BatchId.is_not_null());
    let engagement = engagement.one(db).await.expect("a read").expect("an engagement");
    let moved = [
        try_put(&app, async |w| {
            let draft = workshop::ActiveModel { batch_id: Set(elsewhere), ..unset() };
            workshops::enter(w, Some(&workshop), draft).await.map(|_| ())
        })
        .await,
        try_put(&app, async |w| {
            let draft = outcome::ActiveModel { batch_id: Set(elsewhere), ..unset() };
            outcomes::enter(w, Some(&outcome), draft).await.map(|_| ())
        })
        .await,
        try_put(&app, async |w| {
            let draft = engagement::ActiveModel { batch_id: Set(Some(elsewhere)), ..unset() };
            jejaring::people::engagement::rules::enter(w, Some(&engagement), draft)
                .await
                .map(|_| ())
        })
        .await,
    ];
    for refused in moved {
        let Err(WriteError::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert!(refusal.to_string().contains("stays"), "{refusal}");
    }
}

async fn a_party_is_told_of_once_and_with_the_country_that_it_represents(app: TestApp) {
    let batch = new_batch(&app, "told-once").await;
    let paper = new_source(&app, "paper", SourceKind::NewsReport, None).await;
    let body = institution::Entity::find()
        .one(app.app.db.reading())
        .await
        .expect("a read")
        .expect("a body");
    let position = app.position().await;
    put(&app, async |w| {
        for (key, represents) in
            [("told-country", Representation::Country), ("told-body", Representation::Institution)]
        {
            let of_body = represents == Representation::Institution;
            let draft = delegation::ActiveModel {
                key: Set(key.to_owned()),
                batch_id: Set(batch.id),
                represents: Set(represents),
                country_code: Set(Some(CountryCode("LA".to_owned()))),
                institution_id: Set(of_body.then_some(body.id)),
                ..unset()
            };
            let put = delegations::enter(w, None, draft).await?;
            let came = attendance(
                &format!("{key}-came"),
                paper.id,
                batch.id,
                put.row.id,
                DelegationStatus::Attended,
            );
            claims::enter(w, None, came).await?;
        }
        Ok(())
    })
    .await;
    let told = told_since(&app, position).await;
    let of = |key: &str| -> Vec<_> {
        let of_it = told.iter().filter(|event| event.subject_key.as_deref() == Some(key));
        of_it.map(|event| (event.kind.as_str(), event.countries.clone())).collect()
    };
    assert_eq!(of("told-country"), [("delegation.attended", serde_json::json!(["LA"]))]);
    assert_eq!(of("told-body"), [("delegation.attended", serde_json::json!([]))]);
}
