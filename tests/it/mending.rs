//! Mistakes of status, dates and titles: what officers may mend, and how they are told what helps.

mod attendance;
mod own_entries;
mod refusals;

use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::import::{apply, hand_in, upload};
use crate::intents::{bare_draft, draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    a_closed_batch_is_opened_again,
    a_batch_that_was_called_off_is_what_it_was,
    a_workshop_and_a_plan_are_opened_again,
    a_batch_is_announced_with_title_and_dates,
    a_batch_of_the_past_is_entered_closed,
);

/// A mutation by an officer; its answer.
async fn ask(app: &TestApp, who: &Actor, name: &str, input: &str, fields: &str) -> Answer {
    app.ask_as(who, &mutation(name, input, fields)).await
}

/// The refusal of a mutation, or nothing where it was carried out.
async fn refusal(app: &TestApp, who: &Actor, name: &str, input: &str) -> String {
    let answer = ask(app, who, name, input, "__typename").await;
    assert!(answer.errors.is_empty(), "{name}: {answer}");
    answer.refusals(name).join("\n")
}

/// Carries a mutation out.
async fn done(app: &TestApp, who: &Actor, name: &str, input: &str) {
    assert_eq!(refusal(app, who, name, input).await, "", "{name}");
}

/// What happened behind a place in the log, as everybody sees it.
async fn told(app: &TestApp, position: i64) -> Vec<String> {
    use entity::event;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
    let rows = event::Entity::find()
        .filter(event::Column::Position.gt(position))
        .filter(event::Column::Public.eq(true))
        .order_by_asc(event::Column::Position)
        .all(app.app.db.reading())
        .await
        .expect("the log");
    rows.into_iter().map(|row| row.kind).collect()
}

/// What is accepted of a delegation.
async fn accepted(app: &TestApp, party: &str) -> Value {
    let fields = "status headcountMin headcountMax";
    let query = format!("{{ node(id: {party:?}) {{ ... on Delegation {{ {fields} }} }} }}");
    let node = app.ask(&query).await.data["node"].clone();
    json!([node["status"], node["headcountMin"], node["headcountMax"]])
}

/// An announced batch with a delegation of Laos; the ids of both.
async fn scene(app: &TestApp, officer: &Actor, key: &str) -> (String, String) {
    let batch = draft(app, officer, key, "").await;
    done(app, officer, "announceBatch", &format!("batchId: {batch:?}")).await;
    let party = invite(app, officer, &batch, &["LA"]).await.remove(0);
    (batch, party)
}

async fn a_closed_batch_is_opened_again(app: TestApp) {
    let officer = owner(&app).await;
    let (batch, party) = scene(&app, &officer, "closed").await;
    let at = format!("batchId: {batch:?}");
    for step in ["confirmBatch", "closeBatch", "closeBatch"] {
        done(&app, &officer, step, &at).await;
    }
    // It needs a reason that says something.
    for reason in ["", ", reason: null", ", reason: \"  \""] {
        assert_eq!(
            refusal(&app, &officer, "reopenBatch", &format!("{at}{reason}")).await,
            "REQUIRED at reason: say why in reason: it is kept with the history of the record"
        );
    }
    let position = app.position().await;
    let reasoned = format!("{at}, reason: \"Closed a week too early\"");
    let opened = ask(&app, &officer, "reopenBatch", &reasoned, "batch { status }").await;
    assert_eq!(opened.at("/reopenBatch/batch/status"), "CONFIRMED", "{opened}");
    assert_eq!(told(&app, position).await, ["batch.reopened"]);
    let history = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ history(first: 1) {{ kind reason changes {{ \
         field from to }} }} }} }} }}"
    );
    let history = app.ask_as(&officer, &history).await;
    assert_eq!(
        history.at("/node/history/0").to_string(),
        "{\"changes\":[{\"field\":\"status\",\"from\":\"CLOSED\",\"to\":\"CONFIRMED\"}],\
         \"kind\":\"batch.reopened\",\"reason\":\"Closed a week too early\"}"
    );
    done(&app, &officer, "rescheduleBatch", &format!("{at}, endsOn: \"2026-07-11\"")).await;
    done(&app, &officer, "recordAttendance", &format!("delegationId: {party:?}")).await;
    done(&app, &officer, "closeBatch", &at).await;
}

