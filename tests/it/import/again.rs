//! Files that are handed in again, and those that say otherwise than one before.

use entity::vocabulary::{ClaimRank, GrantRole, ImportTable, RankReason};
use entity::{claim, source};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::{apply, batch, delegations, hand_in, told, upload};
use crate::intents::{mutation, owner};
use crate::support::TestApp;

both_dbs!(
    the_same_file_again_changes_nothing_and_a_newer_one_what_differs,
    two_spellings_of_a_title_do_not_undo_each_other,
    two_numbers_of_one_delegation_are_two_claims,
    what_a_curator_ranked_stays_as_it_was_ranked,
);

async fn the_same_file_again_changes_nothing_and_a_newer_one_what_differs(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let first = "batch,country,status,headcount\nsilver,KH,hadir,3\nsilver,LA,hadir,2\n";
    for _ in 0..2 {
        let id = delegations(&app, &officer, first).await;
        assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    }
    let id = delegations(&app, &officer, first).await;
    assert_eq!(told(&app, &officer, &id).await, "2 UNCHANGED\n3 UNCHANGED");
    let id = delegations(
        &app,
        &officer,
        "batch,country,status,headcount\nsilver,KH,hadir,5\nsilver,LA,hadir,2\n",
    )
    .await;
    assert_eq!(
        told(&app, &officer, &id).await,
        "2 CHANGED headcount: \"5\" changes from 3 to 5\n3 UNCHANGED"
    );
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let answer = app
        .ask(
            "{ delegations(filter: {batch: {key: {eq: \"silver\"}}}) { nodes { \
             headcountMin version claims { totalCount } } } }",
        )
        .await;
    assert_eq!(
        answer.at("/delegations/nodes/0"),
        &json!({ "headcountMin": 5, "version": 2, "claims": { "totalCount": 2 } })
    );
    let sources = source::Entity::find().filter(source::Column::Key.starts_with("file-of-"));
    assert_eq!(sources.count(app.app.db.reading()).await.expect("sources"), 1);
}

async fn two_spellings_of_a_title_do_not_undo_each_other(app: TestApp) {
    let officer = owner(&app).await;
    let programme = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { key } } }").await;
    let programme = programme.text("/batch/programme/key");
    let text = format!(
        "programme,title,language,ends_on,city\n\
         {programme},Silver one,,2031-03-08,Calgary\n\
         {programme},Silver One,en,2031-03-08,Calgary\n\
         {programme},Silver one,id,2031-03-08,Calgary\n"
    );
    let file = || upload(ImportTable::Batches, "spelled.csv");
    let id = hand_in(&app, &officer, file(), &text).await;
    let lines = told(&app, &officer, &id).await;
    let note = "is not taken: line 2 spells the title of the batch otherwise";
    assert!(lines.contains(&format!("language: \"en\" {note}")), "{lines}");
    assert!(lines.contains(&format!("title: \"Silver One\" {note}")), "{lines}");
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let batches = "{ batches(filter: {startsOn: {isNull: true}, endsOn: {eq: \"2031-03-08\"}}) \
                   { nodes { title titleLanguage } } }";
    let expected = json!([{ "title": "Silver one", "titleLanguage": "id" }]);
    assert_eq!(app.ask_as(&officer, batches).await.at("/batches/nodes"), &expected);
    let again = hand_in(&app, &officer, file(), &text).await;
    let lines = told(&app, &officer, &again).await;
    let states: Vec<_> = lines.lines().filter(|line| line.contains("UNCHANGED")).collect();
    assert_eq!(states.len(), 3, "{lines}");
}

async fn two_numbers_of_one_delegation_are_two_claims(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id =
        delegations(&app, &officer, "batch,country,terdaftar,tercantum\nsilver,KH,12,9\n").await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let answer = app
        .ask(
            "{ delegations(filter: {batch: {key: {eq: \"silver\"}}}) { nodes { headcountMin \
             claims { nodes { basis numberMin } } } } }",
        )
        .await;
    assert_eq!(
        answer.sorted("/delegations/nodes/0/claims/nodes", "/basis"),
        ["NAMED", "REGISTERED"]
    );
    assert_eq!(
        answer.at("/delegations/nodes/0/headcountMin"),
        &json!(9),
        "who signed up did not come yet"
    );
}

async fn what_a_curator_ranked_stays_as_it_was_ranked(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = delegations(&app, &officer, "batch,country,headcount\nsilver,KH,30\n").await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let curator = app.staff(GrantRole::Curator).await;
    let claims = app
        .ask(
            "{ delegations(filter: {batch: {key: {eq: \"silver\"}}}) { nodes { claims { nodes { \
             id } } } } }",
        )
        .await;
    let claim = claims.text("/delegations/nodes/0/claims/nodes/0/id");
    let rank = format!("claimId: {claim:?}, rank: DEPRECATED, rankReason: TYPO");
    let ranked = app.ask_as(&curator, &mutation("rankClaim", &rank, "claim { rank }")).await;
    assert_eq!(ranked.refusals("rankClaim"), Vec::<String>::new());
    let id = delegations(&app, &officer, "batch,country,headcount\nsilver,KH,3\n").await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let mut claims: Vec<_> = claim::Entity::find()
        .filter(claim::Column::Key.starts_with("silver-kh-headcount"))
        .all(app.app.db.reading())
        .await
        .expect("claims")
        .into_iter()
        .map(|row| (row.number_min, row.rank, row.rank_reason))
        .collect();
    claims.sort();
    assert_eq!(
        claims,
        [
            (Some(3), ClaimRank::Normal, None),
            (Some(30), ClaimRank::Deprecated, Some(RankReason::Typo))
        ]
    );
}
