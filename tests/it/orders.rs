//! Orders by numbers, and filters by time, by what is missing and by what is contradicted.

use serde_json::{Value, json};

use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    batches_are_ordered_by_numbers,
    orders_follow_what_is_recorded,
    pages_of_an_order_by_a_number_come_to_the_whole,
    a_year_is_that_of_the_first_day,
    a_period_is_overlapped,
    a_title_may_be_missing,
    contradicted_properties_are_found,
);

async fn keys(app: &TestApp, list: &str, arguments: &str) -> Vec<String> {
    let answer = app.ask(&format!("{{ {list}({arguments}) {{ nodes {{ key }} }} }}")).await;
    assert!(answer.errors.is_empty(), "{answer}");
    assert_eq!(answer.statements, 1, "{answer}");
    let keys = answer.texts(&format!("/{list}/nodes"), "/key");
    keys.into_iter().map(str::to_owned).collect()
}

/// 22 people in 2017 and 2023, 700 in 2020, and an unknown number in 2018, which comes before all
/// others; of one number, in the order of entry.
async fn batches_are_ordered_by_numbers(app: TestApp) {
    let order =
        |field: &str| format!("orderBy: [{{field: {field}, direction: DESC}}, {{field: KEY}}]");
    let by_people = keys(&app, "batches", &order("PARTICIPANTS")).await;
    assert_eq!(by_people[0], "craft-fashion-malang-2020");
    assert_eq!(by_people.last().map(String::as_str), Some("handicraft-tangsel-2018"));
    let answer = app
        .ask(
            "{ batches(orderBy: [{field: DELEGATIONS, direction: DESC}]) { nodes { key delegations \
             { totalCount } } } }",
        )
        .await;
    let parties = answer.at("/batches/nodes").as_array().expect("a list").iter();
    let parties: Vec<i64> =
        parties.filter_map(|batch| batch.pointer("/delegations/totalCount")?.as_i64()).collect();
    assert_eq!(parties, [12, 10, 3, 0]);
    let answer = app
        .ask(
            "{ batches(orderBy: [{field: DURATION, direction: DESC}, {field: ORDINAL}]) { nodes { \
             ordinal startsOn startsPrecision endsOn endsPrecision } } }",
        )
        .await;
    let days = answer.at("/batches/nodes").as_array().expect("a list").iter().map(|batch| {
        let exactly = |day: &str, precision: &str| {
            let day: Option<chrono::NaiveDate> = batch[day].as_str()?.parse().ok();
            day.filter(|_| batch[precision] == "DAY")
        };
        let ends = exactly("startsOn", "startsPrecision").zip(exactly("endsOn", "endsPrecision"));
        ends.map_or(-1, |(first, last)| (last - first).num_days() + 1)
    });
    let days: Vec<i64> = days.collect();
    assert!(days.is_sorted_by(|one, next| one >= next), "{days:?}");
}

/// The batches of one programme in the order of their numbers of delegations.
async fn parties_of(app: &TestApp, officer: &jejaring::access::Actor) -> Answer {
    let query = "{ programme(by: {key: \"jewellery\"}) { batches(orderBy: {field: DELEGATIONS, \
                 direction: DESC}, first: 1) { nodes { key } } } }";
    app.ask_as(officer, query).await
}