async fn a_batch_that_was_called_off_is_what_it_was(app: TestApp) {
    let officer = owner(&app).await;
    let status = async |batch: &str| {
        let query = format!("{{ node(id: {batch:?}) {{ ... on Batch {{ status }} }} }}");
        app.ask_as(&officer, &query).await.at("/node/status").clone()
    };
    for (place, (steps, was)) in [
        (&["announceBatch"][..], "ANNOUNCED"),
        (&["announceBatch", "postponeBatch"], "POSTPONED"),
        (&["announceBatch", "confirmBatch"], "CONFIRMED"),
    ]
    .into_iter()
    .enumerate()
    {
        let batch = draft(&app, &officer, &format!("off-{place}"), "").await;
        let at = format!("batchId: {batch:?}");
        for step in steps {
            done(&app, &officer, step, &at).await;
        }
        // Twice, so that the last time counts.
        for _ in 0..2 {
            done(&app, &officer, "cancelBatch", &at).await;
            done(&app, &officer, "reopenBatch", &format!("{at}, reason: \"A mistake\"")).await;
            assert_eq!(status(&batch).await, was);
        }
    }
    // Nobody attends what was called off, until it is opened again.
    let (batch, party) = scene(&app, &officer, "off").await;
    let at = format!("batchId: {batch:?}");
    done(&app, &officer, "cancelBatch", &at).await;
    let attended = format!("delegationId: {party:?}");
    assert_eq!(
        refusal(&app, &officer, "recordAttendance", &attended).await,
        "ILLEGAL_MOVE at delegationId: \"off\" was CANCELLED, and nobody attended it: reopenBatch \
         opens it again if it was held"
    );
    done(&app, &officer, "reopenBatch", &format!("{at}, reason: \"It was held\"")).await;
    done(&app, &officer, "recordAttendance", &attended).await;
    // What came in called off is known to everybody.
    enter(
        &app,
        &officer,
        "key,programme,title,language,starts_on,ends_on,status\n\
         imported-off,jewellery,Off,en,2026-08-03,2026-08-07,CANCELLED\n",
    )
    .await;
    let imported = app.id_of(&officer, "batch", "imported-off").await;
    let reopen = format!("batchId: {imported:?}, reason: \"It will be held\"");
    done(&app, &officer, "reopenBatch", &reopen).await;
    assert_eq!(status(&imported).await, "ANNOUNCED");
}

async fn a_workshop_and_a_plan_are_opened_again(app: TestApp) {
    let officer = owner(&app).await;
    let (batch, party) = scene(&app, &officer, "siblings").await;
    let input = format!(
        "batchId: {batch:?}, kind: TRAINING, title: \"Casting\", language: \"en\", key: \"casting\""
    );
    let made = ask(&app, &officer, "scheduleWorkshop", &input, "workshop { id }").await;
    let of = format!("workshopId: {:?}", made.text("/scheduleWorkshop/workshop/id"));
    assert_eq!(
        refusal(&app, &officer, "reopenWorkshop", &of).await,
        "ILLEGAL_MOVE at workshopId: \"casting\" is SCHEDULED, and only what is CANCELLED can be \
         reopened: moveWorkshop gives it another time or place"
    );
    done(&app, &officer, "cancelWorkshop", &of).await;
    let position = app.position().await;
    done(&app, &officer, "cancelWorkshop", &of).await;
    assert_eq!(app.position().await, position);
    assert!(refusal(&app, &officer, "reopenWorkshop", &of).await.starts_with("REQUIRED at reason"));
    let opened = ask(
        &app,
        &officer,
        "reopenWorkshop",
        &format!("{of}, reason: \"A slip\""),
        "workshop { status }",
    )
    .await;
    assert_eq!(opened.at("/reopenWorkshop/workshop/status"), "SCHEDULED");
    assert_eq!(told(&app, position).await, ["workshop.reopened"]);

    done(&app, &officer, "recordAttendance", &format!("delegationId: {party:?}")).await;
    let expected = format!("delegationId: {party:?}, key: \"plan\"");
    let made = ask(&app, &officer, "expectActionPlan", &expected, "actionPlan { id }").await;
    let of = format!("actionPlanId: {:?}", made.text("/expectActionPlan/actionPlan/id"));
    let opened = async |of: &str| {
        let input = format!("{of}, reason: \"They go on\"");
        let opened = ask(&app, &officer, "reopenActionPlan", &input, "actionPlan { status }").await;
        opened.text("/reopenActionPlan/actionPlan/status").to_owned()
    };
    assert_eq!(
        refusal(&app, &officer, "startActionPlan", &of).await,
        "ILLEGAL_MOVE at actionPlanId: \"plan\" is EXPECTED and cannot become IN_PROGRESS: \
         submitActionPlan hands it in first"
    );
    done(&app, &officer, "abandonActionPlan", &of).await;
    assert_eq!(
        refusal(&app, &officer, "submitActionPlan", &of).await,
        "ILLEGAL_MOVE at actionPlanId: \"plan\" is ABANDONED and cannot become SUBMITTED: \
         reopenActionPlan opens it again"
    );
    assert!(
        refusal(&app, &officer, "reopenActionPlan", &of).await.starts_with("REQUIRED at reason")
    );
    assert_eq!(opened(&of).await, "EXPECTED");
    assert_eq!(
        refusal(&app, &officer, "reopenActionPlan", &of).await,
        "ILLEGAL_MOVE at actionPlanId: \"plan\" is EXPECTED, and only what is COMPLETED or \
         ABANDONED can be reopened"
    );
    done(&app, &officer, "submitActionPlan", &of).await;
    done(&app, &officer, "completeActionPlan", &of).await;
    let position = app.position().await;
    done(&app, &officer, "completeActionPlan", &of).await;
    assert_eq!(app.position().await, position);
    assert_eq!(opened(&of).await, "SUBMITTED");
    assert_eq!(told(&app, position).await, ["action_plan.reopened"]);
    done(&app, &officer, "startActionPlan", &of).await;
    assert_eq!(
        refusal(&app, &officer, "submitActionPlan", &of).await,
        "ILLEGAL_MOVE at actionPlanId: \"plan\" is IN_PROGRESS and cannot become SUBMITTED: \
         addActionItem and updateActionItem change what it undertakes"
    );
    done(&app, &officer, "abandonActionPlan", &of).await;
    assert_eq!(opened(&of).await, "IN_PROGRESS");
}

