//! What is said of a file that waits: what its columns are, what is the same in all of its rows,
//! and whose the names are.

use axum::body::Body;
use axum::http::StatusCode;
use entity::import;
use entity::vocabulary::{ImportTable, TokenScope};
use jejaring::access::Actor;
use jejaring::exchange::import::Upload;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::http::{request, send};
use crate::import::{hand_in, upload};
use crate::intents::{mutation, owner};
use crate::support::{Role, TestApp, token_of};

both_dbs!(
    a_field_is_the_same_in_all_rows,
    what_is_said_of_columns_and_fields_must_be_so,
    each_column_is_used_or_left_out_and_it_is_said_why,
    a_mapping_keeps_what_is_the_same_in_all_rows,
    many_names_are_decided_at_once,
    what_is_wrong_with_a_name_among_many_is_told_by_its_place,
    a_field_is_set_where_a_file_is_handed_in,
    the_calendar_of_the_register_can_be_imported,
);

/// Says something of an import; why it was refused.
async fn say(app: &TestApp, officer: &Actor, name: &str, id: &str, what: &str) -> Vec<String> {
    let said = mutation(name, &format!("importId: {id:?}, {what}"), "import { state }");
    app.ask_as(officer, &said).await.refusals(name)
}

/// What is shown of an import.
async fn shown(app: &TestApp, officer: &Actor, id: &str, fields: &str) -> Value {
    let query = format!("{{ node(id: {id:?}) {{ ... on Import {{ {fields} }} }} }}");
    app.ask_as(officer, &query).await.at("/node").clone()
}

/// The states and reasons of its rows.
async fn rows(app: &TestApp, officer: &Actor, id: &str) -> Vec<String> {
    let rows = shown(app, officer, id, "rows(first: 100) { nodes { line state reasons } }").await;
    let line = |row: &Value| {
        let reasons = row["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let reasons: Vec<&str> = reasons.collect();
        format!(
            "{} {} {}",
            row["line"],
            row["state"].as_str().unwrap_or_default(),
            reasons.join(" | ")
        )
    };
    let rows = rows["rows"]["nodes"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| line(row).trim().to_owned()).collect()
}

/// The programme of the examples.
async fn programme(app: &TestApp) -> String {
    let found = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { key } } }").await;
    found.text("/batch/programme/key").to_owned()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

const RUNS: &str = "kunci,judul,mulai\nrun-91,Silver,2024-03-04\nrun-92,Gold,2024-04-01\n";

async fn a_field_is_the_same_in_all_rows(app: TestApp) {
    let (officer, key) = (owner(&app).await, programme(&app).await);
    let set = pairs(&[("Programme", &key.to_uppercase()), ("bahasa", "id")]);
    let refused = Upload { set, ..upload(ImportTable::Batches, "runs.csv") };
    let file = std::io::Cursor::new(RUNS.as_bytes().to_vec());
    let refused = jejaring::exchange::import::receive(
        &app.app.db,
        &app.app.clock,
        &officer,
        refused,
        file,
        |_, _| (),
    )
    .await;
    let refused = refused.expect_err("there is no such field").to_string();
    assert!(
        refused.starts_with("\"bahasa\" is not a field of BATCHES: it has key, programme"),
        "{refused}"
    );
    let set = pairs(&[("Programme", &key.to_uppercase()), ("language", "id")]);
    let id =
        hand_in(&app, &officer, Upload { set, ..upload(ImportTable::Batches, "runs.csv") }, RUNS)
            .await;
    assert_eq!(rows(&app, &officer, &id).await, ["2 NEW", "3 NEW"]);
    let fields = "columns { name field } set { field value }";
    let expected = json!({
        "columns": [
            { "name": "kunci", "field": "key" }, { "name": "judul", "field": "title" },
            { "name": "mulai", "field": "starts_on" },
        ],
        "set": [
            { "field": "programme", "value": key.to_uppercase() },
            { "field": "language", "value": "id" },
        ],
    });
    assert_eq!(shown(&app, &officer, &id, fields).await, expected);
    assert_eq!(
        say(&app, &officer, "mapImport", &id, "set: [{field: \"programme\"}]").await,
        Vec::<String>::new()
    );
    let without = rows(&app, &officer, &id).await;
    assert!(
        without.iter().all(|row| row.ends_with("REFUSED programme: no column is programme")),
        "{without:?}"
    );
    let again = format!("set: [{{field: \"programme\", value: {key:?}}}]");
    assert_eq!(say(&app, &officer, "mapImport", &id, &again).await, Vec::<String>::new());
    assert_eq!(
        say(&app, &officer, "applyImport", &id, "leaveOut: false").await,
        Vec::<String>::new()
    );
    let run =
        app.ask_as(&officer, "{ batch(by: {key: \"run-92\"}) { title programme { key } } }").await;
    assert_eq!(run.at("/batch/title"), "Gold");
    assert_eq!(run.at("/batch/programme/key"), key.as_str());
}

