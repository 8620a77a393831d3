//! The table of appointments: people are known by name and institution, and told of nowhere.

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{appointment, event, person};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{comes_to, file, goes};
use crate::import::{apply, batch, told};
use crate::intents::owner;
use crate::support::TestApp;
use crate::undoing::shown;

both_dbs!(
    appointments_are_entered_bettered_and_undone,
    an_appointment_of_somebody_hidden_tells_nothing,
    who_holds_a_post_is_not_guessed,
);

async fn appointments_are_entered_bettered_and_undone(app: TestApp) {
    let officer = owner(&app).await;
    let table = ImportTable::Appointments;
    let people = async || person::Entity::find().count(app.app.db.reading()).await.expect("people");
    let (before, there) = (shown(&app).await, people().await);
    let text = "Nama Lengkap,Lembaga,Jabatan,Bahasa,Plt,Sejak,Sampai\n\
                Sari Canary,bbspjikb,Kepala Balai,id,,Maret 2020,\n\
                sari canary,bbspjikb,Kepala Bidang,id,tidak,2016,2019\n\
                Dewi Canary,bbspjikb,Kepala Bidang,id,ya,,\n";
    let expected = "2 NEW\n\
                    3 NEW Nama Lengkap: what stands there stands in line 2: the same person holds \
                    this post, too\n\
                    4 NEW";
    let first = comes_to(&app, &officer, table, text, expected).await;
    assert_eq!(people().await, there + 2);
    let rows =
        appointment::Entity::find().filter(appointment::Column::Post.starts_with("Kepala B"));
    let rows = rows.order_by_asc(appointment::Column::SortDate).all(app.app.db.reading()).await;
    let days: Vec<String> = rows
        .expect("appointments")
        .iter()
        .filter(|row| row.language == "id")
        .map(|row| {
            let day = |day: Option<chrono::NaiveDate>| {
                day.map_or_else(String::new, |day| day.to_string())
            };
            format!(
                "{} {} {} {}",
                day(row.valid_from),
                day(row.valid_to),
                row.precision,
                row.acting
            )
        })
        .collect();
    assert!(days.contains(&"2016-01-01 2019-12-31 YEAR false".to_owned()), "{days:?}");
    assert!(days.contains(&"2020-03-01  MONTH false".to_owned()), "{days:?}");
    let again = file(&app, &officer, table, text).await;
    assert_eq!(told(&app, &officer, &again).await, "2 UNCHANGED\n3 UNCHANGED\n4 UNCHANGED");
    // Nothing that anybody is called, in events and in what is told.
    let events = event::Entity::find().all(app.app.db.reading()).await.expect("events");
    let is_told = |event: &event::Model| {
        let text = format!("{} {:?}", event.changes, event.subject_key);
        text.contains("anary") || text.contains("Kepala B")
    };
    assert!(!events.iter().any(is_told));
    let newer = "name,institution,post,valid_from,valid_to\n\
                 Sari Canary,bbspjikb,kepala balai,2020-03-09,2024-05-31\n";
    let expected = "2 CHANGED valid_from: \"2020-03-09\" changes from 2020-03-01 to 2020-03-09 | \
                    valid_to: \"2024-05-31\" changes from nothing to 2024-05-31 | \
                    precision changes from \"MONTH\" to \"DAY\"";
    let entered = shown(&app).await;
    let second = comes_to(&app, &officer, table, newer, expected).await;
    goes(&app, &officer, &second).await;
    assert_eq!(shown(&app).await, entered);
    goes(&app, &officer, &first).await;
    assert_eq!((shown(&app).await, people().await), (before, there));
    // Others' officers may not, and faults are told without what stands there.
    let other = app.officer("iwapi").await;
    let own = file(&app, &other, table, text).await;
    let lines = told(&app, &other, &own).await;
    assert!(lines.contains("\"bbspjikb\" is not yours: you may not enter who holds"), "{lines}");
    let wrong = "name,institution,post,acting,valid_from,valid_to,person\n\
                 Sari Canary,,Kepala,,,,\n,bbspjikb,Kepala,,,,\nSari Canary,bbspjikb,,,,,\n\
                 Sari Canary,bbspjikb,Kepala,perhaps,,,\nSari Canary,bbspjikb,Kepala,,2020,2019,\n\
                 Sari Canary,nowhere at all,Kepala,,,,\nSari Canary,bbspjikb,Kepala,,,,no-such\n";
    let id = file(&app, &officer, table, wrong).await;
    let lines = told(&app, &officer, &id).await;
    assert!(lines.lines().all(|line| line.contains("REFUSED")), "{lines}");
    assert!(!lines.contains("Canary") && !lines.contains("Kepala"), "{lines}");
}

