//! What documents cost.

use serde_json::{Value, json};

use super::{cost, fault};
use crate::request::plan::{ALIASED, COUNTRIES, NAMES};
use crate::request::price;

#[test]
fn a_connection_costs_its_page_times_a_node() {
    assert_eq!(cost("{ batches { nodes { key title } } }", json!({})), 2 + 20 * 2);
    assert_eq!(
        cost("{ batches(first: 5) { pageInfo { hasNextPage } nodes { key } } }", json!({})),
        4 + 5
    );
    assert_eq!(
        cost("{ batches(last: 7) { edges { cursor node { key } } } }", json!({})),
        2 + 7 * 3
    );
    let paged = "query($first: Int = 3) { batches(first: $first) { nodes { key } } }";
    assert_eq!(cost(paged, json!({})), 2 + 3);
    assert_eq!(cost(paged, json!({ "first": 50 })), 2 + 50);
    assert_eq!(cost(paged, json!({ "first": null })), 2 + 20);
    let inner = "fragment F on BatchConnection { nodes { key } } { a: batches(first: 2) { ...F } \
                 b: batches(first: 4) { ...F } }";
    assert_eq!(cost(inner, json!({})), 4 + 2 + 4);
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(cost(nodes, json!({ "ids": ["a", "b", "c"] })), 1 + 3);
    assert_eq!(cost("{ __typename }", json!({})), 1);
}

/// A thousandth of the rows of a list, as far as they are read.
#[test]
fn what_is_read_is_paid_for_each_time() {
    let (batches, parties) = (10, 100);
    let counted = "{ batches(first: 1) { totalCount nodes { key } } }";
    assert_eq!(cost(counted, json!({})), 3 + 1 + batches * price::COUNT);
    let grouped = "{ delegations { groupedBy(fields: [\"status\", \"country\"]) { count } } }";
    let two_fields = parties * (price::GROUP + 2 * price::GROUP_FIELD);
    assert_eq!(cost(grouped, json!({})), 2 + 20 + two_fields);
    let by_variable = "query($f: [String!]!) { delegations { groupedBy(fields: $f) { count } } }";
    assert_eq!(
        cost(by_variable, json!({ "f": ["status"] })),
        2 + 20 + two_fields + parties * price::GROUP_FIELD
    );

    // What leads to other records is paid for, and so is what is measured, wherever it is named.
    let of_country = "{ delegations { groups(by: [\"batch.programme\"], first: 2, orderBy: \
                      {measure: DISTINCT, of: \"country\"}) { totalCount nodes { count ...M } } \
                      } } \
                      fragment M on GroupAggregates { median(of: \"headcountMin\") }";
    assert_eq!(
        cost(of_country, json!({})),
        4 + 2 * 2
            + parties
                * (price::GROUP
                    + price::GROUP_FIELD
                    + price::GROUP_RELATION
                    + price::GROUP_MEASURE
                    + price::GROUP_MEDIAN)
    );
    let linked = "{ batches { groups(by: [\"topics\"]) { totalCount } } }";
    assert_eq!(
        cost(linked, json!({})),
        3 + batches * (price::GROUP + price::GROUP_FIELD + price::GROUP_LINK)
    );

    // A filter reads the list, and what it asks of related records is read besides.
    let filtered = "query($f: BatchFilter) { batches(first: 1, filter: $f) { nodes { key } } }";
    let filter = |filter: Value| cost(filtered, json!({ "f": filter })) - 3;
    let scan = batches * price::SCAN;
    assert_eq!(filter(json!(null)), 0);
    assert_eq!(filter(json!({})), 0);
    assert_eq!(filter(json!({ "key": { "eq": "a" } })), scan + batches * price::TEST);
    let (key, status) = (
        json!({ "key": { "eq": "a" } }),
        json!({ "status": { "in": ["ANNOUNCED", "CANCELLED"] } }),
    );
    assert_eq!(filter(json!({ "or": [key, { "not": status }] })), scan + 2 * batches * price::TEST);
    let related =
        json!({ "delegations": { "some": { "status": { "eq": "ATTENDED" } }, "none": {} } });
    assert_eq!(filter(related), scan + 2 * parties * price::SCAN + parties * price::TEST);
    let written = "{ batches(first: 1, filter: {or: [{key: {eq: \"a\"}}, {not: {status: {in: \
                   [ANNOUNCED]}}}]}) { nodes { key } } }";
    assert_eq!(cost(written, json!({})), 3 + scan + 2 * batches * price::TEST);
    let each =
        "{ batches(filter: {key: {eq: \"a\"}}) { totalCount again: totalCount nodes { key } } }";
    let filter = scan + batches * price::TEST;
    assert_eq!(cost(each, json!({})), 4 + ALIASED + 20 + 2 * batches * price::COUNT + 3 * filter);
}

#[test]
fn a_list_below_others_is_paid_for_by_each_of_these() {
    let parties = 100;
    let all = parties * price::COUNT;
    let (count, part) = (all / price::PARENTS, all / price::PART);
    let nested = "{ batches(first: 50) { nodes { delegations { totalCount } } } }";
    assert_eq!(cost(nested, json!({})), 2 + 50 * (2 + count) + part);
    let alone = "{ batch(by: {key: \"a\"}) { delegations { totalCount } } }";
    assert_eq!(cost(alone, json!({})), 3 + count + part);
    // Read once for all parents.
    let related = "{ batches(first: 50) { nodes { delegations(first: 1, filter: {claims: {some: \
                   {}}}) { nodes { key } } } } }";
    let all = parties * price::SCAN;
    let (scan, part) = (all / price::PARENTS, all / price::PART);
    assert_eq!(cost(related, json!({})), 2 + 50 * (2 + 1 + scan) + part + 130 * price::SCAN);
}

