//! Groups by related records, their measures, conditions, orders and pages.

use serde_json::json;

use crate::support::TestApp;

both_dbs!(
    groups_are_of_records,
    pages_of_groups_come_to_the_whole,
    groups_of_each_parent_have_pages,
    related_records_that_may_not_be_seen_are_in_no_group,
    conditions_and_orders_are_of_all_measures,
    what_cannot_be_measured_is_said,
);

/// Each with its record, whatever its kind, and what hangs from it.
async fn groups_are_of_records(app: TestApp) {
    let query = "{ batches { groups(by: [\"programme\", \"owner.country\", \"year\"], orderBy: \
                 {measure: MIN, of: \"year\"}) { totalCount nodes { values count keys { value \
                 record { __typename id ... on Programme { key batches { totalCount } } ... on \
                 Country { code groups: names { name } } } } } } } }";
    let answer = app.ask(query).await;
    assert_eq!(answer.statements, 4, "groups, two kinds of record, and a list: {answer}");
    let groups = answer.at("/batches/groups/nodes").as_array().expect("a list");
    assert_eq!(groups.len(), 4);
    assert_eq!(answer.at("/batches/groups/totalCount"), 4);
    for group in groups {
        let keys = group["keys"].as_array().expect("keys");
        let values: Vec<_> = keys.iter().map(|key| key["value"].clone()).collect();
        assert_eq!(json!(values), group["values"]);
        assert_eq!(keys[0]["record"]["id"], group["values"][0]);
        assert_eq!(keys[1]["record"]["code"], group["values"][1]);
        assert_eq!(keys[1]["record"]["__typename"], "Country");
        assert_eq!(keys[2]["record"], json!(null));
    }
    assert_eq!(groups[0]["keys"][0]["record"]["batches"]["totalCount"], 1);
    // What code of its own resolves is resolved of each.
    let members = "{ programmes(filter: {group: {}}) { groups(by: [\"group\"]) { nodes { keys { \
                   record { ... on RegionalGroup { key members(asOf: \"2023-11-20\") { code } } } \
                   } } } } }";
    let answer = app.ask(members).await;
    let record = answer.at("/programmes/groups/nodes/0/keys/0/record");
    assert!(record["members"].as_array().is_some_and(|members| members.len() > 5), "{answer}");
}

