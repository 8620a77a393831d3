use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::sqlx::sqlite::{LockedSqliteHandle, SqliteConnectOptions};
use sea_orm::sqlx::{self, ConnectOptions, Row};
use sea_orm::{ConnectionTrait, Statement};
use tempfile::TempDir;

use crate::actor::Actor;
use crate::clock::Clock;
use crate::db::{BeforeCommit, Db, DbOptions, Write, exclusively, migrate, write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::writing::concerning;

/// Nothing follows from these writes but their events.
const BEFORE_COMMIT: BeforeCommit = BeforeCommit {
    put: |_, _, _, _| {},
    reconcile: |_| Box::pin(std::future::ready(Ok(()))),
    concerning,
};

struct TestDb {
    db: Db,
    clock: Clock,
    folder: TempDir,
}

impl TestDb {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.sqlite").display());
        let db = Db::connect(&DbOptions {
            url,
            readers: 2,
            heavy_readers: 0,
            observer: None,
            before_commit: BEFORE_COMMIT,
        })
        .await
        .unwrap();
        exclusively(&db, async || migrate(&db).await).await.unwrap();
        Self { db, clock: Clock::system(), folder }
    }

    /// Writes one event, and does something before; the position of the event.
    async fn write(
        &self,
        before: impl AsyncFnOnce(&mut Write) -> Result<(), WriteError>,
    ) -> Result<i64, WriteError> {
        let written = write(&self.db, &self.clock, Actor::Operator, async |w| {
            w.record(Event::general(EventKind::RegisterLoaded));
            before(w).await
        });
        written.await.map(|written| written.cursor.position)
    }

    /// The events that a process of its own would find.
    async fn found(&self) -> Vec<i64> {
        let options =
            SqliteConnectOptions::new().filename(self.folder.path().join("register.sqlite"));
        let mut connection = options.connect().await.unwrap();
        let rows =
            sqlx::query("SELECT position FROM event ORDER BY position").fetch_all(&mut connection);
        rows.await.unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// Does something to the connection that writes.
    async fn on_writer(&self, work: impl FnOnce(&mut LockedSqliteHandle<'_>)) {
        let mut connection = self.db.writing.get_sqlite_connection_pool().acquire().await.unwrap();
        work(&mut connection.lock_handle().await.unwrap());
    }

    async fn pragma(&self, pragma: &str) {
        self.db.writing.execute_unprepared(&format!("PRAGMA {pragma}")).await.unwrap();
    }
}

async fn nothing(_: &mut Write) -> Result<(), WriteError> {
    Ok(())
}

/// A statement that fails and leaves the transaction open.
async fn no_statement(w: &mut Write) -> Result<(), WriteError> {
    w.transaction.execute_unprepared("INSERT INTO no_table VALUES (1)").await?;
    Ok(())
}

/// After a write that SQLite has undone by itself: one that is undone by the program, and two that
/// are carried out.
async fn goes_on(register: &TestDb, acknowledged: &mut Vec<i64>) {
    assert!(register.write(no_statement).await.is_err());
    for _ in 0..2 {
        acknowledged.push(register.write(nothing).await.unwrap());
    }
    assert_eq!(register.found().await, *acknowledged);
}

#[tokio::test]
async fn what_is_acknowledged_after_a_failed_commit_is_committed() {
    let register = TestDb::new().await;
    let mut acknowledged = vec![register.write(nothing).await.unwrap()];
    for _ in 0..3 {
        // A hook that refuses makes COMMIT fail as a full disk does: SQLite undoes the transaction.
        register.on_writer(|writer| writer.set_commit_hook(|| false)).await;
        let error = register.write(nothing).await.unwrap_err();
        assert!(error.to_string().contains("531"), "{error}");
        goes_on(&register, &mut acknowledged).await;
    }
}

#[tokio::test]
async fn what_is_acknowledged_after_an_interrupted_statement_is_committed() {
    let register = TestDb::new().await;
    let mut acknowledged = vec![register.write(nothing).await.unwrap()];
    for _ in 0..3 {
        let armed = Arc::new(AtomicBool::new(false));
        let interrupts = armed.clone();
        let until = move || !interrupts.load(Ordering::SeqCst);
        register.on_writer(|writer| writer.set_progress_handler(1, until)).await;
        let error = register.write(async |w| {
            armed.store(true, Ordering::SeqCst);
            w.transaction
                .execute_unprepared("UPDATE event_head SET position = position + 1")
                .await?;
            Ok(())
        });
        let error = error.await.unwrap_err();
        assert!(error.to_string().contains("interrupted"), "{error}");
        armed.store(false, Ordering::SeqCst);
        goes_on(&register, &mut acknowledged).await;
    }
}

#[tokio::test]
async fn what_is_acknowledged_after_a_statement_without_space_is_committed() {
    let register = TestDb::new().await;
    let mut acknowledged = vec![register.write(nothing).await.unwrap()];
    // With and without a journal of the statement: SQLite undoes the statement, or the whole
    // transaction.
    register
        .db
        .writing
        .execute_unprepared("CREATE TABLE space (number UNIQUE, bytes)")
        .await
        .unwrap();
    let statements = [
        "INSERT INTO space VALUES (1, zeroblob(1000000))",
        "INSERT INTO space SELECT value, zeroblob(100000) FROM json_each('[1,2,3,4,5,6,7,8,9]')",
    ];
    for statement in statements.iter().cycle().take(4) {
        register.pragma("max_page_count = 1").await;
        let error = register.write(async |w| {
            w.transaction.execute_unprepared(statement).await?;
            Ok(())
        });
        let error = error.await.unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
        assert!(register.db.health.failing().is_some());
        register.pragma("max_page_count = 1000000").await;
        goes_on(&register, &mut acknowledged).await;
        assert_eq!(register.db.writable().await, Ok(()));
    }
}

#[tokio::test]
async fn a_connection_that_is_left_in_a_transaction_is_not_used_again() {
    let register = TestDb::new().await;
    register.pragma("cache_size = -1234").await;
    register.db.writing.execute_unprepared("BEGIN").await.unwrap();
    assert_eq!(register.write(nothing).await.unwrap(), 1);
    assert_eq!(register.found().await, [1]);
    let statement = Statement::from_string(register.db.backend(), "PRAGMA cache_size");
    let row = register.db.writing.query_one_raw(statement).await.unwrap().unwrap();
    assert_ne!(row.try_get_by_index::<i64>(0).unwrap(), -1234, "it is another connection");
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_noticed_and_that_it_takes_them_again() {
    let register = TestDb::new().await;
    assert_eq!(register.db.writable().await, Ok(()));
    // Nothing is at fault with the database when a write is.
    assert!(register.write(no_statement).await.is_err());
    assert_eq!(register.db.writable().await, Ok(()));
    register.pragma("query_only = ON").await;
    assert!(register.write(nothing).await.is_err());
    let reason = register.db.writable().await.unwrap_err();
    assert!(reason.contains("readonly"), "{reason}");
    register.pragma("query_only = OFF").await;
    let again = async {
        // It is tried once in a while, however often it is asked for.
        while register.db.writable().await.is_err() {
            tokio::time::sleep(super::PROBE_EVERY / 10).await;
        }
    };
    tokio::time::timeout(super::PROBE_EVERY * 30, again).await.expect("it takes writes again");
    assert_eq!(register.write(nothing).await.unwrap(), 1, "a probe leaves no trace");
}

/// One place begins and commits what may write.
#[test]
fn nothing_else_begins_or_commits_a_transaction() {
    const CALLS: [&str; 5] =
        [".begin_with", ".writing.begin", ".commit()", "(&db.writing)", "(&self.writing)"];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "transact.rs" || path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| CALLS.iter().any(|call| line.contains(call)));
        found.extend(lines.map(|line| format!("{name}: {}", line.trim())));
    }
    found.sort();
    // A count of connections; who serves which endpoint, as it is read back; a snapshot, on
    // connections that only read; and the lock of PostgreSQL, under which nothing is written.
    let known = [
        "connect.rs: (\"writing\", connections(&self.writing)),",
        "deliveries.rs: Entity::find().filter(Column::LeasedBy.eq(process)).all(&db.writing).await",
        "lane.rs: let ended = transaction.commit().await;",
        "lane.rs: match held.connection().begin_with_options(options).await {",
        "migrate.rs: let lock = db.writing.begin().await?;",
        "migrate.rs: lock.commit().await?;",
    ];
    assert_eq!(found, known);
}
