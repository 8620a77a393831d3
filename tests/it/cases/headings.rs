//! Headings, days, numbers and titles that may be read in several ways: what is not known is left
//! out or told, never guessed.

use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use serde_json::Value;

use super::After::{Batch, Delegations};
use super::network::{comes_to, file};
use super::{differs, enter};
use crate::intents::mutation;
use crate::support::TestApp;

both_dbs!(
    a_heading_that_says_something_else_is_left_out_with_a_note,
    numbers_of_people_are_no_states,
    a_number_beside_a_batch_that_has_none_is_told,
    a_title_that_ends_in_a_number_is_a_title,
    lists_and_times_of_days_are_read_as_what_they_are,
    how_exactly_a_day_is_known_is_not_lost_in_silence,
);

/// An officer with a programme and batches, without numbers.
async fn officer(app: &TestApp) -> Actor {
    let officer = app.officer("bbspjikb").await;
    enter(app, &officer, ImportTable::Programmes, "key,title,modality\nhd,Headings,BILATERAL\n")
        .await;
    for key in ["hd-a", "hd-b"] {
        let text = format!(
            "key,programme,title,language,status,starts_on,ends_on\n\
             {key},hd,{key},en,CLOSED,2020-03-02,2020-03-06\n"
        );
        enter(app, &officer, ImportTable::Batches, &text).await;
    }
    officer
}

/// What the columns of an import are taken for: field or `-`, and the note.
async fn columns(app: &TestApp, actor: &Actor, id: &str) -> Vec<String> {
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Import {{ columns {{ name field use note }} }} }} }}"
    );
    let answer = app.ask_as(actor, &query).await;
    let columns = answer.at("/node/columns").as_array().cloned().unwrap_or_default();
    let one = |column: &Value| {
        let part = |name: &str| column[name].as_str().unwrap_or("-").to_owned();
        format!("{}: {} {} {}", part("name"), part("field"), part("use"), part("note"))
    };
    columns.iter().map(one).collect()
}

async fn a_heading_that_says_something_else_is_left_out_with_a_note(app: TestApp) {
    let officer = officer(&app).await;
    let text = "Batch,Host country,Participating country,Jumlah L,Jumlah P,Total cost\n\
                hd-a,Indonesia,Nepal,2,3,900\n";
    let id = file(&app, &officer, ImportTable::Delegations, text).await;
    let headcount = "- UNKNOWN may be headcount: say so where it is";
    assert_eq!(
        columns(&app, &officer, &id).await,
        [
            "Batch: batch USED -",
            "Host country: - UNKNOWN may be country: say so where it is",
            "Participating country: country USED -",
            &format!("Jumlah L: {headcount}"),
            &format!("Jumlah P: {headcount}"),
            &format!("Total cost: {headcount}"),
        ]
    );
    comes_to(&app, &officer, ImportTable::Delegations, text, &[(2, "NEW", &[])]).await;
    assert_eq!(differs(&app, &officer, &id, &Delegations("hd-a", "NP null null")).await, None);
    let text = "Batch,First Name,Last Name,Country\nhd-a,Siti,Contoh,Nepal\n";
    let id = file(&app, &officer, ImportTable::Participants, text).await;
    let name = "- UNKNOWN may be name: say so where it is";
    let shown = columns(&app, &officer, &id).await;
    assert_eq!(shown[1..3], [format!("First Name: {name}"), format!("Last Name: {name}")]);
    let text = "key,programme,title,language,Registration start date,Training start,Training end\n\
                hd-d,hd,Days,en,2020-01-02,2020-05-04,2020-05-08\n";
    comes_to(&app, &officer, ImportTable::Batches, text, &[(2, "NEW", &[])]).await;
    let days = Batch("hd-d", &[("startsOn", "2020-05-04"), ("endsOn", "2020-05-08")]);
    assert_eq!(differs(&app, &officer, &id, &days).await, None);
}

async fn numbers_of_people_are_no_states(app: TestApp) {
    let officer = officer(&app).await;
    let (table, id) = (ImportTable::Delegations, "");
    let text = "batch,Negara,Terdaftar,Hadir\nhd-a,Nepal,30,20\nhd-a,Fiji,20 s.d 25,7 orang\n";
    comes_to(&app, &officer, table, text, &[(2, "NEW", &[]), (3, "NEW", &[])]).await;
    assert_eq!(
        differs(&app, &officer, id, &Delegations("hd-a", "FJ 7 null, NP 20 null")).await,
        None
    );
    let text = "batch,Negara,Hadir\nhd-b,Nepal,hadir\nhd-b,Fiji,5\n";
    let refused: &[&str] = &["Hadir", "is a number", "headcount"];
    comes_to(&app, &officer, table, text, &[(2, "NEW", &[]), (3, "REFUSED", refused)]).await;
    let text = "key,programme,title,language,capacity\nhd-c,hd,Places,en,30 orang\n\
                hd-e,hd,More,en,20-30\n";
    let capacity: &[&str] = &["capacity", "is not one number"];
    comes_to(
        &app,
        &officer,
        ImportTable::Batches,
        text,
        &[(2, "NEW", &[]), (3, "REFUSED", capacity)],
    )
    .await;
    assert_eq!(differs(&app, &officer, id, &Batch("hd-c", &[("capacity", "30")])).await, None);
}

