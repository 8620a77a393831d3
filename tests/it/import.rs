//! Files that officers hand in: what their rows would change is told before anything is changed,
//! and then all of it is or nothing.

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::{ClaimRank, GrantRole, ImportTable, RankReason, TokenScope};
use entity::{claim, delegation, event, event_spool, import, import_row, source};
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, receive};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};
use serde_json::json;

use crate::http::{request, send};
use crate::intents::{draft, mutation, owner};
use crate::support::{Role, TestApp, token_of, writable};

both_dbs!(
    what_is_wrong_with_each_row_is_told_before_anything_is_changed,
    a_file_is_applied_all_of_it_or_not_at_all,
    the_same_file_again_changes_nothing_and_a_newer_one_what_differs,
    two_numbers_of_one_delegation_are_two_claims,
    what_a_curator_ranked_stays_as_it_was_ranked,
    an_import_is_seen_by_its_officer_alone_and_carried_out_with_those_rights,
    a_name_that_was_decided_is_remembered,
    columns_are_mapped_and_the_mapping_is_kept,
    many_rows_are_written_like_few,
    batches_of_a_file_have_their_places_as_claims,
    participants_are_entered_and_their_names_told_nowhere,
    other_tables_are_entered_by_their_rules,
    what_other_systems_export_becomes_rows,
    a_workbook_is_read_like_a_text,
    a_file_is_handed_in_over_http,
    how_far_it_has_come_is_told_meanwhile,
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

async fn the_same_file_again_changes_nothing_and_a_newer_one_what_differs(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let first = "batch,country,status,headcount\nsilver,KH,hadir,3\nsilver,LA,hadir,2\n";
    for _ in 0..2 {
        let id = delegations(&app, &officer, first).await;
        assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    }
    let id = delegations(&app, &officer, first).await;
    assert_eq!(told(&app, &officer, &id).await, "2 UNCHANGED\n3 UNCHANGED");
    let id = delegations(
        &app,
        &officer,
        "batch,country,status,headcount\nsilver,KH,hadir,5\nsilver,LA,hadir,2\n",
    )
    .await;
    assert_eq!(
        told(&app, &officer, &id).await,
        "2 CHANGED headcount: \"5\" changes from 3 to 5\n3 UNCHANGED"
    );
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let answer = app
        .ask(
            "{ delegations(filter: {batch: {key: {eq: \"silver\"}}}) { nodes { \
             headcountMin version claims { totalCount } } } }",
        )
        .await;
    assert_eq!(
        answer.at("/delegations/nodes/0"),
        &json!({ "headcountMin": 5, "version": 2, "claims": { "totalCount": 2 } })
    );
    let sources = source::Entity::find().filter(source::Column::Key.starts_with("file-of-"));
    assert_eq!(sources.count(app.app.db.reading()).await.expect("sources"), 1);
}

async fn two_numbers_of_one_delegation_are_two_claims(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id =
        delegations(&app, &officer, "batch,country,terdaftar,tercantum\nsilver,KH,12,9\n").await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let answer = app
        .ask(
            "{ delegations(filter: {batch: {key: {eq: \"silver\"}}}) { nodes { headcountMin \
             claims { nodes { basis numberMin } } } } }",
        )
        .await;
    assert_eq!(
        answer.sorted("/delegations/nodes/0/claims/nodes", "/basis"),
        ["NAMED", "REGISTERED"]
    );
    assert_eq!(
        answer.at("/delegations/nodes/0/headcountMin"),
        &json!(9),
        "who signed up did not come yet"
    );
}

async fn what_a_curator_ranked_stays_as_it_was_ranked(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = delegations(&app, &officer, "batch,country,headcount\nsilver,KH,30\n").await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let curator = app.staff(GrantRole::Curator).await;
    let claims = app
        .ask(
            "{ delegations(filter: {batch: {key: {eq: \"silver\"}}}) { nodes { claims { nodes { \
             id } } } } }",
        )
        .await;
    let claim = claims.text("/delegations/nodes/0/claims/nodes/0/id");
    let rank = format!("claimId: {claim:?}, rank: DEPRECATED, rankReason: TYPO");
    let ranked = app.ask_as(&curator, &mutation("rankClaim", &rank, "claim { rank }")).await;
    assert_eq!(ranked.refusals("rankClaim"), Vec::<String>::new());
    let id = delegations(&app, &officer, "batch,country,headcount\nsilver,KH,3\n").await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let mut claims: Vec<_> = claim::Entity::find()
        .filter(claim::Column::Key.starts_with("silver-kh-headcount"))
        .all(app.app.db.reading())
        .await
        .expect("claims")
        .into_iter()
        .map(|row| (row.number_min, row.rank, row.rank_reason))
        .collect();
    claims.sort();
    assert_eq!(
        claims,
        [
            (Some(3), ClaimRank::Normal, None),
            (Some(30), ClaimRank::Deprecated, Some(RankReason::Typo))
        ]
    );
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

async fn a_name_that_was_decided_is_remembered(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let text = "batch,country\nsilver,Thailnd\nsilver,Korea\n";
    let id = delegations(&app, &officer, text).await;
    let decide = async |input: &str| {
        let decided = app
            .ask_as(
                &officer,
                &mutation(
                    "decideName",
                    &format!("importId: {id:?}, {input}"),
                    "import { newRows }",
                ),
            )
            .await;
        assert_eq!(decided.refusals("decideName"), Vec::<String>::new());
    };
    decide("name: \"Thailnd\", country: \"TH\"").await;
    decide("name: \"Korea\", country: \"KP\", isSame: false").await;
    let expected =
        "2 NEW\n3 AMBIGUOUS country: \"Korea\" is the name of several countries: South Korea (KR)";
    assert_eq!(told(&app, &officer, &id).await, expected);
    let again = delegations(&app, &officer, text).await;
    assert_eq!(told(&app, &officer, &again).await, expected, "for the next file, too");
    let curator = app.somebody("Another", &[Role::OfficerOf("bbspjikb")]).await;
    let other = delegations(&app, &curator, text).await;
    assert!(told(&app, &curator, &other).await.starts_with("2 AMBIGUOUS"), "for nobody else");
}

async fn columns_are_mapped_and_the_mapping_is_kept(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let text = "Run;Land;Start\nsilver;KH;3/4/2024\n";
    let id = delegations(&app, &officer, text).await;
    assert!(told(&app, &officer, &id).await.starts_with("2 REFUSED"));
    let columns = "columns: [{name: \"Run\", field: \"batch\"}, {name: \"LAND\", field: \
                   \"country_code\"}], saveAs: \"Ministry\"";
    let mapped = app
        .ask_as(
            &officer,
            &mutation("mapImport", &format!("importId: {id:?}, {columns}"), "import { newRows }"),
        )
        .await;
    assert_eq!(mapped.refusals("mapImport"), Vec::<String>::new());
    assert_eq!(told(&app, &officer, &id).await, "2 NEW");
    let saved = Upload {
        mapping: Some("Ministry".to_owned()),
        ..upload(ImportTable::Delegations, "next.csv")
    };
    let next = hand_in(&app, &officer, saved, text).await;
    assert_eq!(told(&app, &officer, &next).await, "2 NEW");
    let wrong = mutation(
        "mapImport",
        &format!("importId: {id:?}, columns: [{{name: \"Run\", field: \"nonsense\"}}]"),
        "import { newRows }",
    );
    assert!(
        app.ask_as(&officer, &wrong).await.refusals("mapImport")[0]
            .contains("is not a field of DELEGATIONS")
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

async fn batches_of_a_file_have_their_places_as_claims(app: TestApp) {
    let officer = owner(&app).await;
    let programme = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { key } } }").await;
    let programme = programme.text("/batch/programme/key");
    let text = format!(
        "key,program,judul,bahasa,tanggal,tempat,kota,lintang,bujur,status\n\
         run-8,{programme},Perak,id,4-8 Maret 2024,Balai Kota,Malang,-7.98,112.63,dikonfirmasi\n\
         run-8,{programme},Perak,id,4-8 Maret 2024,Hotel Baru,Malang,,,dikonfirmasi\n\
         run-9,{programme},Emas,id,03/04/2024,Aula,Malang,112.63,-7.98,\n"
    );
    let id = hand_in(&app, &officer, upload(ImportTable::Batches, "runs.csv"), &text).await;
    let lines = told(&app, &officer, &id).await;
    assert!(
        lines.starts_with(
            "2 NEW\n3 CHANGED tempat: \"Hotel Baru\" is another place than that of line 2: both \
             are claimed\n4 REFUSED"
        ),
        "{lines}"
    );
    assert!(
        lines.contains("latitude and longitude are swapped")
            && lines.contains("may be 2024-04-03 or 2024-03-04"),
        "{lines}"
    );
    assert_eq!(apply(&app, &officer, &id, ", leaveOut: true").await, Vec::<String>::new());
    let answer = app
        .ask(
            "{ batch(by: {key: \"run-8\"}) { title startsOn endsOn status venues { nodes { name } \
             } claims { nodes { property } } findings { nodes { rule } } } }",
        )
        .await;
    assert_eq!(
        (answer.text("/batch/title"), answer.text("/batch/startsOn"), answer.text("/batch/endsOn")),
        ("Perak", "2024-03-04", "2024-03-08")
    );
    assert_eq!(answer.sorted("/batch/venues/nodes", "/name"), ["Balai Kota", "Hotel Baru"]);
    assert_eq!(
        answer.sorted("/batch/claims/nodes", "/property"),
        ["ENDS_ON", "STARTS_ON", "TITLE", "VENUE", "VENUE"]
    );
    assert_eq!(answer.at("/batch/findings/nodes"), &json!([]), "one source may name two places");
}

async fn participants_are_entered_and_their_names_told_nowhere(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let parties = delegations(&app, &officer, "batch,country\nsilver,KH\n").await;
    assert_eq!(apply(&app, &officer, &parties, "").await, Vec::<String>::new());
    let text = "Angkatan,Nama Lengkap,Negara\nsilver,Sok Canary,Kamboja\nsilver,Dara Canary,Laos\n\
                silver,Sok CANARY,Kamboja\n";
    let id = hand_in(&app, &officer, upload(ImportTable::Participants, "peserta.csv"), text).await;
    let lines = told(&app, &officer, &id).await;
    assert!(
        lines.starts_with("2 NEW\n3 REFUSED Negara: \"Laos\" has no delegation at \"silver\"")
            && !lines.to_lowercase().contains("canary"),
        "{lines}"
    );
    assert_eq!(apply(&app, &officer, &id, ", leaveOut: true").await, Vec::<String>::new());
    let people =
        "{ batch(by: {key: \"silver\"}) { engagements { nodes { role person { name } } } } }";
    assert_eq!(
        app.ask_as(&officer, people).await.texts("/batch/engagements/nodes", "/person/name"),
        ["Sok Canary"]
    );
    assert_eq!(app.ask(people).await.at("/batch/engagements/nodes"), &json!([]));
    let events = event::Entity::find().all(app.app.db.reading()).await.expect("events");
    assert!(
        events.iter().all(|event| !event.changes.to_string().to_lowercase().contains("canary"))
    );
    let again =
        hand_in(&app, &officer, upload(ImportTable::Participants, "peserta.csv"), text).await;
    assert!(told(&app, &officer, &again).await.starts_with("2 UNCHANGED"));
    // Whoever is forgotten is forgotten here, too.
    let person = entity::person::Entity::find()
        .filter(entity::person::Column::Name.eq("Sok Canary"))
        .one(app.app.db.reading())
        .await;
    let person = person.expect("people").expect("the person");
    let erased = jejaring::db::write(&app.app.db, &app.app.clock, Actor::Operator, async |w| {
        jejaring::people::person::erase::erase(w, &person).await
    });
    erased.await.expect("the person is erased");
    let left = import_row::Entity::find().all(app.app.db.reading()).await.expect("rows");
    assert!(left.iter().all(|row| !row.cells.to_string().contains("Sok")), "{left:?}");
}

async fn other_tables_are_entered_by_their_rules(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let workshops = "batch,judul,jenis,tanggal mulai,bahasa\nsilver,Patri,praktik,5 Maret 2024,id\n\
                     silver,Di luar,pelatihan,1 Mei 2024,id\n";
    let id = hand_in(&app, &officer, upload(ImportTable::Workshops, "w.csv"), workshops).await;
    // What the rule says of it, before anything is changed.
    let lines = told(&app, &officer, &id).await;
    assert!(
        lines.starts_with("2 NEW\n3 REFUSED tanggal mulai: 2024-05-01 is after the batch"),
        "{lines}"
    );
    assert_eq!(apply(&app, &officer, &id, "").await.len(), 1);
    let none = app.ask("{ batch(by: {key: \"silver\"}) { workshops { totalCount } } }").await;
    assert_eq!(none.at("/batch/workshops/totalCount"), &json!(0), "nothing of it");
    let curator = app.staff(GrantRole::Curator).await;
    let bodies = "nama,singkatan,negara,jenis\nBalai Kerajinan Perak,BKP,Indonesia,pemerintah\n\
                  Kementerian Perindustrian,Kemenperin,,\nKementrian Perindustrian,,,\n";
    let id = hand_in(&app, &curator, upload(ImportTable::Institutions, "b.csv"), bodies).await;
    let lines = told(&app, &curator, &id).await;
    assert!(
        lines.starts_with(
            "2 NEW\n3 UNCHANGED\n4 AMBIGUOUS nama: \"Kementrian Perindustrian\" is close to"
        ),
        "{lines}"
    );
    assert_eq!(apply(&app, &curator, &id, ", leaveOut: true").await, Vec::<String>::new());
    let found = app.ask("{ search(text: \"Balai Kerajinan Perak\") { nodes { kind } } }").await;
    assert_eq!(found.texts("/search/nodes", "/kind"), ["INSTITUTION"]);
    let members = "group,negara,sejak\nASEAN,Papua Nugini,2026-05-01\nNowhere Pact,Kenya,2001\n";
    let id = hand_in(&app, &curator, upload(ImportTable::Memberships, "m.csv"), members).await;
    let lines = told(&app, &curator, &id).await;
    assert!(lines.starts_with("2 NEW\n3 REFUSED group: \"Nowhere Pact\" is neither"), "{lines}");
    assert_eq!(apply(&app, &curator, &id, ", leaveOut: true").await, Vec::<String>::new());
    let own = hand_in(&app, &officer, upload(ImportTable::Memberships, "m.csv"), members).await;
    assert!(told(&app, &officer, &own).await.contains("that curators enter"));
}

async fn what_other_systems_export_becomes_rows(app: TestApp) {
    let officer = owner(&app).await;
    let programme = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { key } } }").await;
    let key = programme.text("/batch/programme/key");
    let calendar = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:run-20@example.org\r\nX-PROGRAMME:{key}\r\n\
         SUMMARY:Silver\r\nDTSTART;VALUE=DATE:20240304\r\n\
         DTEND;VALUE=DATE:20240309\r\nSTATUS:TENTATIVE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let columns = vec![("iCalendar X-PROGRAMME".to_owned(), Some("programme".to_owned()))];
    let id = hand_in(
        &app,
        &officer,
        Upload { columns, ..upload(ImportTable::Batches, "c.ics") },
        &calendar,
    )
    .await;
    assert_eq!(told(&app, &officer, &id).await, "2 NEW");
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let run = app
        .ask("{ batch(by: {key: \"run-20-example-org-4dda835e2112\"}) { title endsOn status } }")
        .await;
    assert_eq!(
        run.at("/batch"),
        &json!({ "title": "Silver", "endsOn": "2024-03-08", "status": "ANNOUNCED" })
    );
    let activities = "<iati-activities version=\"2.03\"><iati-activity \
                      xml:lang=\"en\"><iati-identifier>ID-1-A</iati-identifier><title><narrative>\
                      Crafts &amp; design</narrative></title><collaboration-type \
                      code=\"8\"/></iati-activity></iati-activities>";
    let id = hand_in(&app, &officer, upload(ImportTable::Programmes, "a.xml"), activities).await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    assert_eq!(
        app.ask("{ programme(by: {key: \"id-1-a\"}) { title } }").await.text("/programme/title"),
        "Crafts & design"
    );
}

