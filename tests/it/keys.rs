//! Keys of records whose writers give none: they can be read, and no two records have the same one,
//! whoever writes at once.

use std::collections::BTreeSet;

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{batch, delegation, venue};
use futures::future::join_all;
use jejaring::access::Actor;
use jejaring::db::write;
use jejaring::error::WriteError;
use jejaring::rule::check::is_key;
use jejaring::rule::{Stem, made_keys};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::import::{apply, hand_in, told, upload};
use crate::intents::{draft, invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    keys_are_made_of_what_tells_records_apart,
    names_in_other_scripts_and_long_ones_make_keys,
    keys_of_people_tell_nothing,
    the_same_stem_many_times_in_one_write,
    writers_at_once_each_get_a_key,
    many_countries_are_asked_about_at_once,
    a_file_makes_readable_keys_and_no_others_the_second_time,
);

/// Carries out a mutation whose payload has one record; its key.
async fn key(app: &TestApp, actor: &Actor, name: &str, record: &str, input: &str) -> String {
    let made = app.ask_as(actor, &mutation(name, input, &format!("{record} {{ id key }}"))).await;
    assert_eq!(made.refusals(name), Vec::<String>::new(), "{name}");
    made.text(&format!("/{name}/{record}/key")).to_owned()
}

/// The programme of the jewellery trainings: id and key.
async fn programme(app: &TestApp) -> (String, String) {
    let found = app.ask(r#"{ batch(by: {key: "jewellery-2023"}) { programme { id key } } }"#).await;
    let text = |field: &str| found.text(&format!("/batch/programme/{field}")).to_owned();
    (text("id"), text("key"))
}

async fn keys_are_made_of_what_tells_records_apart(app: TestApp) {
    let (officer, curator) = (owner(&app).await, app.staff(GrantRole::Curator).await);
    let (programme, prefix) = programme(&app).await;
    let of = |more: &str| format!("programmeId: {programme:?} {more}");
    let drafted = async |more: &str| key(&app, &officer, "draftBatch", "batch", &of(more)).await;
    assert_eq!(drafted("ordinal: 41").await, format!("{prefix}-41"));
    assert_eq!(drafted(r#"startsOn: "2031-05-04""#).await, format!("{prefix}-2031"));
    assert_eq!(drafted(r#"startsOn: "2031-09-04""#).await, format!("{prefix}-2031-2"));
    assert_eq!(drafted("").await, format!("{prefix}-1"));
    assert_eq!(drafted("").await, format!("{prefix}-2"));

    let batch = draft(&app, &officer, "silver-2031", r#", startsOn: "2031-05-04""#).await;
    let of = |more: &str| format!("batchId: {batch:?} {more}");
    let scheduled = of(r#"kind: TRAINING, title: "Opening, & welcome", language: "en""#);
    for wanted in ["silver-2031-opening-welcome", "silver-2031-opening-welcome-2"] {
        let made = key(&app, &officer, "scheduleWorkshop", "workshop", &scheduled).await;
        assert_eq!(made, wanted);
    }
    let party = of(r#"represents: COUNTRY, country: "LA", label: "Delegation B""#);
    let made = key(&app, &officer, "inviteDelegation", "delegation", &party).await;
    assert_eq!(made, "silver-2031-la-delegation-b");
    let body = app.id_of(&officer, "institution", "bbspjikb").await;
    let party = of(&format!("represents: INSTITUTION, institutionId: {body:?}"));
    let made = key(&app, &officer, "inviteDelegation", "delegation", &party).await;
    assert_eq!(made, "silver-2031-bbspjikb");
    let held = of(&format!("institutionId: {body:?}, role: SUPPORTER"));
    let made = key(&app, &officer, "addPartnership", "partnership", &held).await;
    assert_eq!(made, "silver-2031-supporter-bbspjikb");
    let aim = of(r#"kind: AIM, labelEn: "Better hallmarks""#);
    let made = key(&app, &officer, "recordOutcome", "outcome", &aim).await;
    assert_eq!(made, "silver-2031-better-hallmarks");

    let invited = invite(&app, &officer, &batch, &["KH"]).await.remove(0);
    let attended = mutation(
        "recordAttendance",
        &format!("delegationId: {invited:?}, headcount: 2"),
        "delegation { key }",
    );
    let announce = mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { key }");
    app.ask_as(&officer, &announce).await;
    let attended = app.ask_as(&officer, &attended).await;
    assert_eq!(attended.at("/recordAttendance/delegation/key"), "silver-2031-kh", "{attended}");
    let claims = r#"{ delegation(by: {key: "silver-2031-kh"}) { claims { nodes { key } } } }"#;
    assert_eq!(
        app.ask_as(&officer, claims).await.sorted("/delegation/claims/nodes", "/key"),
        ["silver-2031-kh-attendance", "silver-2031-kh-attendance-2", "silver-2031-kh-headcount"]
    );
    let plan = key(
        &app,
        &officer,
        "expectActionPlan",
        "actionPlan",
        &format!("delegationId: {invited:?}"),
    )
    .await;
    assert_eq!(plan, "silver-2031-kh-plan");
    let id = app.id_of(&officer, "actionPlan", &plan).await;
    let handed = format!(
        r#"actionPlanId: {id:?}, title: "Kilns", items: [{{title: "A kiln"}}, {{title: "A kiln"}}]"#
    );
    let handed = app
        .ask_as(
            &officer,
            &mutation("submitActionPlan", &handed, "actionPlan { items { nodes { id key } } }"),
        )
        .await;
    let items = handed.sorted("/submitActionPlan/actionPlan/items/nodes", "/key");
    assert_eq!(items, ["silver-2031-kh-plan-item-1", "silver-2031-kh-plan-item-2"], "{handed}");
    let item = handed.texts("/submitActionPlan/actionPlan/items/nodes", "/id")[0];
    let note = format!(r#"actionItemId: {item:?}, text: "Bricks have come""#);
    let note = key(&app, &officer, "noteProgress", "progressNote", &note).await;
    assert!(note.starts_with("silver-2031-kh-plan-item-") && note.ends_with("-note"), "{note}");

    let made = async |name: &str, record: &str, input: &str| {
        key(&app, &curator, name, record, input).await
    };
    let venue = r#"kind: SITE, name: "Balai Batik", city: "Yogyakarta", country: "ID""#;
    assert_eq!(made("addVenue", "venue", venue).await, "balai-batik-yogyakarta");
    assert_eq!(made("addVenue", "venue", venue).await, "balai-batik-yogyakarta-2");
    let topic = r#"labelEn: "Kiln building", labelId: "Membangun tungku""#;
    assert_eq!(made("addTopic", "topic", topic).await, "kiln-building");
    let group = r#"kind: ORGANISATION, nameEn: "Silver Road Forum", acronym: "SRF""#;
    assert_eq!(made("addRegionalGroup", "regionalGroup", group).await, "srf");
    let group = app.id_of(&curator, "regionalGroup", "srf").await;
    let membership = format!(r#"groupId: {group:?}, country: "FJ", kind: FULL"#);
    assert_eq!(made("addMembership", "membership", &membership).await, "srf-fj");
    let body = r#"kind: GOVERNMENT, country: "KH", names: [
        {name: "ក្រសួងពាណិជ្ជកម្ម", language: "km"}, {name: "Ministry of Commerce",
        language: "en"}]"#;
    assert_eq!(made("createInstitution", "institution", body).await, "ministry-of-commerce");
    let body = app.id_of(&curator, "institution", "ministry-of-commerce").await;
    let programme = format!(
        r#"ownerId: {body:?}, title: "Silver Road Trainings", language: "en", modality: BILATERAL"#
    );
    let keeper = app.officer("ministry-of-commerce").await;
    let programme = key(&app, &keeper, "createProgramme", "programme", &programme).await;
    assert_eq!(programme, "silver-road-trainings");
    let source = r#"kind: NEWS_REPORT, title: "Five from Laos at the bench", language: "en""#;
    assert_eq!(made("addSource", "source", source).await, "five-from-laos-at-the-bench");
    let source = app.id_of(&curator, "source", "five-from-laos-at-the-bench").await;
    let indicator = r#"labelEn: "Silver exports", unit: "USD""#;
    assert_eq!(made("addIndicator", "indicator", indicator).await, "silver-exports");
    let indicator = app.id_of(&curator, "indicator", "silver-exports").await;
    let value = format!(
        r#"indicatorId: {indicator:?}, sourceId: {source:?}, country: "KH",
            periodFrom: "2025-01-01", comparator: EXACT, value: 3"#
    );
    assert_eq!(made("recordObservation", "observation", &value).await, "silver-exports-kh-2025");
}

async fn names_in_other_scripts_and_long_ones_make_keys(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let mut made = Vec::new();
    let long = "silver and gold ".repeat(31);
    for name in ["មជ្ឈមណ្ឌល", "مركز التدريب", "មជ្ឈមណ្ឌល", long.trim(), long.trim()]
    {
        let input = format!("kind: SITE, name: {name:?}");
        made.push(key(&app, &curator, "addVenue", "venue", &input).await);
    }
    assert_eq!(made[..3], ["venue", "venue-2", "venue-3"]);
    assert!(made[3].len() <= 120 && made[3].starts_with("silver-and-gold-silver"), "{made:?}");
    assert_eq!(made[4], format!("{}-2", made[3]));
}

async fn keys_of_people_tell_nothing(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let one = key(&app, &curator, "addPerson", "person", r#"name: "Xylophone Canary""#).await;
    let other = key(&app, &curator, "addPerson", "person", r#"name: "Xylophone Canary""#).await;
    for key in [&one, &other] {
        let digits = key.strip_prefix("person-").expect("its kind");
        assert!(digits.len() == 12 && digits.bytes().all(|c| c.is_ascii_hexdigit()), "{key}");
    }
    assert_ne!(one, other);
    // Whatever a stem is made of.
    let keys = made(&app, vec![Stem::<entity::person::Entity>::named("Xylophone Canary")]).await;
    assert!(!keys[0].contains("xylophone") && keys[0].starts_with("person-"), "{keys:?}");
}

/// Makes keys, and undoes that.
async fn made<E: jejaring::record::Record>(app: &TestApp, stems: Vec<Stem<E>>) -> Vec<String> {
    let wanted: Vec<_> = stems.into_iter().map(|stem| (None, stem)).collect();
    let made = write(&app.app.db, &app.app.clock, Actor::Operator, async |w| {
        Ok::<_, WriteError>(made_keys(w, wanted).await?)
    });
    made.await.expect("they are made").value
}

/// Few stems and many, some of which records have, others of which are wanted several times.
async fn the_same_stem_many_times_in_one_write(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    for name in ["Kiln", "Kiln", "Kiln 5", "Shed 2", "Loft"] {
        key(&app, &curator, "addVenue", "venue", &format!("kind: SITE, name: {name:?}")).await;
    }
    let known: Vec<String> = venue::Entity::find()
        .select_only()
        .column(venue::Column::Key)
        .into_tuple()
        .all(app.app.db.reading())
        .await
        .expect("keys");
    let few = ["Kiln", "Shed", "Kiln", "Kiln 2", "Shed"];
    let stems =
        |names: &[&str]| names.iter().map(|name| Stem::<venue::Entity>::named(name)).collect();
    assert_eq!(
        made(&app, stems(&few)).await,
        ["kiln-3", "shed", "kiln-4", "kiln-2-2", "shed-3"],
        "the next that is free"
    );
    let mut seed = 7_u32;
    let names: Vec<String> = (0..1_500)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let words = ["Kiln", "Shed", "Loft", "បន្ទប់", "Barn", "Room"];
            let word = words[(seed >> 24) as usize % 6];
            let number = (seed >> 16) % 400;
            if number.is_multiple_of(3) { word.to_owned() } else { format!("{word} {number}") }
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let made = made(&app, stems(&names)).await;
    let distinct: BTreeSet<&String> = made.iter().chain(&known).collect();
    assert_eq!(distinct.len(), made.len() + known.len(), "no key twice");
    assert!(made.iter().all(|key| is_key(key)));
}

async fn writers_at_once_each_get_a_key(app: TestApp) {
    const WRITERS: usize = 16;
    let officer = owner(&app).await;
    let (programme, prefix) = programme(&app).await;
    let input = format!(r#"programmeId: {programme:?}, startsOn: "2033-05-04""#);
    let drafting = (0..WRITERS).map(|_| key(&app, &officer, "draftBatch", "batch", &input));
    let made: BTreeSet<String> = join_all(drafting).await.into_iter().collect();
    let wanted = (1..=WRITERS).map(|number| match number {
        1 => format!("{prefix}-2033"),
        _ => format!("{prefix}-2033-{number}"),
    });
    assert_eq!(made, wanted.collect());
}

/// Whatever the number of countries, keys that are taken are asked for once, and so are those of
/// their claims.
async fn many_countries_are_asked_about_at_once(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "crowd", "").await;
    let codes: Vec<String> = entity::country::Entity::find()
        .order_by_asc(entity::country::Column::Code)
        .all(app.app.db.reading())
        .await
        .expect("countries")
        .into_iter()
        .map(|row| row.code.0)
        .filter(|code| code.len() == 2)
        .take(200)
        .collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    app.sent.lock().expect("the log").clear();
    invite(&app, &officer, &batch, &codes).await;
    let sent: Vec<String> =
        app.sent.lock().expect("the log").iter().map(|one| one.sql.clone()).collect();
    let asked = |table: &str| {
        let begin = format!("SELECT \"{table}\".\"key\" FROM");
        sent.iter().filter(|sql| sql.starts_with(&begin)).count()
    };
    assert_eq!((asked("delegation"), asked("claim")), (1, 1));
    let keys = delegation::Entity::find()
        .filter(delegation::Column::Key.starts_with("crowd-"))
        .all(app.app.db.reading())
        .await
        .expect("delegations");
    let is_of_country = |row: &delegation::Model| {
        let code = row.country_code.as_ref().map(|code| code.0.to_lowercase());
        code.is_some_and(|code| row.key == format!("crowd-{code}"))
    };
    assert!(keys.len() == codes.len() && keys.iter().all(is_of_country));
}

async fn a_file_makes_readable_keys_and_no_others_the_second_time(app: TestApp) {
    let officer = owner(&app).await;
    draft(&app, &officer, "silver-2031", "").await;
    let text = "batch,country,label,status,headcount\n\
                silver-2031,KH,,hadir,3\nsilver-2031,KH,Rombongan B,hadir,2\n\
                silver-2031,LA,,diundang,\n";
    let mut keys = Vec::new();
    for _ in 0..2 {
        let app = &app;
        let upload = upload(ImportTable::Delegations, "silver.csv");
        let id = hand_in(app, &officer, upload, text).await;
        let before = told(app, &officer, &id).await;
        if !keys.is_empty() {
            assert_eq!(before, "2 UNCHANGED\n3 UNCHANGED\n4 UNCHANGED");
        }
        assert_eq!(apply(app, &officer, &id, "").await, Vec::<String>::new());
        let seen = r#"{ batch(by: {key: "silver-2031"}) { delegations { nodes { key claims {
            nodes { key } } } } } }"#;
        keys.push(app.ask_as(&officer, seen).await.at("/batch/delegations/nodes").clone());
    }
    assert_eq!(keys[0], keys[1], "the same file again");
    for key in [
        "silver-2031-kh",
        "silver-2031-kh-rombongan-b",
        "silver-2031-la",
        "silver-2031-kh-headcount",
    ] {
        assert!(keys[0].to_string().contains(&format!("\"{key}\"")), "{key} in {}", keys[0]);
    }
    assert!(
        batch::Entity::find()
            .all(app.app.db.reading())
            .await
            .expect("batches")
            .iter()
            .all(|row| is_key(&row.key))
    );
}