async fn a_number_beside_a_batch_that_has_none_is_told(app: TestApp) {
    let officer = officer(&app).await;
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "batch,number,country\nhd-a,7,Nepal\nhd-a,xyz,Fiji\n",
        &[
            (2, "NEW", &["number: \"7\" is not taken", "has no number"]),
            (3, "NEW", &["number: \"xyz\" is not taken", "hd-a"]),
        ],
    )
    .await;
}

async fn a_title_that_ends_in_a_number_is_a_title(app: TestApp) {
    let officer = officer(&app).await;
    enter(&app, &officer, ImportTable::Programmes, "key,title,modality\nprog-b,Runs,BILATERAL\n")
        .await;
    let runs = "key,programme,number,title,language,status,starts_on,ends_on\n\
                z1,prog-b,3,Opening,en,CLOSED,2020-03-02,2020-03-06\n\
                z2,prog-b,7,Run 3,en,CLOSED,2020-04-02,2020-04-06\n\
                z3,prog-b,9,Run 12,en,CLOSED,2020-05-02,2020-05-06\n";
    enter(&app, &officer, ImportTable::Batches, runs).await;
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "programme,batch,number,country\n\
         prog-b,Run 3,,Nepal\n\
         prog-b,Run 7,,Fiji\n\
         prog-b,Run 12,,Kenya\n\
         prog-b,Opening,7,Ghana\n\
         prog-b,Opening,3,Japan\n\
         hd,Opening,,Malaysia\n\
         prog-b,Run 4,,Thailand\n",
        &[
            (2, "AMBIGUOUS", &["batch: \"Run 3\"", "\"z2\"", "\"z1\""]),
            (3, "NEW", &[]),
            (4, "NEW", &[]),
            (5, "AMBIGUOUS", &["\"z1\"", "\"z2\""]),
            (6, "NEW", &[]),
            (7, "REFUSED", &["is not the title of a batch of \"hd\""]),
            (8, "REFUSED", &["no run number 4"]),
        ],
    )
    .await;
    for (batch, codes) in [("z1", "JP null null"), ("z2", "FJ null null"), ("z3", "KE null null")] {
        assert_eq!(differs(&app, &officer, "", &Delegations(batch, codes)).await, None);
    }
}

async fn lists_and_times_of_days_are_read_as_what_they_are(app: TestApp) {
    let officer = officer(&app).await;
    let text = "key,programme,title,language,dates\n\
                l-1,hd,One,en,\"9, 10 - 11 November 2023\"\n\
                l-2,hd,Two,en,\"20-22 November 2023, 08:00-12:00 WIB\"\n\
                l-3,hd,Three,en,2023-11-20/27\n\
                l-4,hd,Four,en,20 November 2023 09.00\n\
                l-5,hd,Five,en,\"5, 6 dan 8 Maret 2024\"\n";
    comes_to(
        &app,
        &officer,
        ImportTable::Batches,
        text,
        &[
            (2, "NEW", &[]),
            (3, "NEW", &[]),
            (4, "NEW", &[]),
            (5, "NEW", &[]),
            (6, "REFUSED", &["5, 6 dan 8 Maret 2024", "names single days"]),
        ],
    )
    .await;
    for (key, from, to) in [
        ("l-1", "2023-11-09", "2023-11-11"),
        ("l-2", "2023-11-20", "2023-11-22"),
        ("l-3", "2023-11-20", "2023-11-27"),
        ("l-4", "2023-11-20", "2023-11-20"),
    ] {
        let query = format!("{{ batch(by: {{key: {key:?}}}) {{ startsOn endsOn }} }}");
        let batch = app.ask_as(&officer, &query).await;
        assert_eq!(
            [batch.text("/batch/startsOn"), batch.text("/batch/endsOn")],
            [from, to],
            "{key}"
        );
    }
}

async fn how_exactly_a_day_is_known_is_not_lost_in_silence(app: TestApp) {
    let officer = officer(&app).await;
    enter(
        &app,
        &officer,
        ImportTable::Batches,
        "key,programme,title,language\nhd-w,hd,Dateless,en\n",
    )
    .await;
    let text = "key,batch,title,language,starts_on,ends_on\n\
                w-1,hd-w,Visit,en,March 2010,2010\n\
                w-2,hd-w,Lecture,en,2010-03-05,2010-03-05\n";
    let told: &[&str] = &[
        "starts_on: \"March 2010\" is kept as 2010-03-01",
        "ends_on: \"2010\" is kept as 2010-12-31",
    ];
    comes_to(
        &app,
        &officer,
        ImportTable::Workshops,
        text,
        &[(2, "NEW", told), (3, "NEW", &["!is kept as"])],
    )
    .await;
    let curator = app.staff(GrantRole::Curator).await;
    let input = "key: \"oex\", kind: ORGANISATION, nameEn: \"Organisation of Examples\"";
    let made =
        app.ask_as(&curator, &mutation("addRegionalGroup", input, "regionalGroup { key }")).await;
    assert_eq!(made.refusals("addRegionalGroup"), Vec::<String>::new());
    comes_to(
        &app,
        &curator,
        ImportTable::Memberships,
        "group,country_code,valid_from,valid_to\n\
         oex,KH,5 May 2001,2003\n\
         oex,LA,2001,2003\n",
        &[
            (2, "NEW", &["valid_to: \"2003\" is kept as 2003-12-31", "year"]),
            (3, "NEW", &["!is kept as"]),
        ],
    )
    .await;
}
