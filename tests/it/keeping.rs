//! What keeping a record costs and leaves behind: statements, names, reasons, history; and what is
//! removed of a person.

mod merged;

use entity::vocabulary::GrantRole;
use entity::{claim, event, event_reason, person};
use jejaring::access::Actor;
use jejaring::db::write;
use jejaring::people::person::erase::{erase, export};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::intents::{draft, invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    recording_attendance_costs_a_fixed_number_of_statements,
    personal_fields_are_in_no_event_and_no_error,
    the_history_tells_who_when_what_and_why,
    what_is_known_of_a_person_is_given_out_and_removed,
    a_role_that_has_ended_gives_no_right,
    a_body_is_known_by_its_identifiers,
    a_withdrawn_statement_gives_way_to_the_former_one,
);

/// Whatever the batch holds, what one party did is written with the same few statements.
async fn recording_attendance_costs_a_fixed_number_of_statements(app: TestApp) {
    let officer = owner(&app).await;
    let batch =
        draft(&app, &officer, "costs", r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#).await;
    app.ask_as(
        &officer,
        &mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }"),
    )
    .await;
    let parties = invite(&app, &officer, &batch, &["KH", "LA", "TH", "VN"]).await;
    let mut counted = Vec::new();
    for party in &parties {
        let record = mutation(
            "recordAttendance",
            &format!("delegationId: {party:?}"),
            "delegation { status }",
        );
        app.sent.lock().expect("the log").clear();
        let recorded = app.ask_as(&officer, &record).await;
        assert_eq!(recorded.at("/recordAttendance/delegation/status"), "ATTENDED");
        counted.push(recorded.statements);
    }
    let sent: Vec<String> =
        app.sent.lock().expect("the log").iter().map(|statement| statement.sql.clone()).collect();
    assert!(
        counted.iter().all(|count| *count <= MOST_STATEMENTS),
        "{counted:?}\n{}",
        sent.join("\n")
    );
}

/// Whoever attended before; one more where a headcount is stated, which is another claim.
const MOST_STATEMENTS: u64 = 14;

const CANARY: &str = "Canary Xylophone";

async fn personal_fields_are_in_no_event_and_no_error(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "canaries", "").await;
    app.ask_as(
        &officer,
        &mutation(
            "announceBatch",
            &format!("batchId: {batch:?}, reason: {CANARY:?}"),
            "batch { id }",
        ),
    )
    .await;
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let named = format!("delegationId: {party:?}, participants: [{{name: {CANARY:?}}}]");
    app.ask_as(&officer, &mutation("nominateDelegation", &named, "delegation { id }"))
        .await
        .at("/nominateDelegation/delegation/id");
    let person = app
        .ask_as(&officer, &mutation("addPerson", &format!("name: {CANARY:?}"), "person { id }"))
        .await;
    let person = person.text("/addPerson/person/id").to_owned();
    app.ask_as(
        &officer,
        &mutation("recordAttendance", &format!("delegationId: {party:?}"), "delegation { id }"),
    )
    .await;
    let plan = app
        .ask_as(
            &officer,
            &mutation("expectActionPlan", &format!("delegationId: {party:?}"), "actionPlan { id }"),
        )
        .await;
    let plan = plan.text("/expectActionPlan/actionPlan/id").to_owned();
    let item = app
        .ask_as(
            &officer,
            &mutation(
                "addActionItem",
                &format!("actionPlanId: {plan:?}, title: \"Sell\""),
                "actionItem { id }",
            ),
        )
        .await;
    let item = item.text("/addActionItem/actionItem/id").to_owned();
    let note = format!("actionItemId: {item:?}, text: \"{CANARY} sold it\"");
    app.ask_as(&officer, &mutation("noteProgress", &note, "progressNote { id }"))
        .await
        .at("/noteProgress/progressNote/id");
    // What is refused repeats no name, however it is wrong.
    let long = CANARY.repeat(60);
    for refused in [
        mutation("addPerson", &format!("name: {long:?}"), "person { id }"),
        mutation(
            "engagePerson",
            &format!("personId: {person:?}, role: SPEAKER"),
            "engagement { id }",
        ),
        mutation("addPerson", &format!("name: \"\", reason: {CANARY:?}"), "person { id }"),
        mutation(
            "announceBatch",
            &format!("batchId: {batch:?}, reason: {:?}", CANARY.repeat(200)),
            "batch { id }",
        ),
    ] {
        let answer = app.ask_as(&officer, &refused).await;
        assert!(
            !answer.to_string().contains(CANARY) && answer.to_string().contains("code"),
            "{answer}"
        );
    }
    for event in event::Entity::find().all(app.app.db.reading()).await.expect("the log") {
        assert!(!format!("{event:?}").contains("Canary"), "{event:?}");
    }
}

