//! Databases of former versions of the program, as they lie under `tests/data`, are brought up to
//! date: nothing of what they hold is lost or changed by that, the tables are those of a new
//! database, and the register goes on from there.
//!
//! Each is called by the newest migration that it has, and its kind: `<migration>.sqlite.zip` holds
//! a SQLite file, `<migration>.postgres.zip` what pg_dump wrote; both hold the data packages that
//! could be exported when it was made. Whoever adds a migration adds both: docs/ADDING-AN-ENTITY.md
//! says how.

mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use entity::{event, finding};
use jejaring::access::{Actor, Visible};
use jejaring::app::{App, prepare};
use jejaring::db::{backup, exclusively, migrate, migrations};
use jejaring::exchange::package::{PackageFiles, export};
use jejaring::provenance::finding::rules::{is_certain, rank};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::{Map, Value};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::database::is_what_the_entities_say;
use crate::intents::{draft, invite, owner};
use crate::support::{Backend, TestApp, config, db_options, test_clock, writable};

both_dbs!(the_newest_migration_has_its_databases);

both_dbs_empty!(old_databases_are_brought_up_to_date);

/// Tables, and columns as `table.column`, that migrations since the oldest of the databases have
/// renamed, removed, or computed anew on purpose; each with what has become of it.
const CHANGED: [&str; 4] = [
    // Says since `m20261202_23` also whether the rule is certain (`findings_are_ranked`).
    "finding.sort_severity",
    // Of a workshop without days of its own the date of its batch, since `m20261203_24` also where
    // that came later.
    "workshop.sort_date",
    // The owner of what observations and citations are about, who is told; withheld from others
    // where these do not see the record.
    "event.owner_id",
    "event.public",
];

/// Files of packages, and their columns as `file.csv/column`, that the format does not have any
/// more or fills otherwise.
const CHANGED_IN_PACKAGES: [&str; 0] = [];

/// Always empty between two transactions.
const EMPTY: [&str; 1] = ["event_spool"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn ending(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => ".sqlite.zip",
        Backend::Postgres => ".postgres.zip",
    }
}

async fn the_newest_migration_has_its_databases(app: TestApp) {
    let newest = migrations(&app.app.db).await.expect("the states").pop().expect("a migration");
    let file = folder().join(newest.name + ending(app.backend));
    if std::env::var_os("UPDATE_DATABASES").is_some() && !file.exists() {
        make(app, &file).await;
    }
    let name = file.display();
    assert!(
        file.exists(),
        "there is no {name}: run `UPDATE_DATABASES=1 cargo test --test it -- \
         old_databases::the_newest`"
    );
}

/// Fills a register, and packs it with what it exports.
async fn make(app: TestApp, file: &Path) {
    let app = sample::fill(app).await;
    let rows = rows(&app).await;
    let empty =
        rows.iter().filter(|(table, rows)| rows.is_empty() && !EMPTY.contains(&table.as_str()));
    let empty: Vec<&String> = empty.map(|(table, _)| table).collect();
    assert!(empty.is_empty(), "the sample has no row of {empty:?}: add one to `sample.rs`");
    let folder = tempfile::TempDir::new().expect("a folder");
    let copy = folder.path().join("copy");
    let options = db_options(&app.url, 1, 1);
    backup(&options, &copy).await.expect("a copy");
    // Under another name until it is whole: the other test may be reading what lies there.
    let unfinished = file.with_extension("unfinished");
    let mut archive = ZipWriter::new(File::create(&unfinished).expect("the file"));
    let mut put = |name: &str, bytes: &[u8]| {
        let options = SimpleFileOptions::default().compression_level(Some(9));
        archive.start_file(name, options).expect("an entry");
        archive.write_all(bytes).expect("its bytes");
    };
    put("register", &std::fs::read(&copy).expect("the copy"));
    for (name, actor) in [("whole", Actor::Operator), ("public", Actor::Anonymous)] {
        for (file, bytes) in exported(&app, actor).await.files() {
            put(&format!("{name}/{file}"), bytes);
        }
    }
    archive.finish().expect("the archive");
    std::fs::rename(&unfinished, file).expect("the file");
}

/// What lies in an archive, by name.
fn unpack(file: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(File::open(file).expect("the file")).expect("an archive");
    let mut entries = BTreeMap::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        entries.insert(entry.name().expect("a name").into_owned(), bytes);
    }
    entries
}

async fn exported(app: &TestApp, actor: Actor) -> PackageFiles {
    export(&app.app.db, &Visible::to(actor)).await.expect("the package")
}

