//! What is asked of a register as it stands, and of one as it was known, in one form.

use std::collections::BTreeMap;

use jejaring::access::Actor;
use serde_json::{Map, Value, json};

use crate::support::TestApp;

/// Batches by their keys: of the reports, and such as the sequences make.
pub const BATCHES: [&str; 6] =
    ["jewellery-2023", "batik-2018", "colombo-plan-sme-2017-2", "known-1", "known-2", "known-3"];

const COUNTRIES: [&str; 4] = ["KH", "LA", "TH", "FJ"];

/// Rows and columns of cubes.
const CUBES: [(&str, &str); 9] = [
    ("COUNTRY", "YEAR"),
    ("PROGRAMME", "MODALITY"),
    ("TOPIC", "MONTH"),
    ("REGIONAL_GROUP", "BATCH"),
    ("CITY", "HOST_COUNTRY"),
    ("INSTITUTION", "CATEGORY"),
    ("BATCH", "QUARTER"),
    ("YEAR", "COUNTRY"),
    ("COUNTRY", "PROGRAMME"),
];

const CELL: &str = "row { key } column { key } state count attended: count(status: ATTENDED) \
                    unsettled countries batches firstTime returning share medianPeople people { \
                    atLeast atMost counted disputed unknown female male toldBySex } personDays { \
                    atLeast atMost counted unknown }";

const BATCH: &str = "key ordinal label title titleLanguage mode status capacity startsOn \
                     startsPrecision endsOn endsPrecision participantsMin participantsMax \
                     participantsComparator participantsFemale participantsMale \
                     participantsOtherOrUnknown personDaysMin personDaysMax programme { key } \
                     owner { key }";

const PARTY: &str = "key represents category label status headcountMin headcountMax \
                     headcountComparator headcountFemale headcountMale headcountOtherOrUnknown \
                     personDaysMin personDaysMax countryPosition country { code } institution { \
                     key } group { key }";

const MEMBERSHIP: &str = "key kind validFrom validTo precision group { key }";

/// What stands.
pub async fn kept_answers(app: &TestApp, actor: &Actor) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for key in BATCHES {
        let query = format!(
            "{{ it: batch(by: {{key: {key:?}}}) {{ {BATCH} venues(first: 100) {{ nodes {{ key }} \
             }} topics(first: 100) {{ nodes {{ key }} }} findings(first: 100, filter: \
             {{state: {{in: [OPEN, EXPLAINED]}}}}) {{ nodes {{ id rule state }} \
             }} delegations(first: 100) {{ nodes {{ {PARTY} }} }} }} }}"
        );
        all.insert(format!("batch {key}"), asked(app, actor, &query).await);
    }
    for code in COUNTRIES {
        let query = format!(
            "{{ it: country(code: {code:?}) {{ code delegations(first: 100) {{ nodes {{ {PARTY} \
             batch {{ key title status startsOn endsOn }} }} }} memberships(first: 100) {{ nodes \
             {{ {MEMBERSHIP} }} }} }} }}"
        );
        all.insert(format!("country {code}"), asked(app, actor, &query).await);
    }
    all.extend(cubes(app, actor, "").await);
    all
}

/// What was known at a place of the log.
pub async fn known_answers(app: &TestApp, actor: &Actor, at: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for key in BATCHES {
        let query = format!(
            "{{ it: batchSnapshot(by: {{key: {key:?}}}, asKnownAt: {at:?}) {{ {BATCH} venues {{ \
             key }} topics {{ key }} findings {{ id: recordId rule state }} delegations(first: \
             100) {{ nodes {{ {PARTY} }} }} }} }}"
        );
        all.insert(format!("batch {key}"), asked(app, actor, &query).await);
    }
    for code in COUNTRIES {
        let query = format!(
            "{{ it: countrySnapshot(code: {code:?}, asKnownAt: {at:?}) {{ code delegations(first: \
             100) {{ nodes {{ {PARTY} batchKey batchTitle batchStatus startsOn endsOn }} }} \
             memberships {{ {MEMBERSHIP} }} }} }}"
        );
        all.insert(format!("country {code}"), asked(app, actor, &query).await);
    }
    all.extend(cubes(app, actor, &format!(", asKnownAt: {at:?}")).await);
    all
}

async fn cubes(app: &TestApp, actor: &Actor, at: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for (rows, columns) in CUBES {
        let query = format!(
            "{{ it: attendance(rows: {rows}, columns: {columns}{at}) {{ cells(first: 100) {{ \
             totalCount nodes {{ {CELL} }} }} rowTotals(first: 5, orderBy: {{field: PEOPLE}}) {{ \
             nodes {{ {CELL} }} }} total {{ {CELL} }} }} }}"
        );
        let answer = app.ask_as(actor, &query).await;
        assert!(answer.errors.is_empty(), "{query}: {answer}");
        all.insert(format!("cube {rows} {columns}"), answer.data["it"].clone());
    }
    let years = format!(
        "{{ it: attendance(rows: COUNTRY, columns: BATCH, batches: {{year: {{gte: 2018}}, status: \
         {{ne: CANCELLED}}}}, delegations: {{headcountMin: {{gte: 2}}}}{at}) {{ cells(first: 100) \
         {{ totalCount nodes {{ {CELL} }} }} }} }}"
    );
    let years = years.replace("status: {ne: CANCELLED}", "not: {status: {eq: CANCELLED}}");
    let answer = app.ask_as(actor, &years).await;
    assert!(answer.errors.is_empty(), "{years}: {answer}");
    all.insert("cube with filters".to_owned(), answer.data["it"].clone());
    all
}

async fn asked(app: &TestApp, actor: &Actor, query: &str) -> Value {
    let answer = app.ask_as(actor, query).await;
    assert!(answer.errors.is_empty(), "{query}: {answer}");
    in_one_form(&answer.data["it"])
}

/// Lists without pages and in an order of their own, and the batch of a delegation among its
/// fields.
fn in_one_form(value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.contains_key("nodes") => in_one_form(&fields["nodes"]),
        Value::Object(fields) => {
            let mut all = Map::new();
            for (name, field) in fields {
                let field = in_one_form(field);
                match name.as_str() {
                    "batchKey" | "batchTitle" | "batchStatus" => {
                        let name = name.trim_start_matches("batch").to_lowercase();
                        all.insert(format!("batch {name}"), field);
                    }
                    "batch" => {
                        for (name, field) in field.as_object().into_iter().flatten() {
                            let in_batch = matches!(name.as_str(), "key" | "title" | "status");
                            let name =
                                if in_batch { format!("batch {name}") } else { name.clone() };
                            all.insert(name, field.clone());
                        }
                    }
                    _ => {
                        all.insert(name.clone(), field);
                    }
                }
            }
            json!(all)
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(in_one_form).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other.clone(),
    }
}
