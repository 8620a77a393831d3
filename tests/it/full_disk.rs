//! The disk fills up while it is written, and there is space again: what was acknowledged is there,
//! once, and writes go on.
//!
//! The disk is one of memory that only root may mount; elsewhere the test says that it does not
//! run. The long run: `DISK_ROUNDS=50 cargo test --test it -- full_disk --nocapture`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;

use crate::killed::found::Found;
use crate::killed::{Acknowledged, plain_id};
use crate::lost_file::{a_register, add_source};
use crate::support::Program;

/// How many write at a time.
const WRITERS: usize = 4;

/// A disk of a few megabytes.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let folder = TempDir::new().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder.path());
        match mount.output() {
            Ok(done) if done.status.success() => Some(Self(folder)),
            failed => {
                let mut out = std::io::stderr().lock();
                let _ = writeln!(
                    out,
                    "\n*** NO SMALL DISK CAN BE MOUNTED ({failed:?}): tests of a full disk do not \
                     run ***\n"
                );
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.filler()).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            while filler.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).expect("the file is removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("--lazy").arg(self.path()).status();
        assert!(done.expect("umount runs").success(), "the disk is unmounted");
    }
}

/// Several who write one source after another, each again with the same key until it is
/// acknowledged.
#[derive(Default)]
struct Writers {
    acknowledged: Mutex<Vec<Acknowledged>>,
    refused: AtomicUsize,
    stop: AtomicBool,
}

impl Writers {
    fn write_on(&self, number: usize, server: &Program, token: &str) {
        for step in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let key = format!("disk-{number}-{step}");
            loop {
                if let Some(id) = add_source(server, token, &key) {
                    let (key, id) = (key.clone(), plain_id(&id));
                    self.acknowledged.lock().expect("nobody panics with it").push(Acknowledged {
                        key,
                        table: "source",
                        id,
                        version: 1,
                    });
                    break;
                }
                self.refused.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().expect("nobody panics with it").len()
    }
}

fn wait(what: &str, server: &Program, until: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !until() {
        assert!(Instant::now() < deadline, "{what}: {}", server.said());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_loses_nothing_and_writes_go_on_when_there_is_space() {
    let Some(disk) = SmallDisk::mount("12m") else { return };
    let rounds: usize =
        std::env::var("DISK_ROUNDS").ok().map_or(3, |rounds| rounds.parse().expect("a number"));
    let (file, token) = a_register(disk.path()).await;
    let server = Program::start(&file).expect("it starts");
    let writers = Writers::default();
    std::thread::scope(|scope| {
        for number in 0..WRITERS {
            let (writers, server, token) = (&writers, &server, &token);
            scope.spawn(move || writers.write_on(number, server, token));
        }
        // Whatever fails here, the others end.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..rounds {
                let before = writers.count();
                wait("it is written", &server, || writers.count() > before + WRITERS);
                disk.fill();
                let refused = writers.refused.load(Ordering::SeqCst);
                wait("writes are refused", &server, || {
                    writers.refused.load(Ordering::SeqCst) > refused + 2 * WRITERS
                });
                server.wait_until_ready_is(503);
                disk.free();
                let before = writers.count();
                wait("it is written again", &server, || writers.count() > before + 2 * WRITERS);
                server.wait_until_ready_is(200);
            }
        }));
        if disk.filler().exists() {
            disk.free();
        }
        writers.stop.store(true, Ordering::SeqCst);
        if let Err(failed) = done {
            std::panic::resume_unwind(failed);
        }
    });
    // Where nobody writes, it is noticed all the same that there is space again.
    disk.fill();
    let more = AtomicUsize::new(0);
    let key = || format!("disk-last-{}", more.fetch_add(1, Ordering::SeqCst));
    wait("a write is refused", &server, || add_source(&server, &token, &key()).is_none());
    server.wait_until_ready_is(503);
    disk.free();
    server.wait_until_ready_is(200);
    server.kill();
    let server = Program::start(&file).expect("it starts again");
    assert_eq!(server.ready(), 200);
    let (status, said) = server.stop();
    assert!(status.success(), "{said}");

    let acknowledged = writers.acknowledged.into_inner().unwrap();
    let db = Database::connect(format!("sqlite://{}", file.display())).await.expect("it opens");
    let number = async |sql: &str| {
        let row = db
            .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
            .expect("it is read");
        row.expect("a row").try_get_by_index::<i64>(0).expect("a number")
    };
    let written = number("SELECT count(*) FROM source WHERE title LIKE 'disk-_-%'").await;
    assert_eq!(written as usize, acknowledged.len(), "none is lost, none came twice");
    assert_eq!(
        number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'").await,
        0
    );
    Found::read(db).await.check(&acknowledged);
    println!(
        "{rounds} times a full disk, {WRITERS} writers: {} writes acknowledged, {} refused, 0 \
         lost, 0 doubled",
        acknowledged.len(),
        writers.refused.into_inner()
    );
}
