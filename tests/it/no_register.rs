//! Where there is no register, or one of another version of the program, verbs say so and leave
//! everything as it is. The verbs are those that the command line knows: a new one is tested, or
//! fails for want of its arguments.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Command;
use jejaring::db::{exclusively, migrate};
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;

use crate::command::{jejaring, text};
use crate::support::{Backend, Contents, TestApp, writable};

both_dbs_empty!(a_register_of_another_version_is_named_and_left_alone);

/// Verbs that make a register.
const MAKERS: [&str; 5] = ["serve", "migrate up", "load", "import", "restore"];

/// Verbs that need no database.
const WITHOUT: [&str; 5] = ["schema", "config", "completions", "man", "ready"];

/// What a verb must be given beside its positional arguments and required flags.
const MORE: [(&str, &[&str]); 1] = [("import", &["--as", "delegations"])];

/// Every verb with arguments that it takes, as clap knows them; files are to lie in `folder`.
fn verbs(folder: &Path) -> Vec<(String, Vec<String>)> {
    fn descend(
        command: &Command,
        name: &str,
        folder: &Path,
        found: &mut Vec<(String, Vec<String>)>,
    ) {
        let mut verbs =
            command.get_subcommands().filter(|verb| verb.get_name() != "help").peekable();
        if verbs.peek().is_some() {
            for verb in verbs {
                descend(verb, format!("{name} {}", verb.get_name()).trim(), folder, found);
            }
            return;
        }
        let mut arguments: Vec<String> = name.split(' ').map(str::to_owned).collect();
        for argument in command.get_arguments() {
            let is_path =
                argument.get_value_parser().type_id() == std::any::TypeId::of::<PathBuf>();
            let value = || {
                if is_path {
                    folder.join("named").display().to_string()
                } else {
                    "named".to_owned()
                }
            };
            if argument.is_positional() {
                arguments.push(value());
            } else if argument.is_required_set() {
                arguments.push(format!("--{}", argument.get_long().expect("a long flag")));
                if argument.get_action().takes_values() {
                    arguments.push(value());
                }
            }
        }
        let more = MORE.iter().find(|(of, _)| *of == name).map(|(_, more)| *more);
        arguments.extend(more.into_iter().flatten().map(|more| (*more).to_owned()));
        found.push((name.to_owned(), arguments));
    }
    let mut found = Vec::new();
    descend(&jejaring::cli::command(), "", folder, &mut found);
    found
}

/// All that lies in a folder: name, a hash of the bytes, and when it was written.
fn contents(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let entry = entry.expect("an entry");
        let written = entry.metadata().and_then(|metadata| metadata.modified()).expect("a time");
        let mut hasher = DefaultHasher::new();
        std::fs::read(entry.path()).unwrap_or_default().hash(&mut hasher);
        all.insert(entry.path(), (hasher.finish(), written));
    }
    all
}

/// Runs a verb; whether it succeeded, and what it wrote on standard output and standard error.
fn run(arguments: &[String], url: &str) -> (Option<i32>, String, String) {
    let arguments: Vec<&str> =
        arguments.iter().map(String::as_str).chain(["--database-url", url]).collect();
    let output = jejaring(&arguments).output().expect("the program runs");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Each verb that makes no register fails, names the place without its password, and touches no
/// file.
fn all_refuse(folder: &Path, place: &str, url: &str, why: &str) {
    let arguments = TempDir::new().expect("a folder for arguments");
    let mut tried = 0;
    for (verb, words) in verbs(arguments.path()) {
        if MAKERS.contains(&verb.as_str()) || WITHOUT.contains(&verb.as_str()) {
            continue;
        }
        let before = (contents(folder), contents(arguments.path()));
        let (code, out, said) = run(&words, url);
        assert_eq!(code, Some(1), "{verb} at {url}: {out} {said}");
        assert!(
            said.contains(place) && said.contains(why) && !said.contains("secret"),
            "{verb}: {said}"
        );
        assert_eq!(
            (contents(folder), contents(arguments.path())),
            before,
            "{verb} at {url} leaves something behind"
        );
        tried += 1;
    }
    assert!(tried >= 10, "{tried} verbs are few");
}

fn url_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// A SQLite database that is no register.
async fn foreign(file: &Path, statements: &[&str]) {
    let db = Database::connect(format!("{}?mode=rwc", url_of(file))).await.expect("a database");
    for statement in statements {
        db.execute_unprepared(statement).await.expect("a statement");
    }
    db.close().await.expect("it closes");
}

const SOMEBODYS: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1)";
const SOMEBODYS_MIGRATIONS: &str = "CREATE TABLE seaql_migrations (version TEXT PRIMARY KEY, \
                                    applied_at BIGINT); INSERT INTO seaql_migrations VALUES \
                                    ('m20200101_create_notes', 1)";
