//! Imports that are undone: the register is what it was, but for what others have changed since.

use std::collections::BTreeMap;
use std::sync::Arc;

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{claim, delegation, event, person, tombstone};
use jejaring::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::cases;
use crate::export::exported;
use crate::import::{apply, batch, hand_in, told, upload};
use crate::intents::{mutation, owner};
use crate::support::{Answer, Backend, TestApp};
use crate::voiding::{answers, texts};

both_dbs!(
    what_files_came_to_is_undone,
    what_a_newer_file_changed_goes_back,
    what_others_have_changed_since_stays_and_is_listed,
    what_hangs_from_something_that_stays_is_undone_by_itself,
    people_and_names_go_as_they_came,
    what_is_void_is_no_obstacle,
    it_is_undone_once_by_whoever_applied_it_with_a_reason,
    the_file_may_be_handed_in_again,
    who_may_not_change_it_any_more_undoes_nothing_of_it,
    many_rows_are_undone_like_few,
);

/// What undoing an import shows.
const UNDONE: &str = "import { state undone { voidedCount revertedCount keptCount \
                      kept { recordKind recordKey recordId field reason } } }";

async fn undo(app: &TestApp, actor: &Actor, id: &str) -> Answer {
    let input = format!("importId: {id:?}, reason: \"It was the wrong file\"");
    app.ask_as(actor, &mutation("undoImport", &input, UNDONE)).await
}

/// Undoes an import; what is told of it.
pub async fn undone(app: &TestApp, actor: &Actor, id: &str) -> Value {
    let answer = undo(app, actor, id).await;
    assert!(answer.errors.is_empty(), "{answer}");
    assert_eq!(answer.refusals("undoImport"), Vec::<String>::new());
    assert_eq!(answer.text("/undoImport/import/state"), "UNDONE");
    answer.at("/undoImport/import/undone").clone()
}

