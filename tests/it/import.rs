//! Files that officers hand in: what their rows would change is told before anything is changed,
//! and then all of it is or nothing.

mod again;
mod decided;
mod formats;
mod kinds;
mod received;

use std::io::Cursor;

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{delegation, event, event_spool, import_row};
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, receive};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use crate::intents::{draft, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    what_is_wrong_with_each_row_is_told_before_anything_is_changed,
    a_file_is_applied_all_of_it_or_not_at_all,
    an_import_is_seen_by_its_officer_alone_and_carried_out_with_those_rights,
    many_rows_are_written_like_few,
    rows_of_many_imports_are_asked_for_at_once,
);

pub fn upload(table: ImportTable, name: &str) -> Upload {
    Upload {
        table,
        file_name: name.to_owned(),
        institution: None,
        mapping: None,
        columns: Vec::new(),
        set: Vec::new(),
        order: None,
    }
}

/// Hands in a file; the id of the import.
pub async fn hand_in(
    app: &TestApp,
    officer: &Actor,
    upload: Upload,
    text: impl AsRef<[u8]>,
) -> String {
    let file = Cursor::new(text.as_ref().to_vec());
    let row = receive(&app.app.db, &app.app.clock, officer, upload, file, |_, _| ())
        .await
        .expect("the file is read");
    app.id_of(officer, "import", &row.key).await
}

async fn delegations(app: &TestApp, officer: &Actor, text: &str) -> String {
    hand_in(app, officer, upload(ImportTable::Delegations, "delegasi.csv"), text).await
}

/// Rows with their states and reasons, a line each.
pub async fn told(app: &TestApp, officer: &Actor, id: &str) -> String {
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Import {{ rows(first: 100) {{ nodes {{ line state reasons \
         }} }} }} }} }}"
    );
    let answer = app.ask_as(officer, &query).await;
    let rows = answer.at("/node/rows/nodes").as_array().expect("rows").iter();
    let line = |row: &serde_json::Value| {
        let reasons: Vec<&str> = row["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .filter_map(|one| one.as_str())
            .collect();
        format!(
            "{} {} {}",
            row["line"],
            row["state"].as_str().unwrap_or_default(),
            reasons.join(" | ")
        )
        .trim()
        .to_owned()
    };
    rows.map(line).collect::<Vec<_>>().join("\n")
}

/// Applies an import, and waits for one that is applied beside the answer; why it was refused.
pub async fn apply(app: &TestApp, officer: &Actor, id: &str, more: &str) -> Vec<String> {
    let mut commits = app.app.db.commits();
    let applied = app
        .ask_as(
            officer,
            &mutation("applyImport", &format!("importId: {id:?} {more}"), "import { state }"),
        )
        .await;
    let state = format!("{{ node(id: {id:?}) {{ ... on Import {{ state }} }} }}");
    commits.mark_unchanged();
    while app.ask_as(officer, &state).await.at("/node")["state"] == "APPLYING" {
        commits.changed().await.expect("the register is there");
    }
    applied.refusals("applyImport")
}

/// A batch of the owner, announced, with no delegation.
pub async fn batch(app: &TestApp, officer: &Actor, key: &str) -> String {
    let id = draft(app, officer, key, r#", startsOn: "2024-03-04", endsOn: "2024-03-08""#).await;
    let announced = app
        .ask_as(officer, &mutation("announceBatch", &format!("batchId: {id:?}"), "batch { key }"))
        .await;
    assert_eq!(announced.refusals("announceBatch"), Vec::<String>::new());
    id
}

async fn rows_of_many_imports_are_asked_for_at_once(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "many").await;
    let asked = "{ imports { nodes { rows(first: 2) { totalCount nodes { line } pageInfo { \
                 hasNextPage endCursor } } } } }";
    let mut statements = Vec::new();
    for number in 1..4 {
        delegations(
            &app,
            &officer,
            &format!("batch,country,headcount\nmany,Fiji,{number}\nmany,Nepal,2\nmany,Japan,1\n"),
        )
        .await;
        let answer = app.ask_as(&officer, asked).await;
        let imports = answer.at("/imports/nodes").as_array().expect("imports");
        assert_eq!(imports.len(), number, "{answer}");
        for import in imports {
            let lines: Vec<_> = import
                .pointer("/rows/nodes")
                .and_then(|it| it.as_array())
                .expect("rows")
                .iter()
                .collect();
            assert_eq!((lines.len(), &import["rows"]["totalCount"]), (2, &json!(3)), "{answer}");
            assert_eq!(import["rows"]["pageInfo"]["hasNextPage"], true, "{answer}");
        }
        statements.push(answer.statements);
    }
    assert!(statements.iter().all(|one| *one == statements[0]), "{statements:?}");
}