async fn the_history_tells_who_when_what_and_why(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "told", "").await;
    app.ask_as(
        &officer,
        &mutation(
            "announceBatch",
            &format!("batchId: {batch:?}, reason: \"Agreed in Jakarta\""),
            "batch { id }",
        ),
    )
    .await;
    let query = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ history(first: 1) {{ kind reason account {{ \
         name }} occurredAt changes {{ field from to }} }} }} }} }}"
    );
    let told = app.ask_as(&officer, &query).await;
    assert_eq!(told.at("/node/history/0/kind"), "batch.announced");
    assert_eq!(told.at("/node/history/0/reason"), "Agreed in Jakarta");
    assert!(told.text("/node/history/0/account/name").starts_with("Officer of"));
    assert_eq!(
        told.at("/node/history/0/changes/0").to_string(),
        r#"{"field":"status","from":"DRAFT","to":"ANNOUNCED"}"#
    );
    let curator = app.staff(GrantRole::Curator).await;
    assert_eq!(
        app.ask_as(&curator, &query).await.at("/node/history/0/reason"),
        "Agreed in Jakarta"
    );
    for actor in
        [&Actor::Anonymous, &app.officer("iwapi").await, &app.staff(GrantRole::Administrator).await]
    {
        assert_eq!(
            app.ask_as(actor, &query).await.at("/node/history").as_array().map(Vec::len),
            Some(0)
        );
    }
}

async fn what_is_known_of_a_person_is_given_out_and_removed(app: TestApp) {
    let db = &app.app.db;
    let claims = claim::Entity::find().count(db.reading()).await.expect("a count");
    let known = person::Entity::find()
        .filter(person::Column::Name.contains("Gati"))
        .one(db.reading())
        .await;
    let row = known.expect("a read").expect("she is in the reports");
    let out = export(db.reading(), &row).await.expect("what is known");
    assert_eq!(out["person"]["name"], row.name.as_str());
    assert!(out["engagements"].as_array().is_some_and(|list| !list.is_empty()), "{out}");
    let counts =
        "{ batches { nodes { participantsMin participantsMax delegations { totalCount } } } }";
    let before = app.ask(counts).await;
    write(db, &app.app.clock, Actor::Operator, async |w| erase(w, &row).await)
        .await
        .expect("it is removed");
    assert_eq!(app.ask(counts).await.data, before.data);
    assert_eq!(claim::Entity::find().count(db.reading()).await.expect("a count"), claims);
    assert!(person::Entity::find_by_id(row.id).one(db.reading()).await.expect("a read").is_none());
    assert_eq!(
        app.ask("{ people(filter: {name: {contains: \"gati\"}}) { totalCount } }")
            .await
            .at("/people/totalCount"),
        0
    );
    let reasons = event_reason::Entity::find().all(db.reading()).await.expect("the reasons");
    assert!(reasons.iter().all(|reason| !reason.text.contains(&row.name)));
}

async fn a_withdrawn_statement_gives_way_to_the_former_one(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "withdrawn", r#", startsOn: "2026-07-01""#).await;
    let moved = mutation(
        "rescheduleBatch",
        &format!("batchId: {batch:?}, startsOn: \"2026-07-03\""),
        "batch { startsOn claims(last: 1, orderBy: {field: CREATED_AT}) { nodes { id value } } }",
    );
    let moved = app.ask_as(&officer, &moved).await;
    assert_eq!(moved.at("/rescheduleBatch/batch/startsOn"), "2026-07-03");
    let claim = moved.text("/rescheduleBatch/batch/claims/nodes/0/id");
    let stranger = app.officer("iwapi").await;
    let withdraw = mutation(
        "withdrawClaim",
        &format!("claimId: {claim:?}"),
        "claim { rank rankReason batch { startsOn } }",
    );
    assert_eq!(
        app.ask_as(&stranger, &withdraw).await.refusals("withdrawClaim"),
        ["NOT_FOUND at claimId: there is no such record"]
    );
    let back = app.ask_as(&officer, &withdraw).await;
    assert_eq!(back.at("/withdrawClaim/claim/batch/startsOn"), "2026-07-01", "{back}");
    assert_eq!(back.at("/withdrawClaim/claim/rankReason"), "WITHDRAWN");
}

