//! What institutions write: batches and their delegations, from the draft to the attendance.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;

use crate::support::TestApp;

both_dbs!(
    a_batch_is_prepared_announced_and_attended,
    a_status_moves_only_where_it_can,
    a_draft_is_seen_by_those_who_prepare_it,
    a_batch_keeps_its_workshops_when_it_is_rescheduled,
    only_those_who_may_answer_an_invitation_do,
    the_same_mutation_twice_has_one_effect,
    a_stale_version_is_told_the_current_one,
);

/// A batch of the jewellery programme with these fields, by its officers; its id. It can be
/// announced: where no title and no dates are given, it has some.
pub async fn draft(app: &TestApp, officer: &Actor, key: &str, fields: &str) -> String {
    let title = if fields.contains("title:") { "" } else { TITLE };
    let dates = if fields.contains("sOn:") { "" } else { DATES };
    bare_draft(app, officer, key, &format!("{fields}{title}{dates}")).await
}

const TITLE: &str = r#", title: {text: "Training", language: "en"}"#;
const DATES: &str = r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#;

/// The same with nothing but these fields.
pub async fn bare_draft(app: &TestApp, officer: &Actor, key: &str, fields: &str) -> String {
    let programme = app.ask(r#"{ batch(by: {key: "jewellery-2023"}) { programme { id } } }"#).await;
    let programme = programme.text("/batch/programme/id");
    let made = app
        .ask_as(
            officer,
            &format!(
                "mutation {{ draftBatch(input: {{programmeId: \"{programme}\", key: \"{key}\" \
                 {fields}}}) {{ batch {{ id }} cursor errors {{ path code message }} }} }}"
            ),
        )
        .await;
    assert_eq!(made.refusals("draftBatch"), Vec::<String>::new());
    made.text("/draftBatch/batch/id").to_owned()
}

/// An officer of the institution that keeps the jewellery programme.
pub async fn owner(app: &TestApp) -> Actor {
    let owner =
        app.ask(r#"{ batch(by: {key: "jewellery-2023"}) { programme { owner { key } } } }"#).await;
    app.officer(owner.text("/batch/programme/owner/key")).await
}

/// A mutation of one input, with the fields that it is asked for.
pub fn mutation(name: &str, input: &str, fields: &str) -> String {
    format!(
        "mutation {{ {name}(input: {{{input}}}) {{ {fields} cursor errors {{ path code message \
         value currentVersion }} }} }}"
    )
}

/// Invites countries, and gives the ids of their delegations.
pub async fn invite(
    app: &TestApp,
    officer: &Actor,
    batch: &str,
    countries: &[&str],
) -> Vec<String> {
    let input = format!("batchId: \"{batch}\", countries: {countries:?}");
    let made = app
        .ask_as(officer, &mutation("inviteCountries", &input, "delegations { id status }"))
        .await;
    assert_eq!(made.refusals("inviteCountries"), Vec::<String>::new());
    made.texts("/inviteCountries/delegations", "/id").into_iter().map(str::to_owned).collect()
}

async fn a_batch_is_prepared_announced_and_attended(app: TestApp) {
    let officer = owner(&app).await;
    let fields = r#", ordinal: 7, label: "Batch VII", title: {text: "Silver", language: "en"},
        startsOn: "2026-07-01", endsOn: "2026-07-10""#;
    let batch = draft(&app, &officer, "silver-2026", fields).await;
    let position = app.position().await;
    let announced = app
        .ask_as(
            &officer,
            &mutation(
                "announceBatch",
                &format!("batchId: \"{batch}\", reason: \"The minister agreed\""),
                "batch { status title startsOn endsOn version }",
            ),
        )
        .await;
    assert_eq!(
        announced.data["announceBatch"]["batch"].to_string(),
        "{\"endsOn\":\"2026-07-10\",\"startsOn\":\"2026-07-01\",\"status\":\"ANNOUNCED\",\
         \"title\":\"Silver\",\"version\":2}"
    );
    assert_eq!(app.position().await, position + 1);
    let parties = invite(&app, &officer, &batch, &["KH", "LA", "TH"]).await;
    let recorded = app
        .ask_as(
            &officer,
            &mutation(
                "recordAttendance",
                &format!("delegationId: \"{}\", headcount: 2", parties[0]),
                "delegation { status headcountMin headcountMax }",
            ),
        )
        .await;
    assert_eq!(recorded.at("/recordAttendance/delegation/status"), "ATTENDED");
    assert_eq!(recorded.at("/recordAttendance/delegation/headcountMax"), 2);
    let both = format!(
        "batchId: \"{batch}\", attendances: [{{delegationId: \"{}\"}}, {{delegationId: \"{}\", \
         headcount: 3}}]",
        parties[1], parties[2]
    );
    let recorded = app
        .ask_as(
            &officer,
            &mutation("recordAttendances", &both, "delegations { status headcountMin }"),
        )
        .await;
    assert_eq!(
        recorded.texts("/recordAttendances/delegations", "/status"),
        ["ATTENDED", "ATTENDED"]
    );
    let seen = app
        .ask(
            r#"{ batch(by: {key: "silver-2026"}) { title
                delegations(filter: {status: {eq: ATTENDED}}) { totalCount }
        claims { nodes { source { kind title } } } } }"#,
        )
        .await;
    assert_eq!(seen.at("/batch/delegations/totalCount"), 3);
    assert!(
        seen.texts("/batch/claims/nodes", "/source/kind")
            .iter()
            .all(|kind| *kind == "OWNER_STATEMENT")
    );
}

