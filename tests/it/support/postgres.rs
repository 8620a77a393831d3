//! A throwaway PostgreSQL cluster: started once per run from the binaries on the machine, gone when the run ends.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The cluster of this run.
pub struct Cluster {
    sockets: PathBuf,
    /// Its standard input stays open as long as this process lives; its end stops the server and removes the folder.
    _keeper: Child,
}

/// The cluster, or nothing where the machine has no PostgreSQL and none is required.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| match binaries() {
            Some(binaries) => Some(Cluster::start(&binaries)),
            None if std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
                panic!("REQUIRE_POSTGRES=1, and no initdb was found: install PostgreSQL 15 or newer")
            }
            None => {
                let mut out = std::io::stderr().lock();
                let _ = writeln!(
                    out,
                    "\n*** NO POSTGRESQL ON THIS MACHINE: its tests are skipped (REQUIRE_POSTGRES=1 fails) ***\n"
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
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
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
    Some(find("postgres").or_else(|| find("nobody")).expect("a user that is not root: postgres or nobody"))
}

impl Cluster {
    fn start(binaries: &Path) -> Self {
        let folder = std::env::temp_dir().join(format!("jejaring-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the cluster");
        let user = unprivileged();
        let as_user = |program: &Path| {
            let mut command = Command::new(program);
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(&folder).env("LC_ALL", "C.UTF-8");
            command
        };
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("the folder handed over");
        }
        let data = folder.join("data");
        let made = as_user(&binaries.join("initdb"))
            .args(["--username=jejaring", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        // The shell outlives this process by a moment, whatever ends it, and cleans up.
        let script = r#"
            "$1" -D "$2" -k "$3" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
                -c max_connections=300 -c shared_buffers=64MB >"$3/log" 2>&1 &
            server=$!
            cat >/dev/null
            kill -INT $server; wait $server; rm -rf "$3"
        "#;
        let keeper = as_user(Path::new("/bin/sh"))
            .args(["-c", script, "sh"])
            .args([binaries.join("postgres"), data, folder.clone()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("the server starts");
        let cluster = Self { sockets: folder, _keeper: keeper };
        cluster.wait(binaries);
        cluster
    }

    fn wait(&self, binaries: &Path) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let ready = Command::new(binaries.join("pg_isready")).arg("-q").arg("-h").arg(&self.sockets).status();
            if ready.expect("pg_isready runs").success() {
                return;
            }
            let log = || std::fs::read_to_string(self.sockets.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "PostgreSQL does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The URL of a database of the cluster.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://jejaring@localhost/{database}?host={}", self.sockets.display())
    }
}
