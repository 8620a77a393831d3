//! Where refusals stand.

use entity::vocabulary::GrantRole;
use serde_json::{Value, json};

use super::{ask, refused};
use crate::intents::{draft, invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(a_refusal_stands_where_the_input_has_it,);

/// In fields, in objects, in lists, by the names that the input has for what the register calls
/// otherwise.
async fn a_refusal_stands_where_the_input_has_it(app: TestApp) {
    let (officer, curator) = (owner(&app).await, app.staff(GrantRole::Curator).await);
    let blank = ask(&app, &officer, "draft-title-of-blanks").await;
    assert_eq!(blank.refusals("draftBatch"), ["REQUIRED at title.text: text is empty"]);
    assert_eq!(blank.at("/draftBatch/errors/0/path"), &json!(["input", "title", "text"]));

    let batch = draft(&app, &officer, "paths", "").await;
    let parties = invite(&app, &officer, &batch, &["LA", "TH"]).await;
    let body = app.id_of(&curator, "institution", "phri").await;
    let group = app.id_of(&curator, "regionalGroup", "asean").await;
    let source = app.ask("{ sources(first: 1) { nodes { id } } }").await;
    let source = source.text("/sources/nodes/0/id").to_owned();
    let of_ministry = app.officer("ditjen-ikm").await;
    let plan = app.id_of(&of_ministry, "actionPlan", "colombo-plan-sme-2017-2-la-plan").await;
    let name = |text: &str, more: &str| format!("{{name: {text:?}, language: \"en\"{more}}}");
    let renamed =
        format!("institutionId: {body:?}, name: {}", name("PHRI", ", validFrom: \"2020-01-01\""));
    let renamed =
        app.ask_as(&curator, &mutation("renameInstitution", &renamed, "__typename")).await;
    assert_eq!(renamed.refusals("renameInstitution"), Vec::<String>::new());

    let (la, th) = (&parties[0], &parties[1]);
    let right = name("Right", "");
    for (actor, mutation, input, expected) in [
        (
            &officer,
            "updateBatch",
            format!("batchId: {batch:?}, title: {{text: \"Right\", language: \"english\"}}"),
            "INVALID at title.language: \"english\" is not a language tag",
        ),
        (
            &officer,
            "updateBatch",
            format!("batchId: {batch:?}, participants: -1"),
            "OUT_OF_RANGE at participants: -1 is less than 0",
        ),
        (
            &officer,
            "closeBatch",
            format!("batchId: {batch:?}"),
            "ILLEGAL_MOVE at batchId: \"paths\" is DRAFT and cannot become CLOSED",
        ),
        (
            &officer,
            "inviteCountries",
            format!("batchId: {batch:?}, countries: [\"KH\", \"LA\"]"),
            "DUPLICATE at countries.1: ",
        ),
        (
            &officer,
            "nominateDelegation",
            format!("delegationId: {la:?}, participants: [{{name: \"Siti\"}}, {{name: \" \"}}]"),
            "REQUIRED at participants.1.name: name is empty",
        ),
        (
            &officer,
            "recordAttendances",
            format!(
                "batchId: {batch:?}, attendances: [{{delegationId: {la:?}, headcount: 2}}, \
                 {{delegationId: {th:?}, headcount: -1}}]"
            ),
            "OUT_OF_RANGE at attendances.1.headcount: -1 is less than 0",
        ),
        (
            &of_ministry,
            "submitActionPlan",
            format!("actionPlanId: {plan:?}, items: [{{title: \"Teach\"}}, {{title: \" \"}}]"),
            "REQUIRED at items.1.title: title is empty",
        ),
        (
            &officer,
            "addPartnership",
            format!(
                "batchId: {batch:?}, institutionId: {body:?}, groupId: {group:?}, role: FUNDER"
            ),
            "INVALID at groupId: only one of",
        ),
        (
            &curator,
            "addTopic",
            "labelEn: \" \", labelId: \"Perak\"".to_owned(),
            "REQUIRED at labelEn: labelEn is empty",
        ),
        (
            &curator,
            "createInstitution",
            format!(
                "kind: GOVERNMENT, names: [{right}, {{name: \"Wrong\", language: \"english\"}}]"
            ),
            "INVALID at names.1.language: \"english\" is not a language tag",
        ),
        (
            &curator,
            "createInstitution",
            format!(
                "kind: GOVERNMENT, names: [{}]",
                name("Wrong", ", validFrom: \"2026-05-08\", validTo: \"2026-05-04\"")
            ),
            "OUT_OF_RANGE at names.0.validTo: the end, 2026-05-04, is before the start, 2026-05-08",
        ),
        (
            &curator,
            "renameInstitution",
            format!("institutionId: {body:?}, name: {}", name(" ", "")),
            "REQUIRED at name.name: name is empty",
        ),
        (
            &curator,
            "renameInstitution",
            format!(
                "institutionId: {body:?}, name: {}",
                name("Before", ", validFrom: \"2019-01-01\"")
            ),
            "OUT_OF_RANGE at name.validFrom: \"PHRI\" is in force from 2020-01-01",
        ),
        (
            &curator,
            "identifyInstitution",
            format!(
                "institutionId: {body:?}, identifiers: [{{scheme: \"A\", value: \"1\"}}, \
                 {{scheme: \"A\", value: \"1\"}}]"
            ),
            "DUPLICATE at identifiers.1.value: \"phri\" has the identifier A 1 twice",
        ),
        (
            &curator,
            "relateSource",
            format!("sourceId: {source:?}, relations: [{{kind: BASED_ON, relatedId: {source:?}}}]"),
            "CYCLE at relations.0.relatedId: ",
        ),
    ] {
        let refused = refused(&app, actor, mutation, &input).await;
        assert!(refused.starts_with(expected), "{mutation} {input}: {refused}");
    }
    let nominate =
        format!("delegationId: {la:?}, participants: [{{name: \"{}\"}}]", "Siti ".repeat(101));
    let nominate = mutation("nominateDelegation", &nominate, "__typename");
    let personal = app.ask_as(&officer, &nominate).await;
    let path = json!(["input", "participants", "0", "name"]);
    assert_eq!(personal.at("/nominateDelegation/errors/0/path"), &path);
    assert_eq!(personal.at("/nominateDelegation/errors/0/value"), &Value::Null);
}
