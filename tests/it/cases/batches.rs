//! Batches: what they are known by, where they are held, and what is said of what changes.

mod places;

use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use serde_json::Value;

use super::After::{Batch, Claims, NoBatch, Runs, Venues};
use super::Preview::Rows;
use super::{CASE, Case, apply, venues};
use crate::import::{hand_in, upload};
use crate::support::TestApp;

pub const CASES: &[Case] = &[
    Case {
        file: "batch-number-0.csv",
        programmes: &["nz-a"],
        preview: Rows(&[(2, "REFUSED", &["number", "\"0\""]), (3, "NEW", &[])]),
        after: &[Runs("nz-a", 1)],
        ..CASE
    },
    Case {
        file: "batch-title-501-characters.csv",
        preview: Rows(&[(2, "REFUSED", &["title", "500", "501"]), (3, "NEW", &[])]),
        after: &[NoBatch("tl-1"), Batch("tl-2", &[("title", "Short")])],
        ..CASE
    },
    Case {
        file: "place-without-venue.csv",
        preview: Rows(&[
            (2, "NEW", &["latitude", "longitude", "-22.5, 17.1"]),
            (3, "NEW", &["country", "Namibia"]),
        ]),
        after: &[
            Claims(
                "pv-1",
                &["STARTS_ON 2015-01-02 DAY", "TITLE Coordinates en", "VENUE -22.5, 17.1"],
            ),
            Claims("pv-2", &["STARTS_ON 2015-01-02 DAY", "TITLE Country en", "VENUE Namibia"]),
            Venues("pv-1", &[]),
        ],
        ..CASE
    },
    Case {
        file: "place-without-venue.csv",
        preview: Rows(&[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]),
        ..CASE
    },
    Case {
        file: "venue-central-library-2.csv",
        before: &["venue-central-library-1.csv"],
        preview: Rows(&[
            (2, "NEW", &["another place", "Central Library, Manchester, GB"]),
            (3, "NEW", &[]),
        ]),
        after: &[
            Venues("vc-1", &["Central Library, Manchester, GB"]),
            Venues("vc-2", &["Central Library, Calgary, CA"]),
            Venues("vc-3", &["Manchester, Manchester, US"]),
        ],
        ..CASE
    },
    Case { file: "venue-central-library-1.csv", preview: Rows(&[(2, "UNCHANGED", &[])]), ..CASE },
    Case {
        file: "venue-central-library-2.csv",
        preview: Rows(&[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]),
        ..CASE
    },
    Case {
        file: "venue-folded-alike.csv",
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[
            Venues("sj-1", &["San José, San José, CR"]),
            Venues("sj-2", &["San José, San José, CR"]),
        ],
        ..CASE
    },
    Case {
        file: "venue-folded-alike.csv",
        preview: Rows(&[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]),
        ..CASE
    },
    Case {
        file: "batch-key-thrice-with-other-days.csv",
        programmes: &["yk-a"],
        preview: Rows(&[
            (2, "NEW", &[]),
            (3, "AMBIGUOUS", &["starts_on", "title", "line 2", "!venue"]),
            (4, "AMBIGUOUS", &["starts_on", "title", "line 2", "!venue"]),
            (5, "NEW", &[]),
            (6, "AMBIGUOUS", &["programme", "line 5", "!venue", "!place"]),
        ]),
        after: &[
            Batch("yk-p", &[("title", "Pixel Days"), ("startsOn", "2017-11-16")]),
            Venues("yk-p", &["Hall A, Belfast, GB"]),
            Batch("yk-m", &[("title", "Mobile Days")]),
            Venues("yk-m", &["Hall C, Oslo, NO"]),
            Runs("yk-a", 0),
        ],
        ..CASE
    },
    Case {
        file: "batches-without-key-and-number.csv",
        programmes: &["ky-a"],
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[Runs("ky-a", 2)],
        ..CASE
    },
    Case {
        file: "batches-without-key-and-number.csv",
        preview: Rows(&[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]),
        after: &[Runs("ky-a", 2)],
        ..CASE
    },
    Case {
        file: "batch-in-two-places-by-label.csv",
        programmes: &["kp-a"],
        preview: Rows(&[(2, "NEW", &[]), (3, "CHANGED", &["Kota", "another place", "line 2"])]),
        after: &[Runs("kp-a", 1)],
        ..CASE
    },
    Case {
        file: "batch-in-two-places-by-label.csv",
        preview: Rows(&[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]),
        after: &[Runs("kp-a", 1)],
        ..CASE
    },
];

