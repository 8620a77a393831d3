//! A person who is in all places where a person can be.

use entity::person;
use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{NAME, done, hand_in};
use crate::intents::{draft, mutation, owner};
use crate::support::TestApp;

/// Puts the name wherever one can stand; the row of the person.
pub(super) async fn put_everywhere(app: &TestApp) -> person::Model {
    let officer = owner(app).await;
    let curator = app.staff(GrantRole::Curator).await;
    // The title is what is claimed below.
    let title = format!(", title: {{text: \"Talk of {NAME}\", language: \"en\"}}");
    let batch = draft(app, &officer, "erased-2026", &title).await;
    let done = async |name: &str, input: &str, record: &str| {
        done(app, &officer, name, input, record).await
    };
    done("announceBatch", &format!("batchId: {batch:?}, reason: \"{NAME} asked for it\""), "batch")
        .await;
    // Under a name that is corrected later, and twice: the other record is merged into the first.
    let added = format!(
        "name: \"{NAME} Senior\", idempotencyKey: \"add {NAME}\", reason: \"she, {NAME}, spoke\""
    );
    let id = done("addPerson", &added, "person").await;
    let other = done("addPerson", "name: \"Wxqsiti Jqzaminax\"", "person").await;
    let correct =
        mutation("correctName", &format!("personId: {id:?}, name: \"{NAME}\""), "person { id }");
    assert_eq!(app.ask_as(&curator, &correct).await.refusals("correctName"), Vec::<String>::new());
    let key = app
        .ask_as(&officer, &format!("{{ node(id: {id:?}) {{ ... on Person {{ key }} }} }}"))
        .await;
    let key = key.text("/node/key").to_owned();
    let source = app
        .ask("{ sources(first: 1) { nodes { id } } indicators(first: 1) { nodes { id } } }")
        .await;
    let (source, indicator) =
        (source.text("/sources/nodes/0/id"), source.text("/indicators/nodes/0/id"));
    let own = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { id } } }").await;
    let own = own.text("/batch/owner/id").to_owned();
    let post = format!(
        "personId: {id:?}, institutionId: {own:?}, post: \"Office of {NAME}\", language: \"en\""
    );
    let post = done("appointPerson", &post, "appointment").await;
    let engaged =
        format!("personId: {id:?}, batchId: {batch:?}, role: SPEAKER, appointmentId: {post:?}");
    let engaged = done("engagePerson", &engaged, "engagement").await;
    let deputy = done("addPerson", "name: \"Somebody Else\"", "person").await;
    let deputy =
        format!("personId: {deputy:?}, batchId: {batch:?}, role: TRAINER, onBehalfOfId: {id:?}");
    done("engagePerson", &deputy, "engagement").await;
    let memoir = format!(
        "kind: REPORT, title: \"Memoir of {NAME}\", language: \"en\", key: \
         \"memoir-wxqsiti-jqzaminah\""
    );
    done("addSource", &memoir, "source").await;
    let locator = format!("locator: \"beside {NAME}\"");
    done("citeSource", &format!("recordId: {engaged:?}, sourceId: {source:?}"), "citation").await;
    done(
        "citeSource",
        &format!("recordId: {batch:?}, sourceId: {source:?}, {locator}"),
        "citation",
    )
    .await;
    let by_her = format!("batchId: {batch:?}, sourceId: {source:?}, statedById: {id:?}, {locator}");
    done(
        "fileClaim",
        &format!("{by_her}, property: TITLE, text: \"Talk of {NAME}\", language: \"en\""),
        "claim",
    )
    .await;
    done(
        "recordObservation",
        &format!("{by_her}, indicatorId: {indicator:?}, value: 3"),
        "observation",
    )
    .await;
    let outcome =
        format!("batchId: {batch:?}, kind: AIM, labelEn: \"A shop of {NAME}\", statedById: {id:?}");
    done("recordOutcome", &outcome, "outcome").await;
    // What is void by the time.
    let talk = format!("{by_her}, property: TITLE, text: \"Speech of {NAME}\", language: \"en\"");
    let trained = format!("personId: {id:?}, batchId: {batch:?}, role: TRAINER");
    let aim = format!(
        "batchId: {batch:?}, kind: AIM, labelEn: \"{NAME} again\", key: \"wxqsiti-jqzaminah-1\""
    );
    for (name, input, record) in [
        ("fileClaim", &talk, "claim"),
        ("engagePerson", &trained, "engagement"),
        ("recordOutcome", &aim, "outcome"),
    ] {
        let id = done(name, input, record).await;
        let input = format!("recordId: {id:?}, reason: \"not {NAME}\"");
        let operator = mutation("voidRecord", &input, "tombstone { id }");
        let answer = app.ask_as(&Actor::Operator, &operator).await;
        assert_eq!(answer.refusals("voidRecord"), Vec::<String>::new(), "{answer}");
    }
    let party = done(
        "inviteDelegation",
        &format!("batchId: {batch:?}, country: \"KH\", label: \"{NAME}\""),
        "delegation",
    )
    .await;
    done("recordAttendance", &format!("delegationId: {party:?}"), "delegation").await;
    let plan = done("expectActionPlan", &format!("delegationId: {party:?}"), "actionPlan").await;
    done(
        "submitActionPlan",
        &format!("actionPlanId: {plan:?}, title: \"Plan of {NAME}\""),
        "actionPlan",
    )
    .await;
    let item = done(
        "addActionItem",
        &format!("actionPlanId: {plan:?}, title: \"Ask {NAME}\""),
        "actionItem",
    )
    .await;
    done(
        "noteProgress",
        &format!("actionItemId: {item:?}, text: \"{NAME} was asked\""),
        "progressNote",
    )
    .await;
    let found = app
        .ask_as(
            &officer,
            &format!(
                "{{ node(id: {batch:?}) {{ ... on Batch {{ findings(filter: {{state: {{eq: \
                 OPEN}}}}) {{ nodes {{ id }} }} }} }} }}"
            ),
        )
        .await;
    let found = found.text("/node/findings/nodes/0/id").to_owned();
    done(
        "explainFinding",
        &format!("findingId: {found:?}, explanation: \"As {NAME} said\""),
        "finding",
    )
    .await;
    // Files: one that is applied, one that is thrown away, one that waits.
    let file = format!("List of {NAME}.csv");
    let rows = "batch,country,status\nerased-2026,LA,attended\n".to_owned();
    let applied = hand_in(app, &officer, ImportTable::Delegations, &file, rows).await;
    done("applyImport", &format!("importId: {applied:?}"), "import").await;
    let rows =
        format!("batch,name,country\nerased-2026,{NAME},KH\nerased-2026,Somebody Other,KH\n");
    let thrown = hand_in(app, &officer, ImportTable::Participants, &file, rows.clone()).await;
    done("discardImport", &format!("importId: {thrown:?}"), "import").await;
    let waits =
        hand_in(app, &officer, ImportTable::Participants, "wxqsiti_jqzaminah.csv", rows).await;
    done(
        "decideName",
        &format!("importId: {waits:?}, name: \"{NAME}\", country: \"TH\""),
        "import",
    )
    .await;
    let merge = format!("personId: {other:?}, intoId: {id:?}, reason: \"Both are {NAME}\"");
    let merge = mutation("mergePeople", &merge, "person { id }");
    assert_eq!(app.ask_as(&curator, &merge).await.refusals("mergePeople"), Vec::<String>::new());
    let found =
        app.ask("{ search(text: \"wxqsiti jqzaminah\", first: 50) { nodes { kind } } }").await;
    let kinds = found.sorted("/search/nodes", "/kind");
    assert!(
        kinds.contains(&"BATCH") && kinds.contains(&"PERSON") && kinds.contains(&"PROGRESS_NOTE"),
        "{kinds:?}"
    );
    let row =
        person::Entity::find().filter(person::Column::Key.eq(key)).one(app.app.db.reading()).await;
    row.expect("a read").expect("the person")
}
