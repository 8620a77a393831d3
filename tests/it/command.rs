//! The program as whoever runs it meets it: its verbs, its exit status, what it prints, and what a
//! kill leaves behind.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use entity::{batch, event, programme};
use sea_orm::{EntityTrait, PaginatorTrait};
use tempfile::TempDir;

use crate::support::{TestApp, writable};

both_dbs_empty!(a_killed_load_leaves_the_register_as_it_was, a_server_starts_answers_and_stops);

pub fn jejaring(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jejaring"));
    command.args(arguments).env_remove("JEJARING_DATABASE_URL").stdin(Stdio::null());
    command
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(arguments: &[&str]) -> Output {
    jejaring(arguments).output().expect("the program runs")
}

#[test]
fn the_schema_is_printed() {
    let output = run(&["schema"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), jejaring::app::sdl());
}

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in [
        &[][..],
        &["serve"],
        &["migrate"],
        &["migrate", "up"],
        &["migrate", "status"],
        &["load"],
        &["import"],
        &["events"],
        &["events", "tail"],
        &["events", "replay"],
        &["backup"],
        &["restore"],
        &["token"],
        &["token", "create"],
        &["token", "list"],
        &["token", "revoke"],
        &["person", "export"],
        &["person", "erase"],
        &["person", "purge"],
        &["schema"],
        &["config"],
        &["ready"],
        &["doctor"],
        &["completions"],
        &["man"],
    ] {
        let output = run(&[verb, &["--help"]].concat());
        assert!(output.status.success(), "{verb:?}");
        assert!(
            text(&output.stdout).contains("Example:\n  jejaring"),
            "{verb:?}: {}",
            text(&output.stdout)
        );
    }
}

#[test]
fn what_is_wrong_is_named_and_the_exit_status_says_so() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "lisen = \"127.0.0.1:1\"\n").expect("a file");
    let file = file.display().to_string();
    for (arguments, named) in [
        (vec!["config", "--config", file.as_str()], "lisen"),
        (vec!["config", "--listen", "nowhere"], "nowhere"),
        (vec!["config", "--log", "a=b=c"], ""),
        (vec!["serve", "--log", "a=b=c"], "a=b=c"),
        (vec!["migrate", "status", "--database-url", "mysql://root:secret@host/db"], "mysql"),
        (vec!["load", "/nowhere/at/all"], "/nowhere/at/all"),
        (vec!["lod"], "lod"),
    ] {
        let output = run(&arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.success(), named.is_empty(), "{arguments:?}: {said}");
        assert!(said.contains(named) && !said.contains("secret"), "{arguments:?}: {said}");
    }
    let unknown =
        jejaring(&["config"]).env("JEJARING_LISEN", "x").output().expect("the program runs");
    assert!(!unknown.status.success() && text(&unknown.stderr).contains("JEJARING_LISEN"));
}

#[test]
fn settings_in_force_are_shown_without_the_password() {
    let output = run(&["config", "--json", "--database-url", "postgres://ann:secret@host/db"]);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(shown["database_url"], "postgres://ann:***@host/db");
    assert_eq!(shown["listen"], "127.0.0.1:8080");
    let default = run(&["config", "--default"]);
    assert_eq!(text(&default.stdout), jejaring::config::DEFAULTS);
}

/// Writes the files of a package into a folder.
fn write_package(folder: &Path, tables: &[(&str, String)]) {
    let resources: Vec<_> = tables
        .iter()
        .map(|(table, _)| serde_json::json!({ "name": table, "path": format!("{table}.csv") }))
        .collect();
    let description = serde_json::json!({ "name": "test-package", "resources": resources });
    std::fs::write(folder.join("datapackage.json"), description.to_string())
        .expect("a description");
    for (table, rows) in tables {
        std::fs::write(folder.join(format!("{table}.csv")), rows).expect("a table");
    }
}

/// A package of many programmes, each with a batch.
fn large_package(folder: &Path, programmes: usize) {
    let mut tables = vec![
        ("institutions", "key,kind,country\ncentre,OTHER_PUBLIC_SECTOR,ID\n".to_owned()),
        (
            "institution_names",
            "institution,language,kind,name\ncentre,en,COMMON,Centre\n".to_owned(),
        ),
        ("programmes", "key,title,language,modality,owner\n".to_owned()),
        ("batches", "key,programme,ordinal,mode,status,owner\n".to_owned()),
    ];
    for number in 0..programmes {
        tables[2].1.push_str(&format!("p-{number},Programme {number},en,DOMESTIC,centre\n"));
        tables[3].1.push_str(&format!("b-{number},p-{number},1,ONSITE,CLOSED,centre\n"));
    }
    write_package(folder, &tables);
}