async fn what_is_said_of_columns_and_fields_must_be_so(app: TestApp) {
    let officer = owner(&app).await;
    let id = hand_in(&app, &officer, upload(ImportTable::Batches, "runs.csv"), RUNS).await;
    for (what, why) in [
        ("set: [{field: \"programm\", value: \"x\"}]", "\"programm\" is not a field of BATCHES"),
        (
            "set: [{field: \"city\", value: \"a\"}, {field: \"City\", value: \"b\"}]",
            "city is set twice",
        ),
        (
            "columns: [{name: \"judul\", field: \"label\"}], set: [{field: \"label\", value: \
             \"b\"}]",
            "label is said to be the column \"judul\", and set for all rows",
        ),
        (
            "columns: [{name: \"nothing\", field: \"label\"}]",
            "\"nothing\" heads no column of the file",
        ),
    ] {
        let refused = say(&app, &officer, "mapImport", &id, what).await;
        assert!(refused.len() == 1 && refused[0].contains(why), "{what}: {refused:?}");
    }
    let people = hand_in(
        &app,
        &officer,
        upload(ImportTable::Participants, "p.csv"),
        "batch,country\nx,KH\n",
    )
    .await;
    let refused =
        say(&app, &officer, "mapImport", &people, "set: [{field: \"name\", value: \"Siti\"}]")
            .await;
    assert!(
        refused[0].contains("name says who somebody is") && !refused[0].contains("Siti"),
        "{refused:?}"
    );
}

