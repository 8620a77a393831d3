//! Mistakes of status, dates and titles: what officers may mend, and how they are told what helps.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::import::{apply, hand_in, upload};
use crate::intents::{bare_draft, draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    attendance_is_corrected_and_said_again,
    an_outcome_is_corrected_and_its_heads_go,
    whoever_was_asked_does_not_correct_the_host,
    what_cannot_be_corrected_is_told_what_helps,
    a_closed_batch_is_opened_again,
    a_batch_that_was_called_off_is_what_it_was,
    a_workshop_and_a_plan_are_opened_again,
    a_batch_is_announced_with_title_and_dates,
    days_that_contradict_each_other_are_refused,
    a_batch_of_the_past_is_entered_closed,
    a_year_outside_is_refused_everywhere,
    an_error_leads_to_its_place_in_the_input,
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

async fn attendance_is_corrected_and_said_again(app: TestApp) {
    let officer = owner(&app).await;
    let (batch, party) = scene(&app, &officer, "heads").await;
    let of = |more: &str| format!("delegationId: {party:?}{more}");
    done(&app, &officer, "recordAttendance", &of(", headcount: 3")).await;
    assert_eq!(accepted(&app, &party).await, json!(["ATTENDED", 3, 3]));

    // The same again, in any way, is no news.
    let position = app.position().await;
    done(&app, &officer, "recordAttendance", &of(", headcount: 3")).await;
    done(&app, &officer, "recordAttendance", &of("")).await;
    done(&app, &officer, "recordAttendance", &of(", headcount: null")).await;
    let list = |more: &str| {
        format!("batchId: {batch:?}, attendances: [{{delegationId: {party:?}{more}}}]")
    };
    done(&app, &officer, "recordAttendances", &list(", headcount: 3")).await;
    assert_eq!(app.position().await, position);

    // A newer statement supersedes the former, which is kept.
    done(&app, &officer, "recordAttendance", &of(", headcount: 4")).await;
    assert_eq!(accepted(&app, &party).await, json!(["ATTENDED", 4, 4]));
    done(&app, &officer, "recordAttendances", &list(", headcount: 3")).await;
    assert_eq!(accepted(&app, &party).await, json!(["ATTENDED", 3, 3]));
    assert_eq!(
        told(&app, position).await,
        ["claim.filed", "delegation.updated", "claim.filed", "delegation.updated"]
    );
    let claims = format!(
        "{{ node(id: {party:?}) {{ ... on Delegation {{ claims(filter: {{property: {{eq: \
         HEADCOUNT}}}}, orderBy: {{field: CREATED_AT}}) {{ nodes {{ value rank }} }} }} }} }}"
    );
    let claims = app.ask(&claims).await;
    assert_eq!(claims.at("/node/claims/nodes").as_array().map(Vec::len), Some(3), "{claims}");

    // What is stated of the batch is no other.
    for (name, input) in [
        ("updateBatch", "title: {text: \"Training\", language: \"en\"}"),
        ("rescheduleBatch", "startsOn: \"2026-07-01\", endsOn: \"2026-07-10\""),
        ("announceBatch", "datesToFollow: false"),
    ] {
        let position = app.position().await;
        done(&app, &officer, name, &format!("batchId: {batch:?}, {input}")).await;
        assert_eq!(app.position().await, position, "{name}");
    }
}

async fn an_outcome_is_corrected_and_its_heads_go(app: TestApp) {
    let officer = owner(&app).await;
    let (_, party) = scene(&app, &officer, "outcomes").await;
    let of = format!("delegationId: {party:?}");
    done(&app, &officer, "recordAttendance", &format!("{of}, headcount: 3")).await;
    let outcomes = [
        ("recordNoShow", "NO_SHOW"),
        ("markNotSent", "NOT_SENT"),
        ("declineInvitation", "DECLINED"),
        ("withdrawDelegation", "WITHDRAWN"),
        ("recordAttendance", "ATTENDED"),
    ];
    for (from, status) in outcomes {
        for (to, corrected) in outcomes {
            done(&app, &officer, from, &of).await;
            let heads = |status: &str| match status {
                "ATTENDED" => json!([status, 3, 3]),
                _ => json!([status, null, null]),
            };
            assert_eq!(accepted(&app, &party).await, heads(status));
            let position = app.position().await;
            done(&app, &officer, to, &format!("{of}, reason: \"Recorded wrongly\"")).await;
            assert_eq!(accepted(&app, &party).await, heads(corrected), "{from}, {to}");
            let kinds = told(&app, position).await;
            let kind = format!("delegation.{}", corrected.to_lowercase());
            assert_eq!(kinds.contains(&kind), from != to, "{kinds:?}");
        }
    }
    // That people are counted where none are said to have come is a finding.
    done(&app, &officer, "recordNoShow", &of).await;
    let findings = format!(
        "{{ node(id: {party:?}) {{ ... on Delegation {{ batch {{ findings(filter: {{rule: {{eq: \
         HEADS_WITHOUT_PRESENCE}}}}) {{ nodes {{ state }} }} }} }} }} }}"
    );
    let open = async || {
        app.ask(&findings).await.texts("/node/batch/findings/nodes", "/state").contains(&"OPEN")
    };
    assert!(open().await);
    done(&app, &officer, "recordAttendance", &of).await;
    assert!(!open().await);
    // Whoever declined may come after all.
    for step in ["declineInvitation", "nominateDelegation", "confirmDelegation", "recordAttendance"]
    {
        done(&app, &officer, step, &of).await;
    }
    assert_eq!(accepted(&app, &party).await, json!(["ATTENDED", 3, 3]));
}

async fn whoever_was_asked_does_not_correct_the_host(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "hosted", "").await;
    done(&app, &officer, "announceBatch", &format!("batchId: {batch:?}")).await;
    let body = app.id_of(&officer, "institution", "disperindag-tangsel").await;
    let input =
        format!("batchId: {batch:?}, country: \"ID\", institutionId: {body:?}, key: \"sent\"");
    let invited = ask(&app, &officer, "inviteDelegation", &input, "delegation { id }").await;
    let of = format!("delegationId: {:?}", invited.text("/inviteDelegation/delegation/id"));
    let sender = app.officer("disperindag-tangsel").await;
    // Its own answer it changes as it likes.
    for step in
        ["declineInvitation", "nominateDelegation", "withdrawDelegation", "declineInvitation"]
    {
        done(&app, &sender, step, &of).await;
    }
    for (said, status) in
        [("recordAttendance", "ATTENDED"), ("recordNoShow", "NO_SHOW"), ("markNotSent", "NOT_SENT")]
    {
        done(&app, &officer, said, &of).await;
        for step in ["declineInvitation", "withdrawDelegation", "nominateDelegation"] {
            assert_eq!(
                refusal(&app, &sender, step, &of).await,
                format!(
                    "ILLEGAL_MOVE at delegationId: \"sent\" is {status}, as those say who keep the \
                     batch: only they correct it, and fileClaim says what others know of it"
                )
            );
        }
    }
    done(&app, &officer, "declineInvitation", &of).await;
}