async fn orders_follow_what_is_recorded(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "silver-2026", ", ordinal: 7").await;
    let announced = mutation("announceBatch", &format!("batchId: \"{batch}\""), "batch { id }");
    assert_eq!(app.ask_as(&officer, &announced).await.refusals("announceBatch"), [""; 0]);
    let most = |answer: &Answer| answer.text("/programme/batches/nodes/0/key").to_owned();
    assert_eq!(most(&parties_of(&app, &officer).await), "jewellery-2023");
    let countries = ["BN", "CA", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "PH", "TH"];
    let parties = invite(&app, &officer, &batch, &countries).await;
    assert_eq!(most(&parties_of(&app, &officer).await), "silver-2026");
    let heads = [Some(3), None, Some(12), Some(1)];
    let attendances = parties.iter().zip(heads).map(|(id, heads)| {
        let heads = heads.map_or_else(String::new, |heads: i32| format!(", headcount: {heads}"));
        format!("{{delegationId: \"{id}\"{heads}}}")
    });
    let attendances = attendances.collect::<Vec<_>>().join(" ");
    let input = format!("batchId: \"{batch}\", attendances: [{attendances}]");
    let recorded = mutation("recordAttendances", &input, "delegations { id }");
    assert_eq!(app.ask_as(&officer, &recorded).await.refusals("recordAttendances"), [""; 0]);
    let largest = |direction: &str| {
        format!(
            "{{ batch(by: {{key: \"silver-2026\"}}) {{ delegations(filter: {{status: {{eq: \
             ATTENDED}}}}, orderBy: {{field: HEADCOUNT, direction: {direction}}}) {{ nodes {{ \
             headcountMin }} }} }} }}"
        )
    };
    for (direction, heads) in [("DESC", json!([12, 3, 1, null])), ("ASC", json!([null, 1, 3, 12]))]
    {
        let answer = app.ask(&largest(direction)).await;
        let found = answer.at("/batch/delegations/nodes").as_array().expect("a list").iter();
        let found: Vec<Value> = found.map(|party| party["headcountMin"].clone()).collect();
        assert_eq!(json!(found), heads);
    }
    // Two are taken back: there are nine, and eleven again when they are restored.
    for party in &parties[9..] {
        let input = format!("recordId: \"{party}\", reason: \"entered in error\"");
        let voided = mutation("voidRecord", &input, "tombstone { id }");
        assert_eq!(app.ask_as(&officer, &voided).await.refusals("voidRecord"), [""; 0]);
    }
    assert_eq!(most(&parties_of(&app, &officer).await), "jewellery-2023");
    for party in &parties[9..] {
        let input = format!("recordId: \"{party}\", reason: \"it was right\"");
        let restored = mutation("restoreRecord", &input, "tombstone { id }");
        assert_eq!(app.ask_as(&officer, &restored).await.refusals("restoreRecord"), [""; 0]);
    }
    assert_eq!(most(&parties_of(&app, &officer).await), "silver-2026");
}

async fn pages_of_an_order_by_a_number_come_to_the_whole(app: TestApp) {
    for (list, field) in [("batches", "PARTICIPANTS"), ("delegations", "HEADCOUNT")] {
        for direction in ["ASC", "DESC"] {
            let order = format!("orderBy: {{field: {field}, direction: {direction}}}");
            let whole = keys(&app, list, &format!("{order}, first: 100")).await;
            let (mut paged, mut after) = (Vec::new(), String::new());
            loop {
                let query = format!(
                    "{{ {list}({order}, first: 3{after}) {{ nodes {{ key }} pageInfo {{ \
                     hasNextPage endCursor }} }} }}"
                );
                let answer = app.ask(&query).await;
                let page = answer.texts(&format!("/{list}/nodes"), "/key");
                paged.extend(page.into_iter().map(str::to_owned));
                if answer.at(&format!("/{list}/pageInfo/hasNextPage")) == false {
                    break;
                }
                let cursor = answer.text(&format!("/{list}/pageInfo/endCursor"));
                after = format!(", after: {cursor:?}");
            }
            assert_eq!(paged, whole);
        }
    }
}

async fn a_year_is_that_of_the_first_day(app: TestApp) {
    for (year, number) in [
        ("{eq: 2023}", 1),
        ("{in: [2017, 2020, 1999]}", 2),
        ("{gte: 2018, lt: 2023}", 2),
        ("{gt: 2017}", 3),
        ("{lte: 2017}", 1),
        ("{isNull: true}", 0),
        ("{isNull: false}", 4),
        ("{gt: 2147483647}", 0),
        ("{lt: -2147483648}", 0),
        ("{eq: 9999}", 0),
        ("{in: []}", 0),
    ] {
        let found = keys(&app, "batches", &format!("filter: {{year: {year}}}")).await;
        assert_eq!(found.len(), number, "{year}: {found:?}");
    }
    let both = "{ a: delegations(filter: {year: {eq: 2023}}) { totalCount } b: delegations(filter: \
                {batch: {year: {eq: 2023}}}) { totalCount } c: workshops(filter: {year: {eq: \
                2023}}) { totalCount } d: workshops(filter: {batch: {year: {eq: 2023}}}) { \
                totalCount } }";
    let answer = app.ask(both).await;
    assert_eq!(answer.at("/a"), answer.at("/b"));
    assert_eq!(answer.at("/c"), answer.at("/d"));
    assert_eq!(answer.at("/a/totalCount"), 10);
}