/// An identifier belongs to one body, and whoever knows a version of the record knows them.
async fn a_body_is_known_by_its_identifiers(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let officer = app.officer("asipa").await;
    let [ours, theirs] = [
        app.id_of(&curator, "institution", "asipa").await,
        app.id_of(&curator, "institution", "phri").await,
    ];
    let identify = async |actor: &Actor, id: &str, value: &str, more: &str| {
        let input = format!(
            "institutionId: {id:?}, identifiers: [{{scheme: \"Wikidata\", value: {value:?}}}] \
             {more}"
        );
        app.ask_as(
            actor,
            &mutation(
                "identifyInstitution",
                &input,
                "institution { version identifiers { scheme value } }",
            ),
        )
        .await
    };
    let known = identify(&officer, &ours, "Q1", "").await;
    assert_eq!(known.refusals("identifyInstitution"), Vec::<String>::new());
    assert_eq!(known.at("/identifyInstitution/institution/identifiers/0/value"), "Q1");
    let version = known.at("/identifyInstitution/institution/version").as_i64().expect("a version");
    let stale =
        identify(&officer, &ours, "Q2", &format!(", expectedVersion: {}", version - 1)).await;
    assert!(stale.refusals("identifyInstitution")[0].starts_with("CONFLICT"), "{stale}");
    let taken = identify(&curator, &theirs, "Q1", "").await;
    assert_eq!(
        taken.refusals("identifyInstitution"),
        ["DUPLICATE at identifiers.0.value: Wikidata Q1 already identifies \"asipa\", so it \
             cannot identify \"phri\""]
    );
    assert!(identify(&officer, &theirs, "Q3", "").await.errors[0].starts_with("FORBIDDEN"));
}

/// Whoever organises a batch keeps its delegations, and sees its draft, until the role ends. It
/// ends once, and so does an engagement.
async fn a_role_that_has_ended_gives_no_right(app: TestApp) {
    let officer = owner(&app).await;
    let organiser = app.officer("phri").await;
    let batch = draft(&app, &officer, "ending", "").await;
    let body = app.id_of(&officer, "institution", "phri").await;
    let held = format!("batchId: {batch:?}, institutionId: {body:?}, role: ORGANISER");
    let held = app.ask_as(&officer, &mutation("addPartnership", &held, "partnership { id }")).await;
    let held = held.text("/addPartnership/partnership/id").to_owned();
    let invite = |country: &str| {
        mutation(
            "inviteDelegation",
            &format!("batchId: {batch:?}, country: {country:?}"),
            "delegation { id }",
        )
    };
    assert_eq!(
        app.ask_as(&organiser, &invite("KH")).await.refusals("inviteDelegation"),
        Vec::<String>::new()
    );
    let person =
        app.ask_as(&officer, &mutation("addPerson", "name: \"Made\"", "person { id }")).await;
    let engaged = format!(
        "batchId: {batch:?}, personId: {:?}, role: SPEAKER",
        person.text("/addPerson/person/id")
    );
    let engaged =
        app.ask_as(&officer, &mutation("engagePerson", &engaged, "engagement { id }")).await;
    let engaged = engaged.text("/engagePerson/engagement/id").to_owned();
    for (name, input, record) in [
        ("endPartnership", format!("partnershipId: {held:?}"), "partnership"),
        ("endEngagement", format!("engagementId: {engaged:?}"), "engagement"),
    ] {
        let end = mutation(name, &input, &format!("{record} {{ endedAt }}"));
        let ended = app.ask_as(&officer, &end).await;
        assert_eq!(
            ended.at(&format!("/{name}/{record}/endedAt")),
            "2026-06-01T00:00:00+00:00",
            "{ended}"
        );
        assert!(app.ask_as(&officer, &end).await.refusals(name)[0].starts_with("ILLEGAL_MOVE"));
    }
    assert!(
        app.ask_as(&organiser, &invite("LA")).await.refusals("inviteDelegation")[0]
            .starts_with("NOT_FOUND")
    );
    let seen = "{ batches(filter: {key: {eq: \"ending\"}}) { totalCount } }";
    assert_eq!(app.ask_as(&organiser, seen).await.at("/batches/totalCount"), 0);
}
