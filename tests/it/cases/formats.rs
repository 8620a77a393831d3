//! What formats do in their own ways: quotation marks behind blanks, headings that are missing,
//! cells for several rows, time zones, names and identifiers of other systems.

use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, receive};
use serde_json::Value;
use std::io::Cursor;

use super::apply;
use crate::import::upload;
use crate::support::TestApp;

both_dbs!(
    a_row_below_a_heading_that_is_missing_is_a_row,
    a_cell_in_quotation_marks_behind_a_blank_is_whole,
    identifiers_that_differ_are_batches_that_differ,
    a_batch_that_was_entered_with_the_former_key_is_found,
    a_key_that_ends_like_a_digest_is_a_key_of_its_own,
    what_a_row_names_may_be_an_identifier,
    days_in_utc_are_told_as_such,
    what_is_lost_on_the_way_is_refused,
    what_is_no_table_says_what_it_is,
);

/// Hands in a file of which some fields are the same in all rows: the import, and its rows with
/// states and reasons.
async fn preview(
    app: &TestApp,
    actor: &Actor,
    (table, name): (ImportTable, &str),
    set: &[(&str, &str)],
    text: &[u8],
) -> (String, Vec<String>) {
    let set = set.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    let upload = Upload { set, ..upload(table, name) };
    let file = Cursor::new(text.to_vec());
    let row = receive(&app.app.db, &app.app.clock, actor, upload, file, |_, _| ())
        .await
        .expect("it is read");
    let id = app.id_of(actor, "import", &row.key).await;
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Import {{ rows(first: 100) {{ nodes {{ line state reasons \
         }} }} }} }} }}"
    );
    let answer = app.ask_as(actor, &query).await;
    let rows = answer.at("/node/rows/nodes").as_array().cloned().unwrap_or_default();
    let one = |row: &Value| {
        let reasons = row["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let reasons = reasons.collect::<Vec<_>>().join(" | ");
        format!("{} {} {reasons}", row["line"], row["state"].as_str().unwrap_or_default())
            .trim()
            .to_owned()
    };
    (id, rows.iter().map(one).collect())
}

/// Hands in a file and applies it; what was said of its rows.
async fn enter(
    app: &TestApp,
    actor: &Actor,
    what: (ImportTable, &str),
    set: &[(&str, &str)],
    text: &str,
) -> Vec<String> {
    let (id, rows) = preview(app, actor, what, set, text.as_bytes()).await;
    assert_eq!(apply(app, actor, &id).await, Vec::<String>::new(), "{text}\n{rows:?}");
    rows
}

/// An officer of an institution with the programme `prog-a` and its batch `b0`.
async fn officer(app: &TestApp) -> Actor {
    let officer = app.officer("bbspjikb").await;
    let programme = "key,title,language,modality\nprog-a,Programme A,en,BILATERAL\n";
    enter(app, &officer, (ImportTable::Programmes, "p.csv"), &[], programme).await;
    let batch = "key,programme,title,language,starts_on,ends_on,status\n\
                 b0,prog-a,Batch 0,en,2024-03-02,2024-03-06,CLOSED\n";
    enter(app, &officer, (ImportTable::Batches, "b.csv"), &[], batch).await;
    officer
}

/// The states of rows.
fn states(rows: &[String]) -> String {
    rows.iter().map(|row| row.split(' ').nth(1).unwrap_or_default()).collect::<Vec<_>>().join(" ")
}

async fn a_row_below_a_heading_that_is_missing_is_a_row(app: TestApp) {
    let officer = officer(&app).await;
    let what = (ImportTable::Delegations, "d.csv");
    let text = "Negara,,Kehadiran\nNepal,NP,hadir\nFiji,FJ,hadir\n";
    let rows = enter(&app, &officer, what, &[("batch", "b0")], text).await;
    assert_eq!(states(&rows), "NEW NEW", "{rows:?}");
    let query = "{ batch(by: {key: \"b0\"}) { delegations(first: 9) { nodes { country { code } \
                 status } } } }";
    let there = app.ask_as(&officer, query).await;
    assert_eq!(there.sorted("/batch/delegations/nodes", "/country/code"), ["FJ", "NP"]);
    assert_eq!(there.sorted("/batch/delegations/nodes", "/status"), ["ATTENDED", "ATTENDED"]);
}

