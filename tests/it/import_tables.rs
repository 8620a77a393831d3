//! The tables of groups and partnerships: entered, handed in again, refused, and undone.

mod appointments;
mod batches;

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{event, partnership, regional_group};
use jejaring::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use crate::import::{apply, batch, hand_in, told, upload};
use crate::intents::{mutation, owner};
use crate::support::TestApp;
use crate::undoing::{kept, shown, undone};

both_dbs!(
    groups_are_entered_changed_and_undone,
    a_group_that_may_be_another_is_not_guessed,
    partnerships_are_entered_changed_and_undone,
    a_partner_is_told_from_others_of_its_name,
    many_rows_are_written_like_few,
    a_key_of_what_is_void_is_refused,
);

/// Hands in a file; the id of the import.
pub async fn file(app: &TestApp, actor: &Actor, table: ImportTable, text: &str) -> String {
    hand_in(app, actor, upload(table, "table.csv"), text).await
}

/// Hands in a file, compares what is told of its rows, and applies it without those that cannot
/// be; the id of the import.
pub async fn comes_to(
    app: &TestApp,
    actor: &Actor,
    table: ImportTable,
    text: &str,
    expected: &str,
) -> String {
    let id = file(app, actor, table, text).await;
    assert_eq!(told(app, actor, &id).await, expected, "{text}");
    assert_eq!(apply(app, actor, &id, ", leaveOut: true").await, Vec::<String>::new(), "{text}");
    assert_eq!(told(app, actor, &id).await, expected, "applied: {text}");
    id
}

/// Undoes an import, of which nothing stays.
pub async fn goes(app: &TestApp, actor: &Actor, id: &str) {
    let came = undone(app, actor, id).await;
    assert_eq!((&came["keptCount"], kept(&came)), (&json!(0), Vec::<String>::new()), "{came}");
}

async fn groups_are_entered_changed_and_undone(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::RegionalGroups;
    let before = shown(&app).await;
    let text = "kunci,Nama Inggris,Nama Indonesia,Singkatan,Jenis\n\
                mso,Mekong Silver Organisation,Organisasi Perak Mekong,MSO,organisasi\n\
                ,Silver Treaty,,ST,perjanjian\n";
    let first = comes_to(&app, &curator, table, text, "2 NEW\n3 NEW").await;
    let keys = "{ regionalGroups(filter: {key: {in: [\"mso\", \"st\"]}}) { nodes { kind } } }";
    let answer = app.ask(keys).await;
    assert_eq!(answer.sorted("/regionalGroups/nodes", "/kind"), ["ORGANISATION", "TREATY"]);
    let entered = shown(&app).await;
    let again = file(&app, &curator, table, text).await;
    assert_eq!(told(&app, &curator, &again).await, "2 UNCHANGED\n3 UNCHANGED");
    let newer = "key,name_en,name_id,acronym,kind\n\
                 mso,Mekong Silver Union,,MSU,TREATY\n,silver treaty,Perjanjian Perak,,\n";
    let expected = "2 CHANGED kind: \"TREATY\" is not taken: the group stays ORGANISATION | \
                    acronym: \"MSU\" changes from \"MSO\" to \"MSU\" | \
                    name_en: \"Mekong Silver Union\" changes from \"Mekong Silver Organisation\" \
                    to \"Mekong Silver Union\"\n\
                    3 CHANGED name_en: \"silver treaty\" changes from \"Silver Treaty\" to \
                    \"silver treaty\" | \
                    name_id: \"Perjanjian Perak\" changes from nothing to \"Perjanjian Perak\"";
    let second = comes_to(&app, &curator, table, newer, expected).await;
    goes(&app, &curator, &second).await;
    assert_eq!(shown(&app).await, entered);
    goes(&app, &curator, &first).await;
    assert_eq!(shown(&app).await, before);
    // Only curators enter them.
    let officer = owner(&app).await;
    let own = file(&app, &officer, table, text).await;
    assert!(told(&app, &officer, &own).await.contains("that curators enter"));
    // What the file enters may be named by the next one.
    let id = file(&app, &curator, table, "name_en,kind\nLeague of Looms,ORGANISATION\n").await;
    assert_eq!(apply(&app, &curator, &id, "").await, Vec::<String>::new());
    let members = "group,country\nleague of looms,NP\n";
    let id = file(&app, &curator, ImportTable::Memberships, members).await;
    assert_eq!(told(&app, &curator, &id).await, "2 NEW");
}