async fn a_status_moves_only_where_it_can(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "moves", "").await;
    let refused = app
        .ask_as(
            &officer,
            &mutation("closeBatch", &format!("batchId: \"{batch}\""), "batch { status }"),
        )
        .await;
    assert_eq!(
        refused.refusals("closeBatch").join("\n").to_string(),
        "ILLEGAL_MOVE at batchId: \"moves\" is DRAFT and cannot become CLOSED: announceBatch makes \
         it public first"
    );
    for step in ["announceBatch", "postponeBatch", "announceBatch", "confirmBatch", "closeBatch"] {
        let moved = app
            .ask_as(&officer, &mutation(step, &format!("batchId: \"{batch}\""), "batch { status }"))
            .await;
        assert_eq!(moved.refusals(step), Vec::<String>::new());
    }
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let step = async |step: &str| {
        let moved = app
            .ask_as(
                &officer,
                &mutation(step, &format!("delegationId: \"{party}\""), "delegation { status }"),
            )
            .await;
        moved.refusals(step).join("\n")
    };
    assert!(step("withdrawDelegation").await.ends_with(
        "is INVITED and cannot become WITHDRAWN: nobody was named yet, and \
         declineInvitation says that nobody will come"
    ));
    assert_eq!(step("nominateDelegation").await, "");
    assert_eq!(step("confirmDelegation").await, "");
    assert_eq!(step("recordNoShow").await, "");
    assert!(step("confirmDelegation").await.contains(
        "is NO_SHOW and cannot become CONFIRMED: recordAttendance, recordNoShow, markNotSent"
    ));
    // What came of it was recorded wrongly.
    assert_eq!(step("recordAttendance").await, "");
    // A second invitation of the same party.
    let again = app
        .ask_as(
            &officer,
            &mutation(
                "inviteCountries",
                &format!("batchId: \"{batch}\", countries: [\"LA\"]"),
                "delegations { id }",
            ),
        )
        .await;
    assert!(
        again.refusals("inviteCountries")[0].starts_with("DUPLICATE at countries.0"),
        "{again}"
    );
}

async fn a_draft_is_seen_by_those_who_prepare_it(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "secret", "").await;
    let query = format!(
        "{{ node(id: \"{batch}\") {{ id }} batches(filter: {{key: {{eq: \"secret\"}}}}) {{ \
         totalCount }} }}"
    );
    let curator = app.staff(GrantRole::Curator).await;
    let auditor = app.staff(GrantRole::Auditor).await;
    let administrator = app.staff(GrantRole::Administrator).await;
    let stranger = app.officer("disperindag-tangsel").await;
    for (actor, sees) in [
        (&officer, true),
        (&curator, true),
        (&auditor, true),
        (&administrator, false),
        (&stranger, false),
        (&Actor::Anonymous, false),
    ] {
        let seen = app.ask_as(actor, &query).await;
        assert_eq!(seen.at("/node").is_null(), !sees, "{actor:?}");
        assert_eq!(seen.at("/batches/totalCount"), i32::from(sees), "{actor:?}");
    }
    let announce = mutation("announceBatch", &format!("batchId: \"{batch}\""), "batch { status }");
    // What may not be seen is not there; what may be seen and not changed is forbidden.
    assert_eq!(
        app.ask_as(&stranger, &announce).await.refusals("announceBatch"),
        ["NOT_FOUND at batchId: there is no such record"]
    );
    assert_eq!(
        app.ask_as(&curator, &announce).await.errors,
        ["FORBIDDEN at announceBatch: your account may not do this: announceBatch"]
    );
    assert!(app.ask(&announce).await.errors[0].starts_with("UNAUTHENTICATED"));
}

