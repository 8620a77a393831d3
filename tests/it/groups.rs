//! Counts under every connection: of the whole list, whatever the page.

mod related;

use serde_json::json;

use crate::reading::LISTS;
use crate::support::TestApp;

both_dbs!(
    groups_are_of_the_whole_filtered_list,
    sums_and_bounds_are_of_what_is_known,
    groups_of_many_parents_are_one_statement,
    every_list_can_be_grouped,
    what_may_not_be_seen_is_in_no_group,
    what_cannot_be_grouped_is_said,
);

async fn groups_are_of_the_whole_filtered_list(app: TestApp) {
    let answer = app
        .ask(
            "{ delegations(first: 1) { totalCount nodes { key } groupedBy(fields: [\"status\", \
             \"represents\"]) { values count } } }",
        )
        .await;
    assert_eq!(
        answer.at("/delegations/groupedBy"),
        &json!([
            { "values": ["ATTENDED", "COUNTRY"], "count": 18 },
            { "values": ["NOT_SENT", "COUNTRY"], "count": 4 },
            { "values": ["ATTENDED", "INSTITUTION"], "count": 3 },
        ])
    );
    let answer = app
        .ask(
            "{ delegations(filter: {status: {eq: ATTENDED}}) { groupedBy(fields: [\"country\"], \
             first: 4) { values count } } }",
        )
        .await;
    // The largest first, then by value; what has none comes behind.
    assert_eq!(
        answer.at("/delegations/groupedBy"),
        &json!([
            { "values": [null], "count": 3 },
            { "values": ["ID"], "count": 2 },
            { "values": ["LA"], "count": 2 },
            { "values": ["MM"], "count": 2 },
        ])
    );
    assert_eq!(answer.statements, 1, "the page is not read: {answer}");
    let answer =
        app.ask("{ delegations { groupedBy(fields: [\"batch\"]) { values count } } }").await;
    let id = answer.text("/delegations/groupedBy/0/values/0").to_owned();
    let batch = app.ask(&format!("{{ node(id: \"{id}\") {{ ... on Batch {{ key }} }} }}")).await;
    assert_eq!(batch.text("/node/key"), "colombo-plan-sme-2017-2");
    assert_eq!(answer.at("/delegations/groupedBy/0/count"), 12);
}

/// 22, 700 and 22 people; of 2018 no number is known.
async fn sums_and_bounds_are_of_what_is_known(app: TestApp) {
    let fields = "values count sum min max earliest latest";
    let query = |of: &str| {
        format!("{{ batches {{ groupedBy(fields: [\"mode\"], of: \"{of}\") {{ {fields} }} }} }}")
    };
    let people = app.ask(&query("participantsMin")).await;
    assert_eq!(
        people.at("/batches/groupedBy"),
        &json!([{
            "values": ["ONSITE"], "count": 4, "sum": 744, "min": 22, "max": 700,
            "earliest": null, "latest": null
        }])
    );
    let days = app.ask(&query("endsOn")).await;
    assert_eq!(
        days.at("/batches/groupedBy"),
        &json!([{
            "values": ["ONSITE"], "count": 4, "sum": null, "min": null, "max": null,
            "earliest": "2017-08-09", "latest": "2023-11-27"
        }])
    );
    let none = app.ask(&query("capacity")).await;
    assert_eq!(none.at("/batches/groupedBy/0/sum"), &json!(null));
}

async fn groups_of_many_parents_are_one_statement(app: TestApp) {
    let query = "{ batches(orderBy: {field: KEY}) { nodes { key delegations { groupedBy(fields: \
                 [\"status\"], first: 1) { values count } } } } }";
    let answer = app.ask(query).await;
    let groups: Vec<_> = (0..4)
        .map(|at| answer.at(&format!("/batches/nodes/{at}/delegations/groupedBy")).clone())
        .collect();
    let attended = |count: i32| json!([{ "values": ["ATTENDED"], "count": count }]);
    assert_eq!(groups, [attended(12), json!([]), attended(3), attended(6)]);
    assert_eq!(answer.statements, 2, "{answer}");
    let cities = "{ venues(orderBy: {field: KEY}) { nodes { batches { groupedBy(fields: \
                  [\"status\"]) { count } } } } }";
    let answer = app.ask(cities).await;
    assert_eq!(answer.statements, 2, "through a link: {answer}");
}