async fn old_databases_are_brought_up_to_date(app: TestApp) {
    let backend = app.backend;
    let fresh = &app;
    exclusively(&fresh.app.db, async || migrate(&fresh.app.db).await)
        .await
        .expect("the migrations");
    let definitions = definitions(fresh).await;
    let files = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.to_str().is_some_and(|name| name.ends_with(ending(backend))))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there is no database of a former version");
    for file in files {
        let packed = unpack(&file);
        let name = file.display().to_string();
        let folder = tempfile::TempDir::new().expect("a folder");
        let copy = folder.path().join("copy");
        std::fs::write(&copy, &packed["register"]).expect("the copy");
        let old =
            TestApp::of_copy(backend, &copy).await.expect("the same database as that of the test");
        let before = rows(&old).await;
        exclusively(&old.app.db, async || migrate(&old.app.db).await)
            .await
            .expect("the migrations");
        nothing_is_lost(&name, &before, &rows(&old).await);
        findings_are_ranked(&name, &old).await;
        is_what_the_entities_say(&old).await;
        assert_eq!(
            self::definitions(&old).await,
            definitions,
            "{name}: a migration was changed after its time"
        );
        for (package, actor) in [("whole", Actor::Operator), ("public", Actor::Anonymous)] {
            let exported = exported(&old, actor).await;
            let exported: BTreeMap<&str, &[u8]> = exported.files().collect();
            for (entry, bytes) in packed.range(format!("{package}/")..) {
                let Some(file) = entry.strip_prefix(&format!("{package}/")) else { break };
                exports_the_same(&name, file, bytes, exported.get(file).copied());
            }
        }
        heads_go_where_nobody_was(&name, &old).await;
        goes_on(&old).await;
        old.discard().await;
    }
}

async fn findings_are_ranked(name: &str, old: &TestApp) {
    let findings = finding::Entity::find().all(old.app.db.reading()).await.expect("the findings");
    assert!(!findings.is_empty(), "{name}: there is no finding");
    for finding in findings {
        let expected = rank(finding.severity, is_certain(finding.rule));
        assert_eq!(finding.sort_severity, expected, "{name}: {finding:?}");
    }
}

/// The rows of all tables as JSON.
async fn rows(app: &TestApp) -> BTreeMap<String, Vec<Map<String, Value>>> {
    let db = app.app.db.reading();
    let text = |sql: String| async move {
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
            .expect("rows");
        rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("text")).collect::<Vec<_>>()
    };
    let tables = match app.backend {
        // The index of words is made of the entries, and no table of its own.
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND \
             name NOT LIKE 'search_index%'"
        }
        Backend::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = \
             current_schema()"
        }
    };
    let mut all = BTreeMap::new();
    for table in text(tables.to_owned()).await {
        if table == "seaql_migrations" {
            continue;
        }
        let sql = match app.backend {
            Backend::Sqlite => {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns = text(columns).await.into_iter();
                let columns: Vec<String> =
                    columns.map(|name| format!("'{name}', quote(\"{name}\")")).collect();
                format!("SELECT json_object({}) FROM \"{table}\"", columns.join(", "))
            }
            Backend::Postgres => format!("SELECT to_jsonb(t)::text FROM \"{table}\" t"),
        };
        let rows = text(sql)
            .await
            .into_iter()
            .map(|row| serde_json::from_str(&row).expect("JSON"))
            .collect();
        all.insert(table, rows);
    }
    all
}

/// Every row of before is there, with the same in every column that is still there.
fn nothing_is_lost(
    name: &str,
    before: &BTreeMap<String, Vec<Map<String, Value>>>,
    after: &BTreeMap<String, Vec<Map<String, Value>>>,
) {
    for (table, before) in before.iter().filter(|(table, _)| !CHANGED.contains(&table.as_str())) {
        let after = after.get(table).unwrap_or_else(|| panic!("{name}: {table} is gone"));
        assert_eq!(before.len(), after.len(), "{name}: the rows of {table}");
        let Some(first) = before.first() else { continue };
        let columns =
            first.keys().filter(|column| !CHANGED.contains(&format!("{table}.{column}").as_str()));
        let columns: Vec<&String> = columns.collect();
        let of = |rows: &[Map<String, Value>]| {
            let row = |row: &Map<String, Value>| {
                let cell =
                    |column: &&String| row.get(*column).map_or("gone".to_owned(), Value::to_string);
                columns.iter().map(cell).collect::<Vec<_>>().join(" ")
            };
            let mut rows: Vec<String> = rows.iter().map(row).collect();
            rows.sort();
            rows
        };
        for (before, after) in of(before).iter().zip(of(after)) {
            assert_eq!(*before, after, "{name}: {table}, {columns:?}");
        }
    }
}