async fn a_batch_keeps_its_workshops_when_it_is_rescheduled(app: TestApp) {
    let officer = owner(&app).await;
    let batch =
        draft(&app, &officer, "dates", r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#).await;
    let step = async |input: &str| {
        let moved = app
            .ask_as(
                &officer,
                &mutation(
                    "rescheduleBatch",
                    &format!("batchId: \"{batch}\", {input}"),
                    "batch { startsOn endsOn }",
                ),
            )
            .await;
        (
            moved.refusals("rescheduleBatch").join("\n"),
            moved.data["rescheduleBatch"]["batch"].clone(),
        )
    };
    assert_eq!(
        step(r#"startsOn: "2026-07-20""#).await.0,
        "OUT_OF_RANGE at startsOn: the end, 2026-07-10, is before the start, 2026-07-20"
    );
    let moved = step(r#"startsOn: "2026-07-20", endsOn: "2026-07-25""#).await;
    assert_eq!(moved.0, "");
    assert_eq!(moved.1["endsOn"], "2026-07-25");
}

async fn only_those_who_may_answer_an_invitation_do(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "answers", "").await;
    app.ask_as(
        &officer,
        &mutation("announceBatch", &format!("batchId: \"{batch}\""), "batch { status }"),
    )
    .await;
    let sender = app.officer("disperindag-tangsel").await;
    let stranger = app.officer("diskopindag-malang").await;
    let body = app.id_of(&officer, "institution", "disperindag-tangsel").await;
    let invited = app
        .ask_as(
            &officer,
            &mutation(
                "inviteDelegation",
                &format!("batchId: \"{batch}\", country: \"ID\", institutionId: \"{body}\""),
                "delegation { id }",
            ),
        )
        .await;
    let party = invited.text("/inviteDelegation/delegation/id");
    let nominate = mutation(
        "nominateDelegation",
        &format!("delegationId: \"{party}\", participants: [{{name: \"Siti Canary\"}}]"),
        "delegation { status engagements { nodes { role person { name } } } }",
    );
    assert!(app.ask_as(&stranger, &nominate).await.errors[0].starts_with("FORBIDDEN"));
    let nominated = app.ask_as(&sender, &nominate).await;
    assert_eq!(nominated.at("/nominateDelegation/delegation/status"), "NOMINATED", "{nominated}");
    assert_eq!(
        nominated.at("/nominateDelegation/delegation/engagements/nodes/0/person/name"),
        "Siti Canary"
    );
    let people = "{ people(filter: {name: {contains: \"canary\"}}) { totalCount } \
                  engagements(filter: {role: {eq: PARTICIPANT}}) { totalCount } }";
    for (actor, sees) in [(&officer, 1), (&sender, 1), (&stranger, 0), (&Actor::Anonymous, 0)] {
        let seen = app.ask_as(actor, people).await;
        assert_eq!(seen.at("/people/totalCount"), sees, "{actor}");
        assert_eq!(seen.at("/engagements/totalCount"), sees, "{actor}");
    }
    let attend = mutation(
        "recordAttendance",
        &format!("delegationId: \"{party}\""),
        "delegation { status }",
    );
    assert!(app.ask_as(&sender, &attend).await.errors[0].starts_with("FORBIDDEN"));
}

async fn the_same_mutation_twice_has_one_effect(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "twice", "").await;
    let announce = mutation(
        "announceBatch",
        &format!("batchId: \"{batch}\", idempotencyKey: \"k-1\""),
        "batch { id status }",
    );
    let position = app.position().await;
    let (one, other) =
        tokio::join!(app.ask_as(&officer, &announce), app.ask_as(&officer, &announce));
    assert_eq!(one.data, other.data);
    assert_eq!(one.at("/announceBatch/batch/status"), "ANNOUNCED", "{one}");
    assert_eq!(app.position().await, position + 1);
    let otherwise = mutation(
        "confirmBatch",
        &format!("batchId: \"{batch}\", idempotencyKey: \"k-1\""),
        "batch { id status }",
    );
    assert!(
        app.ask_as(&officer, &otherwise).await.refusals("confirmBatch")[0]
            .starts_with("KEY_REUSED at idempotencyKey")
    );
    // A day later the key is free again.
    app.app.clock.set(app.app.clock.now() + chrono::TimeDelta::hours(25));
    assert_eq!(
        app.ask_as(&officer, &otherwise).await.refusals("confirmBatch"),
        Vec::<String>::new()
    );
}

async fn a_stale_version_is_told_the_current_one(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "stale", "").await;
    let update = |capacity: i32| {
        mutation(
            "updateBatch",
            &format!("batchId: \"{batch}\", capacity: {capacity}, expectedVersion: 1"),
            "batch { capacity version }",
        )
    };
    let (first, second) = (update(10), update(20));
    let (one, other) = tokio::join!(app.ask_as(&officer, &first), app.ask_as(&officer, &second));
    let (won, lost) =
        if one.refusals("updateBatch").is_empty() { (one, other) } else { (other, one) };
    assert_eq!(won.refusals("updateBatch"), Vec::<String>::new());
    assert_eq!(
        lost.refusals("updateBatch").join("\n").to_string(),
        "CONFLICT at expectedVersion: the record was changed meanwhile: you know version 1, it has \
         version 2"
    );
    assert_eq!(lost.at("/updateBatch/errors/0/currentVersion"), 2);
    assert_eq!(lost.at("/updateBatch/batch/capacity"), won.at("/updateBatch/batch/capacity"));
}