async fn a_cell_in_quotation_marks_behind_a_blank_is_whole(app: TestApp) {
    let officer = officer(&app).await;
    let text = "key, programme, title, venue, city\nx2, prog-a, \"Batik, lanjut\", Hall, Malang\n";
    let rows = enter(&app, &officer, (ImportTable::Batches, "q.csv"), &[], text).await;
    assert_eq!(states(&rows), "NEW", "{rows:?}");
    let there = app.ask_as(&officer, "{ batch(by: {key: \"x2\"}) { title } }").await;
    assert_eq!(there.text("/batch/title"), "Batik, lanjut");
}

/// An event of schema.org.
fn event(id: &str, name: &str) -> String {
    format!(
        r#"{{"@context": "https://schema.org", "@type": "Event", "@id": "{id}", "name": "{name}",
            "startDate": "2024-03-04", "endDate": "2024-03-05", "inLanguage": "en"}}"#
    )
}

async fn identifiers_that_differ_are_batches_that_differ(app: TestApp) {
    let officer = officer(&app).await;
    let set = &[("programme", "prog-a")];
    for (name, id) in
        [("k1.jsonld", "https://x.example/run/1"), ("k2.jsonld", "https://x.example/run-1")]
    {
        let what = (ImportTable::Batches, name);
        let rows = enter(&app, &officer, what, set, &event(id, name)).await;
        assert_eq!(states(&rows), "NEW", "{rows:?}");
        let rows = enter(&app, &officer, what, set, &event(id, name)).await;
        assert_eq!(states(&rows), "UNCHANGED", "{rows:?}");
    }
}

async fn a_batch_that_was_entered_with_the_former_key_is_found(app: TestApp) {
    let officer = officer(&app).await;
    let batch = "key,programme,title,language,starts_on,ends_on\n\
                 https-x-example-run-1,prog-a,Run,en,2024-03-04,2024-03-05\n";
    let what = (ImportTable::Batches, "runs.jsonld");
    let rows = enter(&app, &officer, what, &[], batch).await;
    assert_eq!(states(&rows), "NEW", "{rows:?}");
    let set = &[("programme", "prog-a")];
    let rows = enter(&app, &officer, what, set, &event("https://x.example/run/1", "Run")).await;
    assert_eq!(states(&rows), "UNCHANGED", "{rows:?}");
    // Of a file that has stated nothing of it, it may be the run of another identifier.
    let other = (ImportTable::Batches, "others.jsonld");
    let rows = enter(&app, &officer, other, set, &event("https://x.example/run-1", "Other")).await;
    assert_eq!(states(&rows), "NEW", "{rows:?}");
}

/// What a table gives as a key is no digest of anything, however it ends.
async fn a_key_that_ends_like_a_digest_is_a_key_of_its_own(app: TestApp) {
    let officer = officer(&app).await;
    let first = "key,programme,title,language,dates\nbatik,prog-a,Batik,en,2023-11-20\n";
    enter(&app, &officer, (ImportTable::Batches, "b.csv"), &[], first).await;
    let second =
        "key,programme,title,language,dates\nbatik-202411201000,prog-a,Batik,en,2024-11-20\n";
    let told = enter(&app, &officer, (ImportTable::Batches, "b.csv"), &[], second).await;
    assert_eq!(told, ["2 NEW"]);
}

/// A batch and a programme are found by the identifiers that their keys were made of; a title goes
/// before a key that is only written like it.
async fn what_a_row_names_may_be_an_identifier(app: TestApp) {
    let officer = officer(&app).await;
    let activities = "<iati-activities version=\"2.03\"><iati-activity><iati-identifier>\
                      GB-1-20/3</iati-identifier><title><narrative \
                      xml:lang=\"en\">Batik</narrative></title></iati-activity></iati-activities>";
    let set = &[("modality", "BILATERAL")];
    let told = enter(&app, &officer, (ImportTable::Programmes, "a.xml"), set, activities).await;
    assert!(told.len() == 1 && told[0].contains("NEW"), "{told:?}");
    let batches = "key,programme,title,language,dates\n\
                   batik,GB-1-20/3,Batik Tulis,en,2023-11-20\nkc-2010,prog-a,Batik,en,2010-11-20\n";
    let told = enter(&app, &officer, (ImportTable::Batches, "b.csv"), &[], batches).await;
    assert_eq!(told, ["2 NEW", "3 NEW"]);
    let came = "batch,country\nBatik,Nepal\n";
    let told = enter(&app, &officer, (ImportTable::Delegations, "d.csv"), &[], came).await;
    assert_eq!(told, ["2 NEW"]);
    let batch = app
        .ask_as(&officer, "{ batch(by: {key: \"kc-2010\"}) { delegations { totalCount } } }")
        .await;
    assert_eq!(batch.at("/batch/delegations/totalCount"), 1);
}