async fn each_column_is_used_or_left_out_and_it_is_said_why(app: TestApp) {
    let officer = owner(&app).await;
    let text =
        "Angkatan,Negara,Country,,Catatan,Jumlah,Jumlah\njewellery-2023,Nepal,Nepal,x,y,2,3\n";
    let id = hand_in(&app, &officer, upload(ImportTable::Delegations, "d.csv"), text).await;
    let columns = async || {
        let columns = shown(&app, &officer, &id, "columns { name field use note }").await;
        let one = |column: &Value| {
            let part = |name: &str| column[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", part("name"), part("field"), part("use"), part("note"))
        };
        columns["columns"].as_array().expect("columns").iter().map(one).collect::<Vec<_>>()
    };
    let expected = [
        "Angkatan batch USED -",
        "Negara - UNKNOWN may be country as well, which \"Country\" is: one of the two is read, \
         say which",
        "Country country USED -",
        "column D - UNKNOWN has no heading: if something of use stands in it, say which field it \
         is",
        "Catatan - UNKNOWN -",
        "Jumlah headcount USED -",
        "Jumlah - UNKNOWN may be headcount as well, which \"Jumlah\" is: one of the two is read, \
         say which",
    ];
    assert_eq!(columns().await, expected);
    let refused =
        say(&app, &officer, "mapImport", &id, "columns: [{name: \"jumlah\", field: \"listed\"}]")
            .await;
    assert!(
        refused[0].contains("heads 2 columns: say which, by \"column F\" or \"column G\""),
        "{refused:?}"
    );
    let said = "columns: [{name: \"Column G\", field: \"Listed\"}, {name: \"Negara\"}, {name: \
                \"column d\", field: \"label\"}], set: [{field: \"country\", value: \"Bhutan\"}], \
                saveAs: \"Both\"";
    assert_eq!(say(&app, &officer, "mapImport", &id, said).await, Vec::<String>::new());
    let expected = [
        "Angkatan batch USED -",
        "Negara - LEFT_OUT -",
        "Country - UNKNOWN may be country, which is the same in all rows, as was said",
        "column D label USED -",
        "Catatan - UNKNOWN -",
        "Jumlah headcount USED -",
        "Jumlah listed USED -",
    ];
    assert_eq!(columns().await, expected);
    assert_eq!(rows(&app, &officer, &id).await, ["2 NEW"]);
    let saved =
        Upload { mapping: Some("Both".to_owned()), ..upload(ImportTable::Delegations, "e.csv") };
    let other = hand_in(&app, &officer, saved, text).await;
    let both = "columns { name field use } set { field value }";
    let mut next = shown(&app, &officer, &other, both).await;
    // By the mapping somebody has said so of each.
    next["columns"][2]["use"] = json!("UNKNOWN");
    next["columns"][4]["use"] = json!("UNKNOWN");
    assert_eq!(next, shown(&app, &officer, &id, both).await);
}

async fn a_mapping_keeps_what_is_the_same_in_all_rows(app: TestApp) {
    let (officer, key) = (owner(&app).await, programme(&app).await);
    let id = hand_in(&app, &officer, upload(ImportTable::Batches, "runs.csv"), RUNS).await;
    let set = format!("set: [{{field: \"programme\", value: {key:?}}}], saveAs: \"Agenda\"");
    assert_eq!(say(&app, &officer, "mapImport", &id, &set).await, Vec::<String>::new());
    let saved = || Upload {
        mapping: Some("Agenda".to_owned()),
        ..upload(ImportTable::Batches, "next.csv")
    };
    let next = hand_in(&app, &officer, saved(), RUNS).await;
    assert_eq!(rows(&app, &officer, &next).await, ["2 NEW", "3 NEW"]);
    // What is said now holds against what was kept.
    let columns = vec![("judul".to_owned(), Some("programme".to_owned()))];
    let other = hand_in(&app, &officer, Upload { columns, ..saved() }, RUNS).await;
    assert!(
        rows(&app, &officer, &other).await[0].starts_with("2 REFUSED judul: \"Silver\" is neither")
    );
    assert_eq!(shown(&app, &officer, &other, "set { field }").await["set"], json!([]));
}

/// Decides so many names with one call; why it was refused.
async fn many(app: &TestApp, officer: &Actor, id: &str, names: usize) -> Vec<String> {
    let names: Vec<_> = (0..names)
        .map(|number| json!({ "name": format!("Name {number}"), "country": "KH" }))
        .collect();
    let asked =
        mutation("decideNames", &format!("importId: {id:?}, names: $names"), "import { state }");
    let asked = asked.replacen("mutation", "mutation ($names: [ImportNameInput!]!)", 1);
    app.ask_with(officer, &asked, json!({ "names": names })).await.refusals("decideNames")
}

async fn many_names_are_decided_at_once(app: TestApp) {
    let officer = owner(&app).await;
    let text = "batch,country\njewellery-2023,Thailnd\njewellery-2023,Negeri Gajah Putih\n\
                jewellery-2023,Korea\n";
    let id = hand_in(&app, &officer, upload(ImportTable::Delegations, "d.csv"), text).await;
    let before = app.app.db.statements().count();
    let names = "names: [{name: \"Thailnd\", country: \"TH\"}, {name: \"Negeri  GAJAH putih\", \
                 country: \"LA\"}, {name: \"Korea\", country: \"KP\", isSame: false}, {name: \
                 \"Korea\", country: \"KR\"}]";
    assert_eq!(say(&app, &officer, "decideNames", &id, names).await, Vec::<String>::new());
    let sent = app.app.db.statements().count() - before;
    let told = rows(&app, &officer, &id).await;
    assert!(
        told.iter()
            .all(|row| !row.contains("REFUSED") && !row.contains("AMBIGUOUS country: \"Thai")),
        "{told:?}"
    );
    let before = app.app.db.statements().count();
    assert_eq!(many(&app, &officer, &id, 500).await, Vec::<String>::new());
    let of_many = app.app.db.statements().count() - before;
    assert!(of_many <= sent + 4, "{sent} statements for four names, {of_many} for 500");
}

async fn what_is_wrong_with_a_name_among_many_is_told_by_its_place(app: TestApp) {
    let officer = owner(&app).await;
    let id = hand_in(
        &app,
        &officer,
        upload(ImportTable::Delegations, "d.csv"),
        "batch,country\nx,Siam\n",
    )
    .await;
    for (names, path, why) in [
        (
            "{name: \"a\", country: \"KH\"}, {name: \"b\"}",
            json!(["input", "names", "1", "country"]),
            "one of",
        ),
        (
            "{name: \"a\", country: \"XX\"}",
            json!(["input", "names", "0", "country"]),
            "there is no country XX",
        ),
        (
            "{name: \"?\", country: \"KH\"}",
            json!(["input", "names", "0", "name"]),
            "no letter and no digit",
        ),
        (
            "{name: \"a\", country: \"KH\"}, {name: \"A\", country: \"LA\"}",
            json!(["input", "names", "1", "name"]),
            "\"A\" is decided twice",
        ),
    ] {
        let said = mutation(
            "decideNames",
            &format!("importId: {id:?}, names: [{names}]"),
            "import { state }",
        );
        let answer = app.ask_as(&officer, &said).await;
        let error = answer.at("/decideNames/errors/0");
        assert!(
            error["message"].as_str().is_some_and(|message| message.contains(why)),
            "{why}: {error}"
        );
        assert_eq!(error["path"], path, "{error}");
    }
}

async fn a_field_is_set_where_a_file_is_handed_in(app: TestApp) {
    let key = programme(&app).await;
    let keeper = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }").await;
    let roles = [Role::OfficerOf(keeper.text("/batch/owner/key"))];
    let (token, _) = token_of(&app, "Sender", &roles, &[TokenScope::Read, TokenScope::Write]).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/csv")];
    let state = app.state();
    let send_to =
        async |path: &str| send(&state, request("POST", path, &headers, Body::from(RUNS))).await;
    let taken =
        send_to(&format!("/imports?table=batches&set=programme={key}&set=city=Yogyakarta%3D"))
            .await;
    assert_eq!(taken.status, StatusCode::CREATED, "{:?}", taken.json());
    let kept = import::Entity::find()
        .one(app.app.db.reading())
        .await
        .expect("imports")
        .expect("the import");
    let set: Vec<_> = kept
        .columns
        .as_array()
        .expect("columns")
        .iter()
        .filter(|column| !column["value"].is_null())
        .collect();
    assert_eq!(
        (set.len(), &set[0]["value"], &set[1]["value"]),
        (2, &json!(key), &json!("Yogyakarta="))
    );
    for (path, status) in [
        ("/imports?table=batches&set=programme", StatusCode::BAD_REQUEST),
        ("/imports?table=batches&set=nothing=x", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(send_to(path).await.status, status, "{path}");
    }
}

/// What the register publishes as a calendar is known again by its keys, and can be taken for
/// another programme.
async fn the_calendar_of_the_register_can_be_imported(app: TestApp) {
    let (curator, state) = (app.staff(entity::vocabulary::GrantRole::Curator).await, app.state());
    let got = send(&state, request("GET", "/calendar/all.ics", &[], Body::empty())).await;
    let calendar = String::from_utf8(got.body).expect("text");
    let id = hand_in(&app, &curator, upload(ImportTable::Batches, "all.ics"), &calendar).await;
    let told = rows(&app, &curator, &id).await;
    assert!(
        !told.is_empty() && told.iter().all(|row| row.contains(" CHANGED")),
        "{told:#?}\n{calendar}"
    );
    let count = "{ batches { totalCount } venues { totalCount } }";
    let before = app.ask(count).await.at("").clone();
    assert_eq!(
        say(&app, &curator, "applyImport", &id, "leaveOut: false").await,
        Vec::<String>::new()
    );
    assert_eq!(app.ask(count).await.at(""), &before);
    let again = hand_in(&app, &curator, upload(ImportTable::Batches, "all.ics"), &calendar).await;
    let told = rows(&app, &curator, &again).await;
    assert!(told.iter().all(|row| row.contains(" UNCHANGED")), "{told:#?}");
    // Elsewhere it is another register's: without its keys, for a programme of one's own.
    let (officer, key) = (owner(&app).await, programme(&app).await);
    let foreign = calendar.replace("\r\n ", "").replace("X-JEJARING-", "X-OTHER-");
    let foreign: String =
        foreign.split_inclusive("\r\n").filter(|line| !line.starts_with("LOCATION")).collect();
    let set = pairs(&[("programme", &key)]);
    let id = hand_in(
        &app,
        &officer,
        Upload { set, ..upload(ImportTable::Batches, "other.ics") },
        &foreign,
    )
    .await;
    let told = rows(&app, &officer, &id).await;
    assert!(told.iter().all(|row| row.contains(" NEW")), "{told:#?}");
}
