//! Answers as workbooks: a sheet for each list of a query.

use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use jejaring::http::HttpState;
use serde_json::{Value, json};

use super::{Got, post};
use crate::intents::{mutation, owner};
use crate::support::TestApp;

both_dbs!(
    each_list_is_a_sheet,
    what_looks_like_a_formula_stays_a_text,
    a_sheet_is_read_to_its_end,
    what_is_no_workbook_is_said,
);

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn workbook(state: &HttpState, query: &str, variables: Value) -> Got {
    post(state, json!({ "query": query, "variables": variables }), &[("accept", XLSX)]).await
}

fn opened(got: &Got) -> Xlsx<Cursor<Vec<u8>>> {
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, XLSX), "{:?}", got.body);
    Xlsx::new(Cursor::new(got.body.clone())).expect("a workbook")
}

/// The rows of a sheet.
fn rows(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<Data>> {
    let range = book.worksheet_range(sheet).expect("the sheet");
    range.rows().map(<[Data]>::to_vec).collect()
}

fn text(row: &[Data]) -> Vec<String> {
    row.iter().map(ToString::to_string).collect()
}

async fn each_list_is_a_sheet(app: TestApp) {
    let state = app.state();
    let query = "query ($year: DateFilter) {\n  people: attendance(rows: PROGRAMME) { cells { \
                 nodes { row { key } batches people { atLeast femaleShare } } } }\n  held: \
                 batches(filter: \
                 {startsOn: $year}, orderBy: {field: KEY}) { nodes { ...B } }\n  sources { nodes { \
                 title } }\n}\nfragment B on Batch { key startsOn endsOn participantsMin \
                 topics(first: 5) { nodes { key } } }";
    let got = workbook(&state, query, json!({ "year": { "gte": "2020-01-01" } })).await;
    assert_eq!(got.header("content-disposition"), "attachment; filename=\"jejaring.xlsx\"");
    let mut book = opened(&got);
    assert_eq!(book.sheet_names(), ["people", "held", "sources", "About"]);
    let people = rows(&mut book, "people");
    assert_eq!(text(&people[0]), ["row.key", "batches", "people.atLeast", "people.femaleShare"]);
    let of = |key: &str| people.iter().find(|row| row[0] == Data::String(key.into())).cloned();
    let jewellery = of("jewellery").expect("the programme");
    assert_eq!(jewellery[1..], [Data::Float(1.0), Data::Float(22.0), Data::Empty]);
    let held = rows(&mut book, "held");
    assert_eq!(held.len(), 3, "the filter holds: {held:?}");
    let last = &held[2];
    assert_eq!(last[0], Data::String("jewellery-2023".into()));
    let Data::DateTime(day) = &last[1] else { panic!("a day is a day to a spreadsheet: {last:?}") };
    assert_eq!(day.to_ymd_hms_milli(), (2023, 11, 20, 0, 0, 0, 0));
    assert_eq!(last[3], Data::Float(22.0));
    let about = rows(&mut book, "About");
    let about: Vec<String> = about.iter().map(|row| text(row).join(": ")).collect();
    assert!(about[0].starts_with("made at (UTC): 2026-"), "{about:?}");
    assert_eq!(about[1], "variables: {\"year\":{\"gte\":\"2020-01-01\"}}");
    assert_eq!(about[2], "query: query ($year: DateFilter) {");
}

async fn what_looks_like_a_formula_stays_a_text(app: TestApp) {
    let officer = owner(&app).await;
    let title = "=HYPERLINK(\\\"https://example.org\\\")";
    let input = format!("kind: REPORT, title: \"{title}\", language: \"en\", key: \"formula\"");
    let added = app.ask_as(&officer, &mutation("addSource", &input, "source { id }")).await;
    assert_eq!(added.refusals("addSource"), Vec::<String>::new());
    let query = "{ sources(filter: {key: {eq: \"formula\"}}) { nodes { title } } }";
    let mut book = opened(&workbook(&app.state(), query, json!({})).await);
    let told = rows(&mut book, "sources")[1][0].clone();
    assert_eq!(told, Data::String("=HYPERLINK(\"https://example.org\")".into()));
    assert!(book.worksheet_formula("sources").is_ok_and(|formulas| formulas.is_empty()));
}

/// As the same list is as CSV, whatever stands beside it.
async fn a_sheet_is_read_to_its_end(app: TestApp) {
    let state = app.state();
    let list = "delegations(orderBy: {field: DATE}) { nodes { key status } }";
    let query = format!(
        "{{ {list} countries {{ nodes {{ code }} }} few: sources(first: 2) {{ nodes {{ key }} }} }}"
    );
    let mut book = opened(&workbook(&state, &query, json!({})).await);
    let alone = json!({ "query": format!("{{ {list} }}") });
    let csv = post(&state, alone, &[("accept", "text/csv")]).await;
    let csv = String::from_utf8(csv.body).expect("UTF-8");
    let sheet = rows(&mut book, "delegations");
    let sheet: Vec<String> = sheet.iter().map(|row| text(row).join(",")).collect();
    assert_eq!(sheet, csv.lines().collect::<Vec<_>>());
    let all = json!({ "query": "{ countries { totalCount } }" });
    let all = post(&state, all, &[]).await.json()["data"]["countries"]["totalCount"].clone();
    assert_eq!(Some(rows(&mut book, "countries").len() as u64 - 1), all.as_u64());
    assert_eq!(rows(&mut book, "few").len(), 3);
}

async fn what_is_no_workbook_is_said(app: TestApp) {
    let state = app.state();
    let many: String = (0..21).map(|n| format!("s{n}: sources {{ nodes {{ key }} }} ")).collect();
    for (query, what) in [
        (
            "mutation { revokeToken(input: {tokenId: \"x\"}) { errors { message } } }",
            "of a mutation",
        ),
        ("{ ...F } fragment F on Query { sources { nodes { key } } }", "none is in a fragment"),
        ("{ sources { nodes { key } } batch(by: {key: \"a\"}) { key } }", "no connection"),
        ("{ sources { nodes { key } } nothing }", "does not have a field"),
        ("{ sources { nodes { key claims { nodes { key } } } } }", "give it `first`"),
        (&format!("{{ {many} }}"), "21 sheets are asked for; at most 20"),
    ] {
        let got = workbook(&state, query, json!({})).await;
        let message = got.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(message.contains(what), "{query}: {message}");
    }
}