/// A workbook with one sheet of these rows; `None` is a number of days that is shown as a date.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut sheet = String::from(
        "<?xml version=\"1.0\"?>\
         <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData>",
    );
    for (number, row) in (1..).zip(rows) {
        sheet += &format!("<row r=\"{number}\">");
        for (letter, cell) in ('A'..).zip(row.iter()).filter(|(_, cell)| !cell.is_empty()) {
            sheet += &match cell.parse::<f64>() {
                Ok(value) => format!("<c r=\"{letter}{number}\"><v>{value}</v></c>"),
                Err(_) => {
                    format!("<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")
                }
            };
        }
        sheet += "</row>";
    }
    sheet += "</sheetData></worksheet>";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relationship = |kind: &str, target: &str| {
        format!(
            "<?xml version=\"1.0\"?>\
             <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"r1\" Type=\"{office}/{kind}\" Target=\"{target}\"/>\
             </Relationships>"
        )
    };
    let parts = [
        (
            "[Content_Types].xml",
            "<?xml version=\"1.0\"?>\
             <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/><Default \
             Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/></Types>"
                .to_owned(),
        ),
        ("_rels/.rels", relationship("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            "<?xml version=\"1.0\"?><workbook \
             xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
             <sheets><sheet name=\"Delegasi\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
                .to_owned(),
        ),
        ("xl/_rels/workbook.xml.rels", relationship("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        archive.write_all(content.as_bytes()).expect("its content");
    }
    archive.finish().expect("a workbook").into_inner()
}

async fn a_workbook_is_read_like_a_text(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let rows: [&[&str]; 5] = [
        &["Laporan 2024"],
        &[],
        &["Batch", "Negara", "Status", "Jumlah"],
        &["silver", "Kamboja", "hadir", "3"],
        &["silver", "Laos"],
    ];
    let id =
        hand_in(&app, &officer, upload(ImportTable::Delegations, "d.xlsx"), workbook(&rows)).await;
    assert_eq!(told(&app, &officer, &id).await, "4 NEW\n5 NEW");
    let shown = app
        .ask_as(&officer, &format!("{{ node(id: {id:?}) {{ ... on Import {{ written }} }} }}"))
        .await;
    assert_eq!(shown.text("/node/written"), "XLSX, sheet \"Delegasi\"");
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    // What is no workbook says so, and what it was to be is not left behind as if it were read.
    let broken = Cursor::new(b"PK\x03\x04 nonsense".to_vec());
    let refused = receive(
        &app.app.db,
        &app.app.clock,
        &officer,
        upload(ImportTable::Delegations, "b.xlsx"),
        broken,
        |_, _| (),
    )
    .await;
    assert!(
        refused.expect_err("it is none").to_string().starts_with("the workbook cannot be read")
    );
    let states = app
        .ask_as(&officer, "{ imports(filter: {state: {eq: FAILED}}) { nodes { message } } }")
        .await;
    assert!(states.text("/imports/nodes/0/message").starts_with("the workbook cannot be read"));
}

async fn a_file_is_handed_in_over_http(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let keeper = app.ask("{ batch(by: {key: \"silver\"}) { owner { key } } }").await;
    let keeper = keeper.text("/batch/owner/key");
    let (token, _) = token_of(
        &app,
        "Sender",
        &[Role::OfficerOf(keeper)],
        &[TokenScope::Read, TokenScope::Write],
    )
    .await;
    let state = app.state_with("http.max_import_bytes = 2000");
    let bearer = format!("Bearer {token}");
    let file = "batch,country\nsilver,KH\n";
    let headers = [
        ("content-type", "text/csv"),
        ("authorization", bearer.as_str()),
        ("content-disposition", "attachment; filename=\"a.csv\""),
    ];
    let sent =
        send(&state, request("POST", "/imports?table=delegations", &headers, Body::from(file)))
            .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.json());
    let key = sent.json()["key"].as_str().expect("a key").to_owned();
    let query =
        format!("{{ import(by: {{key: {key:?}}}) {{ rows {{ nodes {{ line state about }} }} }} }}");
    let body = json!({ "query": query });
    let csv =
        crate::http::post(&state, body, &[("authorization", &bearer), ("accept", "text/csv")])
            .await;
    assert_eq!(String::from_utf8_lossy(&csv.body), "line,state,about\r\n2,NEW,\r\n");
    for (path, change, body, status) in [
        (
            "/imports?table=delegations",
            ("authorization", ""),
            file.to_owned(),
            StatusCode::UNAUTHORIZED,
        ),
        (
            "/imports?table=delegations",
            ("content-type", "text/plain"),
            file.to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("/imports", ("content-type", "text/csv"), file.to_owned(), StatusCode::BAD_REQUEST),
        (
            "/imports?table=nothing",
            ("content-type", "text/csv"),
            file.to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/imports?table=delegations",
            ("content-type", "text/csv"),
            "x".repeat(3000),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (
            "/imports?table=delegations",
            ("content-type", "text/csv"),
            "a,\"b\n".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let mut headers: Vec<(&str, &str)> =
            headers.iter().filter(|header| header.0 != change.0).copied().collect();
        headers.extend([change].into_iter().filter(|header| !header.1.is_empty()));
        let refused = send(&state, request("POST", path, &headers, Body::from(body))).await;
        assert_eq!(refused.status, status, "{path} {change:?}: {:?}", refused.json());
    }
    let get =
        send(&state, request("GET", "/imports?table=delegations", &headers, Body::empty())).await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// A file of which only the beginning comes until it is let go; it is gone through once before, for
/// its digest.
struct Slow {
    text: Cursor<Vec<u8>>,
    passes: usize,
    go: std::sync::mpsc::Receiver<()>,
}

impl std::io::Read for Slow {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.passes > 0 && self.text.position() > 0 {
            // Who lets it go may be gone, which lets it go too.
            let _ = self.go.recv();
        }
        self.text.read(into)
    }
}

impl std::io::Seek for Slow {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.passes += 1;
        self.text.seek(to)
    }
}

async fn how_far_it_has_come_is_told_meanwhile(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let (go, gone) = std::sync::mpsc::channel();
    let text: String = std::iter::once("batch,country\n").chain(["silver,KH\n"; 500]).collect();
    let file = Slow { text: Cursor::new(text.into_bytes()), passes: 0, go: gone };
    let (db, clock, who) = (app.app.db.clone(), app.app.clock.clone(), officer.clone());
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        let told = |row: &import::Model, _| begun.send(row.key.clone()).expect("it is listened to");
        receive(&db, &clock, &who, upload(ImportTable::Delegations, "slow.csv"), file, told).await
    });
    let key = begins.recv().await.expect("it is begun");
    let far = format!("{{ import(by: {{key: {key:?}}}) {{ state rowsDone }} }}");
    let answer = app.ask_as(&officer, &far).await;
    assert_eq!(answer.at("/import"), &json!({ "state": "READING", "rowsDone": 0 }));
    drop(go);
    reading.await.expect("it does not panic").expect("the file is read");
    assert_eq!(
        app.ask_as(&officer, &far).await.at("/import"),
        &json!({ "state": "READY", "rowsDone": null })
    );
}

/// An import that a kill has cut off while it was read stays as it was: it can be thrown away, and
/// handed in again.
#[tokio::test]
async fn what_was_cut_off_can_be_thrown_away() {
    let app = TestApp::new(crate::support::Backend::Sqlite, crate::support::Contents::Reports)
        .await
        .expect("a register");
    let officer = owner(&app).await;
    let id = delegations(&app, &officer, "batch,country\njewellery-2023,KH\n").await;
    let row = import::Entity::find()
        .one(app.app.db.reading())
        .await
        .expect("imports")
        .expect("the import");
    let cut = import::ActiveModel {
        state: Set(entity::vocabulary::ImportState::Reading),
        ..row.into_active_model()
    };
    cut.update(&writable(&app).await).await.expect("the row is changed");
    assert!(apply(&app, &officer, &id, "").await[0].starts_with("ILLEGAL_MOVE"));
    let discard = app
        .ask_as(
            &officer,
            &mutation("discardImport", &format!("importId: {id:?}"), "import { state }"),
        )
        .await;
    assert_eq!(discard.refusals("discardImport"), Vec::<String>::new());
    assert_eq!(import_row::Entity::find().count(app.app.db.reading()).await.expect("rows"), 0);
}