/// A file of a package has the rows that it had, in every column that it had.
fn exports_the_same(name: &str, file: &str, before: &[u8], after: Option<&[u8]>) {
    if CHANGED_IN_PACKAGES.contains(&file) {
        return;
    }
    let after = after.unwrap_or_else(|| panic!("{name}: {file} is exported no more"));
    let records = |bytes: &[u8]| {
        let mut reader = csv::Reader::from_reader(bytes);
        let header: Vec<String> =
            reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> =
            reader.records().map(|row| row.expect("a row")).collect();
        (header, rows)
    };
    let ((before_header, before), (after_header, after)) = (records(before), records(after));
    assert_eq!(before.len(), after.len(), "{name}: the rows of {file}");
    for (place, column) in before_header.iter().enumerate() {
        if CHANGED_IN_PACKAGES.contains(&format!("{file}/{column}").as_str()) {
            continue;
        }
        let now = after_header.iter().position(|one| one == column);
        let now = now.unwrap_or_else(|| panic!("{name}: {file} has no column {column} any more"));
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.get(place), after.get(now), "{name}: {file}, {column}");
        }
    }
}

/// How tables, indexes and triggers are defined.
async fn definitions(app: &TestApp) -> BTreeSet<String> {
    let sql = match app.backend {
        Backend::Sqlite => {
            "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master"
        }
        Backend::Postgres => {
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() \
             UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
             UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc \
             WHERE pronamespace = current_schema()::regnamespace \
             UNION ALL SELECT conrelid::regclass::text || ' ' || conname || ' ' || contype::text \
             FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
        }
    };
    let db = app.app.db.reading();
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("definitions");
    rows.iter().map(|row| row.try_get_by_index(0).expect("text")).collect()
}

/// Former versions accepted heads of a delegation that was not there. When the register is
/// prepared, the heads go and a finding says so; once.
async fn heads_go_where_nobody_was(name: &str, old: &TestApp) {
    let batch = "(SELECT id FROM batch WHERE key = 'open-2026')";
    let former = writable(old).await;
    for sql in [
        format!(
            "UPDATE claim SET status = 'NO_SHOW' \
             WHERE property = 'ATTENDANCE' AND batch_id = {batch}"
        ),
        format!("UPDATE delegation SET status = 'NO_SHOW' WHERE batch_id = {batch}"),
    ] {
        former.execute_unprepared(&sql).await.expect("what a former version wrote");
    }
    let found = "findings(filter: {rule: {eq: HEADS_WITHOUT_PRESENCE}}) { nodes { state } }";
    let seen = format!(
        "{{ batch(by: {{key: \"open-2026\"}}) {{ delegations(first: 50) {{ nodes {{ \
         status headcountMin headcountMax headcountComparator {found} }} }} }} }}"
    );
    let parties = async || {
        old.ask(&seen).await.at("/batch/delegations/nodes").as_array().cloned().expect("a list")
    };
    let counted = parties().await.iter().filter(|party| !party["headcountMin"].is_null()).count();
    assert!(counted > 0, "{name}: the sample counts nobody");
    let (db, clock) = (&old.app.db, &old.app.clock);
    let prepared =
        async || exclusively(db, async || prepare(db, clock).await).await.expect("it is prepared");
    prepared().await;
    let after = parties().await;
    let bounds = ["headcountMin", "headcountMax", "headcountComparator"];
    for party in &after {
        assert!(
            party["status"] == "NO_SHOW" && bounds.iter().all(|bound| party[*bound].is_null()),
            "{name}: {party}"
        );
    }
    let open =
        after.iter().filter(|party| party["findings"]["nodes"][0]["state"] == "OPEN").count();
    assert_eq!(open, counted, "{name}: {after:?}");
    let position = old.position().await;
    prepared().await;
    assert_eq!(old.position().await, position, "{name}: it is done once");
}

/// A server starts over the database, what was there is found, what is new is written, and the log
/// has no gap.
async fn goes_on(old: &TestApp) {
    let clock = test_clock();
    clock.set(clock.now() + TimeDelta::days(1));
    App::open(&config(&old.url), clock.clone())
        .await
        .expect("it starts")
        .db
        .close()
        .await
        .expect("it stops");
    old.app.clock.set(clock.now());
    let search = r#"{ search(text: "jewellery") { totalCount } }"#;
    assert!(old.ask(search).await.at("/search/totalCount").as_i64() > Some(0));
    let hidden = "{ batches(filter: {key: {eq: \"hidden-2026\"}}) { totalCount } \
        people(filter: {name: {contains: \"participant\"}}) { totalCount } }";
    let seen = old.ask(hidden).await;
    assert_eq!(
        (seen.at("/batches/totalCount"), seen.at("/people/totalCount")),
        (&0.into(), &0.into())
    );
    let position = old.position().await;
    let keeper = owner(old).await;
    let batch = draft(old, &keeper, "after-the-migration", "").await;
    invite(old, &keeper, &batch, &["VN"]).await;
    let events = event::Entity::find().all(old.app.db.reading()).await.expect("the log");
    let mut positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    positions.sort_unstable();
    let head = old.position().await;
    assert!(head >= position + 2);
    assert_eq!(positions, (1..=head).collect::<Vec<_>>());
}