/// What real spreadsheets hold, each of its kind once.
const PLANTED: &str = "Daftar delegasi,,,,,,\r\n\
    Angkatan,Negara,Kode Negara,Instansi,Status Kehadiran,Jumlah Peserta,Catatan\r\n\
    silver,Kamboja,,,hadir,3 orang,\r\n\
    silver,Laos,KH,,hadir,2,\r\n\
    silver,NA,,,hadir,1,\r\n\
    silver,,NA,,hadir,1,\r\n\
    silver,Cote d`Ivoire,,,hadir,1,\r\n\
    silver,\"=VLOOKUP(A2,X!A:B,2)\",,,hadir,1,\r\n\
    silver,Uni Eropa,,,hadir,1,\r\n\
    silver,Scotland,,,hadir,1,\r\n\
    silver,Cambodia,,,hadir,4,\r\n\
    silver,Tha\u{ad}iland\u{a0},,\u{a0},hadir,-2,\r\n\
    silver,Thailnd,,,hadir,2,\r\n\
    silver,Korea,,,hadir,2,\r\n\
    nowhere,Myanmar,,,hadir,2,\r\n\
    silver,Viet Nam,,,hadir,2,x,y,z\r\n\
    silver,Vietnam\r\n\
    silver,Individual,,,hadir,2,\r\n\
    ,,\u{a0},,,,\r\n\
    ,,,,,,\r\n";

async fn what_is_wrong_with_each_row_is_told_before_anything_is_changed(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let (position, parties) =
        (app.position().await, delegation::Entity::find().count(app.app.db.reading()).await);
    let id = delegations(&app, &officer, PLANTED).await;
    let expected = "\
        3 NEW\n\
        4 REFUSED Negara: \"Laos\" is Laos (LA), and the code beside it is \"KH\": the two \
        contradict each other\n\
        5 AMBIGUOUS Negara: \"NA\" is the code of Namibia, and what people write where nothing is \
        known: write the name, or nothing\n\
        6 NEW\n\
        7 NEW\n\
        8 REFUSED Negara: \"=VLOOKUP(A2,X!A:B,2)\" is a formula that has no stored value: open and \
        save the file in a spreadsheet, or write the value\n\
        9 REFUSED Negara: \"Uni Eropa\" is a union of countries, and none itself: give its \
        members\n\
        10 REFUSED Negara: \"Scotland\" is a part of United Kingdom (GB): give that country, and \
        this name as the label of the delegation\n\
        11 AMBIGUOUS Negara: \"Cambodia\" has a delegation at \"silver\" in line 3 already: tell \
        the two apart by a label, if there are two\n\
        12 REFUSED Jumlah Peserta: \"-2\" is less than nothing\n\
        13 AMBIGUOUS Negara: \"Thailnd\" is no name of a country that the register has; perhaps \
        Thailand (TH)\n\
        14 AMBIGUOUS Negara: \"Korea\" is the name of several countries: North Korea (KP) or South \
        Korea (KR)\n\
        15 REFUSED Angkatan: \"nowhere\" is neither the key nor the title of a batch that you may \
        see\n\
        16 REFUSED the row has 9 cells under 7 columns: which one is too many is not known\n\
        17 NEW\n\
        18 REFUSED Negara: \"Individual\" is no country: who comes for none comes for an \
        institution, or is in no delegation";
    assert_eq!(told(&app, &officer, &id).await, expected);
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Import {{ state written table newRows refusedRows \
         ambiguousRows columns {{ name field }} }} }} }}"
    );
    let shown = app.ask_as(&officer, &query).await;
    let columns: Vec<String> = shown
        .at("/node/columns")
        .as_array()
        .expect("columns")
        .iter()
        .map(|one| one["field"].to_string())
        .collect();
    let known = [
        "\"batch\"",
        "\"country\"",
        "\"country_code\"",
        "\"institution\"",
        "\"status\"",
        "\"headcount\"",
        "null",
    ];
    assert_eq!(columns, known);
    assert_eq!((shown.text("/node/state"), shown.text("/node/written")), ("READY", "UTF-8"));
    assert_eq!((shown.at("/node/newRows"), shown.at("/node/refusedRows")), (&json!(4), &json!(8)));
    // Nothing of the register has changed but that somebody has handed in a file.
    assert_eq!(delegation::Entity::find().count(app.app.db.reading()).await, parties);
    assert_eq!(app.position().await, position + 2);
}

