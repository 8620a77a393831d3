use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sea_orm::sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use tempfile::TempDir;

use super::{Look, Paths, SqliteFile};
use crate::db::wal::{committed_pages, shares_a_page};

async fn connected(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    options.journal_mode(SqliteJournalMode::Wal).pragma("mmap_size", "0").connect().await.unwrap()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

async fn fill(connection: &mut SqliteConnection, rows: u32) {
    connection.execute("CREATE TABLE IF NOT EXISTS t (x)").await.unwrap();
    for _ in 0..rows {
        connection.execute("INSERT INTO t VALUES (hex(randomblob(3000)))").await.unwrap();
    }
}

/// A database whose last pages are in its log alone, as a process that was killed leaves it.
async fn killed(folder: &Path) -> PathBuf {
    let (live, left) = (folder.join("live"), folder.join("left"));
    let mut connection = connected(&live).await;
    fill(&mut connection, 20).await;
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    fill(&mut connection, 20).await;
    std::fs::copy(&live, &left).unwrap();
    std::fs::copy(beside(&live, "-wal"), beside(&left, "-wal")).unwrap();
    connection.close().await.unwrap();
    left
}

fn cut(file: &Path, bytes: u64) {
    std::fs::OpenOptions::new().write(true).open(file).unwrap().set_len(bytes).unwrap();
}

fn length(file: &Path) -> u64 {
    std::fs::metadata(file).unwrap().len()
}

#[tokio::test]
async fn a_log_is_read_as_sqlite_reads_it() {
    let folder = TempDir::new().unwrap();
    let left = killed(folder.path()).await;
    let log = beside(&left, "-wal");
    let found = committed_pages(&log).unwrap();
    assert_eq!(found.page_bytes, 4096);
    let whole = found.database_pages;
    assert!(u64::from(whole) * 4096 > length(&left), "the last pages are in the log");
    assert!(found.logged.contains(&whole));
    // What was cut off, or is not as it was written, is as if it had not been written: up to the
    // transaction before.
    let bytes = std::fs::read(&log).unwrap();
    let fewer = |bytes: &[u8]| {
        std::fs::write(&log, bytes).unwrap();
        committed_pages(&log).unwrap().database_pages
    };
    assert!((1..whole).contains(&fewer(&bytes[..bytes.len() - 1])));
    let mut torn = bytes.clone();
    *torn.last_mut().unwrap() ^= 1;
    let torn_pages = fewer(&torn);
    assert!((1..whole).contains(&torn_pages));
    let copy = folder.path().join("copy");
    std::fs::copy(&left, &copy).unwrap();
    std::fs::copy(&log, beside(&copy, "-wal")).unwrap();
    let mut connection = connected(&copy).await;
    let (pages,): (u32,) =
        sea_orm::sqlx::query_as("PRAGMA page_count").fetch_one(&mut connection).await.unwrap();
    assert_eq!(pages, torn_pages, "SQLite finds as many");
    assert_eq!(fewer(&[]), 0);
    assert_eq!(fewer(&[0; 5000]), 0);
}

#[tokio::test]
async fn a_database_with_a_gap_is_refused_before_it_is_opened() {
    let folder = TempDir::new().unwrap();
    let left = killed(folder.path()).await;
    let paths = Paths::new(&left);
    paths.prepare().expect("what was killed is whole");
    let bytes = std::fs::read(&left).unwrap();
    for length in [1, 4096, 8192, bytes.len() as u64 / 2, bytes.len() as u64 - 4096] {
        cut(&left, length);
        let refused = paths.prepare().unwrap_err();
        assert!(
            refused.contains("damaged") && refused.contains(&left.display().to_string()),
            "{length}: {refused}"
        );
        std::fs::write(&left, &bytes).unwrap();
    }
    cut(&left, 0);
    assert!(paths.prepare().unwrap_err().contains("is empty, though its log"));
    std::fs::remove_file(&left).unwrap();
    assert!(paths.prepare().unwrap_err().contains("is missing, but its log"));
}

#[tokio::test]
async fn a_log_of_another_file_is_set_aside_and_one_of_a_copied_pair_is_not() {
    let folder = TempDir::new().unwrap();
    let file = killed(folder.path()).await;
    let log = beside(&file, "-wal");
    drop(SqliteFile::opened(Paths::new(&file)).unwrap());
    Paths::new(&file).prepare().unwrap();
    assert!(log.exists(), "it is its own");
    // Both are other files than those that were noted.
    let pair = folder.path().join("pair");
    for ending in ["", "-wal", "-wal-owner"] {
        std::fs::copy(beside(&file, ending), beside(&pair, ending)).unwrap();
    }
    Paths::new(&pair).prepare().unwrap();
    assert!(beside(&pair, "-wal").exists());
    // Only the database is.
    std::fs::rename(&pair, &file).unwrap();
    Paths::new(&file).prepare().unwrap();
    assert!(!log.exists());
    let aside = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().contains("-wal-of-another-file-")
    });
    assert_eq!(aside.count(), 1);
}