both_dbs!(
    rows_of_one_run_add_to_it_and_do_not_contradict_it,
    what_changes_is_told_from_what_to_what,
    what_contradicts_the_register_is_refused,
    all_that_stands_in_a_row_is_kept_or_told,
);

/// An officer of an institution with a programme of each of these keys.
pub async fn officer(app: &TestApp, programmes: &[&str]) -> Actor {
    let officer = app.officer("bbspjikb").await;
    for key in programmes {
        let text = format!("key,title,language,modality\n{key},Programme {key},en,BILATERAL\n");
        super::enter(app, &officer, ImportTable::Programmes, &text).await;
    }
    officer
}

/// Hands in a file: the import, and its rows with states and reasons.
pub async fn preview(
    app: &TestApp,
    actor: &Actor,
    name: &str,
    text: &str,
) -> (String, Vec<String>) {
    let id = hand_in(app, actor, upload(ImportTable::Batches, name), text).await;
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
pub async fn enter(app: &TestApp, actor: &Actor, name: &str, text: &str) -> Vec<String> {
    let (id, rows) = preview(app, actor, name, text).await;
    assert_eq!(apply(app, actor, &id).await, Vec::<String>::new(), "{text}\n{rows:?}");
    rows
}

/// The states of rows.
pub fn states(rows: &[String]) -> String {
    let state = |row: &String| row.split(' ').nth(1).unwrap_or_default().to_owned();
    rows.iter().map(state).collect::<Vec<_>>().join(" ")
}

/// Whether a row is told with all of these words.
#[track_caller]
pub fn tells(row: &str, words: &[&str]) {
    for word in words {
        assert!(row.contains(word), "{word:?} is not in {row:?}");
    }
}

pub async fn count(app: &TestApp, actor: &Actor, programme: &str) -> i64 {
    let query =
        format!("{{ programme(by: {{key: {programme:?}}}) {{ batches {{ totalCount }} }} }}");
    app.ask_as(actor, &query).await.at("/programme/batches/totalCount").as_i64().expect("a number")
}

/// A file of batches of `places` with a place in each row: venue, city, country.
fn held(key: &str, places: &[&str]) -> String {
    let mut text = "key,programme,title,language,starts_on,status,venue,city,country\n".to_owned();
    for (number, place) in places.iter().enumerate() {
        text += &format!("{key}-{number},places,Run {key} {number},en,2015-01-02,CLOSED,{place}\n");
    }
    text
}

async fn rows_of_one_run_add_to_it_and_do_not_contradict_it(app: TestApp) {
    let officer = officer(&app, &["runs"]).await;
    let text = "key,programme,number,label,title,language,starts_on,participants,mode,status,venue,\
                city\n\
                r-1,runs,1,Batch I,Silver,en,2016-10-24,20,online,CLOSED,Hall One,Malang\n\
                r-1,runs,1,batch i,SILVER,en,2016-10-24,20,online,CLOSED,hall one,MALANG\n\
                r-1,,,,,,,,,,Hall Two,Malang\n\
                r-1,runs,,,,,,,,,Hall Three,\n\
                ,runs,1,,,,,,,,Hall Four,\n\
                r-1,runs,2,,,,,,,,Hall One,Malang\n\
                r-1,runs,,,,id,,21,onsite,DRAFT,,\n\
                r-1,runs,,,Silver,id,,,,,,\n\
                r-2,runs,1,,,,,,,,,\n\
                ,runs,4,Batch IV,,,,,,,,\n\
                ,runs,4,,Gold,en,2018-01-02,7,,CLOSED,,\n\
                r-4,runs,4,,,,,,,,,\n";
    let (id, rows) = preview(&app, &officer, "rows.csv", text).await;
    let said = "NEW UNCHANGED REFUSED CHANGED CHANGED AMBIGUOUS AMBIGUOUS AMBIGUOUS AMBIGUOUS NEW \
                CHANGED AMBIGUOUS";
    assert_eq!(states(&rows), said, "{rows:?}");
    tells(&rows[1], &["the same", "line 2"]);
    tells(&rows[3], &["\"Hall Three\" is another place than that of line 2"]);
    tells(&rows[5], &["number: \"2\"", "line 2"]);
    tells(
        &rows[6],
        &[
            "participants: \"21\"",
            "mode: \"onsite\"",
            "status: \"DRAFT\"",
            "language: \"id\" is not taken",
        ],
    );
    tells(&rows[7], &["language: \"id\" is not what line 2 says"]);
    tells(&rows[8], &["key: \"r-2\"", "line 2"]);
    tells(
        &rows[10],
        &["title: \"Gold\" is added to the batch of line 11", "status: \"CLOSED\" is not taken"],
    );
    tells(&rows[11], &["key: \"r-4\"", "line 11"]);
    assert_eq!(apply(&app, &officer, &id).await, Vec::<String>::new());
    assert_eq!(count(&app, &officer, "runs").await, 2);
    assert_eq!(
        venues(&app, &officer, "r-1").await,
        ["Hall Four, null, null", "Hall One, Malang, null", "Hall Three, null, null"]
    );
    let run =
        app.ask_as(&officer, "{ batch(by: {key: \"r-1\"}) { label title mode status } }").await;
    let run = ["label", "title", "mode", "status"].map(|name| run.at("/batch")[name].clone());
    assert_eq!(run, ["Batch I", "Silver", "ONLINE", "CLOSED"]);
    let rows = enter(&app, &officer, "rows.csv", text).await;
    let again = states(&rows).replace("REFUSED", "AMBIGUOUS");
    assert!(!again.contains("NEW"), "{rows:?}");
    assert_eq!(count(&app, &officer, "runs").await, 2);
}

async fn what_changes_is_told_from_what_to_what(app: TestApp) {
    let officer = officer(&app, &["runs"]).await;
    let head =
        "key,programme,number,label,title,language,starts_on,ends_on,participants,mode,capacity";
    let old = format!("{head}\nr-1,runs,1,Batch I,Silver,en,2016-10-24,2016-10-28,20,online,30\n");
    let new =
        format!("{head}\nr-1,runs,2,Batch II,Gold,id,2016-11,2016-11-30,sekitar 25,onsite,40\n");
    enter(&app, &officer, "changes.csv", &old).await;
    let rows = enter(&app, &officer, "changes.csv", &new).await;
    tells(
        &rows[0],
        &[
            "CHANGED",
            "number: \"2\" changes the number from 1 to 2",
            "label: \"Batch II\" changes the label from Batch I to Batch II",
            "mode: \"onsite\" changes the mode from ONLINE to ONSITE",
            "capacity: \"40\" changes the capacity from 30 to 40",
            "from \"Silver\" (en) to \"Gold\" (id)",
            "first day that this file claims from 2016-10-24 to 2016-11",
            "last day that this file claims from 2016-10-28 to 2016-11-30",
            "from 20 persons to about 25 persons",
        ],
    );
    assert_eq!(states(&enter(&app, &officer, "changes.csv", &new).await), "UNCHANGED");
    // Of a title whose language is not said any more the language is left as it is.
    let less = "key,programme,title,starts_on\nr-1,runs,Gold,November 2016\n";
    assert_eq!(states(&enter(&app, &officer, "changes.csv", less).await), "UNCHANGED");
    let other = "key,programme,title,language,participants\nr-1,runs,Pearl,en,30\n";
    let rows = enter(&app, &officer, "other.csv", other).await;
    tells(
        &rows[0],
        &[
            "CHANGED",
            "\"Pearl\" (en), which this file has not claimed before; \"Gold\" (id) is accepted",
        ],
    );
}

async fn what_contradicts_the_register_is_refused(app: TestApp) {
    let officer = officer(&app, &["runs", "other"]).await;
    let text = "key,programme,number,title,language\nr-1,runs,1,One,en\nr-2,runs,2,Two,en\n";
    enter(&app, &officer, "runs.csv", text).await;
    let wrong = "key,programme,number,title,language,capacity\n\
                 r-1,other,,One,en,\n\
                 r-1,runs,2,One,en,\n\
                 r-3,runs,2,Three,en,\n\
                 r-4,runs,4,Four,en,-1\n\
                 r-5,,5,Five,en,\n";
    let rows = enter(&app, &officer, "wrong.csv", wrong).await;
    assert_eq!(states(&rows), "REFUSED REFUSED REFUSED REFUSED REFUSED", "{rows:?}");
    tells(&rows[0], &["programme: \"other\"", "r-1", "run of runs"]);
    tells(&rows[1], &["number: \"2\"", "r-2"]);
    tells(&rows[2], &["number: \"2\"", "r-2"]);
    tells(&rows[4], &["programme"]);
    // By its key alone a batch is found, with its programme.
    let keyed = "key,title,language\nr-1,Uno,en\n";
    let rows = enter(&app, &officer, "runs.csv", keyed).await;
    tells(&rows[0], &["CHANGED", "from \"One\" (en) to \"Uno\" (en)"]);
}

async fn all_that_stands_in_a_row_is_kept_or_told(app: TestApp) {
    let officer = officer(&app, &["runs"]).await;
    let text = "key,programme,language,starts_on,dates,latitude,longitude,country\n\
                r-1,runs,en,2016-10-24,24-28 October 2016,-7.98,112.63,Indonesia\n\
                r-2,runs,,2016-10-25,24-28 October 2016,,,\n\
                r-3,runs,,2016-10-24,October 2016,,,\n";
    let rows = enter(&app, &officer, "all.csv", text).await;
    assert_eq!(states(&rows), "NEW REFUSED NEW", "{rows:?}");
    tells(
        &rows[0],
        &["language: \"en\" is not taken", "latitude", "longitude", "country: \"Indonesia\""],
    );
    tells(&rows[0], &["-7.98, 112.63, Indonesia"]);
    tells(&rows[1], &["starts_on: \"2016-10-25\"", "dates", "2016-10-24"]);
    tells(&rows[2], &["dates: \"October 2016\" is not taken"]);
    // What whoever does not keep a batch says of it is claimed, and not recorded.
    let stranger = app.officer("ditjen-ikm").await;
    let other = "key,number,label,mode,capacity,title,language\nr-9,7,Other,online,9,Mine,en\n";
    let rows = enter(&app, &officer, "draft.csv", "key,status\nr-1,ANNOUNCED\n").await;
    tells(&rows[0], &["UNCHANGED", "is not taken: the batch is DRAFT"]);
    let public =
        "key,programme,title,language,starts_on,status\nr-9,runs,Nine,en,2015-01-02,CLOSED\n";
    enter(&app, &officer, "public.csv", public).await;
    let rows = enter(&app, &stranger, "other.csv", other).await;
    tells(
        &rows[0],
        &[
            "number: \"7\" is not taken: the batch is not yours, and its number stays none",
            "label: \"Other\" is not taken",
            "mode: \"online\" is not taken: the batch is not yours, and its mode stays ONSITE",
            "capacity: \"9\" is not taken",
            "claims the title \"Mine\" (en)",
        ],
    );
}
