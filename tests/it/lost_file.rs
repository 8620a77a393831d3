//! The file of a register is removed, replaced or truncated while the program has it open, or
//! before it starts: nothing is acknowledged that is not in the file of that name, the file is
//! named, and a good copy in its place is taken.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use entity::vocabulary::{GrantRole, TokenScope};
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;

use crate::command::{jejaring, text};
use crate::intents::mutation;
use crate::support::{Backend, Contents, Program, Role, TestApp, token_of};

/// A register with the reports in `folder`, and the token of somebody who may write.
pub async fn a_register(folder: &Path) -> (PathBuf, String) {
    let app = TestApp::new(Backend::Sqlite, Contents::Reports).await.expect("SQLite is there");
    let roles = [Role::Of(GrantRole::Curator)];
    let (token, _) = token_of(&app, "Writer", &roles, &[TokenScope::Read, TokenScope::Write]).await;
    app.app.db.clone().close().await.expect("it closes");
    let file = folder.join("register.sqlite");
    std::fs::copy(app.url.trim_start_matches("sqlite://"), &file).expect("a copy");
    (file, token)
}

/// Writes a source of this key and title; its id, if that was acknowledged.
pub fn add_source(server: &Program, token: &str, key: &str) -> Option<String> {
    let input = format!(
        "key: {key:?}, kind: REPORT, title: {key:?}, language: \"en\", idempotencyKey: {key:?}"
    );
    let answer = server.send(token, &mutation("addSource", &input, "source { id }"))?;
    answer["data"]["addSource"]["source"]["id"].as_str().map(str::to_owned)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes until the log has something, and makes a copy of the register as it then is.
fn written_and_copied(server: &Program, token: &str, file: &Path) -> PathBuf {
    for number in 0..5 {
        add_source(server, token, &format!("before-{number}")).expect("it is written");
    }
    let copy = beside(file, ".copy");
    let url = format!("sqlite://{}", file.display());
    let done = jejaring(&["backup", &copy.display().to_string(), "--database-url", &url])
        .output()
        .expect("it runs");
    assert!(done.status.success(), "{}", text(&done.stderr));
    for number in 0..5 {
        add_source(server, token, &format!("after-{number}")).expect("it is written");
    }
    assert_eq!(server.ready(), 200);
    copy
}

/// Nothing is acknowledged any more, and the reason is given.
fn refuses(server: &Program, token: &str, why: &str) {
    for number in 0..3 {
        let key = format!("lost-{number}");
        let input = format!(
            "key: {key:?}, kind: REPORT, title: {key:?}, language: \"en\", idempotencyKey: {key:?}"
        );
        // It may have ended.
        let Some(answer) = server.send(token, &mutation("addSource", &input, "source { id }"))
        else {
            continue;
        };
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{answer}");
        assert!(answer["data"]["addSource"]["source"].is_null(), "{answer}");
    }
    // It may have ended.
    assert_ne!(server.ready(), 200);
    if server.ready() == 503 {
        assert!(server.said().contains(why), "{}", server.said());
    }
}

/// It starts with the file that is there now, which is whole and has `sources` of those that were
/// written.
async fn starts_with(file: &Path, token: &str, sources: i64) {
    let server = Program::start(file).expect("it starts");
    assert_eq!(server.ready(), 200, "{}", server.said());
    add_source(&server, token, "before-last").expect("it is written");
    let (status, said) = server.stop();
    assert!(status.success(), "{said}");
    let db = Database::connect(format!("sqlite://{}", file.display())).await.expect("it opens");
    let number = async |sql: &str| {
        let row = db
            .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
            .expect("it is read");
        row.expect("a row").try_get_by_index::<i64>(0).expect("a number")
    };
    assert_eq!(
        number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'").await,
        0
    );
    let count = "SELECT count(*) FROM source WHERE title LIKE 'before-%' OR title LIKE 'after-%'";
    assert_eq!(number(count).await, sources + 1);
    assert_eq!(
        number("SELECT (SELECT count(*) FROM event) - (SELECT position FROM event_head)").await,
        0
    );
    db.close().await.expect("it closes");
}

/// It does not start, and says why, with the name of the file.
fn does_not_start(file: &Path, why: &str) {
    let said = Program::start(file).err().expect("it does not start");
    assert!(said.contains(why) && said.contains(&file.display().to_string()), "{said}");
}

#[tokio::test]
async fn a_removed_file_is_noticed_and_a_good_copy_taken() {
    let folder = TempDir::new().expect("a folder");
    let (file, token) = a_register(folder.path()).await;
    let server = Program::start(&file).expect("it starts");
    let copy = written_and_copied(&server, &token, &file);
    std::fs::remove_file(&file).expect("it is removed");
    refuses(&server, &token, &format!("{} is gone", file.display()));
    let (status, said) = server.stop();
    assert!(!status.success() && said.contains(&file.display().to_string()), "{said}");
    does_not_start(&file, "is missing, but its log");
    std::fs::rename(&copy, &file).expect("it is moved in");
    starts_with(&file, &token, 5).await;
}

#[tokio::test]
async fn a_file_that_is_moved_away_and_back_is_written_again() {
    let folder = TempDir::new().expect("a folder");
    let (file, token) = a_register(folder.path()).await;
    let server = Program::start(&file).expect("it starts");
    add_source(&server, &token, "before-0").expect("it is written");
    let away = beside(&file, ".away");
    std::fs::rename(&file, &away).expect("it is moved away");
    refuses(&server, &token, "is gone");
    assert!(!file.exists(), "no other one is made");
    std::fs::rename(&away, &file).expect("it is moved back");
    assert_eq!(server.ready(), 200, "{}", server.said());
    add_source(&server, &token, "before-1").expect("it is written");
    server.kill();
    starts_with(&file, &token, 2).await;
}

#[tokio::test]
async fn a_replaced_file_is_noticed_and_taken_at_the_next_start() {
    for is_killed in [false, true] {
        let folder = TempDir::new().expect("a folder");
        let (file, token) = a_register(folder.path()).await;
        let server = Program::start(&file).expect("it starts");
        let copy = written_and_copied(&server, &token, &file);
        std::fs::rename(&copy, &file).expect("it is replaced");
        refuses(&server, &token, &format!("{} has been replaced", file.display()));
        match is_killed {
            true => server.kill(),
            false => assert!(!server.stop().0.success()),
        }
        assert!(beside(&file, "-wal").exists(), "the log of the former file is still there");
        starts_with(&file, &token, 5).await;
    }
}

#[tokio::test]
async fn a_copy_moved_in_after_a_crash_is_not_mixed_with_the_log_of_the_former_file() {
    let folder = TempDir::new().expect("a folder");
    let (file, token) = a_register(folder.path()).await;
    let server = Program::start(&file).expect("it starts");
    let copy = written_and_copied(&server, &token, &file);
    server.kill();
    // Copied over it, it might be the file that belongs to the log: that is not for the program to
    // say.
    let former = std::fs::read(&file).expect("it is read");
    std::fs::write(&file, std::fs::read(&copy).expect("it is read")).expect("it is copied over");
    does_not_start(&file, "do not copy it over the file");
    std::fs::write(&file, former).expect("it is as it was");
    // Restored into its place.
    std::fs::remove_file(&file).expect("it is removed");
    let url = format!("sqlite://{}", file.display());
    let restored =
        jejaring(&["restore", &copy.display().to_string(), "--database-url", &url]).output();
    let restored = restored.expect("it runs");
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    starts_with(&file, &token, 5).await;
}

#[tokio::test]
async fn a_truncated_file_is_noticed_and_named_at_the_next_start() {
    let whole = |file: &Path| std::fs::metadata(file).expect("it is there").len();
    let cuts: [fn(u64) -> u64; 4] =
        [|_| 0, |_| 4096, |bytes| bytes / 2, |bytes| bytes / 10 * 9 + 1];
    for (cut, is_killed) in cuts.into_iter().zip([false, true, true, false]) {
        let folder = TempDir::new().expect("a folder");
        let (file, token) = a_register(folder.path()).await;
        let server = Program::start(&file).expect("it starts");
        let copy = written_and_copied(&server, &token, &file);
        let opened = std::fs::OpenOptions::new().write(true).open(&file).expect("it opens");
        opened.set_len(cut(whole(&file))).expect("it is truncated");
        refuses(&server, &token, &file.display().to_string());
        match is_killed {
            true => server.kill(),
            false => drop(server.stop()),
        }
        does_not_start(&file, "damaged");
        does_not_start(&file, "damaged");
        std::fs::rename(&copy, &file).expect("a good copy is moved in");
        starts_with(&file, &token, 5).await;
    }
}

#[tokio::test]
async fn a_file_that_was_truncated_while_nobody_had_it_open_is_named() {
    let folder = TempDir::new().expect("a folder");
    let (file, token) = a_register(folder.path()).await;
    let whole = std::fs::read(&file).expect("it is read");
    for bytes in [100, 4096, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..bytes]).expect("it is written");
        does_not_start(&file, "damaged");
    }
    std::fs::write(&file, "no database at all").expect("it is written");
    does_not_start(&file, "no SQLite database");
    std::fs::write(&file, &whole).expect("it is written");
    starts_with(&file, &token, 0).await;
}

