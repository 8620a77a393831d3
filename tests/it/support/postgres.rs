//! Throwaway PostgreSQL clusters, from the binaries on the machine: one that is started once per
//! run and gone when the run ends, and others that tests stop, kill and start again.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A cluster.
pub struct Cluster {
    folder: PathBuf,
    binaries: PathBuf,
    /// Of the socket, and on loopback where it listens there.
    port: u16,
    settings: Vec<&'static str>,
    /// Its standard input stays open as long as this process lives; its end stops the server, and
    /// removes the folder.
    keeper: Child,
}

/// For a cluster that nothing but the end of the run befalls.
const FAST: [&str; 2] = ["listen_addresses=", "synchronous_commit=off"];
/// For a cluster that is killed: what it has said is committed is there afterwards.
const SAFE: [&str; 2] = ["listen_addresses=127.0.0.1", "synchronous_commit=on"];

/// How a server is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Transactions are broken off, and it stops.
    Fast,
    /// It stops where it stands, and recovers when it starts.
    Immediate,
    /// It is killed, as the system does that is out of memory.
    Killed,
}

/// The cluster, or nothing where the machine has no PostgreSQL and none is required.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match binaries() {
            Some(binaries) => {
                let folder =
                    std::env::temp_dir().join(format!("jejaring-postgres-{}", std::process::id()));
                Some(Cluster::begin(binaries, folder, 5432, FAST.to_vec()))
            }
            None if std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
                panic!(
                    "REQUIRE_POSTGRES=1, and no initdb was found: install PostgreSQL 15 or newer"
                )
            }
            None => {
                let mut out = std::io::stderr().lock();
                let _ = writeln!(
                    out,
                    "\n*** NO POSTGRESQL ON THIS MACHINE: its tests are skipped \
                     (REQUIRE_POSTGRES=1 fails) ***\n"
                );
                None
            }
        })
        .as_ref()
}

/// Where `initdb` and `postgres` are: the newest version that Debian's layout has, else the PATH.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    };
    versions.pop().map(|(_, bin)| bin).or_else(on_path)
}

/// The user to run as where the tests run as root, which PostgreSQL refuses.
fn unprivileged() -> Option<(u32, u32)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    if uid.split_whitespace().next() != Some("0") {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("the users of the machine");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(
        find("postgres")
            .or_else(|| find("nobody"))
            .expect("a user that is not root: postgres or nobody"),
    )
}

impl Cluster {
    /// A cluster of the test's own, which listens on loopback too; none where the machine has no
    /// PostgreSQL.
    pub fn own() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        cluster()?;
        let name = format!(
            "jejaring-postgres-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let free = TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("its number")
            .port();
        Some(Self::begin(binaries()?, std::env::temp_dir().join(name), free, SAFE.to_vec()))
    }

    fn begin(binaries: PathBuf, folder: PathBuf, port: u16, settings: Vec<&'static str>) -> Self {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the cluster");
        if let Some((uid, gid)) = unprivileged() {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid))
                .expect("the folder handed over");
        }
        let made = as_user(&binaries.join("initdb"), &folder)
            .args([
                "--username=jejaring",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "-D",
            ])
            .arg(folder.join("data"))
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let keeper = keep(&binaries, &folder, port, &settings);
        let cluster = Self { folder, binaries, port, settings, keeper };
        assert!(
            cluster.is_up_within(Duration::from_secs(30)),
            "PostgreSQL does not answer: {}",
            cluster.log()
        );
        cluster
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn is_up_within(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        loop {
            let mut ready = Command::new(self.binaries.join("pg_isready"));
            let ready =
                ready.args(["-q", "-p", &self.port.to_string(), "-h"]).arg(&self.folder).status();
            if ready.expect("pg_isready runs").success() {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server, and waits until it is gone.
    pub fn end(&self, how: End) {
        let file = self.folder.join("data/postmaster.pid");
        let pid = std::fs::read_to_string(file).expect("the server runs");
        let pid = pid.lines().next().expect("its number").trim();
        let signal = match how {
            End::Fast => "-INT",
            End::Immediate => "-QUIT",
            End::Killed => "-KILL",
        };
        let sent = Command::new("kill").args([signal, pid]).status().expect("kill runs");
        assert!(sent.success());
        let deadline = Instant::now() + Duration::from_secs(30);
        while Path::new("/proc").join(pid).join("exe").exists() {
            assert!(Instant::now() < deadline, "PostgreSQL does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts it again.
    pub fn start(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            // The shell leaves the folder where it is.
            let again = self.folder.join("again");
            std::fs::write(&again, "").expect("a mark");
            self.keeper.stdin.take();
            let _ = self.keeper.wait();
            std::fs::remove_file(&again).expect("the mark");
            self.keeper = keep(&self.binaries, &self.folder, self.port, &self.settings);
            // Of one that was killed the processes may be there for a moment, and keep another one
            // from starting.
            if self.is_up_within(Duration::from_secs(3)) {
                return;
            }
            assert!(Instant::now() < deadline, "PostgreSQL does not start: {}", self.log());
        }
    }

    /// Where it listens on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database of the cluster.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://jejaring@localhost:{}/{database}?host={}",
            self.port,
            self.folder.display()
        )
    }

    /// A client program of the cluster's version.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.binaries.join(name))
    }
}

impl Drop for Cluster {
    /// Of one that the test has to itself. That of the run is never dropped, and goes with the
    /// process.
    fn drop(&mut self) {
        self.keeper.stdin.take();
        let _ = self.keeper.wait();
    }
}

fn as_user(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = unprivileged() {
        command.uid(uid).gid(gid);
    }
    command.current_dir(folder).env("LC_ALL", "C.UTF-8");
    command
}

/// Starts the server. The shell around it outlives this process by a moment, whatever ends it, and
/// cleans up.
fn keep(binaries: &Path, folder: &Path, port: u16, settings: &[&str]) -> Child {
    let script = r#"
        postgres="$1" folder="$2" port="$3"; shift 3
        "$postgres" -D "$folder/data" -k "$folder" -p "$port" -c fsync=off -c full_page_writes=off \
            -c max_connections=300 -c shared_buffers=64MB "$@" >>"$folder/log" 2>&1 &
        server=$!
        cat >/dev/null
        kill -INT $server; wait $server
        [ -e "$folder/again" ] || rm -rf "$folder"
    "#;
    as_user(Path::new("/bin/sh"), folder)
        .args(["-c", script, "sh"])
        .args([binaries.join("postgres"), folder.to_owned(), port.to_string().into()])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("the server starts")
}