async fn a_group_that_may_be_another_is_not_guessed(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let asean = regional_group::Entity::find().filter(regional_group::Column::Key.eq("asean"));
    let asean = asean.one(app.app.db.reading()).await.expect("groups").expect("asean").name_en;
    let text = format!(
        "key,name_en,name_id,acronym,kind\n\
         ,Another Body,,asean,ORGANISATION\n\
         other,{asean},,,ORGANISATION\n\
         ,Fresh,,FR,\n\
         ,New One,,NO1,TREATY\n\
         ,New Two,New One,,TREATY\n\
         ,{asean},,,\n\
         ,Odd,,,circus\n\
         ,,,X,TREATY\n"
    );
    let id = file(&app, &curator, ImportTable::RegionalGroups, &text).await;
    let expected = format!(
        "2 AMBIGUOUS acronym: \"asean\" is a name of \"asean\", which is not called \
         \"Another Body\": give the key\n\
         3 NEW name_en: \"{asean}\" is the name of \"asean\" too: entered as another group\n\
         4 REFUSED kind: is not given, and a new group says what binds it together\n\
         5 NEW\n\
         6 AMBIGUOUS name_id: \"New One\" stands in line 5 already: give each a key\n\
         7 AMBIGUOUS name_en: \"{asean}\" stands in line 3 already: give each a key\n\
         8 REFUSED kind: \"circus\" is not a RegionalGroupKind: it is one of ORGANISATION, TREATY\n\
         9 REFUSED name_en: nothing stands there, and something must"
    );
    assert_eq!(told(&app, &curator, &id).await, expected);
}

async fn partnerships_are_entered_changed_and_undone(app: TestApp) {
    let officer = owner(&app).await;
    let silver = batch(&app, &officer, "silver").await;
    let table = ImportTable::Partnerships;
    let before = shown(&app).await;
    let text = "Angkatan,Peran,Lembaga,group,Label\n\
                silver,penyelenggara,iwapi,,Ikatan Wanita Pengusaha\n\
                silver,HOST,,asean,\n";
    let first = comes_to(&app, &officer, table, text, "2 NEW\n3 NEW").await;
    let list = "{ batch(by: {key: \"silver\"}) { partnerships { nodes { key role label } } } }";
    let answer = app.ask(list).await;
    let keys = ["silver-host-asean", "silver-organiser-iwapi"];
    assert_eq!(answer.sorted("/batch/partnerships/nodes", "/key"), keys);
    let events = event::Entity::find().filter(event::Column::Kind.eq("partnership.changed"));
    let told_of = events.filter(event::Column::SubjectKey.is_in(keys));
    assert_eq!(told_of.count(app.app.db.reading()).await.expect("events"), 2);
    let entered = shown(&app).await;
    let again = file(&app, &officer, table, text).await;
    assert_eq!(told(&app, &officer, &again).await, "2 UNCHANGED\n3 UNCHANGED");
    let newer = "key,batch,role,institution,group,label\n\
                 ,silver,ORGANISER,iwapi,,IWAPI\n\
                 silver-host-asean,silver,SUPPORTER,,ASEAN,\n\
                 ,silver,HOST,,asean,\n\
                 silver-organiser-iwapi,silver,PARTNER,,asean,\n\
                 mine,silver,ORGANISER,iwapi,,\n";
    let expected = "2 CHANGED label: \"IWAPI\" changes from \"Ikatan Wanita Pengusaha\" to \
         \"IWAPI\"\n\
         3 CHANGED role: \"SUPPORTER\" changes from \"HOST\" to \"SUPPORTER\"\n\
         4 AMBIGUOUS role: \"HOST\" is the role of this holder at \"silver\" in line 3 already\n\
         5 REFUSED key: \"silver-organiser-iwapi\" is the key of the partnership of another \
         holder, and stays so\n\
         6 REFUSED key: \"mine\" is not the key of this partnership, which is \
         \"silver-organiser-iwapi\" and stays so";
    let second = comes_to(&app, &officer, table, newer, expected).await;
    goes(&app, &officer, &second).await;
    assert_eq!(shown(&app).await, entered);
    // A role that has ended is not held again by a file.
    let row = partnership::Entity::find().filter(partnership::Column::Key.eq(keys[1]));
    let row = row.one(app.app.db.reading()).await.expect("partnerships").expect("the one");
    let id = app.id_of(&officer, "partnership", &row.key).await;
    let end = mutation("endPartnership", &format!("partnershipId: {id:?}"), "partnership { key }");
    assert_eq!(app.ask_as(&officer, &end).await.refusals("endPartnership"), Vec::<String>::new());
    let again = file(&app, &officer, table, text).await;
    let lines = told(&app, &officer, &again).await;
    assert!(lines.starts_with("2 REFUSED Peran: \"penyelenggara\" has ended, as"), "{lines}");
    let came = undone(&app, &officer, &first).await;
    assert_eq!(kept(&came), [format!("{} -: it has been changed since: endedAt", keys[1])]);
    assert_ne!(shown(&app).await, before);
    // Nobody else enters them, and what is wrong is told before.
    let other = app.officer("iwapi").await;
    let own = file(&app, &other, table, text).await;
    let lines = told(&app, &other, &own).await;
    assert!(lines.contains("is not yours: you may not enter partnerships there"), "{lines}");
    let wrong = "batch,role,institution,group,country\n\
                 silver,HOST,,,\nsilver,,iwapi,,\nsilver,king,iwapi,,\n\
                 silver,FUNDER,iwapi,asean,\nnowhere,HOST,iwapi,,\nsilver,FUNDER,,oecd,Fiji\n";
    let id = file(&app, &officer, table, wrong).await;
    let lines = told(&app, &officer, &id).await;
    let states: Vec<&str> = lines.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(states[..5], ["REFUSED"; 5], "{lines}");
    assert!(!silver.is_empty() && lines.contains("the one or by the other"), "{lines}");
}