const UNFINISHED: &str =
    "CREATE TABLE seaql_migrations (version TEXT PRIMARY KEY, applied_at BIGINT)";

#[tokio::test]
async fn where_there_is_no_register_every_other_verb_fails_and_touches_nothing() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("empty"), "").expect("a file");
    std::fs::write(file("text"), "SQLite, but not quite\n").expect("a file");
    std::fs::create_dir(file("folder")).expect("a folder");
    foreign(&file("foreign"), &[SOMEBODYS]).await;
    foreign(&file("foreign-logged"), &["PRAGMA journal_mode = WAL", SOMEBODYS]).await;
    foreign(&file("foreign-migrations"), &[SOMEBODYS_MIGRATIONS]).await;
    foreign(&file("unfinished"), &[UNFINISHED]).await;
    for (name, why) in [
        ("missing", "the file does not exist"),
        ("mistyped/register", "mistyped does not exist"),
        ("a%20b%3Fc", "the file does not exist"),
        ("text/register", "a part of the path is no folder"),
        ("empty", "the file is empty"),
        ("text", "the file is no SQLite database"),
        ("folder", "it is no file"),
        ("foreign", "the file is a SQLite database of something else"),
        ("foreign-logged", "the file is a SQLite database of something else"),
        ("foreign-migrations", "it is a database of another program"),
        ("unfinished", "it was not made to its end"),
    ] {
        all_refuse(folder.path(), &url_of(&file(name)), &url_of(&file(name)), why);
    }
    let url = format!("{}?mode=rwc", url_of(&file("missing")));
    all_refuse(folder.path(), &url, &url, "the file does not exist");
}

#[tokio::test]
async fn where_postgresql_has_no_register_every_other_verb_fails() {
    let Some(empty) = TestApp::new(Backend::Postgres, Contents::Nothing).await else { return };
    let folder = TempDir::new().expect("a folder");
    let (start, end) = empty.url.split_once("jejaring@").expect("the user of the cluster");
    let url = format!("{start}jejaring:secret@{end}");
    let place = format!("{start}jejaring:***@{end}");
    all_refuse(folder.path(), &place, &url, "the database has no tables of a register");
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    let db = writable(&empty).await;
    let count = db.query_one_raw(Statement::from_string(db.get_database_backend(), tables)).await;
    assert_eq!(
        count.expect("a count").expect("a row").try_get_by_index::<i64>(0).expect("a number"),
        0
    );
    let [url, place] = [url, place].map(|url| url.replace("/test_", "/no_test_"));
    all_refuse(folder.path(), &place, &url, "does not exist");
}

/// What makes a register says so on standard error, this once, and refuses what is something
/// else's.
#[tokio::test]
async fn what_makes_a_register_says_so() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let up = words(&["migrate", "up"]);
    let made = url_of(&file("a%20b"));
    let (code, _, said) = run(&up, &made);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), format!("jejaring: there is no register at {made}; it is made now\n").as_str())
    );
    assert!(file("a b").exists() && !file("a%20b").exists());
    assert_eq!(run(&up, &made), (Some(0), String::new(), String::new()));
    let reports = concat!(env!("CARGO_MANIFEST_DIR"), "/data/reports");
    let loaded = url_of(&file("loaded"));
    let (code, _, said) = run(&words(&["load", reports]), &loaded);
    assert!(code == Some(0) && said.contains("it is made now"), "{said}");
    let (code, _, said) = run(&words(&["load", reports]), &loaded);
    assert!(code == Some(0) && !said.contains("it is made now"), "{said}");
    let (copy, restored) = (file("copy").display().to_string(), url_of(&file("restored")));
    let (code, out, said) = run(&words(&["backup", &copy]), &loaded);
    assert!(code == Some(0) && out.contains("has the register"), "{said}");
    let (code, _, said) = run(&words(&["restore", &copy]), &restored);
    assert!(code == Some(0) && said.contains("it is made now"), "{said}");
    // What is no copy of a register becomes none.
    std::fs::write(file("text"), "no copy").expect("a file");
    foreign(&file("foreign"), &[SOMEBODYS]).await;
    let before = contents(folder.path());
    for (words, url, why) in [
        (
            words(&["restore", &file("text").display().to_string()]),
            url_of(&file("other")),
            "no SQLite database",
        ),
        (
            words(&["restore", &file("foreign").display().to_string()]),
            url_of(&file("other")),
            "of something else",
        ),
        (
            words(&["restore", "/nowhere/at/all"]),
            url_of(&file("other")),
            "/nowhere/at/all: the folder /nowhere/at does not exist",
        ),
        (up.clone(), url_of(&file("text")), "no register can be made"),
        (up, url_of(&file("foreign")), "of something else"),
        (words(&["load", reports]), url_of(&file("foreign")), "of something else"),
        (words(&["serve", "--listen", "127.0.0.1:0"]), url_of(&file("text")), "no SQLite database"),
    ] {
        let (code, _, said) = run(&words, &url);
        assert!(code == Some(1) && said.contains(why), "{words:?}: {said}");
        assert_eq!(contents(folder.path()), before, "{words:?} leaves something behind");
    }
}

