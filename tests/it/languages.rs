//! What people are told is told in their language: of rows and columns of a file, of what a
//! mutation refuses, where a file is not taken at all, and what findings and claims say.

use axum::body::Body;
use entity::vocabulary::{ImportTable, TokenScope};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{jejaring, text};
use crate::http::{post, request, send};
use crate::import::{hand_in, upload};
use crate::intents::{mutation, owner};
use crate::support::{Role, TestApp, token_of};

both_dbs!(
    rows_and_columns_are_told_in_the_language_of_the_reader,
    what_is_refused_is_told_in_the_language_of_the_writer,
    a_file_that_is_not_taken_is_told_so_in_the_language_of_the_officer,
    the_command_tells_in_the_language_that_it_is_asked_for,
    findings_and_claims_are_told_in_the_language_of_the_reader,
);

const ROWS: &str = "angkatan,negara,jumlah,Host country visited\njewellery-2023,Thailnd,3,\n\
                    jewellery-2023,Laos,banyak,\n";

async fn rows_and_columns_are_told_in_the_language_of_the_reader(app: TestApp) {
    let officer = owner(&app).await;
    let id = hand_in(&app, &officer, upload(ImportTable::Delegations, "d.csv"), ROWS).await;
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Import {{
            columns {{ name en: note id: note(language: ID) }}
            rows(first: 9) {{ nodes {{ en: reasons id: reasons(language: ID)
                remarks {{ column value en: message(language: EN) id: message(language: ID) }} }} }}
        }} }} }}"
    );
    let told = app.ask_as(&officer, &query).await;
    assert_eq!(
        told.at("/node/rows/nodes/0"),
        &json!({
            "en": ["negara: \"Thailnd\" is no name of a country that the register has; perhaps \
                    Thailand (TH)"],
            "id": ["negara: \"Thailnd\" bukan nama negara yang ada di register; mungkin \
                    Thailand (TH)"],
            "remarks": [{
                "column": "negara", "value": "Thailnd",
                "en": "is no name of a country that the register has; perhaps Thailand (TH)",
                "id": "bukan nama negara yang ada di register; mungkin Thailand (TH)",
            }],
        })
    );
    assert_eq!(told.at("/node/rows/nodes/1/id/0"), "jumlah: \"banyak\" bukan bilangan bulat");
    let note =
        |language: &str| told.at("/node/columns").as_array().expect("columns")[3][language].clone();
    assert_ne!(note("en"), Value::Null);
    assert_ne!(note("en"), note("id"));
}

/// A token of an officer of the centre that keeps the batches of the examples.
async fn bearer(app: &TestApp) -> String {
    let roles = [Role::OfficerOf("bbspjikb")];
    let (token, _) = token_of(app, "Writer", &roles, &[TokenScope::Read, TokenScope::Write]).await;
    format!("Bearer {token}")
}

async fn what_is_refused_is_told_in_the_language_of_the_writer(app: TestApp) {
    let (bearer, state) = (bearer(&app).await, app.state());
    let input = "kind: NEWS_REPORT, title: \"A report\", language: \"nowhere at all\"";
    let query = mutation("addSource", input, "source { id }");
    let query = query.replace("errors { ", "errors { en: message(language: EN) ");
    let ask = async |language: &str| {
        let headers = [("authorization", bearer.as_str()), ("accept-language", language)];
        post(&state, json!({ "query": query }), &headers).await.json()
    };
    let (english, indonesian) = (ask("en").await, ask("id-ID, en;q=0.5").await);
    let error =
        |answer: &Value, field: &str| answer["data"]["addSource"]["errors"][0][field].clone();
    let message = "\"nowhere at all\" is not a language tag such as en, id or zh-Hant";
    assert_eq!(error(&english, "message"), message, "{english}");
    assert_eq!(error(&indonesian, "en"), message, "{indonesian}");
    let told = error(&indonesian, "message");
    let told = told.as_str().expect("a sentence");
    assert!(told != message && told.contains("\"nowhere at all\""), "{told}");
}