async fn a_partner_is_told_from_others_of_its_name(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let curator = app.staff(GrantRole::Curator).await;
    let bodies = "key,name,kind,country,city\n\
                  weave-kh,Institute of Weaving,ACADEMIC,KH,\n\
                  weave-la,Institute of Weaving,ACADEMIC,LA,Vientiane\n";
    let id = file(&app, &curator, ImportTable::Institutions, bodies).await;
    assert_eq!(apply(&app, &curator, &id, "").await, Vec::<String>::new());
    let text = "batch,role,institution,country,city\n\
                silver,PARTNER,Institute of Weaving,,\n\
                silver,PARTNER,institute of weaving,LA,\n\
                silver,PARTNER,Institute of Weaving,Kamboja,Siem Reap\n\
                silver,PARTNER,weave-kh,Fiji,\n";
    let expected = "2 AMBIGUOUS institution: \"Institute of Weaving\" is the name of several \
         institutions: Institute of Weaving (weave-kh) or Institute of Weaving (weave-la)\n\
         3 NEW\n\
         4 NEW city: \"Siem Reap\" is not taken: \"weave-kh\" is known without it\n\
         5 AMBIGUOUS institution: \"weave-kh\" is \"weave-kh\", which is another one by its \
         country KH there and FJ here: give the key, or leave these out";
    comes_to(&app, &officer, ImportTable::Partnerships, text, expected).await;
}

async fn many_rows_are_written_like_few(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let curator = app.staff(GrantRole::Curator).await;
    let rows = 1_000;
    let group = |number: usize| format!("Group {number},TREATY\n");
    let role = |number: usize| format!("silver,PARTNER,group-{number}\n");
    let post = |number: usize| format!("Canary {number},bbspjikb,Post {number}\n");
    let lines = |line: &dyn Fn(usize) -> String| (0..rows).map(line).collect::<String>();
    let files = [
        (&curator, ImportTable::RegionalGroups, format!("name_en,kind\n{}", lines(&group))),
        (&officer, ImportTable::Partnerships, format!("batch,role,group\n{}", lines(&role))),
        (&officer, ImportTable::Appointments, format!("name,institution,post\n{}", lines(&post))),
    ];
    for (actor, table, text) in files {
        let id = file(&app, actor, table, &text).await;
        let before = app.app.db.statements().count();
        assert_eq!(apply(&app, actor, &id, "").await, Vec::<String>::new(), "{table}");
        let sent = app.app.db.statements().count() - before;
        assert!(sent < 150, "{sent} statements for {rows} rows of {table}");
        let start = app.app.db.statements().count();
        let again = file(&app, actor, table, &text).await;
        let read = app.app.db.statements().count() - start;
        assert!(read < 150, "{read} statements to read {rows} rows of {table}");
        let count = format!(
            "{{ node(id: {again:?}) {{ ... on Import {{ unchangedRows newRows changedRows }} }} }}"
        );
        let answer = app.ask_as(actor, &count).await;
        assert_eq!(answer.at("/node/unchangedRows"), &json!(rows), "{table}: {answer}");
    }
}

async fn a_key_of_what_is_void_is_refused(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    for (actor, table, text) in [
        (&curator, ImportTable::RegionalGroups, "key,name_en,kind\nvg,Void Group,TREATY\n"),
        (&officer, ImportTable::Partnerships, "key,batch,role,group\nvp,silver,HOST,asean\n"),
        (&officer, ImportTable::Delegations, "key,batch,country\nvd,silver,KH\n"),
    ] {
        let id = file(&app, actor, table, text).await;
        assert_eq!(apply(&app, actor, &id, "").await, Vec::<String>::new(), "{table}");
        goes(&app, actor, &id).await;
        let again = file(&app, actor, table, text).await;
        let lines = told(&app, actor, &again).await;
        assert!(
            lines.starts_with("2 REFUSED key: the key \"v") && lines.contains("restoreRecord"),
            "{table}: {lines}"
        );
    }
}
