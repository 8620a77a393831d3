//! Whole packages, good and bad, loaded into a register.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use entity::*;
use insta::assert_snapshot;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::*;
use crate::db::{DbOptions, migrate};
use crate::rule;

/// A register with its clock, in a folder that goes with it.
struct Register {
    db: Db,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Register {
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        let db = Db::connect(&DbOptions { url, readers: 2, heavy_readers: 2, observer: None }).await.unwrap();
        migrate(&db).await.unwrap();
        Self { db, clock: Clock::fixed("2026-06-01T08:00:00Z".parse().unwrap()), _folder: folder }
    }

    /// With a country and what hangs from it.
    async fn small() -> Self {
        let register = Self::empty().await;
        register.load(&package(SMALL)).await.unwrap();
        register
    }

    async fn load(&self, package: &PackageFiles) -> Result<LoadReport, LoadError> {
        load(&self.db, &self.clock, Actor::Operator, package).await
    }

    /// What is wrong with a package of these files. Nothing may have been written.
    async fn problems(&self, files: &[(&str, &str)]) -> String {
        self.problems_of(&package(files)).await
    }

    async fn problems_of(&self, package: &PackageFiles) -> String {
        let before = self.everything().await;
        let problems = match self.load(package).await {
            Err(LoadError::Problems(problems)) => problems.to_string(),
            other => panic!("no problems, but {other:?}"),
        };
        assert_eq!(self.everything().await, before);
        problems
    }

    /// The position of the log, and how many rows there are.
    async fn everything(&self) -> Vec<u64> {
        let db = self.db.reading();
        let head = event_head::Entity::find().one(db).await.unwrap().unwrap();
        vec![
            u64::try_from(head.position).unwrap(),
            event::Entity::find().count(db).await.unwrap(),
            country::Entity::find().count(db).await.unwrap(),
            country_name::Entity::find().count(db).await.unwrap(),
            institution::Entity::find().count(db).await.unwrap(),
            institution_ancestor::Entity::find().count(db).await.unwrap(),
            institution_name::Entity::find().count(db).await.unwrap(),
            programme::Entity::find().count(db).await.unwrap(),
            batch::Entity::find().count(db).await.unwrap(),
            claim::Entity::find().count(db).await.unwrap(),
            person::Entity::find().count(db).await.unwrap(),
            citation::Entity::find().count(db).await.unwrap(),
            topic::Entity::find().count(db).await.unwrap(),
            membership::Entity::find().count(db).await.unwrap(),
        ]
    }