/// What stays: the key of the record, the field and the reason.
pub fn kept(undone: &Value) -> Vec<String> {
    let kept = undone["kept"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| {
        let [key, field, reason] = ["recordKey", "field", "reason"].map(|name| text(&one[name]));
        format!("{key} {field}: {reason}")
    };
    kept.map(line).collect()
}

/// What the register shows: the package, and public answers. Tombstones are left, and sources of
/// files have titles with the day.
pub async fn shown(app: &TestApp) -> (BTreeMap<String, String>, Value) {
    let mut public = answers(app).await.data;
    public.as_object_mut().expect("an object").remove("tombstones");
    (texts(&exported(app, Actor::Operator).await), public)
}

async fn delegations(app: &TestApp, officer: &Actor, text: &str) -> String {
    hand_in(app, officer, upload(ImportTable::Delegations, "delegasi.csv"), text).await
}

async fn applied(app: &TestApp, officer: &Actor, text: &str) -> String {
    let id = delegations(app, officer, text).await;
    assert_eq!(apply(app, officer, &id, "").await, Vec::<String>::new());
    id
}

/// Of every file of the cases: once it is undone, the register shows what it did before.
async fn what_files_came_to_is_undone(app: TestApp) {
    let every = if app.backend == Backend::Sqlite { 1 } else { 5 };
    let (mut undone_files, mut wrong) = (0, Vec::new());
    for (actor, case) in cases::all(&app).await.into_iter().step_by(every) {
        let Ok(id) = case.begin(&app, &actor).await else { continue };
        let before = shown(&app).await;
        if !cases::apply(&app, &actor, &id).await.is_empty() {
            continue;
        }
        let came = undone(&app, &actor, &id).await;
        if came["keptCount"] != 0 {
            wrong.push(format!("{}: {:?}", case.file(), kept(&came)));
        }
        let after = shown(&app).await;
        if before != after {
            let (before, after) = (format!("{before:#?}"), format!("{after:#?}"));
            let lines = before.lines().zip(after.lines()).find(|(one, other)| one != other);
            wrong.push(format!("{}: {lines:?}", case.file()));
        }
        undone_files += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(undone_files > 40 / every, "{undone_files}");
}

async fn what_a_newer_file_changed_goes_back(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let begin = shown(&app).await;
    let first = "batch,country,status,headcount\nsilver,KH,hadir,3\nsilver,LA,hadir,2\n";
    let first = applied(&app, &officer, first).await;
    let before = shown(&app).await;
    let newer = "batch,country,status,headcount\nsilver,KH,hadir,5\nsilver,FJ,hadir,1\n";
    let newer = applied(&app, &officer, newer).await;
    assert_ne!(shown(&app).await, before);
    let position = app.position().await;
    let came = undone(&app, &officer, &newer).await;
    assert_eq!((&came["keptCount"], kept(&came)), (&json!(0), Vec::<String>::new()));
    // The delegation of Fiji with its two claims; the number of Cambodia, and the line it stood in.
    assert_eq!(came["voidedCount"], 3, "{came}");
    assert_eq!(shown(&app).await, before);
    let names = event::Entity::find().filter(event::Column::Position.gt(position));
    let names = names.all(app.app.db.reading()).await.expect("events");
    let names: Vec<&str> = names.iter().map(|event| event.kind.as_str()).collect();
    for name in ["claim.filed", "claim.voided", "delegation.voided", "import.undone"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let came = undone(&app, &officer, &first).await;
    assert_eq!((&came["keptCount"], &came["revertedCount"]), (&json!(0), &json!(0)), "{came}");
    assert_eq!(shown(&app).await, begin);
}

async fn what_others_have_changed_since_stays_and_is_listed(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let text = "batch,judul,jenis,tanggal mulai,bahasa\n\
                silver,Patri,praktik,5 Maret 2024,id\nsilver,Ukir,praktik,6 Maret 2024,id\n";
    let first = hand_in(&app, &officer, upload(ImportTable::Workshops, "w.csv"), text).await;
    assert_eq!(apply(&app, &officer, &first, "").await, Vec::<String>::new());
    let text = text.replace("praktik,5", "pelatihan,4");
    let newer = hand_in(&app, &officer, upload(ImportTable::Workshops, "w.csv"), &text).await;
    assert_eq!(apply(&app, &officer, &newer, "").await, Vec::<String>::new());
    let list =
        "{ batch(by: {key: \"silver\"}) { workshops { nodes { id key title kind startsOn } } } }";
    let patri = app.ask(list).await;
    let patri = patri.at("/batch/workshops/nodes").as_array().expect("workshops").iter();
    let patri = patri.clone().find(|one| one["title"] == "Patri").expect("a workshop").clone();
    let id = patri["id"].as_str().expect("an id");
    let moved = format!("workshopId: {id:?}, startsOn: \"2024-03-07\"");
    let moved = app.ask_as(&officer, &mutation("moveWorkshop", &moved, "workshop { key }")).await;
    assert_eq!(moved.refusals("moveWorkshop"), Vec::<String>::new());
    // The kind goes back, and the day stays that somebody has set since.
    let came = undone(&app, &officer, &newer).await;
    let key = patri["key"].as_str().expect("a key");
    let expected = format!("{key} startsOn: the field has been changed since");
    assert_eq!(kept(&came), [expected]);
    assert_eq!((&came["keptCount"], &came["revertedCount"]), (&json!(1), &json!(1)), "{came}");
    let now = app.ask(list).await.to_string();
    assert!(now.contains("2024-03-07") && !now.contains("TRAINING"), "{now}");
    // The one that was moved stays; the other is void.
    let came = undone(&app, &officer, &first).await;
    assert_eq!(kept(&came), [format!("{key} -: it has been changed since: startsOn")]);
    assert_eq!(came["voidedCount"], 1, "{came}");
    // In the language of the reader.
    let asked = format!(
        "{{ node(id: {first:?}) {{ ... on Import {{ \
         undone {{ kept {{ reason(language: ID) }} }} }} }} }}"
    );
    let reason = app.ask_as(&officer, &asked).await;
    assert!(reason.text("/node/undone/kept/0/reason").contains("sudah diubah"), "{reason}");
}

async fn what_hangs_from_something_that_stays_is_undone_by_itself(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = applied(&app, &officer, "batch,country,headcount\nsilver,KH,3\nsilver,LA,4\n").await;
    let party = "{ batch(by: {key: \"silver\"}) { delegations(filter: {country: {eq: \"KH\"}}) \
                 { nodes { id key headcountMin } } } }";
    let before = app.ask(party).await;
    let (came, key) = (
        before.text("/batch/delegations/nodes/0/id").to_owned(),
        before.text("/batch/delegations/nodes/0/key").to_owned(),
    );
    let said = format!("delegationId: {came:?}, headcount: 9");
    let said =
        app.ask_as(&officer, &mutation("recordAttendance", &said, "delegation { id }")).await;
    assert_eq!(said.refusals("recordAttendance"), Vec::<String>::new());
    let came = undone(&app, &officer, &id).await;
    let stays = kept(&came);
    assert_eq!(stays.len(), 1, "{came}");
    assert!(
        stays[0].starts_with(&format!("{key} -: the claim \"{key}-"))
            && stays[0].ends_with("stays"),
        "{stays:?}"
    );
    let after = app.ask(party).await;
    assert_eq!(after.at("/batch/delegations/nodes/0/headcountMin"), &json!(9), "{after}");
    let sources = app.ask("{ sources(filter: {kind: {eq: SPREADSHEET}}) { totalCount } }").await;
    assert_eq!(sources.at("/sources/totalCount"), &json!(0), "nothing has it as its source");
    // What it did is void, and can be restored by those who may write it.
    let void = tombstone::Entity::find().count(app.app.db.reading()).await.expect("tombstones");
    assert_eq!(json!(void), came["voidedCount"], "{came}");
}

async fn people_and_names_go_as_they_came(app: TestApp) {
    let officer = owner(&app).await;
    let curator = app.staff(GrantRole::Curator).await;
    batch(&app, &officer, "silver").await;
    applied(&app, &officer, "batch,country\nsilver,KH\n").await;
    let people = async || person::Entity::find().count(app.app.db.reading()).await.expect("people");
    let (before, there) = (shown(&app).await, people().await);
    let text =
        "Angkatan,Nama Lengkap,Negara\nsilver,Sok Canary,Kamboja\nsilver,Dara Canary,Kamboja\n";
    let id = hand_in(&app, &officer, upload(ImportTable::Participants, "peserta.csv"), text).await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    assert_eq!(people().await, there + 2);
    let came = undone(&app, &officer, &id).await;
    assert_eq!((people().await, &came["keptCount"]), (there, &json!(0)), "{came}");
    assert_eq!(shown(&app).await, before);
    let known = "key,nama,singkatan\nasipa,Nama yang belum dikenal,NYBD\n,Balai Perak,BP\n";
    let id = hand_in(&app, &curator, upload(ImportTable::Institutions, "b.csv"), known).await;
    let lines = told(&app, &curator, &id).await;
    assert_eq!(apply(&app, &curator, &id, ", leaveOut: true").await, Vec::<String>::new());
    let came = undone(&app, &curator, &id).await;
    assert_eq!(came["keptCount"], 0, "{came} {lines}");
    assert_eq!(shown(&app).await, before, "{lines}");
    let log = event::Entity::find().all(app.app.db.reading()).await.expect("events");
    assert!(log.iter().all(|event| !event.changes.to_string().contains("Canary")));
}

async fn what_is_void_is_no_obstacle(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let before = shown(&app).await;
    let id = applied(&app, &officer, "batch,country,headcount\nsilver,KH,3\nsilver,LA,4\n").await;
    let party = app
        .ask("{ batch(by: {key: \"silver\"}) { delegations(first: 1) { nodes { id } } } }")
        .await;
    let party = party.text("/batch/delegations/nodes/0/id");
    let input = format!("recordId: {party:?}, reason: \"entered in error\"");
    let void = app.ask_as(&officer, &mutation("voidRecord", &input, "tombstone { key }")).await;
    assert_eq!(void.refusals("voidRecord"), Vec::<String>::new());
    let came = undone(&app, &officer, &id).await;
    assert_eq!((&came["keptCount"], &came["voidedCount"]), (&json!(0), &json!(3)), "{came}");
    assert_eq!(shown(&app).await, before);
}

async fn it_is_undone_once_by_whoever_applied_it_with_a_reason(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = delegations(&app, &officer, "batch,country,headcount\nsilver,KH,3\n").await;
    let early = undo(&app, &officer, &id).await;
    assert!(early.refusals("undoImport")[0].contains("only one that is APPLIED"), "{early}");
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    for other in [app.officer("iwapi").await, app.staff(GrantRole::Curator).await] {
        let refused = undo(&app, &other, &id).await;
        assert!(refused.refusals("undoImport")[0].starts_with("NOT_FOUND"), "{refused}");
    }
    let input = format!("importId: {id:?}");
    let silent = app.ask_as(&officer, &mutation("undoImport", &input, "import { state }")).await;
    assert!(silent.refusals("undoImport")[0].starts_with("REQUIRED at reason"), "{silent}");
    let input = format!("importId: {id:?}, reason: \"The wrong file\", idempotencyKey: \"once\"");
    let once = mutation("undoImport", &input, UNDONE);
    let one = app.ask_as(&officer, &once).await;
    assert_eq!(one.text("/undoImport/import/state"), "UNDONE", "{one}");
    let position = app.position().await;
    let other = app.ask_as(&officer, &once).await;
    assert_eq!(other.at("/undoImport"), one.at("/undoImport"), "it has no second effect");
    assert_eq!(app.position().await, position);
    let twice = undo(&app, &officer, &id).await;
    let twice = &twice.refusals("undoImport")[0];
    assert!(twice.starts_with("ILLEGAL_MOVE") && twice.contains("undone already"), "{twice}");
    assert!(apply(&app, &officer, &id, "").await[0].starts_with("ILLEGAL_MOVE"));
    let input = format!("importId: {id:?}");
    let thrown = app.ask_as(&officer, &mutation("discardImport", &input, "import { state }")).await;
    assert!(thrown.refusals("discardImport")[0].starts_with("ILLEGAL_MOVE"), "{thrown}");
    let told = event::Entity::find().filter(event::Column::Kind.eq("import.undone"));
    let told = told.one(app.app.db.reading()).await.expect("events").expect("an event");
    assert_eq!((told.public, told.changes["state"].clone()), (false, json!(["APPLIED", "UNDONE"])));
}

async fn the_file_may_be_handed_in_again(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let before = shown(&app).await;
    let text = "batch,country,status,headcount\nsilver,KH,hadir,3\nsilver,LA,hadir,2\n";
    for _ in 0..3 {
        let id = delegations(&app, &officer, text).await;
        assert_eq!(told(&app, &officer, &id).await, "2 NEW\n3 NEW");
        assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
        let came = delegation::Entity::find().filter(delegation::Column::HeadcountMin.eq(3));
        assert!(came.count(app.app.db.reading()).await.expect("a count") > 0);
        let came = undone(&app, &officer, &id).await;
        assert_eq!((&came["keptCount"], &came["voidedCount"]), (&json!(0), &json!(7)), "{came}");
        assert_eq!(shown(&app).await, before);
    }
}

async fn who_may_not_change_it_any_more_undoes_nothing_of_it(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let id = applied(&app, &officer, "batch,country,headcount\nsilver,KH,3\n").await;
    let mut lesser = officer.clone();
    if let Actor::Account(account) = &mut lesser {
        let account = Arc::make_mut(account);
        account.roles = [GrantRole::Curator].into_iter().collect();
        account.institutions.clear();
    }
    let came = undone(&app, &lesser, &id).await;
    let stays = kept(&came);
    assert!(stays[0].ends_with("-: your account may not change it"), "{stays:?}");
    assert_eq!(came["keptCount"], 1, "{came}");
}

async fn many_rows_are_undone_like_few(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    batch(&app, &officer, "gold").await;
    let before = shown(&app).await;
    // More than go into one statement.
    let rows = 1_200;
    let line = |number: usize| {
        let batch = if number.is_multiple_of(2) { "silver" } else { "gold" };
        format!("{batch},KH,party {number},hadir,{}\n", number % 7 + 1)
    };
    let lines: String = (0..rows).map(line).collect();
    let text = format!("batch,country,label,status,headcount\n{lines}");
    let id = delegations(&app, &officer, &text).await;
    let start = app.app.db.statements().count();
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let applying = app.app.db.statements().count() - start;
    assert_eq!(claims(&app).await, 2 * rows as u64);
    let start = app.app.db.statements().count();
    let came = undone(&app, &officer, &id).await;
    let undoing = app.app.db.statements().count() - start;
    assert_eq!(came["voidedCount"], 3 * rows + 1, "each party, its two claims, and the source");
    // Three records of each row go.
    assert!(undoing < 150, "{undoing} statements to undo {rows} rows, {applying} to apply them");
    assert!(undoing < 2 * applying, "{undoing} to undo, {applying} to apply");
    assert_eq!(shown(&app).await, before);
    // What others have stated of all of them is counted, and some of it listed.
    let id = delegations(&app, &officer, &text).await;
    assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    let other = hand_in(&app, &officer, upload(ImportTable::Delegations, "other.csv"), &text).await;
    assert_eq!(apply(&app, &officer, &other, "").await, Vec::<String>::new());
    let came = undone(&app, &officer, &id).await;
    assert_eq!(came["keptCount"], rows, "{}", came["kept"][0]);
    assert_eq!(came["kept"].as_array().map(Vec::len), Some(500));
    let came = undone(&app, &officer, &other).await;
    assert_eq!(came["keptCount"], 0, "{}", came["kept"][0]);
}

async fn claims(app: &TestApp) -> u64 {
    let of_file = claim::Entity::find().filter(claim::Column::Locator.starts_with("line "));
    of_file.count(app.app.db.reading()).await.expect("a count")
}