/// A kill at any moment of a load leaves nothing of it; the load after it finds a register that is
/// whole.
async fn a_killed_load_leaves_the_register_as_it_was(app: TestApp) {
    let folder = TempDir::new().expect("a folder");
    large_package(folder.path(), 300);
    let package = folder.path().display().to_string();
    let load = || {
        let mut command = jejaring(&["load", &package, "--database-url", &app.url]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
    };
    // Prepared beforehand, so that the kills fall into the load itself.
    let prepared = run(&["migrate", "up", "--database-url", &app.url]);
    assert!(prepared.status.success(), "{}", text(&prepared.stderr));
    let mut killed = 0;
    for pause in [20, 60, 120, 250, 400, 600] {
        let mut child = load();
        std::thread::sleep(Duration::from_millis(pause));
        if child.try_wait().expect("a child").is_none() {
            child.kill().expect("a kill");
            killed += 1;
        }
        child.wait().expect("an end");
        let db = writable(&app).await;
        let programmes = programme::Entity::find().count(&db).await.expect("a count");
        let batches = batch::Entity::find().count(&db).await.expect("a count");
        assert!(
            [(0, 0), (300, 300)].contains(&(programmes, batches)),
            "after {pause} ms: {programmes}, {batches}"
        );
        let positions: Vec<i64> = event::Entity::find()
            .all(&db)
            .await
            .expect("the log")
            .iter()
            .map(|event| event.position)
            .collect();
        assert_eq!(
            positions.len() as i64,
            positions.iter().max().copied().unwrap_or(0),
            "after {pause} ms"
        );
        db.close().await.expect("the connection closes");
    }
    assert!(killed > 0, "every load was over before its kill");
    let output = load().wait_with_output().expect("an end");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let db = writable(&app).await;
    assert_eq!(batch::Entity::find().count(&db).await.expect("a count"), 300);
}

/// A server that is stopped when the test is over, whatever happens.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn a_server_starts_answers_and_stops(app: TestApp) {
    let arguments =
        ["serve", "--listen", "127.0.0.1:0", "--with-reports", "--database-url", &app.url];
    let mut server = Server(
        jejaring(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts"),
    );
    let mut lines = BufReader::new(server.0.stdout.take().expect("its output")).lines();
    let first = lines.next().expect("a line").expect("text");
    let address = first
        .strip_prefix("listening on http://")
        .unwrap_or_else(|| panic!("the first line is {first:?}"));
    let curl = |path: &str, body: &str| {
        let mut command = Command::new("curl");
        command
            .args(["-s", "-m", "10", "-w", "\n%{http_code}"])
            .arg(format!("http://{address}{path}"));
        if !body.is_empty() {
            command.args(["-H", "content-type: application/json", "-d", body]);
        }
        text(&command.output().expect("curl runs").stdout)
    };
    assert_eq!(curl("/livez", ""), "ok\n\n200");
    assert!(curl("/readyz", "").ends_with("200"));
    let question = serde_json::json!({ "query": "{ batches { totalCount } }" }).to_string();
    assert_eq!(curl("/graphql", &question), "{\"data\":{\"batches\":{\"totalCount\":4}}}\n200");
    assert!(curl("/schema.graphql", "").contains("type Batch implements Node"));
    // A second process over the same data; it finds nothing to load.
    let mut second = Server(
        jejaring(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts"),
    );
    let line = BufReader::new(second.0.stdout.take().expect("its output"))
        .lines()
        .next()
        .expect("a line")
        .expect("text");
    assert!(line.starts_with("listening on http://"), "{line}");
    let stopped = Command::new("kill")
        .args(["-TERM", &server.0.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(stopped.success());
    let deadline = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = server.0.try_wait().expect("a child") {
            break status;
        }
        assert!(Instant::now() < deadline, "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
}

#[test]
fn a_package_with_problems_is_reported_line_by_line_and_nothing_is_written() {
    let folder = TempDir::new().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("register.sqlite").display());
    let complaints = |programmes: &str| {
        let institutions =
            "key,kind,country\ncentre,OTHER_PUBLIC_SECTOR,XX\ncentre,NOBODY,ID\n".to_owned();
        write_package(
            folder.path(),
            &[("institutions", institutions), ("programmes", programmes.to_owned())],
        );
        let output = run(&["load", &folder.path().display().to_string(), "--database-url", &url]);
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    // The shape of the files comes first: without it nothing can be said of their contents.
    let said = complaints("key,title,language,modality,owner\np,Title,en\n");
    assert!(
        said.ends_with("\njejaring: programmes.csv:2: the row has 3 cells, the header has 5\n"),
        "{said}"
    );
    let said = complaints("key,title,language,modality,owner\np,Title,en,DOMESTIC,nobody\n");
    for part in [
        "institutions.csv:2 country: \"XX\"",
        "institutions.csv:3 key: \"centre\"",
        "institutions.csv:3 kind: \"NOBODY\"",
        "programmes.csv:2 owner: \"nobody\"",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // A name that no index could hold is refused by the rule, with the line; its institution is
    // right this time.
    let long = "T".repeat(501);
    let institutions = "key,kind,country\ncentre,OTHER_PUBLIC_SECTOR,ID\n".to_owned();
    let programmes = format!("key,title,language,modality,owner\np,{long},en,DOMESTIC,centre\n");
    write_package(folder.path(), &[("institutions", institutions), ("programmes", programmes)]);
    let output = run(&["load", &folder.path().display().to_string(), "--database-url", &url]);
    let said = text(&output.stderr);
    assert!(
        said.contains("programmes.csv:2 title: ")
            && said.contains("at most 500 characters; this has 501"),
        "{said}"
    );
}