async fn pages_of_groups_come_to_the_whole(app: TestApp) {
    for order in [
        "",
        ", orderBy: [{measure: VALUES, direction: DESC}]",
        ", orderBy: [{measure: MEDIAN, of: \"headcountMin\"}]",
        ", orderBy: [{measure: LATEST, of: \"batch.endsOn\", direction: DESC}, {measure: COUNT}]",
        ", orderBy: [{measure: AVERAGE, of: \"batch.participantsMin\", direction: DESC}]",
        ", orderBy: [{measure: SUM, of: \"batch.participantsMin\"}, {measure: VALUES}]",
    ] {
        let page = |after: &str, first: usize| {
            format!(
                "{{ delegations {{ groups(by: [\"country\", \"batch\"]{order}, first: \
                 {first}{after}) \
                 {{ totalCount pageInfo {{ hasPreviousPage hasNextPage endCursor }} nodes {{ \
                 values \
                 }} }} }} }}"
            )
        };
        let whole = app.ask(&page("", 100)).await;
        let all = whole.at("/delegations/groups/nodes").as_array().expect("a list").clone();
        assert_eq!(all.len(), 23);
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let answer = app.ask(&page(&after, 4)).await;
            assert_eq!(answer.at("/delegations/groups/totalCount"), 23);
            found.extend(
                answer.at("/delegations/groups/nodes").as_array().cloned().unwrap_or_default(),
            );
            let info = answer.at("/delegations/groups/pageInfo");
            assert_eq!(info["hasPreviousPage"], !after.is_empty());
            after = format!(", after: {}", info["endCursor"]);
            if info["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(found, all, "{order}");
        let behind = app.ask(&page(&after, 4)).await;
        assert_eq!(
            behind.at("/delegations/groups"),
            &json!({
                "totalCount": 23, "nodes": [],
                "pageInfo": { "hasPreviousPage": true, "hasNextPage": false, "endCursor": null }
            })
        );
        assert_eq!(app.ask(&page("", 0)).await.at("/delegations/groups/totalCount"), 23);
    }
}

async fn groups_of_each_parent_have_pages(app: TestApp) {
    let query = "{ batches(orderBy: {field: KEY}) { nodes { delegations { groups(by: [\"status\"], \
                 first: 1, having: {measure: DISTINCT, of: \"country\", every: false}) { \
                 totalCount \
                 pageInfo { hasNextPage } nodes { values count } } all: groups(by: []) { nodes { \
                 countries: distinct(of: \"country\") } } } } } }";
    let answer = app.ask(query).await;
    assert_eq!(answer.statements, 3, "{answer}");
    let each = |at: &str| -> Vec<_> {
        (0..4).map(|n| answer.at(&format!("/batches/nodes/{n}/delegations/{at}")).clone()).collect()
    };
    let none = json!({ "totalCount": 0, "pageInfo": { "hasNextPage": false }, "nodes": [] });
    let attended = json!({
        "totalCount": 2, "pageInfo": { "hasNextPage": true },
        "nodes": [{ "values": ["ATTENDED"], "count": 6 }]
    });
    assert_eq!(each("groups"), [none.clone(), none.clone(), none, attended]);
    let countries = |number: i32| json!([{ "countries": number }]);
    assert_eq!(each("all/nodes"), [countries(12), json!([]), countries(0), countries(10)]);
}

/// A draft is about a topic, and nobody who may not see it learns that from groups of topics,
/// however they are measured, chosen or ordered.
async fn related_records_that_may_not_be_seen_are_in_no_group(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let topic = app.id_of(&officer, "topic", "jewellery").await;
    let draft = "mutation ($programme: ID!, $topic: ID!) { draftBatch(input: {programmeId: \
                 $programme, key: \"hidden-2027\", startsOn: \"2027-01-01\", topicIds: \
                 [$topic]}) { \
                 errors { message } } }";
    let variables = json!({ "programme": programme, "topic": topic });
    let drafted = app.ask_with(&officer, draft, variables).await;
    assert!(drafted.refusals("draftBatch").is_empty(), "{drafted}");
    let query = "{ topics { by: groups(by: [\"batches.year\"], orderBy: {measure: VALUES, \
                 direction: \
                 DESC}) { nodes { values count } } measured: groups(by: []) { nodes { max(of: \
                 \"batches.year\") distinct(of: \"batches\") latest(of: \"batches.startsOn\") } } \
                 having: groups(by: [\"key\"], having: {measure: MAX, of: \"batches.year\", \
                 number: \
                 {gt: 2023}}) { totalCount } } }";
    let told = app.ask(query).await;
    assert!(!told.data.to_string().contains("2027"), "{told}");
    assert_eq!(told.at("/topics/having/totalCount"), 0);
    assert_eq!(told.at("/topics/measured/nodes/0/max"), 2023);
    let own = app.ask_as(&officer, query).await;
    assert_eq!(own.at("/topics/having/totalCount"), 1);
    assert_eq!(own.at("/topics/measured/nodes/0/latest"), "2027-01-01");
    assert_eq!(own.at("/topics/by/nodes/0/values/0"), "2027");
}

/// A node that is related to several records is counted and added up once.
async fn conditions_and_orders_are_of_all_measures(app: TestApp) {
    let query = "{ batches { groups(by: [\"venues.country\"]) { nodes { values count sum(of: \
                 \"participantsMin\") average(of: \"participantsMin\") median(of: \
                 \"participantsMin\") earliest(of: \"startsOn\") venues: distinct(of: \
                 \"venues\") } \
                 } } }";
    let answer = app.ask(query).await;
    let group = answer.at("/batches/groups/nodes/0");
    assert_eq!((&group["values"], &group["count"]), (&json!(["ID"]), &json!(4)));
    assert_eq!((&group["sum"], &group["average"]), (&json!(744), &json!(248.0)));
    assert_eq!((&group["median"], &group["earliest"]), (&json!(22.0), &json!("2018-11-16")));
    for (having, number) in [
        ("{measure: DISTINCT, of: \"programme\", number: {eq: 1}}", 4),
        ("{measure: SUM, of: \"participantsMin\", number: {isNull: true}}", 1),
        ("{measure: MEDIAN, of: \"participantsMin\", number: {gt: 22, lte: 700}}", 1),
        ("{measure: EARLIEST, of: \"startsOn\", date: {lt: \"2019-01-01\"}}", 1),
        (
            "[{measure: COUNT, number: {in: [1]}}, {measure: MAX, of: \"year\", number: {gt: \
             2018}}]",
            2,
        ),
    ] {
        let query =
            format!("{{ batches {{ groups(by: [\"key\"], having: {having}) {{ totalCount }} }} }}");
        let found = app.ask(&query).await;
        assert_eq!(found.at("/batches/groups/totalCount"), number, "{having}");
    }
}

async fn what_cannot_be_measured_is_said(app: TestApp) {
    for (arguments, selected, message) in [
        (
            "by: [\"programme.titel\"]",
            "count",
            "`by` has \"programme.titel\"; behind `programme` it takes key,",
        ),
        (
            "by: [\"status.key\"]",
            "count",
            "`by` has \"status.key\"; before a dot it takes programme, owner, venues, topics",
        ),
        ("by: [\"programme.owner.parent.parent.key\"]", "count", "a path has at most 4 names"),
        ("by: [\"\"]", "count", "`by` has \"\"; of this list it takes"),
        ("by: [\"key\", \"year\", \"mode\", \"status\"]", "count", "`by` has 0 to 3 fields, not 4"),
        (
            "by: []",
            "sum(of: \"startsOn\")",
            "`of` has \"startsOn\"; of this list it takes year, ordinal",
        ),
        (
            "by: []",
            "earliest(of: \"year\")",
            "`of` has \"year\"; of this list it takes startsOn, endsOn",
        ),
        (
            "by: [], having: {measure: COUNT, of: \"key\"}",
            "count",
            "`COUNT` is of no field; `of` has \"key\"",
        ),
        (
            "by: [], having: {measure: VALUES}",
            "count",
            "`VALUES` is an order of groups, and no condition",
        ),
        ("by: [], having: {measure: SUM}", "count", "`SUM` needs a field: `of`"),
        (
            "by: [], having: {measure: COUNT, date: {eq: \"2020-01-01\"}}",
            "count",
            "`COUNT` is a number: test it with `number`",
        ),
        (
            "by: [], having: {measure: LATEST, of: \"endsOn\", number: {eq: 1}}",
            "count",
            "`LATEST` is a date: test it with `date`",
        ),
        (
            "by: [], having: {measure: COUNT, every: true}",
            "count",
            "`every` is for `DISTINCT`, and not COUNT",
        ),
        ("by: [\"key\"], after: \"bm8\"", "count", "\"bm8\" is not a cursor of this list"),
        ("by: [], first: -1", "count", "`first` must lie between 0 and 100; it is -1"),
    ] {
        let query = format!("{{ batches {{ groups({arguments}) {{ nodes {{ {selected} }} }} }} }}");
        let answer = app.ask(&query).await;
        let error = answer.errors.first().cloned().unwrap_or_default();
        assert!(
            error.starts_with("BAD_USER_INPUT") && error.contains(message),
            "{arguments}: {answer}"
        );
    }
    let path = "{ batches { groupedBy(fields: [\"programme.owner\"]) { count } } }";
    let answer = app.ask(path).await;
    assert!(
        answer.errors[0].contains("here it takes no paths: those are for `groups`"),
        "{answer}"
    );
}