async fn a_file_that_is_not_taken_is_told_so_in_the_language_of_the_officer(app: TestApp) {
    let (bearer, state) = (bearer(&app).await, app.state());
    let ask = async |language: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept-language", language),
            ("content-type", "text/csv"),
        ];
        let got =
            send(&state, request("POST", "/imports?table=nothing", &headers, Body::from(ROWS)))
                .await;
        assert!(got.status.is_client_error(), "{}", got.status);
        String::from_utf8(got.body).expect("text")
    };
    let (english, indonesian) = (ask("en").await, ask("id").await);
    assert!(
        english.contains("nothing") && indonesian.contains("nothing"),
        "{english} {indonesian}"
    );
    assert_ne!(english, indonesian);
}

async fn the_command_tells_in_the_language_that_it_is_asked_for(app: TestApp) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("d.csv");
    std::fs::write(&file, ROWS).expect("a file");
    let (file, report) =
        (file.display().to_string(), folder.path().join("report.csv").display().to_string());
    let told = |language: &str| {
        let arguments =
            ["import", &file, "--as", "delegations", "--report", &report, "--language", language];
        let output = jejaring(&arguments)
            .args(["--database-url", &app.url])
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
        (text(&output.stdout), std::fs::read_to_string(&report).expect("a report"))
    };
    let (shown, kept) = told("id");
    for told in [shown, kept] {
        assert!(
            told.contains("bukan nama negara yang ada di register; mungkin Thailand (TH)"),
            "{told}"
        );
        assert!(!told.contains("is no name"), "{told}");
    }
    let (shown, _) = told("en");
    assert!(
        shown.contains("is no name of a country that the register has; perhaps Thailand (TH)"),
        "{shown}"
    );
}

async fn findings_and_claims_are_told_in_the_language_of_the_reader(app: TestApp) {
    let query = "{
        findings(filter: {rule: {eq: UNIT_CONFUSION}}) { nodes {
            message en: message(language: EN) id: message(language: ID)
            claims(first: 1) { nodes { value en: value(language: EN) id: value(language: ID) } }
        } }
        batch(by: {key: \"jewellery-2023\"}) {
            claims(filter: {property: {eq: ATTENDANCE}, status: {eq: NOT_SENT}}, first: 1) {
                nodes { value en: value(language: EN) id: value(language: ID) }
            }
        }
    }";
    let state = app.state();
    for (languages, tag) in [("id, en;q=0.5", "id"), ("en", "en"), ("km", "en")] {
        let headers = [("accept-language", languages)];
        let answer = post(&state, json!({ "query": query }), &headers).await.json();
        let finding = &answer["data"]["findings"]["nodes"][0];
        let claim = &answer["data"]["batch"]["claims"]["nodes"][0];
        for told in [finding, claim, &finding["claims"]["nodes"][0]] {
            let said = told.get("message").or(told.get("value"));
            assert!(told["en"].is_string() && told["en"] != told["id"], "{answer}");
            assert_eq!(said, Some(&told[tag]), "{languages}: {answer}");
        }
        let said = finding["en"].as_str().expect("a sentence");
        assert!(said.contains("22 is stated as the number of persons and countries"), "{said}");
        let said = finding["id"].as_str().expect("a sentence");
        assert!(said.contains("22 dinyatakan sebagai jumlah orang dan negara"), "{said}");
        assert_eq!((&claim["en"], &claim["id"]), (&json!("NOT_SENT"), &json!("tidak mengirim")));
    }
    let table = async |languages: &str| {
        let query = "{ findings(filter: {rule: {eq: UNIT_CONFUSION}}) { nodes { message } } }";
        let headers = [("accept-language", languages), ("accept", "text/csv")];
        let got = post(&state, json!({ "query": query }), &headers).await;
        String::from_utf8(got.body).expect("text")
    };
    let (english, indonesian) = (table("km").await, table("id").await);
    assert!(english.contains("22 is stated as the number of persons"), "{english}");
    assert!(indonesian.contains("22 dinyatakan sebagai jumlah orang"), "{indonesian}");
}