async fn what_cannot_be_corrected_is_told_what_helps(app: TestApp) {
    let officer = owner(&app).await;
    let (batch, party) = scene(&app, &officer, "illegal").await;
    let (at, of) = (format!("batchId: {batch:?}"), format!("delegationId: {party:?}"));
    let key =
        app.ask(&format!("{{ node(id: {party:?}) {{ ... on Delegation {{ key }} }} }}")).await;
    let key = key.text("/node/key").to_owned();
    let is = async |name: &str, input: &str, expected: &str| {
        let field = if input.starts_with("batchId") { "batchId" } else { "delegationId" };
        let expected = format!("ILLEGAL_MOVE at {field}: {expected}");
        assert_eq!(refusal(&app, &officer, name, input).await, expected);
    };
    is(
        "withdrawDelegation",
        &of,
        &format!(
            "\"{key}\" is INVITED and cannot become WITHDRAWN: nobody was named yet, and \
             declineInvitation says that nobody will come"
        ),
    )
    .await;
    is(
        "recordNoShow",
        &of,
        &format!(
            "\"{key}\" is INVITED and cannot become NO_SHOW: confirmDelegation accepts it \
             first, or markNotSent says that nobody was sent"
        ),
    )
    .await;
    done(&app, &officer, "nominateDelegation", &of).await;
    is(
        "nominateDelegation",
        &format!("{of}, participants: [{{name: \"Siti\"}}]"),
        &format!("the people of \"{key}\" are named already: engagePerson names more"),
    )
    .await;
    done(&app, &officer, "confirmDelegation", &of).await;
    is(
        "declineInvitation",
        &of,
        &format!(
            "\"{key}\" is CONFIRMED and cannot become DECLINED: withdrawDelegation calls its \
             coming off"
        ),
    )
    .await;
    done(&app, &officer, "recordAttendance", &of).await;
    let invited_again = format!("{at}, countries: [\"LA\"]");
    assert_eq!(
        refusal(&app, &officer, "inviteCountries", &invited_again).await,
        format!(
            "DUPLICATE at countries.0: \"{key}\" is already the delegation of the same country, \
             sender and label there, and is ATTENDED: voidRecord takes it back if it was entered \
             in error"
        )
    );
    is(
        "confirmDelegation",
        &of,
        &format!(
            "\"{key}\" is ATTENDED and cannot become CONFIRMED: recordAttendance, recordNoShow, \
             markNotSent, declineInvitation or withdrawDelegation corrects what came of it, and \
             voidRecord takes back what was entered in error"
        ),
    )
    .await;
    // Who has a plan has attended.
    done(&app, &officer, "expectActionPlan", &format!("{of}, key: \"planned\"")).await;
    is(
        "recordNoShow",
        &of,
        &format!(
            "\"{key}\" has the action plan \"planned\", and only a delegation that ATTENDED \
             has one: voidRecord takes the plan back first"
        ),
    )
    .await;
    assert_eq!(accepted(&app, &party).await[0], "ATTENDED");

    is(
        "closeBatch",
        &at,
        "\"illegal\" is ANNOUNCED and cannot become CLOSED: confirmBatch says \
         first that it takes place",
    )
    .await;
    is(
        "reopenBatch",
        &at,
        "\"illegal\" is ANNOUNCED, and only what is CLOSED or CANCELLED can be \
         reopened: it is open",
    )
    .await;
    done(&app, &officer, "confirmBatch", &at).await;
    is(
        "announceBatch",
        &at,
        "\"illegal\" is CONFIRMED and cannot become ANNOUNCED: it is public \
         already, and postponeBatch puts it off",
    )
    .await;
    done(&app, &officer, "closeBatch", &at).await;
    for (name, status) in [
        ("confirmBatch", "CONFIRMED"),
        ("cancelBatch", "CANCELLED"),
        ("announceBatch", "ANNOUNCED"),
    ] {
        is(
            name,
            &at,
            &format!(
                "\"illegal\" is CLOSED and cannot become {status}: reopenBatch opens it again"
            ),
        )
        .await;
    }
    is(
        "rescheduleBatch",
        &format!("{at}, endsOn: \"2026-07-09\""),
        "\"illegal\" is CLOSED and cannot be rescheduled: reopenBatch opens it again",
    )
    .await;
    let draft = format!("batchId: {:?}", bare_draft(&app, &officer, "unknown", "").await);
    is(
        "cancelBatch",
        &draft,
        "\"unknown\" is DRAFT and cannot become CANCELLED: nobody has been \
         told of it yet, and voidRecord takes it back",
    )
    .await;
    is(
        "confirmBatch",
        &draft,
        "\"unknown\" is DRAFT and cannot become CONFIRMED: announceBatch makes it public first",
    )
    .await;

    // The same in the language of the officer.
    let told = "errors { message(language: ID) }";
    let asked = format!("mutation {{ confirmBatch(input: {{{at}}}) {{ {told} }} }}");
    assert_eq!(
        app.ask_as(&officer, &asked).await.text("/confirmBatch/errors/0/message"),
        "\"illegal\" berstatus CLOSED dan tidak dapat menjadi CONFIRMED: reopenBatch membukanya \
         kembali"
    );
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

async fn days_that_contradict_each_other_are_refused(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "days", "").await;
    let at = format!("batchId: {batch:?}");
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let new = format!("programmeId: {programme:?}, title: {{text: \"T\", language: \"en\"}}");
    let wrong = "startsOn: \"2016-07-10\", endsOn: \"2016-07-01\"";
    let told = "OUT_OF_RANGE at endsOn: the end, 2016-07-01, is before the start, 2016-07-10";
    for (name, input) in [
        ("draftBatch", format!("{new}, {wrong}")),
        ("recordPastBatch", format!("{new}, {wrong}")),
        ("rescheduleBatch", format!("{at}, {wrong}")),
    ] {
        assert_eq!(refusal(&app, &officer, name, &input).await, told, "{name}");
    }
    assert_eq!(
        refusal(&app, &officer, "rescheduleBatch", &format!("{at}, endsOn: \"2026-06-30\"")).await,
        "OUT_OF_RANGE at endsOn: the end, 2026-06-30, is before the start, 2026-07-01"
    );
    // An officer's file, of both days and of one.
    let rows = "key,programme,title,language,starts_on,ends_on\n\
                new-days,jewellery,T,en,2024-03-08,2024-03-04\n\
                days,jewellery,,,,2026-06-30\n";
    let reasons = refused(&app, &officer, rows).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(
        reasons[0].ends_with("the end, 2024-03-04, is before the start, 2024-03-08"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].ends_with("the end, 2026-06-30, is before the start, 2026-07-01"),
        "{reasons:?}"
    );
    // One source of both days; a misprint is kept as one.
    let source =
        app.ask("{ sources(first: 1, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } }").await;
    let source = source.text("/sources/nodes/0/id");
    let claim = |property: &str, date: &str| {
        format!("sourceId: {source:?}, {at}, property: {property}, date: {date:?}")
    };
    let filed =
        ask(&app, &officer, "fileClaim", &claim("STARTS_ON", "2026-07-08"), "claim { id }").await;
    let misprint = filed.text("/fileClaim/claim/id");
    let ends = claim("ENDS_ON", "2026-07-05");
    assert_eq!(
        refusal(&app, &officer, "fileClaim", &ends).await,
        "OUT_OF_RANGE at date: the end, 2026-07-05, is before the start, 2026-07-08, as the same \
         source states it: rankClaim makes the one that is wrong DEPRECATED, and so it is kept"
    );
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let rank = |rank: &str| format!("claimId: {misprint:?}, rank: {rank}");
    done(&app, &curator, "rankClaim", &rank("DEPRECATED, rankReason: TYPO")).await;
    done(&app, &officer, "fileClaim", &ends).await;
    assert!(
        refusal(&app, &curator, "rankClaim", &rank("NORMAL")).await.starts_with(
            "OUT_OF_RANGE at rank: the end, 2026-07-05, is before the start, 2026-07-08"
        )
    );
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

async fn a_year_outside_is_refused_everywhere(app: TestApp) {
    let officer = owner(&app).await;
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let batch = draft(&app, &officer, "years", "").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let group = app.id_of(&officer, "regionalGroup", "asean").await;
    let past = format!("programmeId: {programme:?}, title: {{text: \"T\", language: \"en\"}}");
    let workshop = format!("batchId: {batch:?}, kind: TRAINING, title: \"W\", language: \"en\"");
    let asked = [
        (&officer, "draftBatch", format!("programmeId: {programme:?}"), "startsOn"),
        (&officer, "draftBatch", format!("programmeId: {programme:?}"), "endsOn"),
        (&officer, "recordPastBatch", format!("{past}, endsOn: \"2016-05-06\""), "startsOn"),
        (&officer, "rescheduleBatch", format!("batchId: {batch:?}"), "startsOn"),
        (&officer, "scheduleWorkshop", workshop, "startsOn"),
        (
            &officer,
            "addSource",
            "kind: REPORT, title: \"S\", language: \"en\"".to_owned(),
            "publishedOn",
        ),
        (
            &curator,
            "addMembership",
            format!("groupId: {group:?}, country: \"BR\", kind: FULL"),
            "validFrom",
        ),
    ];
    for (who, name, input, field) in asked {
        for year in ["0016", "1799", "2201", "9999"] {
            // A day that is out of order besides is told of either way.
            if name == "recordPastBatch" && year > "2016"
                || name == "rescheduleBatch" && year > "2026"
            {
                continue;
            }
            assert_eq!(
                refusal(&app, who, name, &format!("{input}, {field}: \"{year}-05-04\"")).await,
                format!(
                    "OUT_OF_RANGE at {field}: {year}-05-04 lies outside the years 1800 to 2200, in \
                     which all dates of the register lie"
                ),
                "{name}"
            );
        }
    }
    for year in ["1800", "2200"] {
        done(
            &app,
            &officer,
            "draftBatch",
            &format!("programmeId: {programme:?}, startsOn: \"{year}-01-01\""),
        )
        .await;
    }
    // What is asked for may lie anywhere.
    let filter = "{ batches(filter: {startsOn: {gte: \"0016-05-04\", lte: \"9999-12-31\"}}) { \
                  totalCount } }";
    assert!(app.ask(filter).await.at("/batches/totalCount").as_i64() > Some(0));
    let rows = "key,programme,title,language,starts_on\n\
                old,jewellery,T,en,1799-12-31\n\
                new,jewellery,T,en,2201-01-01\n\
                fine,jewellery,T,en,1800-01-01\n";
    let told = "lies outside the years 1800 to 2200, in which all dates of the register lie";
    let reasons = refused(&app, &officer, rows).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.ends_with(told)), "{reasons:?}");
}

