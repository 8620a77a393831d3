//! Who did what, by account, record and day.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;

use crate::intents::{draft, invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(an_auditor_finds_who_did_what, whoever_may_not_see_an_event_does_not_find_it);

/// The names of what was done, the newest first.
async fn names(app: &TestApp, who: &Actor, arguments: &str) -> Vec<String> {
    let query = format!("{{ history{arguments} {{ name recordKey actor }} }}");
    let answer = app.ask_as(who, &query).await;
    answer.texts("/history", "/name").into_iter().map(str::to_owned).collect()
}

async fn an_auditor_finds_who_did_what(app: TestApp) {
    let officer = owner(&app).await;
    let auditor = app.staff(GrantRole::Auditor).await;
    let batch = draft(&app, &officer, "audited", "").await;
    app.app.clock.set("2026-06-03T10:00:00Z".parse().expect("a moment"));
    invite(&app, &officer, &batch, &["KH"]).await;
    let announced = mutation("announceBatch", &format!("batchId: {batch:?}"), "");
    app.ask_as(&officer, &announced).await;
    let viewer = app.ask_as(&officer, "{ viewer { id } }").await;
    let account = viewer.text("/viewer/id");

    let by_account = format!("(filter: {{account: {account:?}}}, first: 1)");
    assert_eq!(names(&app, &auditor, &by_account).await, ["batch.announced"]);
    let by_record = format!("(filter: {{record: {batch:?}}})");
    let told = names(&app, &auditor, &by_record).await;
    assert_eq!(told.first().map(String::as_str), Some("batch.announced"));
    assert_eq!(told.last().map(String::as_str), Some("batch.updated"));
    let on = |day: &str| format!("(filter: {{from: \"{day}\", to: \"{day}\"}}, first: 100)");
    let that_day = names(&app, &auditor, &on("2026-06-03")).await;
    assert!(that_day.contains(&"delegation.invited".to_owned()), "{that_day:?}");
    assert!(!that_day.contains(&"batch.updated".to_owned()), "{that_day:?}");
    assert_eq!(names(&app, &auditor, &on("2026-06-02")).await, Vec::<String>::new());

    // Page by page.
    let newest = app.ask_as(&auditor, "{ history(first: 1) { position recordId } }").await;
    assert_eq!(newest.text("/history/0/recordId"), batch);
    let before = newest.at("/history/0/position");
    let next = format!("{{ history(before: {before}) {{ position }} }}");
    let next = app.ask_as(&auditor, &next).await;
    assert!(next.at("/history/0/position").as_i64() < before.as_i64());
}

async fn whoever_may_not_see_an_event_does_not_find_it(app: TestApp) {
    let officer = owner(&app).await;
    draft(&app, &officer, "audited", "").await;
    let stranger = app.officer("phri").await;
    let curator = app.staff(GrantRole::Curator).await;
    for (who, sees) in [(&officer, true), (&curator, true), (&stranger, false)] {
        let told = app.ask_as(who, "{ history(first: 100) { recordKey } }").await;
        let keys = told.at("/history").to_string();
        assert_eq!(keys.contains(r#""audited""#), sees, "{keys}");
        let told = names(&app, who, "(first: 100)").await;
        assert!(!told.iter().any(|name| name.starts_with("account.")), "{told:?}");
    }
    assert_eq!(names(&app, &Actor::Anonymous, "").await, Vec::<String>::new());
}