/// Groups have members, who are in groups: lists that nothing pages.
#[test]
fn countries_of_countries_are_paid_for() {
    let members = |depth: usize| {
        let (mut inner, mut ends) = (String::new(), String::new());
        for _ in 1..depth {
            inner += "members { memberships(first: 1) { nodes { group { ";
            ends += " } } } }";
        }
        format!("{{ regionalGroup(by: {{key: \"g\"}}) {{ {inner} members {{ code }} {ends} }} }}")
    };
    assert_eq!(cost(&members(1), json!({})), 2 + COUNTRIES);
    assert_eq!(cost(&members(2), json!({})), 2 + COUNTRIES * (2 + 1 + 1 + COUNTRIES));
    assert!(fault(&members(3), json!({})).starts_with("COST_LIMIT_EXCEEDED"));
    assert_eq!(cost("{ country(code: \"CD\") { names { name } } }", json!({})), 2 + NAMES);
    let text = "{ batches(first: 1) { nodes { a: title b: title } } }";
    assert_eq!(cost(text, json!({})), 2 + 2 * (1 + ALIASED));
}

#[test]
fn a_cube_pays_for_each_of_its_statements() {
    let statement = 100 * price::CUBE;
    let cells = "fragment F on AttendanceCellAggregates { state people { atLeast } } \
                 { attendance(rows: COUNTRY) { cells(first: 2) { totalCount nodes { ...F } } total \
                 { countries } } }";
    assert_eq!(cost(cells, json!({})), 6 + 2 * 3 + 4 * statement);
    let listed = "{ attendance(rows: COUNTRY) { cells(first: 1) { nodes { delegations(first: 1) { \
                  key } } } } }";
    assert_eq!(cost(listed, json!({})), 3 + 2 + statement + 100 * price::LISTED);
    let wide = "{ attendance(rows: COUNTRY, columns: INSTITUTION) { total { countries } } }";
    assert_eq!(cost(wide, json!({})), 3 + 100 * (price::CUBE + price::WIDE));
    let named = "query($d: AttendanceDimension!) { attendance(rows: $d) { total { countries } } }";
    assert_eq!(cost(named, json!({ "d": "YEAR" })), 3 + 100 * (price::CUBE + price::WIDE));
    let filtered =
        "{ attendance(rows: COUNTRY, batches: {key: {eq: \"a\"}}) { total { countries } } }";
    assert_eq!(cost(filtered, json!({})), 3 + statement + 10 * (price::SCAN + price::TEST));
    let aliases = |field: &str| {
        let fields: Vec<String> = (0..50).map(|number| format!("a{number}: {field}")).collect();
        fault(&format!("{{ {} }}", fields.join(" ")), json!({}))
    };
    for field in [
        "attendance(rows: YEAR) { cells { nodes { count } } }",
        "delegations { groupedBy(fields: [\"status\"]) { count } }",
        "delegations(filter: {headcountMin: {gt: 5}}) { nodes { key } }",
        "membersNotAttending(group: {key: \"asean\"}) { unknown { code } }",
        "search(text: \"a\") { nodes { kind } }",
        "batchSnapshot(by: {key: \"a\"}, asKnownAt: \"x\") { key }",
        "countrySnapshot(code: \"KH\", asKnownAt: \"x\") { code }",
    ] {
        let refused = aliases(field);
        assert!(
            refused.starts_with("COST_LIMIT_EXCEEDED: the request may cost "),
            "{field}: {refused}"
        );
    }
    // What the documentation shows is asked for in one request.
    let shown = "{ attendance(rows: REGIONAL_GROUP, columns: YEAR) { cells(first: 100) { nodes { \
                 row { key name } column { key } state countries people { atLeast atMost } \
                 actionPlans { expected } delegations(first: 5) { key } } } total { countries } } \
                 }";
    assert!(cost(shown, json!({})) > 4 * 100 * (price::CUBE + price::WIDE) + 100 * price::LISTED);
}

/// What it takes to go back over the log of a record keeps it off the connections of pages.
#[test]
fn a_few_snapshots_fit_in_a_request_and_are_read_with_what_takes_long() {
    let of = |snapshots: usize| {
        let field = "batchSnapshot(by: {key: \"a\"}, asKnownAt: \"x\") { key }";
        let fields = (0..snapshots).map(|number| format!("a{number}: {field}"));
        format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "))
    };
    assert!(cost(&of(1), json!({})) > price::HEAVY);
    assert!(cost(&of(4), json!({})) > 4 * (price::SEARCH + price::LOG));
    assert!(fault(&of(5), json!({})).starts_with("COST_LIMIT_EXCEEDED"));
}

#[test]
fn three_nested_connections_of_100_20_20_are_allowed_and_four_are_not() {
    let three = "{ programmes(first: 100) { nodes { key batches { nodes { key delegations { nodes \
                 { key status } } } } } } }";
    assert!(cost(three, json!({})) > 100 * 20 * 20 * 2);
    let four = "{ programmes(first: 100) { nodes { batches(first: 100) { nodes { \
                delegations(first: 100) { nodes { id } } } } } } }";
    let refused = fault(four, json!({}));
    assert!(refused.starts_with("COST_LIMIT_EXCEEDED: the request may cost 1020"), "{refused}");
}