async fn a_batch_is_announced_with_title_and_dates(app: TestApp) {
    let officer = owner(&app).await;
    let batch = bare_draft(&app, &officer, "bare", "").await;
    let at = format!("batchId: {batch:?}");
    let announce =
        async |more: &str| refusal(&app, &officer, "announceBatch", &format!("{at}{more}")).await;
    let untitled = "REQUIRED at batchId: \"bare\" has no accepted title, without which it cannot \
                    be announced: updateBatch states it";
    assert_eq!(announce("").await, untitled);
    assert_eq!(announce(", datesToFollow: true").await, untitled);
    done(
        &app,
        &officer,
        "updateBatch",
        &format!("{at}, title: {{text: \"Silver\", language: \"en\"}}"),
    )
    .await;
    let undated = "REQUIRED at datesToFollow: \"bare\" has no accepted first day: rescheduleBatch \
                   states it, or say that the dates will follow";
    assert_eq!(announce("").await, undated);
    assert_eq!(announce(", datesToFollow: false").await, undated);
    let seen = app.ask("{ batches(filter: {key: {eq: \"bare\"}}) { totalCount } }").await;
    assert_eq!(seen.at("/batches/totalCount"), 0, "nothing of it was done");
    assert_eq!(announce(", datesToFollow: true").await, "");
    // It is asked for again where it is announced again, unless the dates have come.
    done(&app, &officer, "postponeBatch", &at).await;
    assert_eq!(announce("").await, undated);
    done(&app, &officer, "rescheduleBatch", &format!("{at}, startsOn: \"2026-09-01\"")).await;
    assert_eq!(announce("").await, "");
    // History and packages come as they are.
    enter(
        &app,
        &officer,
        "key,programme,label,status\nundated,jewellery,Batch without days,ANNOUNCED\n",
    )
    .await;
    let seen = app.ask("{ batch(by: {key: \"undated\"}) { status title startsOn } }").await;
    assert_eq!(
        seen.at("/batch").to_string(),
        r#"{"startsOn":null,"status":"ANNOUNCED","title":null}"#
    );
    // A title says something, and not too much, wherever it comes from.
    let long = "x".repeat(501);
    for (text, code) in [("  ", "REQUIRED"), (long.as_str(), "OUT_OF_RANGE")] {
        let title = format!("title: {{text: {text:?}, language: \"en\"}}");
        let updated = refusal(&app, &officer, "updateBatch", &format!("{at}, {title}")).await;
        assert!(updated.starts_with(&format!("{code} at title.text")), "{updated}");
    }
}