async fn an_error_leads_to_its_place_in_the_input(app: TestApp) {
    let officer = owner(&app).await;
    let (batch, party) = scene(&app, &officer, "paths").await;
    let at = format!("batchId: {batch:?}");
    let other = scene(&app, &officer, "other-paths").await.1;
    let venue = app.id_of(&officer, "venue", "hotel-atria-malang").await;
    let one = format!("{{delegationId: {party:?}, headcount: 2}}");
    for (name, input, path) in [
        (
            "updateBatch",
            format!("{at}, venueIds: [{venue:?}, {:?}]", absent(&venue)),
            "NOT_FOUND at venueIds.1",
        ),
        (
            "recordAttendances",
            format!("{at}, attendances: [{one}, {{delegationId: {:?}}}]", absent(&party)),
            "NOT_FOUND at attendances.1.delegationId",
        ),
        (
            "recordAttendances",
            format!("{at}, attendances: [{one}, {{delegationId: {other:?}}}]"),
            "INVALID at attendances.1.delegationId",
        ),
        (
            "recordAttendances",
            format!("{at}, attendances: [{one}, {{delegationId: {party:?}, headcount: -1}}]"),
            "OUT_OF_RANGE at attendances.1.headcount",
        ),
        (
            "inviteCountries",
            format!("{at}, countries: [\"VN\", \"LA\"]"),
            "DUPLICATE at countries.1",
        ),
        (
            "scheduleWorkshop",
            format!("{at}, kind: TRAINING, title: \"W\", language: \"en\", startsAt: \"09:00\""),
            "REQUIRED at timeZone",
        ),
        (
            "createInstitution",
            "kind: GOVERNMENT, names: [{name: \"A\", language: \"en\"}, {name: \"B\", language: \
             \"en\", validFrom: \"1066-10-14\"}]"
                .to_owned(),
            "OUT_OF_RANGE at names.1.validFrom",
        ),
    ] {
        let told = refusal(&app, &officer, name, &input).await;
        assert!(told.starts_with(&format!("{path}:")), "{name} {input}: {told}");
    }
}

/// The id of a record of the same kind that is not there.
fn absent(id: &str) -> String {
    let known = URL_SAFE_NO_PAD.decode(id).expect("an id");
    let known = String::from_utf8(known).expect("an id");
    let (kind, _) = known.split_once(':').expect("a kind");
    URL_SAFE_NO_PAD.encode(format!("{kind}:{}", uuid::Uuid::nil()))
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

/// Why rows of a file of batches are refused, in the order of the file.
async fn refused(app: &TestApp, officer: &Actor, text: &str) -> Vec<String> {
    let id = handed_in(app, officer, text).await;
    let rows = "rows(first: 50) { nodes { state reasons } }";
    let query = format!("{{ node(id: {id:?}) {{ ... on Import {{ {rows} }} }} }}");
    let rows = app.ask_as(officer, &query).await;
    let rows = rows.at("/node/rows/nodes").as_array().expect("rows").clone();
    let rows = rows.iter().filter(|row| row["state"] == "REFUSED");
    rows.map(|row| row["reasons"][0].as_str().expect("a reason").to_owned()).collect()
}