async fn days_in_utc_are_told_as_such(app: TestApp) {
    let officer = officer(&app).await;
    let calendar = |zone: &str, id: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{zone}BEGIN:VEVENT\r\nUID:{id}\r\n\
             DTSTART:20231119T230000Z\r\n\
             DTEND:20231120T090000Z\r\nSUMMARY:Batik {id}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let (what, set) = ((ImportTable::Batches, "c.ics"), &[("programme", "prog-a")]);
    let known = calendar("X-WR-TIMEZONE:SE Asia Standard Time\r\n", "u1");
    let rows = enter(&app, &officer, what, set, &known).await;
    assert!(rows[0].contains("NEW") && !rows[0].contains("UTC"), "{rows:?}");
    let there = app.ask_as(&officer, "{ batch(by: {key: \"u1\"}) { startsOn endsOn } }").await;
    assert_eq!(
        (there.text("/batch/startsOn"), there.text("/batch/endsOn")),
        ("2023-11-20", "2023-11-20")
    );
    let rows = enter(&app, &officer, what, set, &calendar("", "u2")).await;
    assert!(
        rows[0].contains("NEW") && rows[0].contains("\"2023-11-19\" is the day in UTC"),
        "{rows:?}"
    );
    let there = app.ask_as(&officer, "{ batch(by: {key: \"u2\"}) { startsOn } }").await;
    assert_eq!(there.text("/batch/startsOn"), "2023-11-19");
}

async fn what_is_lost_on_the_way_is_refused(app: TestApp) {
    let officer = officer(&app).await;
    let table = b"key,programme,title\nw1,prog-a,Caf\xE9\nw2,prog-a,Ca\x8Df\xE9\n";
    let (_, rows) = preview(&app, &officer, (ImportTable::Batches, "w.csv"), &[], table).await;
    assert_eq!(states(&rows), "NEW REFUSED", "{rows:?}");
    assert!(rows[1].contains("8D"), "{rows:?}");
    let activity = |id: &str, title: &str| {
        format!(
            "<iati-activity xml:lang=\"en\"><iati-identifier>{id}</iati-identifier><title>\
             <narrative>{title}</narrative></title><collaboration-type code=\"1\"/></iati-activity>"
        )
    };
    let (known, unknown) = (activity("E-1", "Caf&eacute;"), activity("E-2", "Caf&nobodys;"));
    let text = format!("<iati-activities version=\"2.03\">{known}\n{unknown}</iati-activities>");
    let what = (ImportTable::Programmes, "e.xml");
    let (_, rows) = preview(&app, &officer, what, &[], text.as_bytes()).await;
    assert_eq!(states(&rows), "NEW REFUSED", "{rows:?}");
    assert!(rows[1].contains("&nobodys;"), "{rows:?}");
    let calendar = "BEGIN:VCALENDAR\nVERSION:1.0\nBEGIN:VEVENT\nUID:v1\nDTSTART:20231120\n\
                    SUMMARY;CHARSET=UTF-8;\
                    ENCODING=QUOTED-PRINTABLE:Pelatihan=20batik=2C=20C=C3=B4te=\n=20lanjut\n\
                    END:VEVENT\nEND:VCALENDAR\n";
    let set = &[("programme", "prog-a")];
    let rows = enter(&app, &officer, (ImportTable::Batches, "v.vcs"), set, calendar).await;
    assert_eq!(states(&rows), "NEW", "{rows:?}");
    let there = app.ask_as(&officer, "{ batch(by: {key: \"v1\"}) { title } }").await;
    assert_eq!(there.text("/batch/title"), "Pelatihan batik, Côte lanjut");
}

async fn what_is_no_table_says_what_it_is(app: TestApp) {
    let officer = officer(&app).await;
    for (text, word) in [
        (&b"BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n"[..], "VEVENT"),
        (br#"{"@type": "Organization", "name": "A"}"#, "schema.org"),
        (b"<iati-activities version=\"2.03\"/>", "iati-activity"),
        (b"GIF89a\x01\0", "picture"),
        (b"BEGIN:VCARD\nFN:A\nEND:VCARD\n", "vCard"),
        (b"\xFF\xFE\0\0k\0\0\0e\0\0\0", "UTF-32"),
    ] {
        let file = Cursor::new(text.to_vec());
        let upload = upload(ImportTable::Batches, "x");
        let read = receive(&app.app.db, &app.app.clock, &officer, upload, file, |_, _| ()).await;
        let why = read.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(why.contains(word), "{word}: {why}");
    }
}
