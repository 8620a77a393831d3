//! Files in other formats than CSV.

use std::io::{Cursor, Write as _};

use entity::vocabulary::ImportTable;
use jejaring::exchange::import::{Upload, receive};
use serde_json::json;

use super::{apply, batch, hand_in, told, upload};
use crate::intents::owner;
use crate::support::TestApp;

both_dbs!(what_other_systems_export_becomes_rows, a_workbook_is_read_like_a_text,);

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