/// Each list at the root, by each field that it names when it is asked for another.
async fn every_list_can_be_grouped(app: TestApp) {
    let schema = include_str!("../../schema.graphql");
    let lists = schema
        .split("\ntype Query {")
        .nth(1)
        .and_then(|query| query.split("\n}").next())
        .expect("the root");
    let of_records = |line: &&str| line.ends_with("Connection!") && line.starts_with("  ):");
    assert_eq!(
        lists.lines().filter(of_records).count(),
        33,
        "a list that is not among the names below"
    );
    // What the reports have records of, and what only those see who may.
    let hidden = [
        "accounts",
        "grants",
        "apiTokens",
        "imports",
        "webhookEndpoints",
        "webhookDeliveries",
        "tombstones",
    ];
    let names = [&LISTS[..], &hidden].concat();
    assert_eq!(names.len(), 33);
    let auditor = app.staff(entity::vocabulary::GrantRole::Auditor).await;
    for list in names {
        let wrong = app
            .ask(&format!("{{ {list} {{ groupedBy(fields: [\"nothing\"]) {{ count }} }} }}"))
            .await;
        let fields = wrong.errors[0]
            .split("it takes ")
            .nth(1)
            .unwrap_or_else(|| panic!("{wrong}"))
            .to_owned();
        for field in fields.split(", ").filter(|field| *field != "none") {
            let query = format!(
                "{{ {list} {{ totalCount groupedBy(fields: [\"{field}\"], first: 100) {{ values \
                 count }} }} }}"
            );
            for answer in [app.ask(&query).await, app.ask_as(&auditor, &query).await] {
                let groups =
                    answer.at(&format!("/{list}/groupedBy")).as_array().expect("a list").clone();
                let sum: i64 = groups.iter().filter_map(|group| group["count"].as_i64()).sum();
                let total = answer.at(&format!("/{list}/totalCount")).as_i64().expect("a number");
                assert!(
                    sum == total || (groups.len() == 100 && sum < total),
                    "{list} by {field}: {sum} of {total}"
                );
            }
        }
    }
}

async fn what_may_not_be_seen_is_in_no_group(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let draft = "mutation ($programme: ID!) { draftBatch(input: {programmeId: $programme, key: \
                 \"hidden-2027\"}) { errors { message } } }";
    let drafted = app.ask_with(&officer, draft, json!({ "programme": programme })).await;
    assert!(drafted.refusals("draftBatch").is_empty(), "{drafted}");
    let query = "{ batches { groupedBy(fields: [\"status\"]) { values count } } }";
    assert_eq!(
        app.ask(query).await.at("/batches/groupedBy"),
        &json!([{ "values": ["CLOSED"], "count": 4 }])
    );
    let own = app.ask_as(&officer, query).await;
    assert_eq!(own.at("/batches/groupedBy/1"), &json!({ "values": ["DRAFT"], "count": 1 }));
    let tokens = app.ask("{ apiTokens { groupedBy(fields: [\"account\"]) { count } } }").await;
    assert_eq!(tokens.at("/apiTokens/groupedBy"), &json!([]));
}

async fn what_cannot_be_grouped_is_said(app: TestApp) {
    for (arguments, message) in [
        (
            "fields: [\"statsu\"]",
            "`fields` has \"statsu\"; of this list it takes key, status, startsOn",
        ),
        ("fields: [\"searchText\"]", "`fields` has \"searchText\"; of this list it takes"),
        ("fields: []", "`fields` has 1 to 3 fields, not 0"),
        (
            "fields: [\"status\", \"mode\", \"status\", \"mode\"]",
            "`fields` has 1 to 3 fields, not 4",
        ),
        (
            "fields: [\"status\"], of: \"mode\"",
            "`of` has \"mode\"; of this list it takes startsOn, endsOn, year",
        ),
        ("fields: [\"status\"], first: 101", "`first` must lie between 0 and 100; it is 101"),
    ] {
        let answer =
            app.ask(&format!("{{ batches {{ groupedBy({arguments}) {{ count }} }} }}")).await;
        let error = answer.errors.first().cloned().unwrap_or_default();
        assert!(
            error.starts_with("BAD_USER_INPUT") && error.contains(message),
            "{arguments}: {answer}"
        );
    }
}
