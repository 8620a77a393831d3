//! The packages that the program carries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use entity::*;
use sea_orm::EntityTrait;

use super::*;

/// Both packages load into an empty register, and loading them again changes nothing and tells
/// nobody.
#[tokio::test]
async fn what_is_loaded_twice_is_there_once() {
    let register = TestRegister::empty().await;
    let statements = register.db.statements();
    let (start, so_far) = (Instant::now(), statements.count());
    let first = register.load(&reference()).await.unwrap();
    let second = register.load(&reports()).await.unwrap();
    println!("loaded in {:?} with {} statements", start.elapsed(), statements.count() - so_far);
    assert_eq!(first.tables.iter().find(|table| table.table == "countries").unwrap().added, 281);
    for table in first.tables.iter().chain(&second.tables) {
        assert_eq!(
            (table.added, table.changed, table.removed),
            (table.rows, 0, 0),
            "{}",
            table.table
        );
    }
    let versions: BTreeSet<i32> = institution::Entity::find()
        .all(register.db.reading())
        .await
        .unwrap()
        .iter()
        .map(|row| row.version)
        .collect();
    assert_eq!(versions, BTreeSet::from([1]));

    let before = register.everything().await;
    for package in [reference(), reports()] {
        let (start, so_far) = (Instant::now(), statements.count());
        let again = register.load(&package).await.unwrap();
        let cost = statements.count() - so_far;
        println!("{} again in {:?} with {cost} statements", again.package, start.elapsed());
        assert!(!again.changed());
        assert_eq!(again.position, second.position);
        assert!(cost < 4 * again.tables.len() as u64, "{cost}");
    }
    assert_eq!(register.everything().await, before);
}

/// The packages are embedded by hand; the folders they come from are read here, and so are the
/// schemas, which tell other programs what `tables` tells this one.
#[test]
fn what_is_embedded_is_what_stands_in_the_folders() {
    let tables: BTreeMap<_, _> =
        tables::all().into_iter().map(|table| (table.name(), table)).collect();
    for embedded in [reference(), reports()] {
        let folder = embedded.name.trim_start_matches("jejaring-");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
        let read = PackageFiles::from_dir(&folder).unwrap();
        assert_eq!(read.name, embedded.name);
        let contents = |package: &PackageFiles| -> BTreeMap<String, (String, Vec<u8>)> {
            let entry = |file: &files::Resource| {
                (file.table.clone(), (file.file.clone(), file.bytes.to_vec()))
            };
            package.resources.iter().map(entry).collect()
        };
        assert!(contents(&read) == contents(&embedded), "{folder:?}");
        let description = std::fs::read(folder.join("datapackage.json")).unwrap();
        let description: serde_json::Value = serde_json::from_slice(&description).unwrap();
        for resource in description["resources"].as_array().unwrap() {
            let table = resource["name"].as_str().unwrap();
            for field in resource["schema"]["fields"].as_array().unwrap() {
                let name = field["name"].as_str().unwrap();
                let required = field["constraints"]["required"].as_bool().unwrap_or_default();
                let column = tables[table].columns().iter().find(|column| column.name == name);
                assert_eq!(column.map(|column| column.required), Some(required), "{table}.{name}");
            }
        }
    }
}

/// No event names a person, neither in its changes nor by a key.
#[tokio::test]
async fn no_event_names_a_person() {
    let register = TestRegister::empty().await;
    register.load(&reference()).await.unwrap();
    register.load(&reports()).await.unwrap();
    let events = register.events_after(0).await;
    let people = person::Entity::find().all(register.db.reading()).await.unwrap();
    assert!(people.len() > 5);
    for person in people {
        for personal in [&person.name, &person.key, &person.id.to_string()] {
            let told = events.lines().find(|event| event.contains(personal));
            assert_eq!(told, None, "{personal}");
        }
    }
}