/// Somebody who takes part in a batch is seen by its keepers alone: to others the name is nobody's.
async fn an_appointment_of_somebody_hidden_tells_nothing(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    for (table, text) in [
        (ImportTable::Delegations, "batch,country\nsilver,KH\n"),
        (ImportTable::Participants, "batch,name,country\nsilver,Sok Canary,KH\n"),
    ] {
        let id = file(&app, &officer, table, text).await;
        assert_eq!(apply(&app, &officer, &id, "").await, Vec::<String>::new());
    }
    let named = person::Entity::find().filter(person::Column::Name.eq("Sok Canary"));
    let hidden = named.clone().one(app.app.db.reading()).await.expect("people").expect("one");
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::Appointments;
    let by_key = format!("person,institution,post\n{},iwapi,Chair\n", hidden.key);
    let id = file(&app, &curator, table, &by_key).await;
    let expected =
        "2 REFUSED person: what stands there is not the key of a person whom you may see";
    assert_eq!(told(&app, &curator, &id).await, expected);
    let text = "name,institution,post\nSok Canary,iwapi,Chair\n";
    comes_to(&app, &curator, table, text, "2 NEW").await;
    // Another person, since nothing says that the two are one.
    assert_eq!(named.count(app.app.db.reading()).await.expect("people"), 2);
    let held = appointment::Entity::find().filter(appointment::Column::PersonId.eq(hidden.id));
    assert_eq!(held.count(app.app.db.reading()).await.expect("appointments"), 0);
    let again = file(&app, &curator, table, text).await;
    assert_eq!(told(&app, &curator, &again).await, "2 UNCHANGED");
    // The keeper of the batch sees both, and says which is meant.
    let own = text.replace("iwapi", "bbspjikb");
    let id = file(&app, &officer, table, &own).await;
    let lines = told(&app, &officer, &id).await;
    assert!(lines.starts_with("2 AMBIGUOUS name: what stands there is the name of"), "{lines}");
    let own = by_key.replace("iwapi", "bbspjikb");
    comes_to(&app, &officer, table, &own, "2 NEW").await;
}

async fn who_holds_a_post_is_not_guessed(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::Appointments;
    let text = "person,name,institution,post,acting\n\
                ,Sari Canary,bbspjikb,Head,\n\
                ,Sari Canary,iwapi,Chair,\n\
                new,Sari Canary,iwapi,Chair,\n\
                ,sari canary,iwapi,Treasurer,\n\
                ,Sari Canary,bbspjikb,HEAD,no\n\
                ,Sari Canary,bbspjikb,Head,yes\n\
                ,Sari Canary,bbspjikb,Head,\n\
                ,Sari Canary,iwapi,Envoy,yes\n\
                ,Sari Canary,iwapi,Envoy,\n";
    let same = "what stands there stands in line";
    let elsewhere = "name: what stands there is the name of somebody who is not known at that \
                     institution: give the key of the person, or \"new\" in its place";
    let expected = format!(
        "2 NEW\n3 AMBIGUOUS {elsewhere}\n4 NEW\n\
         5 NEW name: {same} 4: the same person holds this post, too\n\
         6 AMBIGUOUS post: {same} 2 already\n\
         7 NEW name: {same} 2: the same person holds this post, too\n\
         8 AMBIGUOUS post: {same} 2 already\n\
         9 NEW name: {same} 4: the same person holds this post, too\n\
         10 AMBIGUOUS post: what stands there is known as held in an acting capacity: say whether \
         it is"
    );
    comes_to(&app, &curator, table, text, &expected).await;
    let again = file(&app, &curator, table, text).await;
    let lines = told(&app, &curator, &again).await;
    let states: Vec<&str> = lines.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    let unchanged = |place: usize| states.get(place) == Some(&"UNCHANGED");
    // The second row now means the one of that name at the institution.
    assert!([0, 1, 3, 5].into_iter().all(unchanged), "{lines}");
}