async fn a_file_is_applied_all_of_it_or_not_at_all(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = delegations(
        &app,
        &officer,
        "batch,country,status\nsilver,Kamboja,hadir\nsilver,Nowhere,hadir\nsilver,Laos,\n",
    )
    .await;
    let refused = apply(&app, &officer, &id, "").await;
    assert_eq!(
        refused,
        ["INVALID at importId: rows that are 1 refused: mend them in the file, or say that they \
          are left out"]
    );
    let came = "{ batch(by: {key: \"silver\"}) { delegations { nodes { country { code } status \
                claims { nodes { source { kind key } } } } } } }";
    assert_eq!(
        app.ask(came).await.texts("/batch/delegations/nodes", "/country/code"),
        Vec::<&str>::new()
    );
    assert_eq!(apply(&app, &officer, &id, ", leaveOut: true").await, Vec::<String>::new());
    let answer = app.ask(came).await;
    assert_eq!(answer.sorted("/batch/delegations/nodes", "/country/code"), ["KH", "LA"]);
    assert_eq!(answer.text("/batch/delegations/nodes/0/claims/nodes/0/source/kind"), "SPREADSHEET");
    assert_eq!(answer.text("/batch/delegations/nodes/0/status"), "ATTENDED");
    // What stood in the rows is forgotten; what became of them is not. It is applied once.
    let cells = import_row::Entity::find().all(app.app.db.reading()).await.expect("rows");
    assert!(cells.iter().all(|row| row.cells == json!([])) && cells.len() == 3, "{cells:?}");
    assert!(apply(&app, &officer, &id, "").await[0].starts_with("ILLEGAL_MOVE"));
    let discard = app
        .ask_as(
            &officer,
            &mutation("discardImport", &format!("importId: {id:?}"), "import { state }"),
        )
        .await;
    assert!(discard.refusals("discardImport")[0].starts_with("ILLEGAL_MOVE"));
}

async fn an_import_is_seen_by_its_officer_alone_and_carried_out_with_those_rights(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let stranger = app.officer("iwapi").await;
    let id = delegations(&app, &stranger, "batch,country\nsilver,KH\n").await;
    assert_eq!(
        told(&app, &stranger, &id).await,
        "2 REFUSED batch: \"silver\" is not yours: you may not enter delegations there"
    );
    let others = [
        officer.clone(),
        app.staff(GrantRole::Curator).await,
        app.staff(GrantRole::Administrator).await,
        Actor::Anonymous,
    ];
    for other in &others {
        let seen = app
            .ask_as(other, &format!("{{ imports {{ totalCount }} node(id: {id:?}) {{ id }} }}"))
            .await;
        assert_eq!((seen.at("/imports/totalCount"), seen.at("/node")), (&json!(0), &json!(null)));
    }
    assert!(apply(&app, &officer, &id, "").await[0].starts_with("NOT_FOUND"));
    // A draft of others is not there, and neither is a right that went away meanwhile.
    draft(&app, &officer, "hidden", "").await;
    let hidden = delegations(&app, &stranger, "batch,country\nhidden,KH\n").await;
    assert!(told(&app, &stranger, &hidden).await.contains("that you may see"));
    let newcomer = app.somebody("Newcomer", &[]).await;
    let file = Cursor::new(b"batch,country\nsilver,KH\n".to_vec());
    let refused = receive(
        &app.app.db,
        &app.app.clock,
        &newcomer,
        upload(ImportTable::Delegations, "x.csv"),
        file,
        |_, _| (),
    )
    .await;
    assert!(refused.is_err(), "who is nobody's officer hands in nothing");
    // Of what happened auditors are told, and of the file itself nobody.
    let events = event::Entity::find()
        .filter(event::Column::Kind.starts_with("import."))
        .all(app.app.db.reading())
        .await
        .expect("events");
    assert!(
        !events.is_empty()
            && events
                .iter()
                .all(|event| !event.public && !event.changes.to_string().contains("delegasi"))
    );
}

async fn many_rows_are_written_like_few(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    batch(&app, &officer, "gold").await;
    let mut text = "batch,country,label,status,headcount\n".to_owned();
    let rows = 2_500;
    for number in 0..rows {
        let batch = if number % 2 == 0 { "silver" } else { "gold" };
        text += &format!("{batch},KH,party {number},hadir,{}\n", number % 7 + 1);
    }
    let id = delegations(&app, &officer, &text).await;
    let (before, statements) = (app.position().await, app.app.db.statements().count());
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let sent = app.app.db.statements().count() - statements;
    assert!(sent < 150, "{sent} statements for {rows} rows");
    let events = event::Entity::find()
        .filter(event::Column::Position.gt(before))
        .all(app.app.db.reading())
        .await
        .expect("events");
    let of = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!(
        (of("delegation.attended"), of("claim.filed"), of("import.applied")),
        (rows, 2 * rows, 1)
    );
    let mut positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (before + 1..=app.position().await).collect::<Vec<_>>(), "contiguous");
    assert_eq!(
        event_spool::Entity::find().count(app.app.db.reading()).await.expect("the spool"),
        0
    );
    let attended = delegation::Entity::find()
        .filter(delegation::Column::Label.is_not_null())
        .all(app.app.db.reading())
        .await;
    let attended = attended.expect("delegations");
    assert!(
        attended
            .iter()
            .all(|row| row.version == 1 && row.status.is_some() && row.headcount_min.is_some())
    );
}
