//! A report that is filed with what it states, and filed again.

use serde_json::Value;

use super::{file, scene};
use crate::intents::mutation;
use crate::support::TestApp;

both_dbs!(a_report_is_filed_with_what_it_states, what_is_filed_again_is_there_once,);

/// What is claimed of a batch, each as its source and its value.
async fn claimed(app: &TestApp, batch: &str) -> Vec<String> {
    let asked = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ claims(first: 100) {{ nodes {{ property value \
         source {{ key }} }} }} }} }} }}"
    );
    let answer = app.ask(&asked).await;
    let claims = answer.at("/node/claims/nodes").as_array().expect("claims").iter();
    let line =
        |row: &Value| format!("{} {} {}", row["source"]["key"], row["property"], row["value"]);
    let mut lines: Vec<String> = claims.map(line).collect();
    lines.sort();
    lines
}

async fn a_report_is_filed_with_what_it_states(app: TestApp) {
    let (officer, batch, _) = scene(&app).await;
    let source = |kind: &str| {
        format!("newSource: {{kind: {kind}, title: \"Silver at last\", language: \"en\"}}")
    };
    let states = "completeness: EXHAUSTIVE, attended: [\"LA\", \"KH\"], countryCounts: [{number: \
                  2}, {number: 12, locator: \"headline\"}]";
    let input = |source: &str| format!("batchId: {batch:?}, {source}, {states}");
    let fields = "claims { property value delegation { status country { code } } }";
    let before = app.position().await;
    let refused = mutation("fileClaims", &input(&source("OWNER_STATEMENT")), fields);
    let refused = app.ask_as(&officer, &refused).await.refusals("fileClaims").remove(0);
    assert!(refused.starts_with("INVALID at newSource.kind: OWNER_STATEMENT is"), "{refused}");
    let neither = mutation("fileClaims", &format!("batchId: {batch:?}, {states}"), fields);
    let refused = app.ask_as(&officer, &neither).await.refusals("fileClaims").remove(0);
    assert!(refused.starts_with("REQUIRED at sourceId: neither a source nor"), "{refused}");
    let nobody = "completeness: EXHAUSTIVE, attended: []";
    let closed = format!("batchId: {batch:?}, {}, {nobody}", source("NEWS_REPORT"));
    let refused = app.ask_as(&officer, &mutation("fileClaims", &closed, fields)).await;
    let refused = refused.refusals("fileClaims").remove(0);
    assert!(refused.starts_with("REQUIRED at completeness: EXHAUSTIVE is said of"), "{refused}");
    assert_eq!(app.position().await, before, "no source is left behind");
    let filed = mutation("fileClaims", &input(&source("NEWS_REPORT")), fields);
    let filed = app.ask_as(&officer, &filed).await;
    assert_eq!(filed.refusals("fileClaims"), Vec::<String>::new(), "{filed}");
    let values = filed.texts("/fileClaims/claims", "/value");
    assert_eq!(values[..2], ["2 countries", "12 countries"], "{filed}");
    assert_eq!(values[3..], ["ATTENDED", "ATTENDED"], "{filed}");
    let claims = claimed(&app, &batch).await;
    assert!(claims.iter().filter(|line| line.starts_with("\"silver-at-last\"")).count() >= 3);
}

async fn what_is_filed_again_is_there_once(app: TestApp) {
    let (officer, batch, source) = scene(&app).await;
    let of = (batch.as_str(), source.as_str());
    let states = "title: {text: \"Silver\", language: \"en\"}, participants: [{number: 20}], \
                  locator: \"page 1\", completeness: NON_EXHAUSTIVE, attended: [\"LA\"], \
                  delegations: [{country: \"KH\", status: ATTENDED, headcount: 3}]";
    let first = file(&app, &officer, of, states).await;
    assert_eq!(first.refusals("fileClaims"), Vec::<String>::new());
    let (claims, position) = (claimed(&app, &batch).await, app.position().await);
    let again = file(&app, &officer, of, states).await;
    assert_eq!(again.at("/fileClaims/claims"), first.at("/fileClaims/claims"));
    assert_eq!((claimed(&app, &batch).await, app.position().await), (claims, position));
    let single = format!(
        "sourceId: {source:?}, batchId: {batch:?}, property: TITLE, text: \"Silver\", language: \
         \"en\", locator: \"page 1\""
    );
    let one = app.ask_as(&officer, &mutation("fileClaim", &single, "claim { id }")).await;
    assert_eq!(one.at("/fileClaim/claim/id"), first.at("/fileClaims/claims/0/id"));
    // At another place of the document it is another claim, as is another value.
    for other in [states.replace("page 1", "page 2"), states.replace("20", "21")] {
        let filed = file(&app, &officer, of, &other).await;
        assert_eq!(filed.refusals("fileClaims"), Vec::<String>::new());
        assert!(app.position().await > position);
    }
}