/// The training of 2023 lasted from the 20th to the 27th of November.
async fn a_period_is_overlapped(app: TestApp) {
    for (period, number) in [
        ("{from: \"2023-11-27\", to: \"2024-01-01\"}", 1),
        ("{from: \"2023-11-28\"}", 0),
        ("{from: \"2023-01-01\", to: \"2023-11-19\"}", 0),
        ("{to: \"2023-11-20\"}", 4),
        ("{from: \"2023-11-22\", to: \"2023-11-22\"}", 1),
        ("{}", 4),
    ] {
        let found = keys(&app, "batches", &format!("filter: {{overlaps: {period}}}")).await;
        assert_eq!(found.len(), number, "{period}: {found:?}");
        for list in ["delegations", "workshops"] {
            let counts = format!(
                "{{ a: {list}(filter: {{overlaps: {period}}}) {{ totalCount }} b: {list}(filter: \
                 {{batch: {{overlaps: {period}}}}}) {{ totalCount }} }}"
            );
            let answer = app.ask(&counts).await;
            let count = |at: &str| answer.at(at).as_i64().expect("a number");
            // An activity may have days of its own.
            assert!(count("/a/totalCount") <= count("/b/totalCount"), "{list} {period}: {answer}");
        }
    }
    let wrong = "{ batches(filter: {overlaps: {from: \"2024-01-01\", to: \"2023-01-01\"}}) { \
                 totalCount } }";
    let answer = app.ask(wrong).await;
    assert_eq!(
        answer.errors,
        ["BAD_USER_INPUT at batches: `overlaps` begins on 2024-01-01 and ends on 2023-01-01, \
             which is before"]
    );
}

async fn a_title_may_be_missing(app: TestApp) {
    let answer = app.ask("{ batches { nodes { key title } } }").await;
    let batches = answer.at("/batches/nodes").as_array().expect("a list");
    for missing in [true, false] {
        let expected = batches.iter().filter(|batch| batch["title"].is_null() == missing).count();
        let found =
            keys(&app, "batches", &format!("filter: {{title: {{isNull: {missing}}}}}")).await;
        assert_eq!(found.len(), expected, "{found:?}");
    }
    let none = keys(&app, "venues", "filter: {name: {isNull: true}}").await;
    assert!(none.is_empty(), "{none:?}");
}

/// What has a finding of its own, and no other.
async fn contradicted_properties_are_found(app: TestApp) {
    let findings = "{ findings(first: 100, filter: {rule: {eq: VALUE_CONFLICT}, state: {in: [OPEN, \
                    EXPLAINED]}}) { nodes { property record { ... on Batch { key } ... on \
                    Delegation { key } } } } }";
    let answer = app.ask(findings).await;
    let found = answer.at("/findings/nodes").as_array().expect("a list");
    assert!(!found.is_empty(), "{answer}");
    for property in ["TITLE", "STARTS_ON", "ENDS_ON", "PARTICIPANTS", "ATTENDANCE", "HEADCOUNT"] {
        let mut expected: Vec<&str> = found
            .iter()
            .filter(|finding| finding["property"] == property)
            .filter_map(|finding| finding["record"]["key"].as_str())
            .collect();
        expected.sort_unstable();
        let mut conflicting = Vec::new();
        for list in ["batches", "delegations"] {
            let filter = format!("filter: {{hasConflict: {property}}}, first: 100");
            conflicting.extend(keys(&app, list, &filter).await);
        }
        conflicting.sort_unstable();
        assert_eq!(conflicting, expected, "{property}");
    }
}
