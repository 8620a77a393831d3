//! What `jejaring doctor` finds, and what it mends.

use std::io::{Read, Seek, SeekFrom, Write};

use entity::event;
use jejaring::access::Actor;
use jejaring::clock::Clock;
use jejaring::doctor::{Check, Condition, Report, examine};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

use crate::command::{jejaring, text};
use crate::example::Scene;
use crate::export::exported;
use crate::support::{Backend, TestApp, config, settings, test_clock, writable};
use crate::voiding::{answers, texts};

both_dbs!(
    a_sound_register_is_well_and_stays_as_it_is,
    what_is_not_what_it_is_derived_from_is_found_and_derived_anew,
    a_gap_in_the_log_is_found,
    no_mutation_leaves_behind_what_is_derived,
    a_clock_that_is_behind_is_found,
    the_program_tells_it_in_lines_and_as_json,
);

/// The checks of what is derived.
const DERIVED: [&str; 2] = ["accepted values and findings", "search"];

async fn doctor(app: &TestApp, clock: &Clock, repair: bool) -> Report {
    examine(&config(&app.url), clock, repair).await
}

fn of<'a>(report: &'a Report, check: &str) -> &'a Check {
    let found = report.checks.iter().find(|one| one.check == check);
    found.unwrap_or_else(|| panic!("{check}: {report:?}"))
}

async fn execute(app: &TestApp, statements: &[&str]) {
    let db = writable(app).await;
    for statement in statements {
        let done = db.execute_unprepared(statement).await.expect("a statement");
        assert!(done.rows_affected() > 0, "{statement} changes nothing");
    }
    db.close().await.expect("it closes");
}

async fn a_sound_register_is_well_and_stays_as_it_is(app: TestApp) {
    let before = (answers(&app).await.data, app.position().await);
    for repair in [false, true] {
        let report = doctor(&app, &test_clock(), repair).await;
        for check in ["database", "integrity", "log", "accepted values and findings", "search"] {
            assert_eq!(of(&report, check).condition, Condition::Ok, "{report:?}");
        }
        assert!(report.worst() < Condition::Failed, "{report:?}");
    }
    assert_eq!((answers(&app).await.data, app.position().await), before);
}

async fn what_is_not_what_it_is_derived_from_is_found_and_derived_anew(app: TestApp) {
    let sound = (texts(&exported(&app, Actor::Operator).await), answers(&app).await.data);
    execute(
        &app,
        &[
            "UPDATE delegation SET headcount_min = 77, headcount_max = 77, headcount_comparator = \
             'EXACT' WHERE status = 'ATTENDED'",
            "UPDATE batch SET sort_delegations = 99 WHERE key = 'jewellery-2023'",
            "UPDATE batch SET starts_on = '2001-01-01', starts_precision = 'DAY' WHERE key = \
             'colombo-plan-sme-2017-2'",
            "UPDATE finding SET state = 'RESOLVED' WHERE rule = 'UNIT_CONFUSION'",
            "UPDATE search_entry SET words = 'nothing' WHERE subject_kind = 'PROGRAMME'",
            "DELETE FROM search_entry WHERE subject_kind = 'COUNTRY' AND subject = 'KH'",
            "UPDATE search_entry SET subject = '01234567-89ab-7def-8123-456789abcdef' WHERE id = \
             (SELECT MAX(id) FROM search_entry WHERE subject_kind = 'SOURCE')",
        ],
    )
    .await;
    let report = doctor(&app, &test_clock(), false).await;
    for check in DERIVED {
        let check = of(&report, check);
        assert_eq!(check.condition, Condition::Failed, "{report:?}");
        assert!(check.message.contains("jejaring doctor --repair"), "{}", check.message);
    }
    let again = doctor(&app, &test_clock(), false).await;
    for check in DERIVED {
        assert_eq!(of(&again, check), of(&report, check), "to look changes nothing");
    }

    let repaired = doctor(&app, &test_clock(), true).await;
    assert_eq!(of(&repaired, "search").condition, Condition::Warning, "{repaired:?}");
    let told = event::Entity::find().filter(event::Column::Kind.eq("register.repaired"));
    assert!(told.count(app.app.db.reading()).await.expect("a count") > 0);
    let well = doctor(&app, &test_clock(), true).await;
    for check in DERIVED {
        assert_eq!(of(&well, check).condition, Condition::Ok, "{well:?}");
    }
    assert_eq!(
        (texts(&exported(&app, Actor::Operator).await), answers(&app).await.data),
        sound,
        "the register is what it was"
    );
}

/// Holds a register to this: all that it derives is what it is derived from.
pub async fn is_derived(app: &TestApp, after: &str) {
    let report = doctor(app, &app.app.clock, false).await;
    for check in DERIVED {
        let check = of(&report, check);
        assert_eq!(check.condition, Condition::Ok, "after {after}: {check:?}");
    }
}

/// Whatever is done, one mutation after the other; on SQLite each in a register of its own, so that
/// the one is known that leaves something behind.
async fn no_mutation_leaves_behind_what_is_derived(app: TestApp) {
    let scene = Scene::set(app).await;
    let together = scene.begin(None).await;
    for mutation in scene.mutations() {
        if together.backend == Backend::Sqlite {
            let app = scene.begin(Scene::before(mutation)).await;
            scene.ask(&app, mutation, "").await;
            is_derived(&app, mutation).await;
            app.discard().await;
        } else {
            scene.ask(&together, mutation, "").await;
        }
    }
    is_derived(&together, "all of them").await;
}