    /// The kinds of the events after `position`, with their subjects.
    async fn events_after(&self, position: i64) -> String {
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(position))
            .order_by_asc(event::Column::Position)
            .all(self.db.reading())
            .await
            .unwrap();
        let line = |row: event::Model| {
            let audience = if row.public { "" } else { " (not public)" };
            format!("{} {}{audience} {}", row.kind, row.subject_key.unwrap_or_default(), row.changes)
        };
        rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A package of these files.
fn package(files: &[(&str, &str)]) -> PackageFiles {
    let add = |package: PackageFiles, file: &(&str, &str)| {
        package.with(file.0, format!("{}.csv", file.0), file.1.as_bytes().to_vec())
    };
    files.iter().fold(PackageFiles::new("test"), add)
}

/// A register that has one of most things.
const SMALL: &[(&str, &str)] = &[
    ("countries", "code,alpha3\nID,IDN\nKH,KHM\n"),
    (
        "country_names",
        "country,language,kind,authority,name\nID,en,COMMON,CLDR,Indonesia\nKH,en,COMMON,CLDR,Cambodia\n",
    ),
    ("regional_groups", "key,kind,name_en\nasean,ORGANISATION,Association of Southeast Asian Nations\n"),
    ("memberships", "key,group,country,kind,valid_from,valid_to\nasean-kh,asean,KH,FULL,1999-04-30,\n"),
    ("topics", "key,parent,label_en,label_id\ncraft,,Craft,Kerajinan\nbatik,craft,Batik,Batik\n"),
    ("institutions", "key,kind,country,parent\nministry,GOVERNMENT,ID,\ncentre,OTHER_PUBLIC_SECTOR,ID,ministry\n"),
    ("institution_names", "institution,language,kind,name\nministry,id,COMMON,Kementerian\ncentre,id,COMMON,Balai\n"),
    ("programmes", "key,title,language,modality,owner,group\nweaving,Weaving,en,REGIONAL,centre,asean\n"),
    (
        "batches",
        "key,programme,ordinal,mode,status,owner\nweaving-1,weaving,1,ONSITE,CLOSED,centre\nweaving-2,weaving,2,ONSITE,ANNOUNCED,centre\n",
    ),
    (
        "delegations",
        "key,batch,represents,country\nweaving-1-kh,weaving-1,COUNTRY,KH\nweaving-2-kh,weaving-2,COUNTRY,KH\n",
    ),
    ("people", "key,name\nsari-dewi,Sari Dewi\n"),
    ("sources", "key,kind,title,language\npaper,NEWS_REPORT,Weavers meet,en\n"),
    (
        "claims",
        "key,source,batch,delegation,property,status,rank\nkh-came,paper,weaving-1,weaving-1-kh,ATTENDANCE,ATTENDED,NORMAL\n",
    ),
];

/// Both packages load into an empty register, and loading them again changes nothing and tells nobody.
#[tokio::test]
async fn what_is_loaded_twice_is_there_once() {
    let register = Register::empty().await;
    let statements = register.db.statements();
    let (start, so_far) = (Instant::now(), statements.count());
    let first = register.load(&reference()).await.unwrap();
    let second = register.load(&reports()).await.unwrap();
    println!("loaded in {:?} with {} statements", start.elapsed(), statements.count() - so_far);
    assert_eq!(first.tables.iter().find(|table| table.table == "countries").unwrap().added, 281);
    for table in first.tables.iter().chain(&second.tables) {
        assert_eq!((table.added, table.changed, table.removed), (table.rows, 0, 0), "{}", table.table);
    }
    let versions: BTreeSet<i32> =
        institution::Entity::find().all(register.db.reading()).await.unwrap().iter().map(|row| row.version).collect();
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

/// The packages are embedded by hand; the folders they come from are read here, and so are the schemas, which tell other
/// programs what `tables.rs` tells this one.
#[test]
fn what_is_embedded_is_what_stands_in_the_folders() {
    let tables: BTreeMap<_, _> = tables::all().into_iter().map(|table| (table.name(), table)).collect();
    for embedded in [reference(), reports()] {
        let folder = embedded.name.trim_start_matches("jejaring-");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
        let read = PackageFiles::from_dir(&folder).unwrap();
        assert_eq!(read.name, embedded.name);
        let contents = |package: &PackageFiles| -> BTreeMap<String, (String, Vec<u8>)> {
            let entry = |file: &files::Resource| (file.table.clone(), (file.file.clone(), file.bytes.to_vec()));
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

/// What a handler on a server runs must be able to move between threads.
#[test]
fn a_load_can_move_between_threads() {
    fn sends<T: Send>(_: impl FnOnce(Db, PackageFiles) -> T) {}
    sends(|db, files| async move { load(&db, &Clock::system(), Actor::Operator, &files).await });
}

/// A changed row updates the record that has its key; rows that are not in the package stay.
#[tokio::test]
async fn a_changed_row_updates_its_record() {
    let register = Register::small().await;
    let position = register.load(&package(&[])).await.unwrap().position;
    let report = register
        .load(&package(&[
            (
                "programmes",
                "key,title,language,modality,owner,group\nweaving,Weaving by hand,en,REGIONAL,centre,asean\n",
            ),
            ("institution_names", "institution,language,kind,name\ncentre,id,COMMON,Balai Besar\n"),
        ]))
        .await
        .unwrap();
    assert_eq!(
        report.tables.iter().map(|table| (table.added, table.changed, table.removed)).collect::<Vec<_>>(),
        [(1, 0, 1), (0, 1, 0)]
    );
    assert_snapshot!(register.events_after(position).await, @r#"
    institution.renamed centre {"names":[["Balai"],["Balai Besar"]]}
    programme.updated weaving {"title":["Weaving","Weaving by hand"]}
    register.loaded  {"institution_names":{"added":1,"changed":0,"removed":1},"programmes":{"added":0,"changed":1,"removed":0}}
    "#);
    let db = register.db.reading();
    let programme = programme::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((programme.version, programme.sort_title.as_str()), (2, "weaving by hand"));
    assert_eq!(institution_name::Entity::find().count(db).await.unwrap(), 2);
}

/// The new parent of a body is above all that is part of it, and the former one no longer.
#[tokio::test]
async fn a_body_that_moves_takes_along_what_is_part_of_it() {
    let register = Register::small().await;
    let moved = "key,kind,country,parent\nstate,GOVERNMENT,ID,\nministry,GOVERNMENT,ID,state\nlab,ACADEMIC,ID,centre\n";
    register.load(&package(&[("institutions", moved)])).await.unwrap();
    let db = register.db.reading();
    let keys: BTreeMap<_, _> =
        institution::Entity::find().all(db).await.unwrap().into_iter().map(|row| (row.id, row.key)).collect();
    let rows = institution_ancestor::Entity::find().all(db).await.unwrap();
    let rows: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.depth > 0)
        .map(|row| format!("{} < {} ({})", keys[&row.institution_id], keys[&row.ancestor_id], row.depth))
        .collect();
    assert_snapshot!(rows.into_iter().collect::<Vec<_>>().join("\n"), @r"
    centre < ministry (1)
    centre < state (2)
    lab < centre (1)
    lab < ministry (2)
    lab < state (3)
    ministry < state (1)
    ");
    let circle = "key,kind,country,parent\nstate,GOVERNMENT,ID,centre\n";
    assert_snapshot!(register.problems(&[("institutions", circle)]).await, @r#"institutions.csv:2 parent: "state" cannot be part of "centre", which is itself part of "state""#);
}

/// A draft is nobody's business, and neither is what hangs from it.
#[tokio::test]
async fn a_draft_tells_the_public_nothing() {
    let register = Register::small().await;
    let position = register.load(&package(&[])).await.unwrap().position;
    let draft = package(&[
        ("batches", "key,programme,ordinal,mode,status,owner\nweaving-3,weaving,3,ONSITE,DRAFT,centre\n"),
        ("delegations", "key,batch,represents,country\nweaving-3-kh,weaving-3,COUNTRY,KH\n"),
    ]);
    register.load(&draft).await.unwrap();
    let events = register.events_after(position).await;
    let kinds: Vec<&str> = events.lines().filter_map(|line| line.split_once(" {").map(|line| line.0)).collect();
    assert_snapshot!(kinds.join("\n"), @r"
    batch.updated weaving-3 (not public)
    delegation.updated weaving-3-kh (not public)
    register.loaded
    ");
}

/// No event names a person, neither in its changes nor by a key.
#[tokio::test]
async fn no_event_names_a_person() {
    let register = Register::empty().await;
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

/// What reprints another source has its origin.
#[tokio::test]
async fn a_reprint_has_the_origin_of_what_it_reprints() {
    let register = Register::small().await;
    let sources = "key,kind,title,language\nagency,NEWS_REPORT,First,en\nreprint,NEWS_REPORT,Second,en\n";
    let relations = "source,kind,related\nreprint,REPRINT_OF,paper\npaper,REPRINT_OF,agency\n";
    register.load(&package(&[("sources", sources), ("source_relations", relations)])).await.unwrap();
    let rows = source::Entity::find().all(register.db.reading()).await.unwrap();
    let agency = rows.iter().find(|row| row.key == "agency").unwrap().id;
    assert!(rows.iter().all(|row| row.origin_id == Some(agency)));
    let circle = "source,kind,related\nagency,BASED_ON,reprint\n";
    assert_snapshot!(register.problems(&[("source_relations", circle)]).await, @r#"source_relations.csv:2 related: "agency" cannot rest on "reprint", which itself rests on "agency""#);
}

/// Each class of bad value, with the line, the column and the value that are to be mended.
#[tokio::test]
async fn a_bad_value_is_told_with_its_place() {
    let register = Register::small().await;
    assert_snapshot!(register.problems(&[("sources", "key,kind,title,language,published_on\r\na,REPORT,A,en,2023-02-28\r\n\r\nb,REPORT,B,en,2023-02-30\r\n")]).await, @r#"sources.csv:4 published_on: "2023-02-30" is not a date (YYYY-MM-DD)"#);
    assert_snapshot!(register.problems(&[("institutions", "key,kind,country\na,ACADEMIC,ID\nb,ACADEMIC,XX\n")]).await, @r#"institutions.csv:3 country: "XX" is no country of this package or of the register"#);
    assert_snapshot!(register.problems(&[("people", "key,name\nok,Someone\n,Nobody\n")]).await, @"people.csv:3 key: the cell is empty, and must not be");
    assert_snapshot!(register.problems(&[("topics", "key,label_en,label_id\na,A,A\nb,B,B\na,C,C\n")]).await, @r#"topics.csv:4 key: "a" stands in line 2 already"#);
    assert_snapshot!(register.problems(&[("topics", "key,label_en,label_id\nA topic,A,A\n")]).await, @r#"topics.csv:2 key: "A topic" is not a key: only a-z, 0-9 and hyphens, at most 120 of them"#);
    assert_snapshot!(register.problems(&[("batches", "key,programme,mode,status,owner\nx,weaving,ONSITE,OVER,centre\n")]).await, @r#"batches.csv:2 status: "OVER" is not a BatchStatus: it is one of DRAFT, ANNOUNCED, CONFIRMED, POSTPONED, CANCELLED, CLOSED"#);
    assert_snapshot!(register.problems(&[("batches", "key,programme,mode,status,owner\nx,wovering,ONSITE,CLOSED,centre\n")]).await, @r#"batches.csv:2 programme: "wovering" is no programme of this package or of the register"#);
    assert_snapshot!(register.problems(&[("batches", "key,programme,mode,status,owner,ordinal,capacity\nx,weaving,ONSITE,CLOSED,centre,22x,99999999999\n")]).await, @r#"
    batches.csv:2 ordinal: "22x" is not a whole number
    batches.csv:2 capacity: "99999999999" is not between -2147483648 and 2147483647
    "#);
    assert_snapshot!(register.problems(&[("citations", "source,record_kind,record\npaper,BATCH,weaving-9\npaper,BATCH,weaving-1\npaper,BATCH,weaving-1\n")]).await, @r#"
    citations.csv:4 record: the same source and record stand in line 3 already
    citations.csv:2 record: "weaving-9" is no batch of this package or of the register
    "#);
    assert_snapshot!(register.problems(&[("programme_topics", "programme,topic\nweaving,batik\nweaving,batik\n")]).await, @"programme_topics.csv:3: the same row stands in line 2 already");
}

/// Names of people, and the keys made of them, are told to nobody, not even to say what is wrong with them.
#[tokio::test]
async fn personal_data_are_not_repeated() {
    let register = Register::small().await;
    let engagements = "key,person,batch,role\nBad Sari,sari,weaving-1,SPEAKER\n";
    assert_snapshot!(register.problems(&[("people", "key,name\nSari D,Sari\n"), ("engagements", engagements)]).await, @r"
    people.csv:2 key: what stands there is not a key: only a-z, 0-9 and hyphens, at most 120 of them
    engagements.csv:2 key: what stands there is not a key: only a-z, 0-9 and hyphens, at most 120 of them
    engagements.csv:2 person: what stands there is no person of this package or of the register
    ");
    assert_snapshot!(register.problems(&[("citations", "source,record_kind,record\npaper,PERSON,nobody-known\n")]).await, @"citations.csv:2 record: what stands there is no person of this package or of the register");
}

/// A circle of parents is told once, with all who stand in it.
#[tokio::test]
async fn a_circle_of_parents_is_told_once() {
    let register = Register::small().await;
    let topics = "key,parent,label_en,label_id\nz,a,Z,Z\na,b,A,A\nb,c,B,B\nc,a,C,C\nd,d,D,D\n";
    assert_snapshot!(register.problems(&[("topics", topics)]).await, @r#"
    topics.csv:3 parent: "a" is above itself: a → b → c → a
    topics.csv:6 parent: "d" is above itself: d → d
    "#);
}

/// Children may stand before their parents.
#[tokio::test]
async fn a_child_may_stand_before_its_parent() {
    let register = Register::small().await;
    let topics = "key,parent,label_en,label_id\nc,b,C,C\nb,a,B,B\na,batik,A,A\n";
    assert_eq!(register.load(&package(&[("topics", topics)])).await.unwrap().tables[0].added, 3);
}

/// What the rules refuse is told with its line, all of it, and what only fails for want of a refused row is not told.
#[tokio::test]
async fn what_the_rules_refuse_is_told_with_its_line() {
    let register = Register::small().await;
    let memberships = "key,group,country,kind,valid_from,valid_to\na,asean,KH,FULL,2010-01-01,\nb,asean,ID,FULL,,1980-01-01\nc,asean,ID,FULL,1970-01-01,1990-01-01\n";
    assert_snapshot!(register.problems(&[("memberships", memberships)]).await, @r#"
    memberships.csv:2 valid_from: KH is FULL in asean from 1999-04-30 until further notice ("asean-kh"), and so it would be again from 2010-01-01 until further notice
    memberships.csv:3 valid_from: ID is FULL in asean from 1970-01-01 to 1990-01-01 ("c"), and so it would be again from the beginning to 1980-01-01
    memberships.csv:4 valid_from: ID is FULL in asean from the beginning to 1980-01-01 ("b"), and so it would be again from 1970-01-01 to 1990-01-01
    "#);
    let claims = "key,source,batch,delegation,property,status,rank,text\na,paper,weaving-1,weaving-2-kh,ATTENDANCE,ATTENDED,NORMAL,\nb,paper,weaving-1,,TITLE,,NORMAL,A title\nc,paper,weaving-1,,ATTENDANCE,,NORMAL,\nd,paper,weaving-2,weaving-2-kh,ATTENDANCE,ATTENDED,DEPRECATED,\n";
    assert_snapshot!(register.problems(&[("claims", claims)]).await, @r#"
    claims.csv:2 delegation: "weaving-2-kh" is a delegation at "weaving-2", not at "weaving-1"
    claims.csv:3 language: a claim of TITLE needs a language
    claims.csv:4 delegation: ATTENDANCE is stated of a delegation, and none is given
    claims.csv:5 rank_reason: a deprecated claim needs a reason
    "#);
    let batches = "key,programme,ordinal,mode,status,owner\nx,weaving,2,ONSITE,CLOSED,centre\nweaving-1,weaving,1,ONSITE,DRAFT,centre\n";
    let delegations =
        "key,batch,represents,country\nx-kh,x,COUNTRY,KH\nagain,weaving-1,COUNTRY,KH\nempty,weaving-2,INSTITUTION,\n";
    assert_snapshot!(register.problems(&[("batches", batches), ("delegations", delegations)]).await, @r#"
    batches.csv:2 ordinal: "weaving-2" is already run number 2 of "weaving"
    batches.csv:3 status: "weaving-1" is CLOSED and cannot become DRAFT: it may become nothing else
    delegations.csv:4 institution: a delegation that represents an institution needs the institution
    "#);
    let again = "key,batch,represents,country\nagain,weaving-1,COUNTRY,KH\nweaving-1-kh,weaving-2,COUNTRY,KH\n";
    assert_snapshot!(register.problems(&[("delegations", again)]).await, @r#"
    delegations.csv:2 label: "weaving-1-kh" is already the delegation of the same country, sender and label there
    delegations.csv:3 batch: "weaving-1-kh" is a delegation at "weaving-1" and stays there
    "#);
    let workshops = "key,batch,position,kind,title,language,starts_on,ends_on,starts_at,time_zone,status\na,weaving-1,1,TRAINING,A,en,2023-02-02,2023-02-01,,,SCHEDULED\nb,weaving-1,2,TRAINING,B,en,2023-02-02,,09:00,,SCHEDULED\nc,weaving-1,2,TRAINING,C,en,,,09:00,Asia/Yogyakarta,SCHEDULED\n";
    assert_snapshot!(register.problems(&[("workshops", workshops)]).await, @r#"
    workshops.csv:2 ends_on: the end, 2023-02-01, is before the start, 2023-02-02
    workshops.csv:3 time_zone: the time 09:00 needs a time zone such as Asia/Jakarta
    workshops.csv:4 time_zone: "Asia/Yogyakarta" is not an IANA time zone such as Asia/Jakarta
    "#);
    let plans = "key,delegation,status\na,weaving-2-kh,EXPECTED\nb,weaving-1-kh,EXPECTED\n";
    assert_snapshot!(register.problems(&[("action_plans", plans)]).await, @r#"action_plans.csv:2 delegation: no source says that "weaving-2-kh" ATTENDED, so it has no plan"#);
    let identifiers = "institution,scheme,value\nministry,ROR,1\ncentre,ROR,1\n";
    assert_snapshot!(register.problems(&[("institution_identifiers", identifiers)]).await, @r#"institution_identifiers.csv:3 value: ROR 1 already identifies "ministry", so it cannot identify "centre""#);
    let partnerships = "key,institution,group,programme,batch,role\na,centre,asean,weaving,,HOST\nb,centre,,,,HOST\nc,centre,,weaving,weaving-1,HOST\n";
    assert_snapshot!(register.problems(&[("partnerships", partnerships)]).await, @r"
    partnerships.csv:2 group: only one of institution and group may be given, not institution and group
    partnerships.csv:3 programme: one of programme, batch and workshop is needed
    partnerships.csv:4 batch: only one of programme, batch and workshop may be given, not programme and batch
    ");
    let venues = "key,kind,name,country,subdivision,latitude,longitude\na,SITE,A,ID,TH-10,,\nb,SITE,B,ID,,95,100\nc,SITE,C,,,1,\n";
    assert_snapshot!(register.problems(&[("venues", venues)]).await, @r#"
    venues.csv:2 subdivision: "TH-10" lies in TH, not in ID, where the record stands
    venues.csv:3 latitude: 95 is not a latitude: it lies between -90 and 90 degrees
    venues.csv:4 longitude: the latitude 1 needs a longitude
    "#);
    let sources = "key,kind,title,language,url,archive_sha256\na,REPORT,A,english,,\nb,REPORT,B,en,www.example.org,\nc,REPORT,C,en,,abc\n";
    assert_snapshot!(register.problems(&[("sources", sources)]).await, @r#"
    sources.csv:2 language: "english" is not a language tag such as en, id or zh-Hant
    sources.csv:3 url: "www.example.org" is not a web address that begins with http:// or https://
    sources.csv:4 archive_sha256: "abc" is not a SHA-256: 64 hexadecimal digits in lower case
    "#);
}

/// A workshop lies within its batch as far as the dates of that are known, and that is judged when all is written.
#[tokio::test]
async fn a_workshop_lies_within_its_batch() {
    let register = Register::small().await;
    let dates = "key,source,batch,property,date,rank\nbegin,paper,weaving-1,STARTS_ON,2026-03-01,NORMAL\nend,paper,weaving-1,ENDS_ON,2026-03-20,NORMAL\n";
    register.load(&package(&[("claims", dates)])).await.unwrap();
    // What these claims come to, whoever settles them.
    let batch = batch::Entity::find().filter(batch::Column::Key.eq("weaving-1")).one(register.db.reading()).await;
    let dated = async |w: &mut Write| {
        let draft = batch::ActiveModel {
            starts_on: ActiveValue::Set("2026-03-01".parse().ok()),
            ends_on: ActiveValue::Set("2026-03-20".parse().ok()),
            ..rule::unset()
        };
        w.put::<batch::Entity>(batch.unwrap().as_ref(), draft).await?;
        w.record(Event::general(EventKind::BatchRescheduled));
        Ok(())
    };
    db::write(&register.db, &register.clock, Actor::Operator, dated).await.unwrap();
    let workshops = "key,batch,position,kind,title,language,starts_on,ends_on,status\na,weaving-1,1,TRAINING,A,en,2026-03-01,2026-03-20,SCHEDULED\nb,weaving-1,2,TRAINING,B,en,2026-02-27,,SCHEDULED\nc,weaving-1,3,TRAINING,C,en,2026-03-19,2026-03-21,SCHEDULED\n";
    assert_snapshot!(register.problems(&[("workshops", workshops)]).await, @r"
    workshops.csv:3 starts_on: 2026-02-27 is before the batch, which starts on 2026-03-01
    workshops.csv:4 ends_on: 2026-03-21 is after the batch, which ends on 2026-03-20
    ");
}

/// A membership that is cut short and the one that follows it may come together, in any order.
#[tokio::test]
async fn memberships_that_come_together_are_judged_together() {
    let register = Register::small().await;
    let memberships = "key,group,country,kind,valid_from,valid_to\nasean-kh-2,asean,KH,FULL,2020-01-01,\nasean-kh,asean,KH,FULL,1999-04-30,2019-12-31\n";
    let report = register.load(&package(&[("memberships", memberships)])).await.unwrap();
    assert_eq!((report.tables[0].added, report.tables[0].changed), (1, 1));
}

/// Of two claims, the preferred one may change.
#[tokio::test]
async fn another_claim_may_be_preferred() {
    let register = Register::small().await;
    let titles = |first: &str, second: &str| {
        let text = format!(
            "key,source,batch,property,text,language,rank\na,paper,weaving-1,TITLE,A,en,{first}\nb,paper,weaving-1,TITLE,B,en,{second}\n"
        );
        PackageFiles::new("titles").with("claims", "claims.csv", text.into_bytes())
    };
    register.load(&titles("NORMAL", "PREFERRED")).await.unwrap();
    register.load(&titles("PREFERRED", "NORMAL")).await.unwrap();
    assert_snapshot!(register.problems_of(&titles("PREFERRED", "PREFERRED")).await, @r#"claims.csv:3 rank: "a" is already the preferred claim of TITLE"#);
}

/// Files that are no tables, each with one clear report.
#[tokio::test]
async fn a_file_that_is_no_table_is_told_as_such() {
    let register = Register::small().await;
    let bytes = async |bytes: Vec<u8>| {
        register.problems_of(&PackageFiles::new("test").with("people", "people.csv", bytes)).await
    };
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert_snapshot!(bytes(utf16("\u{FEFF}key,name\na,A\n")).await, @"people.csv: is encoded in UTF-16; it must be UTF-8");
    assert_snapshot!(bytes(utf16("key,name\na,A\n")).await, @"people.csv: is not text: byte 1, in line 1, is zero; it must be UTF-8");
    assert_snapshot!(bytes(b"key,name\na,Andr\xE9\n".to_vec()).await, @"people.csv: is not encoded in UTF-8: byte 15, in line 2, does not belong to it");
    assert_snapshot!(bytes(Vec::new()).await, @"people.csv: is empty: it needs at least a header line");
    assert_snapshot!(bytes(b"key;name\na;A\n".to_vec()).await, @"people.csv:1: the cells are not separated by commas");
    assert_snapshot!(bytes(b"key,nmae,key\n".to_vec()).await, @r#"
    people.csv:1: "nmae" is not a column of this table: it has key, name, merged_into
    people.csv:1: "key" is a column twice
    people.csv:1: the column "name" is missing
    "#);
    assert_snapshot!(bytes(b"key,name\na,\"A\nb,B\n".to_vec()).await, @"people.csv:2 name: the cell begins with a quote that is not closed");
    assert_snapshot!(bytes([b"key,name\na,A\nb,\"B\n", "x".repeat(5 << 20).as_bytes(), b"\"\n"].concat()).await, @"people.csv:3 name: the cell is larger than 64 KiB");
    assert_snapshot!(register.problems(&[("persons", "key,name\n")]).await, @r#"persons.csv: "persons" is no table of this format: it has countries, country_names, regional_groups, memberships, topics, institutions, institution_names, institution_identifiers, programmes, programme_topics, venues, batches, batch_venues, batch_topics, workshops, workshop_topics, partnerships, delegations, people, appointments, engagements, sources, source_relations, claims, indicators, observations, outcomes, action_plans, action_items, progress_notes, citations"#);
    assert_snapshot!(register.problems(&[("people", "key,name\n"), ("people", "key,name\n")]).await, @"people.csv: is the second file for the table people");
    let ragged = "key,parent,dac_code,label_en,label_id\na,b\na,b,c\na,,,A,A\n1,2,3,4,5,6\n1,2,3,4,5,6,7,8,9\n";
    assert_snapshot!(register.problems(&[("topics", ragged)]).await, @r"
    topics.csv:2: the row has 2 cells, the header has 5
    topics.csv:3: the row has 3 cells, the header has 5
    topics.csv:5: the row has 6 cells, the header has 5
    topics.csv:6: the row has 9 cells, the header has 5
    ");
}

/// A byte order mark, any line end and columns in any order are as good as none, one and the usual.
#[tokio::test]
async fn a_file_may_be_written_in_several_ways() {
    let register = Register::small().await;
    for text in [
        "\u{FEFF}label_id,key,label_en\nA,a,A\n",
        "key,label_en,label_id\r\na,A,A\r\n",
        "key,label_en,label_id\ra,\"A\",A",
        "key,label_en,label_id,parent,dac_code\n\n\na,  A ,A,,\n",
    ] {
        register.load(&package(&[("topics", text)])).await.unwrap();
    }
    assert_eq!(topic::Entity::find().count(register.db.reading()).await.unwrap(), 3);
}

/// Of many problems the first are told, and the others counted.
#[tokio::test]
async fn of_many_problems_the_first_are_told() {
    let register = Register::small().await;
    let rows: String = (0..1000).map(|row| format!("t{row},,A\n")).collect();
    let told = register.problems(&[("topics", &format!("key,label_en,label_id\n{rows}"))]).await;
    assert_eq!(told.lines().count(), LISTED + 1);
    assert!(told.ends_with("… and 900 more"));
}

/// A package reads nothing that lies outside its folder.
#[test]
fn a_package_stays_in_its_folder() {
    let outer = tempfile::tempdir().unwrap();
    let folder: PathBuf = outer.path().join("package");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(outer.path().join("secret.csv"), "key,name\n").unwrap();
    std::os::unix::fs::symlink(outer.path().join("secret.csv"), folder.join("link.csv")).unwrap();
    let describe = |path: &str| {
        let text = serde_json::json!({ "resources": [{ "name": "people", "path": path }] }).to_string();
        std::fs::write(folder.join("datapackage.json"), text).unwrap();
        PackageFiles::from_dir(&folder).unwrap_err().to_string()
    };
    assert_snapshot!(describe("../secret.csv"), @r#"datapackage.json resource "people": "../secret.csv" is not a path inside the folder of the package"#);
    assert_snapshot!(describe("/etc/passwd"), @r#"datapackage.json resource "people": "/etc/passwd" is not a path inside the folder of the package"#);
    assert_snapshot!(describe("link.csv"), @r#"datapackage.json resource "people": "link.csv" leads out of the folder of the package"#);
    assert_snapshot!(describe("missing.csv"), @r#"datapackage.json resource "people": "missing.csv" cannot be read: No such file or directory (os error 2)"#);
    std::fs::write(folder.join("datapackage.json"), "[]").unwrap();
    assert_snapshot!(PackageFiles::from_dir(&folder).unwrap_err(), @"datapackage.json: does not describe a data package: invalid length 1, expected struct Description with 2 elements at line 1 column 2");
}
