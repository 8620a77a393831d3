//! Files of other tables than delegations.

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{event, import_row};
use jejaring::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{apply, batch, delegations, hand_in, told, upload};
use crate::intents::owner;
use crate::support::TestApp;

both_dbs!(
    batches_of_a_file_have_their_places_as_claims,
    people_are_told_by_sex_of_batches_and_of_delegations,
    participants_are_entered_and_their_names_told_nowhere,
    other_tables_are_entered_by_their_rules,
);

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

async fn people_are_told_by_sex_of_batches_and_of_delegations(app: TestApp) {
    let officer = owner(&app).await;
    let programme = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { key } } }").await;
    let programme = programme.text("/batch/programme/key");
    let text = format!(
        "key,program,judul,bahasa,peserta,perempuan,laki-laki\n\
         run-1,{programme},Perak,id,30,12,18\n\
         run-2,{programme},Emas,id,,7,5\n\
         run-3,{programme},Batu,id,10,8,7\n\
         run-4,{programme},Kayu,id,,7,\n\
         run-5,{programme},Kain,id,sekitar 40,sekitar 20,\n"
    );
    let id = hand_in(&app, &officer, upload(ImportTable::Batches, "runs.csv"), &text).await;
    let lines = told(&app, &officer, &id).await;
    let states: Vec<&str> = lines.lines().map(|line| &line[..line.len().min(9)]).collect();
    assert_eq!(states, ["2 NEW", "3 NEW", "4 REFUSED", "5 REFUSED", "6 REFUSED"], "{lines}");
    assert!(lines.contains("perempuan: \"sekitar 20\" is not one number"), "{lines}");
    assert_eq!(apply(&app, &officer, &id, ", leaveOut: true").await, Vec::<String>::new());
    let batches = "{ batches(filter: {key: {in: [\"run-1\", \"run-2\"]}}, orderBy: [{field: KEY}]) \
                   { nodes { participantsMin participantsFemale participantsMale } } }";
    let answer = app.ask_as(&officer, batches).await;
    let of = |number: i32, female: i32, male: i32| {
        json!({
            "participantsMin": number,
            "participantsFemale": female,
            "participantsMale": male,
        })
    };
    assert_eq!(answer.at("/batches/nodes"), &json!([of(30, 12, 18), of(12, 7, 5)]));
    // The same file again says nothing new; one that tells of other sexes says which.
    let again = hand_in(&app, &officer, upload(ImportTable::Batches, "runs.csv"), &text).await;
    let lines = told(&app, &officer, &again).await;
    assert!(lines.starts_with("2 UNCHANGED\n3 UNCHANGED"), "{lines}");
    let text = text.replace("30,12,18", "30,13,17");
    let other = hand_in(&app, &officer, upload(ImportTable::Batches, "runs.csv"), &text).await;
    let lines = told(&app, &officer, &other).await;
    assert!(
        lines.starts_with(
            "2 CHANGED peserta: \"30\" changes the number of participants that this file claims \
             from 30 persons, of whom 12 women, 18 men to 30 persons, of whom 13 women, 17 men"
        ),
        "{lines}"
    );
    assert_eq!(apply(&app, &officer, &other, ", leaveOut: true").await, Vec::<String>::new());
    let answer = app.ask_as(&officer, batches).await;
    assert_eq!(answer.at("/batches/nodes/0"), &of(30, 13, 17));
    // Of delegations in the same words.
    let of_delegations =
        |female: &str| format!("batch,country,headcount,female,male\nrun-1,KH,5,{female},3\n");
    for (female, said) in [
        ("2", "2 NEW"),
        ("1", "2 CHANGED headcount: \"5\" changes from 5, of whom 2 women, 3 men to 5, of whom 1"),
    ] {
        let file = upload(ImportTable::Delegations, "who.csv");
        let id = hand_in(&app, &officer, file, &of_delegations(female)).await;
        let lines = told(&app, &officer, &id).await;
        assert!(lines.starts_with(said), "{lines}");
        assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    }
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
