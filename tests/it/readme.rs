//! What the README says is true.

use entity::vocabulary::GrantRole;
use serde_json::json;

use crate::support::TestApp;

both_dbs!(the_questions_of_the_readme_are_answered, the_worked_example_of_the_readme_works);

/// The blocks of a language in the README.
fn blocks(language: &str) -> Vec<&'static str> {
    let readme = include_str!("../../README.md");
    let fence = format!("```{language}\n");
    readme.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

async fn the_questions_of_the_readme_are_answered(app: TestApp) {
    let questions = blocks("graphql");
    assert_eq!(questions.len(), 5);
    let mut answers = Vec::new();
    for question in questions {
        let answer = app.ask(question).await;
        assert!(answer.errors.is_empty(), "{question}\n{answer}");
        answers.push(answer);
    }
    assert_eq!(answers[0].texts("/batch/delegations/nodes", "/country/code").len(), 6);
    assert_eq!(answers[1].texts("/membersNotAttending/unknown", "/code"), ["TL"]);
    assert_eq!(answers[2].at("/findings/nodes").as_array().map(Vec::len), Some(5));
    assert_eq!(answers[3].sorted("/institutions/nodes", "/key"), ["bbspjikb", "kemenperin"]);
    assert_eq!(answers[4].texts("/country/delegations/nodes", "/batch/phase"), ["PAST", "PAST"]);
}

/// The question that the README and the program itself offer to paste is the same.
#[test]
fn the_question_to_paste_is_the_one_that_the_program_prints() {
    let shell = blocks("sh").join("\n");
    assert!(shell.contains(&jejaring::cli::FIRST_QUERY.replace('"', "\\\"")), "{shell}");
}

/// Each step of the worked example, with the ids that the steps before it gave.
async fn the_worked_example_of_the_readme_works(app: TestApp) {
    let steps = blocks("gql");
    assert_eq!(steps.len(), 9);
    let (ana, budi) = (app.officer("bbspjikb").await, app.staff(GrantRole::Curator).await);
    let programme = app.id_of(&ana, "programme", "jewellery").await;
    let drafted = app.ask_with(&ana, steps[0], json!({ "programme": programme })).await;
    let batch = drafted.text("/draftBatch/batch/id");
    let announced = app.ask_with(&ana, steps[1], json!({ "batch": batch })).await;
    assert_eq!(announced.at("/announceBatch/batch/status"), "ANNOUNCED");
    let invited = app.ask_with(&ana, steps[2], json!({ "batch": batch })).await;
    let parties = invited.texts("/inviteCountries/delegations", "/id");
    let (kh, la, th) = (parties[0], parties[1], parties[2]);
    let recorded =
        app.ask_with(&ana, steps[3], json!({ "batch": batch, "kh": kh, "la": la })).await;
    assert_eq!(
        recorded.texts("/recordAttendances/delegations", "/status"),
        ["ATTENDED", "ATTENDED"]
    );
    let source = app.ask_with(&ana, steps[4], json!({})).await;
    let source = source.text("/addSource/source/id");
    let filed =
        app.ask_with(&ana, steps[5], json!({ "source": source, "batch": batch, "la": la })).await;
    assert_eq!(filed.at("/fileClaim/claim/delegation/headcountMax"), 3, "{filed}");
    assert_eq!(filed.texts("/fileClaim/claim/batch/findings/nodes", "/state"), ["OPEN"]);
    let claim = filed.text("/fileClaim/claim/id");
    let ranked = app.ask_with(&budi, steps[6], json!({ "claim": claim })).await;
    assert_eq!(
        ranked.texts("/rankClaim/claim/batch/findings/nodes", "/state"),
        ["RESOLVED"],
        "{ranked}"
    );
    let mended = app.ask_with(&ana, steps[7], json!({ "th": th })).await;
    assert_eq!(mended.at("/voidRecord/tombstone/recordKind"), "DELEGATION", "{mended}");
    let left = app.ask(&format!("{{ node(id: {th:?}) {{ id }} }}")).await;
    assert_eq!(left.data, json!({ "node": null }));
    // The receiver itself is run in `tests/conformance`.
    let endpoint = steps[8].replace("receiver.example", "93.184.215.14");
    let endpoint = app.ask_with(&ana, &endpoint, json!({})).await;
    assert!(endpoint.text("/createWebhookEndpoint/secret").starts_with("whsec_"), "{endpoint}");
}
