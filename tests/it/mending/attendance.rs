//! What is corrected of who attended, and what cannot be.

use serde_json::json;

use super::{accepted, ask, done, refusal, scene, told};
use crate::intents::{bare_draft, draft, invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    attendance_is_corrected_and_said_again,
    an_attendance_that_somebody_else_has_changed_is_not_written_over,
    an_outcome_is_corrected_and_its_heads_go,
    whoever_was_asked_does_not_correct_the_host,
    what_cannot_be_corrected_is_told_what_helps,
);

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

/// Of several, the one with another version is told with its place, and none is recorded.
async fn an_attendance_that_somebody_else_has_changed_is_not_written_over(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "versions", "").await;
    let parties = invite(&app, &officer, &batch, &["KH", "LA"]).await;
    let record = async |version: i64, heads: i64| {
        let input = format!(
            "batchId: {batch:?}, attendances: [{{delegationId: {:?}, headcount: {heads}}} \
             {{delegationId: {:?}, headcount: {heads}, expectedVersion: {version}}}]",
            parties[0], parties[1]
        );
        let fields = "delegations { id version headcountMax }";
        app.ask_as(&officer, &mutation("recordAttendances", &input, fields)).await
    };
    let read = app
        .ask_as(
            &officer,
            &format!("{{ node(id: {:?}) {{ ... on Delegation {{ version }} }} }}", parties[1]),
        )
        .await;
    let version = read.at("/node/version").as_i64().expect("a version");
    let recorded = record(version, 2).await;
    assert_eq!(recorded.refusals("recordAttendances"), Vec::<String>::new());
    let position = app.position().await;
    let refused = record(version, 5).await;
    let now = refused.at("/recordAttendances/delegations/0/version").clone();
    assert_eq!(
        refused.at("/recordAttendances/errors"),
        &json!([{
            "path": ["input", "attendances", "1", "expectedVersion"], "code": "CONFLICT",
            "message": format!(
                "the record was changed meanwhile: you know version {version}, it has version {now}"
            ),
            "value": version.to_string(), "currentVersion": now,
        }])
    );
    let shown = refused.at("/recordAttendances/delegations/0");
    assert_eq!((&shown["id"], &shown["headcountMax"]), (&json!(parties[1]), &json!(2)));
    assert_eq!(app.position().await, position);
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
