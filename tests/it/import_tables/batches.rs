//! Where activities take place, and what is counted of batches.

use entity::vocabulary::{CountBasis, CountUnit, ImportTable};
use entity::{claim, venue, workshop};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{comes_to, file, goes};
use crate::import::{apply, batch, told};
use crate::intents::owner;
use crate::support::TestApp;
use crate::undoing::shown;

both_dbs!(
    places_of_activities_are_those_of_batches,
    people_who_signed_up_and_countries_are_claims_of_their_own,
);

async fn places_of_activities_are_those_of_batches(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let table = ImportTable::Workshops;
    let before = shown(&app).await;
    let text = "batch,judul,bahasa,tempat,kota,negara\n\
                silver,Patri,id,Rumah Perak,Semarang,Indonesia\n\
                silver,Ukir,id,rumah perak,,\n\
                silver,Cetak,id,Rumah Perak,Kendal,ID\n\
                silver,Poles,id,,,Indonesia\n";
    let place = "negara: \"Indonesia\" is not taken: the row has neither a venue nor a city";
    let expected = format!("2 NEW\n3 NEW\n4 NEW\n5 NEW {place}");
    let first = comes_to(&app, &officer, table, text, &expected).await;
    let places = venue::Entity::find().filter(venue::Column::SortName.eq("rumah perak"));
    let places = places.order_by_asc(venue::Column::City).all(app.app.db.reading()).await;
    let places = places.expect("venues");
    let cities: Vec<_> = places.iter().filter_map(|row| row.city.as_deref()).collect();
    assert_eq!(cities, ["Kendal", "Semarang"]);
    let rows = workshop::Entity::find().filter(workshop::Column::Title.is_in(["Patri", "Ukir"]));
    let rows = rows.all(app.app.db.reading()).await.expect("workshops");
    assert!(rows.iter().all(|row| row.venue_id == Some(places[1].id)), "{rows:?}");
    let again = file(&app, &officer, table, text).await;
    let unchanged = format!("2 UNCHANGED\n3 UNCHANGED\n4 UNCHANGED\n5 UNCHANGED {place}");
    assert_eq!(told(&app, &officer, &again).await, unchanged);
    let newer = format!(
        "batch,title,venue,city\nsilver,Patri,{},\nsilver,Ukir,Aula,Kendal\n\
         silver,Poles,Rumah Perak,\n",
        places[0].key
    );
    let expected = format!(
        "2 CHANGED venue: \"{key}\" changes from Rumah Perak, Semarang, ID to \
         Rumah Perak, Kendal, ID\n\
         3 CHANGED venue: \"Aula\" changes from Rumah Perak, Semarang, ID to \
         a place that is entered\n\
         4 AMBIGUOUS venue: \"Rumah Perak\" is the name of 2 places: ",
        key = places[0].key
    );
    let id = file(&app, &officer, table, &newer).await;
    let lines = told(&app, &officer, &id).await;
    assert!(lines.starts_with(&expected), "{lines}\n{expected}");
    assert_eq!(apply(&app, &officer, &id, ", leaveOut: true").await, Vec::<String>::new());
    goes(&app, &officer, &id).await;
    goes(&app, &officer, &first).await;
    assert_eq!(shown(&app).await, before);
}

async fn people_who_signed_up_and_countries_are_claims_of_their_own(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let table = ImportTable::Batches;
    let before = shown(&app).await;
    let text = "kunci,jumlah peserta,terdaftar,jumlah negara\nsilver,20,35 orang,12 negara\n";
    let first = file(&app, &officer, table, text).await;
    let lines = told(&app, &officer, &first).await;
    assert!(
        lines.contains(
            "terdaftar: \"35 orang\" claims the number of registered people 35 persons, which \
             this file has not claimed before"
        ) && lines.contains(
            "jumlah negara: \"12 negara\" claims the number of countries 12 countries, which this \
             file has not claimed before"
        ),
        "{lines}"
    );
    assert_eq!(apply(&app, &officer, &first, "").await, Vec::<String>::new());
    let stated = async || {
        let rows = claim::Entity::find().filter(claim::Column::Locator.eq("line 2"));
        let rows = rows.all(app.app.db.reading()).await.expect("claims");
        let mut all: Vec<_> =
            rows.iter().map(|row| (row.unit, row.basis, row.number_min)).collect();
        all.sort();
        all
    };
    let (people, countries) = (Some(CountUnit::Person), Some(CountUnit::Country));
    let (reported, registered) = (Some(CountBasis::Reported), Some(CountBasis::Registered));
    let mut expected = vec![
        (people, reported, Some(20)),
        (people, registered, Some(35)),
        (countries, reported, Some(12)),
    ];
    expected.sort();
    assert_eq!(stated().await, expected);
    let accepted = app.ask("{ batch(by: {key: \"silver\"}) { participantsMin } }").await;
    assert_eq!(accepted.at("/batch/participantsMin"), &json!(20), "who signed up did not come yet");
    let again = file(&app, &officer, table, text).await;
    assert_eq!(told(&app, &officer, &again).await, "2 UNCHANGED");
    let newer = text.replace("35 orang", "at least 40").replace("12 negara", "13");
    let second = file(&app, &officer, table, &newer).await;
    let lines = told(&app, &officer, &second).await;
    assert!(
        lines.contains(
            "changes the number of registered people that this file claims from 35 \
             persons to at least 40 persons"
        ) && lines.contains("that this file claims from 12 countries to 13 countries")
            && !lines.contains("participants"),
        "{lines}"
    );
    assert_eq!(apply(&app, &officer, &second, "").await, Vec::<String>::new());
    assert_eq!(stated().await.len(), 3);
    goes(&app, &officer, &second).await;
    assert_eq!(stated().await, expected);
    goes(&app, &officer, &first).await;
    assert_eq!(shown(&app).await, before);
    // People are no countries, and two rows of one batch say one thing.
    let wrong = "key,registered,country_count\nsilver,,12 orang\nsilver,30,\nsilver,31,\n";
    let id = file(&app, &officer, table, wrong).await;
    let lines = told(&app, &officer, &id).await;
    assert!(lines.starts_with("2 REFUSED country_count: \"12 orang\" is not a whole"), "{lines}");
    assert!(
        lines.contains("4 REFUSED") || lines.contains("is not what line 3 says of the same batch"),
        "{lines}"
    );
}