#[tokio::test]
async fn a_database_that_was_copied_over_is_not_opened_with_the_former_log() {
    let folder = TempDir::new().unwrap();
    let file = killed(folder.path()).await;
    let log = beside(&file, "-wal");
    let other = folder.path().join("other");
    let mut connection = connected(&other).await;
    fill(&mut connection, 60).await;
    connection.close().await.unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, std::fs::read(&other).unwrap()).unwrap();
    let refused = Paths::new(&file).prepare().unwrap_err();
    assert!(refused.contains("was written after its log"), "{refused}");
    // One that has been written from its log is also younger than that.
    std::fs::write(&file, whole).unwrap();
    let kept = std::fs::read(&log).unwrap();
    connected(&file).await.close().await.unwrap();
    assert!(!log.exists(), "the log has been written into the file");
    std::fs::write(&log, kept).unwrap();
    assert!(shares_a_page(&log, &file).unwrap());
    assert!(!shares_a_page(&log, &other).unwrap());
}

#[tokio::test]
async fn what_becomes_of_files_that_are_open_is_seen() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("register");
    let mut connection = connected(&path).await;
    fill(&mut connection, 20).await;
    let file = SqliteFile::opened(Paths::new(&path)).unwrap();
    let lost = |what: &str| match file.look() {
        Look::Lost(why) => assert!(why.contains(what), "{why}"),
        look => panic!("{look:?}"),
    };
    assert_eq!(file.look(), Look::Whole);
    for ending in ["", "-wal", "-shm"] {
        let (named, away) = (beside(&path, ending), folder.path().join("away"));
        std::fs::rename(&named, &away).unwrap();
        lost(&format!("{} is gone", named.display()));
        std::fs::copy(&away, &named).unwrap();
        lost(&format!("{} has been replaced", named.display()));
        std::fs::rename(&away, &named).unwrap();
        assert_eq!(file.look(), Look::Whole, "it is back");
    }
    // SQLite empties its log and begins it anew, and makes the database smaller.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    assert_eq!((length(&beside(&path, "-wal")), file.look()), (0, Look::LogEmptied));
    file.accept_log();
    assert_eq!(file.look(), Look::Whole);
    connection.execute("DELETE FROM t; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    assert_eq!(file.look(), Look::Shorter);
    file.accept_database();
    assert_eq!(file.look(), Look::Whole);
    fill(&mut connection, 20).await;
    assert_eq!(file.look(), Look::Whole);
    let log = beside(&path, "-wal");
    cut(&log, length(&log) / 2);
    lost("-wal has been truncated");
    cut(&log, 0);
    assert_eq!(file.look(), Look::LogEmptied);
    connection.execute("INSERT INTO t VALUES (1)").await.unwrap();
    lost("-wal has been truncated");
    cut(&path, 0);
    lost("has been");
}

/// Another process may begin its log anew at any moment of the look.
#[tokio::test]
async fn files_that_are_written_meanwhile_are_not_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("register");
    let mut connection = connected(&file).await;
    fill(&mut connection, 5).await;
    connection.execute("PRAGMA wal_autocheckpoint = 1").await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let looking = std::thread::spawn({
        let (stop, paths) = (stop.clone(), Paths::new(&file));
        move || {
            let looks = (0..3000).try_for_each(|_| paths.prepare());
            stop.store(true, Ordering::Relaxed);
            looks
        }
    });
    while !stop.load(Ordering::Relaxed) {
        fill(&mut connection, 1).await;
    }
    looking.join().unwrap().unwrap();
}