/// What a database holds: its migrations and, where it is a file, all that stands in it.
async fn holds(app: &TestApp) -> (Vec<u8>, Vec<String>) {
    let db = writable(app).await;
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("a read");
    let versions = rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect();
    db.close().await.expect("it closes");
    let file = (app.backend == Backend::Sqlite)
        .then(|| app.url.trim_start_matches("sqlite://").to_owned());
    (file.map(|file| std::fs::read(file).expect("the file")).unwrap_or_default(), versions)
}

async fn a_register_of_another_version_is_named_and_left_alone(app: TestApp) {
    exclusively(&app.app.db, async || migrate(&app.app.db).await).await.expect("the migrations");
    app.app.db.clone().close().await.expect("it closes");
    let change = async |statement: &str| {
        let db = writable(&app).await;
        db.execute_unprepared(statement).await.expect("a statement");
        db.close().await.expect("it closes");
    };
    let arguments = TempDir::new().expect("a folder for arguments");
    let newer = "is of a newer version of the program: it has the migration m29991231_99_later";
    let gap =
        "it has m20261122_4_provenance, but lacks m20261122_2_delivery, which comes before it";
    let older =
        "is of an older version of the program: it lacks the migration m20261122_2_delivery";
    for (statement, why, refuses_older) in [
        ("INSERT INTO seaql_migrations VALUES ('m29991231_99_later', 1)", newer, false),
        (
            "DELETE FROM seaql_migrations WHERE version NOT IN ('m20261122_1_network', \
             'm20261122_4_provenance')",
            gap,
            false,
        ),
        ("DELETE FROM seaql_migrations WHERE version <> 'm20261122_1_network'", older, true),
    ] {
        change(statement).await;
        let before = holds(&app).await;
        for (verb, words) in verbs(arguments.path()) {
            // An older one is backed up, and brought up to date by those that may do that.
            let takes_older = ["serve", "migrate up", "load", "backup", "import", "migrate status"];
            let passes = takes_older.contains(&verb.as_str()) || verb.starts_with("token");
            if WITHOUT.contains(&verb.as_str()) || verb == "restore" || (refuses_older && passes) {
                continue;
            }
            let words = match verb.as_str() {
                "load" => vec![
                    "load".to_owned(),
                    concat!(env!("CARGO_MANIFEST_DIR"), "/data/reports").to_owned(),
                ],
                "import" => {
                    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/negara-AS.csv");
                    ["import", file, "--as", "delegations"].map(str::to_owned).to_vec()
                }
                "serve" => ["serve", "--listen", "127.0.0.1:0"].map(str::to_owned).to_vec(),
                _ => words,
            };
            let (code, out, said) = run(&words, &app.url);
            assert_eq!(code, Some(1), "{verb}: {out} {said}");
            assert!(said.contains(why) && said.contains(&app.url), "{verb}: {said}");
            assert!(
                verb != "migrate status"
                    || why != newer
                    || out.contains("unknown m29991231_99_later"),
                "{out}"
            );
            assert_eq!(holds(&app).await, before, "{verb} changes something");
        }
    }
}