#[tokio::test]
async fn a_log_that_is_removed_or_truncated_is_noticed() {
    for is_removed in [true, false] {
        let folder = TempDir::new().expect("a folder");
        let (file, token) = a_register(folder.path()).await;
        let server = Program::start(&file).expect("it starts");
        written_and_copied(&server, &token, &file);
        let log = beside(&file, "-wal");
        match is_removed {
            true => std::fs::remove_file(&log).expect("it is removed"),
            false => drop(std::fs::File::create(&log).expect("it is emptied")),
        }
        // Whether SQLite or somebody else has emptied a log is seen by what is written next.
        refuses(&server, &token, &log.display().to_string());
    }
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_is_noticed() {
    let folder = TempDir::new().expect("a folder");
    let (file, token) = a_register(folder.path()).await;
    let (link, other) = (folder.path().join("link.sqlite"), folder.path().join("other.sqlite"));
    std::fs::copy(&file, &other).expect("another one");
    symlink(&file, &link).expect("a link");
    let server = Program::start(&link).expect("it starts");
    add_source(&server, &token, "before-0").expect("it is written");
    std::fs::remove_file(&link).expect("it is removed");
    symlink(&other, &link).expect("another link");
    refuses(&server, &token, &format!("{} has been replaced", link.display()));
    server.kill();
    starts_with(&link, &token, 0).await;
    starts_with(&file, &token, 1).await;
}