async fn a_batch_of_the_past_is_entered_closed(app: TestApp) {
    let officer = owner(&app).await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let venue = app.id_of(&officer, "venue", "hotel-atria-malang").await;
    let input = |key: &str, days: &str, more: &str| {
        format!(
            "programmeId: {programme:?}, key: {key:?}, ordinal: null, label: \"Batch of old\", \
             {days}, venueIds: [{venue:?}], title: {{text: \"Gold\", language: \"en\"}}{more}"
        )
    };
    let days = "startsOn: \"2016-05-02\", endsOn: \"2016-05-06\"";
    for (key, more, status) in
        [("past", "", "CLOSED"), ("never", ", wasCancelled: true", "CANCELLED")]
    {
        let position = app.position().await;
        let fields = "batch { status title startsOn endsOn label phase venues { nodes { key } } }";
        let made = ask(&app, &officer, "recordPastBatch", &input(key, days, more), fields).await;
        assert_eq!(made.refusals("recordPastBatch"), Vec::<String>::new());
        let expected = json!({
            "status": status, "title": "Gold", "startsOn": "2016-05-02", "endsOn": "2016-05-06",
            "label": "Batch of old",
            "phase": "PAST", "venues": {"nodes": [{"key": "hotel-atria-malang"}]},
        });
        assert_eq!(made.at("/recordPastBatch/batch"), &expected);
        let kinds = told(&app, position).await;
        assert_eq!(kinds[0], "batch.recorded", "{kinds:?}");
        assert!(
            kinds[1..]
                .iter()
                .all(|kind| ["source.added", "claim.filed", "batch.updated"]
                    .contains(&kind.as_str())),
            "{kinds:?}"
        );
        // Everybody sees it.
        let seen = app.ask(&format!("{{ batch(by: {{key: {key:?}}}) {{ status }} }}")).await;
        assert_eq!(seen.at("/batch/status"), status);
    }
    // Who came is entered as ever.
    let past = app.id_of(&officer, "batch", "past").await;
    let party = invite(&app, &officer, &past, &["LA"]).await.remove(0);
    done(&app, &officer, "recordAttendance", &format!("delegationId: {party:?}, headcount: 2"))
        .await;
    // The day on which it ends is no future; the next is.
    let today = "startsOn: \"2026-05-25\", endsOn: \"2026-06-01\"";
    done(&app, &officer, "recordPastBatch", &input("today", today, "")).await;
    let tomorrow = "startsOn: \"2026-05-25\", endsOn: \"2026-06-02\"";
    assert_eq!(
        refusal(&app, &officer, "recordPastBatch", &input("tomorrow", tomorrow, "")).await,
        "OUT_OF_RANGE at endsOn: 2026-06-02 is in the future, and today is 2026-06-01: draftBatch \
         prepares a batch that is to come"
    );
    // One day is enough, if only to the year.
    let last = "endsOn: \"2017-01-01\", endsPrecision: YEAR";
    done(&app, &officer, "recordPastBatch", &input("last-day", last, "")).await;
    let seen = "{ batch(by: {key: \"last-day\"}) { startsOn endsOn endsPrecision phase } }";
    let expected =
        json!({"startsOn": null, "endsOn": "2017-12-31", "endsPrecision": "YEAR", "phase": "PAST"});
    assert_eq!(app.ask(seen).await.at("/batch"), &expected);
    for (days, why) in [
        ("", "REQUIRED at endsOn: a first or a last day is needed"),
        ("startsOn: \"2026-07-01\"", "OUT_OF_RANGE at startsOn: 2026-07-01 is in the future"),
        ("startsOn: \"2016-05-02\", endsOn: \"2016-05-01\"", "endsOn"),
    ] {
        let refused = refusal(&app, &officer, "recordPastBatch", &input("no-days", days, "")).await;
        assert!(refused.contains(why), "{days}: {refused}");
    }
    // A file that enters history announces nothing either.
    let position = app.position().await;
    let file = "key,programme,title,language,starts_on,ends_on,status\n\
                filed,jewellery,Old,en,2015-03-02,2015-03-06,CLOSED\n";
    enter(&app, &officer, file).await;
    let kinds = told(&app, position).await;
    assert!(kinds.iter().any(|kind| kind == "batch.recorded"), "{kinds:?}");
    assert!(!kinds.iter().any(|kind| kind == "batch.closed"), "{kinds:?}");
}

/// Hands in an officer's file; the id of the import.
async fn handed_in(app: &TestApp, officer: &Actor, text: &str) -> String {
    hand_in(app, officer, upload(ImportTable::Batches, "batches.csv"), text).await
}

/// Hands in a file of batches and applies it.
async fn enter(app: &TestApp, officer: &Actor, text: &str) {
    let id = handed_in(app, officer, text).await;
    assert_eq!(apply(app, officer, &id, "").await, Vec::<String>::new(), "{text}");
}
