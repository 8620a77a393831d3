//! The questions that the five reports raise, as operations, with the answers that the reports
//! give.

use serde_json::json;

use crate::support::TestApp;

both_dbs!(
    q01_who_attended_the_jewellery_batch,
    q02_which_members_sent_nobody,
    q03_with_the_members_of_today_timor_leste_is_unknown,
    q04_a_list_that_is_printed_as_open_is_not_exhaustive,
    q05_who_attended_both_batches,
    q06_how_many_came_and_who_says_so,
    q07_exactly_these_findings_are_open,
    q08_institutions_appear_under_the_names_of_their_time,
    q09_what_was_held_in_yogyakarta,
    q10_the_domestic_batches,
    q11_roles_and_posts,
    q12_action_plans_are_expected_of_twelve_delegations,
    q13_jewellery_demand,
);

macro_rules! operation {
    ($name:literal) => {
        include_str!(concat!("operations/", $name, ".graphql"))
    };
}

/// Six countries are named as having attended; four are said to have sent nobody and do not count.
async fn q01_who_attended_the_jewellery_batch(app: TestApp) {
    let answer = app.ask(operation!("q01_attended")).await;
    assert_eq!(
        answer.sorted("/batch/delegations/nodes", "/country/code"),
        ["ID", "KH", "LA", "MM", "PH", "TH"]
    );
    assert_eq!(answer.at("/batch/delegations/totalCount"), 6);
    assert!(answer.statements <= 5, "{answer}");
}

/// "Said to have sent nobody" is known; with it all ten members of November 2023 are accounted for.
async fn q02_which_members_sent_nobody(app: TestApp) {
    let answer = app.ask(operation!("q02_sent_nobody")).await;
    let at = "/batch/membersNotAttending";
    assert_eq!(answer.at(&format!("{at}/asOf")), "2023-11-20");
    assert_eq!(answer.texts(&format!("{at}/sentNobody"), "/code"), ["BN", "MY", "SG", "VN"]);
    assert_eq!(answer.at(&format!("{at}/unknown")), &json!([]));
}

/// Timor-Leste joined in 2025: nothing is recorded of it, so it is unknown, and it was not missing
/// in 2023.
async fn q03_with_the_members_of_today_timor_leste_is_unknown(app: TestApp) {
    let answer = app.ask(operation!("q03_members_of_today")).await;
    assert_eq!(answer.at("/membersNotAttending/asOf"), "2026-06-01");
    assert_eq!(answer.texts("/membersNotAttending/sentNobody", "/code"), ["BN", "MY", "SG", "VN"]);
    assert_eq!(answer.texts("/membersNotAttending/unknown", "/code"), ["TL"]);
}

/// "Among others": twelve are named, and there may be more.
async fn q04_a_list_that_is_printed_as_open_is_not_exhaustive(app: TestApp) {
    let answer = app.ask(operation!("q04_list_complete")).await;
    let named = ["AF", "BD", "BT", "ID", "IR", "LA", "LK", "MM", "NP", "PG", "PK", "VN"];
    assert_eq!(answer.sorted("/batch/delegations/nodes", "/country/code"), named);
    assert_eq!(answer.at("/batch/attendanceCompleteness"), "NON_EXHAUSTIVE");
    assert_eq!(answer.at("/batch/label"), "Batch II");
    let closed =
        app.ask(r#"{ batch(by: {key: "jewellery-2023"}) { attendanceCompleteness } }"#).await;
    assert_eq!(closed.at("/batch/attendanceCompleteness"), "EXHAUSTIVE");
}

async fn q05_who_attended_both_batches(app: TestApp) {
    let answer = app.ask(operation!("q05_attended_both")).await;
    assert_eq!(answer.sorted("/countries/nodes", "/code"), ["ID", "LA", "MM"]);
    assert_eq!(answer.at("/countries/totalCount"), 3);
    // The countries with their names, and their count.
    assert_eq!(answer.statements, 2, "{answer}");
}

/// Both reports of 2023 say 22; one of them is a reprint, so the origins are named beside them.
async fn q06_how_many_came_and_who_says_so(app: TestApp) {
    insta::assert_snapshot!("q06", app.ask(operation!("q06_how_many")).await);
}

/// Not one more and not one less: what contradicts itself, and nothing that is merely incomplete.
async fn q07_exactly_these_findings_are_open(app: TestApp) {
    insta::assert_snapshot!("q07", app.ask(operation!("q07_open_findings")).await);
}

/// The ministry appears through the bodies beneath it, the centre under the name that it had at
/// each time.
async fn q08_institutions_appear_under_the_names_of_their_time(app: TestApp) {
    insta::assert_snapshot!("q08", app.ask(operation!("q08_institutions_of_both")).await);
}

/// A batch of which only the end is known is past as well, once that day is over.
async fn q09_what_was_held_in_yogyakarta(app: TestApp) {
    insta::assert_snapshot!("q09", app.ask(operation!("q09_in_yogyakarta")).await);
}

async fn q10_the_domestic_batches(app: TestApp) {
    insta::assert_snapshot!("q10", app.ask(operation!("q10_domestic")).await);
}

/// Those who are merely quoted are not engaged: neither the mayor of Malang nor the head of its
/// office.
async fn q11_roles_and_posts(app: TestApp) {
    let answer = app.ask(operation!("q11_roles")).await;
    let text = answer.to_string();
    assert!(!text.contains("Sutiaji") && !text.contains("Wahyu Setianto"), "{text}");
    insta::assert_snapshot!("q11", answer);
}

async fn q12_action_plans_are_expected_of_twelve_delegations(app: TestApp) {
    let answer = app.ask(operation!("q12_action_plans")).await;
    let named = ["AF", "BD", "BT", "ID", "IR", "LA", "LK", "MM", "NP", "PG", "PK", "VN"];
    assert_eq!(answer.sorted("/actionPlans/nodes", "/delegation/country/code"), named);
    assert_eq!(answer.at("/actionPlans/totalCount"), 12);
    for plan in answer.at("/actionPlans/nodes").as_array().expect("a list") {
        assert_eq!((&plan["dueOn"], &plan["isOverdue"]), (&json!(null), &json!(false)));
    }
}

async fn q13_jewellery_demand(app: TestApp) {
    insta::assert_snapshot!("q13", app.ask(operation!("q13_jewellery_demand")).await);
}
