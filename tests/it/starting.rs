//! What the program says where it cannot begin: the cause by its name, at once, with the place, and
//! what helps. Nothing is left behind.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::command::{jejaring, text};
use crate::support::{Backend, Contents, TestApp};

/// The user nobody.
const NOBODY: u32 = 65534;

/// What it says to these arguments: it fails, within a time, and names no driver.
fn refused(command: &mut Command, within: Duration) -> String {
    let began = Instant::now();
    let output = command.output().expect("the program runs");
    let said = text(&output.stderr);
    assert!(matches!(output.status.code(), Some(1 | 2)), "{command:?}: {said}");
    assert!(began.elapsed() < within, "{command:?} took {:?}: {said}", began.elapsed());
    for word in ["secret", "sqlx", "DbErr", "pool timed out", "Connection Error"] {
        assert!(!said.contains(word), "{command:?}: {said}");
    }
    said
}

fn all_named(said: &str, named: &[&str]) {
    for named in named {
        assert!(said.contains(named), "{named:?} is not in: {said}");
    }
}

fn status_of(url: &str) -> Command {
    jejaring(&["migrate", "status", "--database-url", url])
}

#[test]
fn a_server_that_is_not_reached_is_named_with_the_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let soon = Duration::from_secs(4);
    let said =
        refused(&mut status_of(&format!("postgres://ann:secret@127.0.0.1:{port}/register")), soon);
    all_named(&said, &["127.0.0.1", &port.to_string(), "nothing listens there", "ann:***"]);
    let said = refused(&mut status_of("postgres://ann@nowhere.invalid/register"), soon * 3);
    all_named(&said, &["nowhere.invalid", "is not known"]);
    let said = refused(&mut status_of("postgres://ann@%2Fno%2Fwhere/register"), soon);
    all_named(&said, &["/no/where/.s.PGSQL.5432", "no such socket"]);
}

#[test]
fn what_is_no_postgresql_and_what_is_silent_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let answering = std::thread::spawn(move || {
        let (mut web, _) = listener.accept().expect("a connection");
        let mut asked = [0; 8];
        web.read_exact(&mut asked).expect("a question");
        web.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("an answer");
        drop(web);
        let (silent, _) = listener.accept().expect("another connection");
        std::thread::sleep(Duration::from_secs(8));
        drop(silent);
    });
    let url = format!("postgres://ann@{address}/register");
    let said = refused(&mut status_of(&url), Duration::from_secs(5));
    all_named(&said, &["port", &address.port().to_string(), "is no PostgreSQL"]);
    let said = refused(&mut status_of(&url), Duration::from_secs(8));
    all_named(&said, &["does not answer within 5 s", "firewall"]);
    answering.join().expect("nobody panics");
}

#[tokio::test]
async fn what_postgresql_refuses_is_told() {
    let Some(app) = TestApp::new(Backend::Postgres, Contents::Nothing).await else { return };
    let parsed = url::Url::parse(&app.url).expect("an address");
    let soon = Duration::from_secs(4);
    let mut other = parsed.clone();
    other.set_path("no_such_register");
    let said = refused(&mut status_of(other.as_str()), soon);
    all_named(&said, &["\"no_such_register\" does not exist", "createdb no_such_register"]);
    let mut stranger = parsed.clone();
    stranger.set_username("no_such_user").expect("a user");
    let said = refused(&mut status_of(stranger.as_str()), soon);
    all_named(&said, &["no_such_user", "does not let"]);
}

#[test]
fn a_place_where_no_file_can_be_made_is_told() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let soon = Duration::from_secs(4);
    for verb in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate", "up"]] {
        for (path, named) in
            [("none/register.sqlite", "does not exist"), ("file/r.sqlite", "folder")]
        {
            let url = format!("sqlite://{}", folder.path().join(path).display());
            let arguments = [verb, &["--database-url", &url]].concat();
            let said = refused(&mut jejaring(&arguments), soon);
            all_named(&said, &[path, named]);
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1);
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_made() {
    let folder = TempDir::new().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let url = format!("sqlite://{}", folder.path().join("register.sqlite").display());
    let arguments = ["serve", "--listen", &address, "--database-url", &url];
    let said = refused(&mut jejaring(&arguments), Duration::from_secs(4));
    all_named(&said, &[&address, "another program listens there"]);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn where_to_listen_may_be_a_name() {
    let shown = |listen: &str| {
        jejaring(&["config", "--json", "--listen", listen]).output().expect("the program runs")
    };
    let output = shown("localhost:8081");
    let config: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(config["listen"], "127.0.0.1:8081");
    for (wrong, named) in [
        ("8080", "not a host and a port"),
        ("localhost", "not a host and a port"),
        (":8080", "not a host and a port"),
        ("127.0.0.1:80800", "not a host and a port"),
        ("nowhere.invalid:8080", "nowhere.invalid"),
    ] {
        let output = shown(wrong);
        let said = text(&output.stderr);
        assert!(!output.status.success(), "{wrong}");
        all_named(&said, &[wrong, named, "listen"]);
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
}

#[test]
fn an_option_that_has_no_effect_is_refused() {
    for (arguments, named) in [
        (&["--listen", "127.0.0.1:0", "migrate", "status"][..], "--listen"),
        (&["migrate", "status", "--listen", "127.0.0.1:0"], "--listen"),
        (&["--with-reports", "backup", "file"], "--with-reports"),
        (&["--metrics-listen", "127.0.0.1:0", "events", "replay"], "--metrics-listen"),
        (&["schema", "--database-url", "sqlite://register.sqlite"], "--database-url"),
    ] {
        let output = jejaring(arguments).output().expect("the program runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        all_named(&said, &[named]);
    }
}

#[test]
fn a_file_of_another_user_is_told() {
    let folder = TempDir::new().expect("a folder");
    let open = |path: &Path, mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, permissions).expect("permissions");
    };
    open(folder.path(), 0o755);
    let file = folder.path().join("register.sqlite");
    let url = format!("sqlite://{}", file.display());
    let made = jejaring(&["migrate", "up", "--database-url", &url]).status();
    assert!(made.expect("the program runs").success());
    // The program may lie where nobody may go.
    let program = folder.path().join("jejaring");
    std::fs::copy(env!("CARGO_BIN_EXE_jejaring"), &program).expect("a copy");
    open(&program, 0o755);
    let as_nobody = |verb: &[&str]| {
        let mut command = Command::new(&program);
        command.args(verb).args(["--database-url", &url]).uid(NOBODY).current_dir("/");
        command
    };
    if let Err(error) = as_nobody(&["--version"]).output()
        && error.kind() == ErrorKind::PermissionDenied
    {
        eprintln!("\n*** NOT ROOT: what is told to another user is not tested ***\n");
        return;
    }
    let soon = Duration::from_secs(4);
    for (mode, named) in [(0o600, "cannot be read"), (0o644, "cannot be written to")] {
        open(&file, mode);
        let said = refused(&mut as_nobody(&["migrate", "up"]), soon);
        all_named(&said, &["register.sqlite", named, "65534"]);
    }
    open(&file, 0o666);
    let said = refused(&mut as_nobody(&["migrate", "up"]), soon);
    all_named(&said, &["the folder", "cannot be written to", "65534"]);
}