async fn a_gap_in_the_log_is_found(app: TestApp) {
    let db = writable(&app).await;
    let writable_log = match app.backend {
        Backend::Sqlite => "DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete",
        Backend::Postgres => "ALTER TABLE event DISABLE TRIGGER USER",
    };
    db.execute_unprepared(writable_log).await.expect("a statement");
    db.close().await.expect("it closes");
    execute(&app, &["DELETE FROM event WHERE position = 2"]).await;
    let report = doctor(&app, &test_clock(), true).await;
    assert_eq!(of(&report, "log").condition, Condition::Failed, "{report:?}");
    execute(
        &app,
        &["UPDATE event SET position = 2 WHERE position = (SELECT MAX(position) FROM \
                     event)"],
    )
    .await;
    let report = doctor(&app, &test_clock(), true).await;
    assert_eq!(of(&report, "log").condition, Condition::Failed, "{report:?}");
}

async fn a_clock_that_is_behind_is_found(app: TestApp) {
    let behind = Clock::fixed("2026-05-31T23:00:00Z".parse().expect("a moment"));
    let report = doctor(&app, &behind, false).await;
    let check = of(&report, "clock");
    assert_eq!(check.condition, Condition::Failed, "{report:?}");
    assert!(check.message.contains("behind"), "{}", check.message);
    // PostgreSQL has the time of this machine, which is not that of the test.
    let report = doctor(&app, &test_clock(), false).await;
    let expected = match app.backend {
        Backend::Sqlite => Condition::Ok,
        Backend::Postgres => Condition::Warning,
    };
    assert_eq!(of(&report, "clock").condition, expected, "{report:?}");
}

async fn the_program_tells_it_in_lines_and_as_json(app: TestApp) {
    let run = |arguments: &[&str]| {
        let all = [&["doctor", "--database-url", &app.url], arguments].concat();
        let output = jejaring(&all).output().expect("the program runs");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    // What the program makes itself is nobody else's to open.
    if app.backend == Backend::Sqlite {
        let folder = tempfile::TempDir::new().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("own.sqlite").display());
        let made = jejaring(&["migrate", "up", "--database-url", &url]).output();
        assert!(made.expect("the program runs").status.success());
        let report = examine(&config(&url), &test_clock(), false).await;
        assert_eq!(of(&report, "room").condition, Condition::Ok, "{report:?}");
    }
    // Plans have become overdue since the time of the test; a server that starts finds them.
    let (code, out, said) = run(&["--repair"]);
    assert_eq!(code, Some(0), "{out} {said}");
    let (code, out, said) = run(&[]);
    assert_eq!(code, Some(0), "{out} {said}");
    assert!(out.lines().count() >= 9 && out.contains("ok       search: "), "{out}");
    execute(&app, &["DELETE FROM search_entry WHERE subject = 'KH'"]).await;
    let (code, out, said) = run(&["--json"]);
    assert_eq!(code, Some(1), "{out} {said}");
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let failed: Vec<_> = checks.iter().filter(|check| check["condition"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{out}");
    assert_eq!(failed[0]["check"], "search");
    assert!(!out.contains("KH\u{0}") && failed[0]["message"].to_string().contains("KH"), "{out}");
}

#[tokio::test]
async fn a_damaged_file_and_rows_that_refer_to_none_are_found() {
    let app = TestApp::new(Backend::Sqlite, crate::support::Contents::Reports).await;
    let app = app.expect("SQLite is there");
    execute(
        &app,
        &["PRAGMA foreign_keys = OFF; UPDATE claim SET source_id = \
           X'0123456789ab7def8123456789abcdef' WHERE key = (SELECT MIN(key) FROM claim)"],
    )
    .await;
    let report = doctor(&app, &test_clock(), false).await;
    let check = of(&report, "integrity");
    assert_eq!(check.condition, Condition::Failed, "{report:?}");
    assert!(check.message.contains("claim") && check.message.contains("source"), "{report:?}");

    // A copy, since the test has the other one open: the inside of some pages is overwritten.
    let url = app.url.clone();
    let file = url.trim_start_matches("sqlite://").to_owned();
    app.app.db.clone().close().await.expect("it closes");
    let mut damaged =
        std::fs::OpenOptions::new().read(true).write(true).open(&file).expect("a file");
    let mut all = Vec::new();
    damaged.read_to_end(&mut all).expect("it is read");
    for page in (40..all.len() / 4096).step_by(37) {
        damaged.seek(SeekFrom::Start((page * 4096) as u64 + 8)).expect("a place");
        damaged.write_all(&[0xa5; 600]).expect("it is written");
    }
    damaged.sync_all().expect("it is written");
    let output = jejaring(&["doctor", "--json", "--database-url", &url]).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("\"failed\""), "{}", text(&output.stdout));
    assert!(!text(&output.stderr).contains("panic"), "{}", text(&output.stderr));
}

#[tokio::test]
async fn a_provider_that_is_away_and_settings_that_are_not_meant_are_told() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let config = settings(&format!(
        "listen = \"0.0.0.0:8080\"\ndatabase_url = \"sqlite://{}/none.sqlite\"\noidc.issuer = \
         \"http://127.0.0.1:9\"\noidc.audience = \"register\"",
        folder.path().display()
    ));
    let report = examine(&config, &test_clock(), false).await;
    let provider = of(&report, "OpenID Connect");
    assert_eq!(provider.condition, Condition::Failed, "{report:?}");
    assert!(provider.message.contains("http://127.0.0.1:9"), "{}", provider.message);
    let settings = of(&report, "settings");
    assert_eq!(settings.condition, Condition::Warning, "{report:?}");
    assert!(settings.message.contains("public_url"), "{}", settings.message);
    let database = of(&report, "database");
    assert_eq!(database.condition, Condition::Failed, "{report:?}");
    assert!(database.message.contains("none.sqlite"), "{}", database.message);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}
