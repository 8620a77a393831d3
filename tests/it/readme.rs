//! What the README says is true.

use crate::support::TestApp;

both_dbs!(the_questions_of_the_readme_are_answered);

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
