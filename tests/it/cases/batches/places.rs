//! Where batches of a file are held.

use super::{enter, held, officer, preview, states, tells};
use crate::cases::{apply, venues};
use crate::support::TestApp;

both_dbs!(
    a_place_is_its_name_city_and_country,
    a_place_of_which_a_part_is_not_given_is_the_only_one_that_it_may_be,
    coordinates_far_away_are_another_place,
);

async fn a_place_is_its_name_city_and_country(app: TestApp) {
    let officer = officer(&app, &["places"]).await;
    // How a part is written makes no other place.
    let file = held(
        "a",
        &[
            "Casa Cultural,Córdoba,Argentina",
            "CASA  cultural,cordoba,AR",
            "Casa Cultural,Córdoba,Spain",
            "Casa Cultural,Granada,Spain",
        ],
    );
    let rows = enter(&app, &officer, "a.csv", &file).await;
    assert_eq!(states(&rows), "NEW NEW NEW NEW", "{rows:?}");
    for (key, venue) in [
        ("a-0", "Casa Cultural, Córdoba, AR"),
        ("a-1", "Casa Cultural, Córdoba, AR"),
        ("a-2", "Casa Cultural, Córdoba, ES"),
        ("a-3", "Casa Cultural, Granada, ES"),
    ] {
        assert_eq!(venues(&app, &officer, key).await, [venue]);
    }
    let again = enter(&app, &officer, "a.csv", &file).await;
    assert_eq!(states(&again), "UNCHANGED UNCHANGED UNCHANGED UNCHANGED", "{again:?}");
    let all = app.ask("{ venues(first: 100) { nodes { name } } }").await;
    let of_name = all.sorted("/venues/nodes", "/name");
    assert_eq!(of_name.iter().filter(|name| **name == "Casa Cultural").count(), 3);
    // A newer version of the file moves it: the former place stays claimed, and is not taken for
    // it.
    let moved = held("a", &["Casa Cultural,Rosario,Argentina"]);
    let rows = enter(&app, &officer, "a.csv", &moved).await;
    tells(
        &rows[0],
        &["CHANGED", "another place than Casa Cultural, Córdoba, AR", "claimed as a place"],
    );
    assert_eq!(
        venues(&app, &officer, "a-0").await,
        ["Casa Cultural, Córdoba, AR", "Casa Cultural, Rosario, AR"]
    );
}

async fn a_place_of_which_a_part_is_not_given_is_the_only_one_that_it_may_be(app: TestApp) {
    let officer = officer(&app, &["places"]).await;
    let one = held("b", &["Town Hall,Leeds,United Kingdom", "Town Hall,Leeds,", "Town Hall,,"]);
    let rows = enter(&app, &officer, "b.csv", &one).await;
    assert_eq!(states(&rows), "NEW NEW NEW", "{rows:?}");
    for key in ["b-0", "b-1", "b-2"] {
        assert_eq!(venues(&app, &officer, key).await, ["Town Hall, Leeds, GB"]);
    }
    // The other way about nobody knows where the first one is: they stay two.
    let other =
        held("c", &["Guild Hall,York,", "Guild Hall,York,United Kingdom", "Guild Hall,York,"]);
    let rows = enter(&app, &officer, "c.csv", &other).await;
    assert_eq!(states(&rows), "NEW NEW NEW", "{rows:?}");
    assert_eq!(venues(&app, &officer, "c-1").await, ["Guild Hall, York, GB"]);
    assert_eq!(venues(&app, &officer, "c-2").await, ["Guild Hall, York, null"]);
    // Of three, in the file and in the register, none is guessed.
    let three = held("d", &["Town Hall,Leeds,Jamaica", "Town Hall,Perth,Australia", "Town Hall,,"]);
    let (id, rows) = preview(&app, &officer, "d.csv", &three).await;
    assert_eq!(states(&rows), "NEW NEW AMBIGUOUS", "{rows:?}");
    tells(&rows[2], &["3 places", "Town Hall, Leeds, GB", "line 2", "line 3"]);
    assert_eq!(apply(&app, &officer, &id).await, Vec::<String>::new());
    let rows =
        enter(&app, &officer, "e.csv", &held("e", &["Town Hall,,Australia", "Town Hall,Leeds,"]))
            .await;
    assert_eq!(states(&rows), "NEW AMBIGUOUS", "{rows:?}");
    tells(&rows[1], &["2 places", "Town Hall, Leeds, GB", "Town Hall, Leeds, JM"]);
    assert_eq!(venues(&app, &officer, "e-0").await, ["Town Hall, Perth, AU"]);
    // What a file has said it says again, however many have come since.
    for (name, text, states_again) in [
        ("b.csv", &one, "UNCHANGED UNCHANGED UNCHANGED"),
        ("c.csv", &other, "UNCHANGED UNCHANGED UNCHANGED"),
        ("d.csv", &three, "UNCHANGED UNCHANGED AMBIGUOUS"),
    ] {
        let rows = enter(&app, &officer, name, text).await;
        assert_eq!(states(&rows), states_again, "{rows:?}");
    }
}

async fn coordinates_far_away_are_another_place(app: TestApp) {
    let officer = officer(&app, &["places"]).await;
    let file = |name: &str, place: &str| {
        format!(
            "key,programme,starts_on,venue,city,country,latitude,longitude\n\
             {name},places,2015-01-02,{place}\n"
        )
    };
    let near = file("near", "Balai Desa,Sukorejo,ID,-7.98,112.63");
    enter(&app, &officer, "near.csv", &near).await;
    let far = file("far", "Balai Desa,Sukorejo,ID,-8.09,111.65");
    let rows = enter(&app, &officer, "far.csv", &far).await;
    tells(&rows[0], &["NEW", "another place than Balai Desa, Sukorejo, ID, (-7.98, 112.63)"]);
    let beside = file("beside", "Balai Desa,Sukorejo,ID,-7.97,112.62");
    let rows = enter(&app, &officer, "beside.csv", &beside).await;
    tells(
        &rows[0],
        &["NEW", "latitude: \"-7.97\" is not taken", "longitude: \"112.62\" is not taken"],
    );
    let nowhere = file("nowhere", "Balai Desa,Sukorejo,ID,,");
    let (_, rows) = preview(&app, &officer, "nowhere.csv", &nowhere).await;
    tells(&rows[0], &["AMBIGUOUS", "2 places", "(-7.98, 112.63)", "(-8.09, 111.65)"]);
    for (name, text) in [("near.csv", near), ("far.csv", far), ("beside.csv", beside)] {
        assert_eq!(states(&enter(&app, &officer, name, &text).await), "UNCHANGED", "{text}");
    }
}
