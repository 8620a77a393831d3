//! The built program as a server, with what it says.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::command::jejaring;

/// A server that is killed when the test is over, whatever happens.
pub struct Program {
    child: Child,
    /// Where it listens, as a URL.
    pub address: String,
    log: NamedTempFile,
}

impl Program {
    /// Starts one over the database at `file`; what it said where it did not start.
    pub fn start(file: &Path) -> Result<Self, String> {
        let url = format!("sqlite://{}", file.display());
        let log = NamedTempFile::new().expect("a file for its log");
        let arguments =
            ["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--database-url", &url];
        let mut child = jejaring(&arguments)
            .env("JEJARING_RATE_ACCOUNT_PER_MINUTE", "0")
            .env("JEJARING_RATE_ANONYMOUS_PER_MINUTE", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::from(File::create(log.path()).expect("the file for its log")))
            .spawn()
            .expect("the program runs");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut first)
            .expect("its first line");
        let said = || std::fs::read_to_string(log.path()).expect("its log");
        match first.trim().strip_prefix("listening on ") {
            Some(address) => Ok(Self { child, address: address.to_owned(), log }),
            None => {
                let status = child.wait().expect("it has ended");
                assert!(!status.success(), "{first}");
                Err(said())
            }
        }
    }

    /// What it has written to standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("its log")
    }

    /// The status of `/readyz`; 0 where there is no answer.
    pub fn ready(&self) -> u16 {
        agent()
            .get(&format!("{}/readyz", self.address))
            .call()
            .map_or(0, |answer| answer.status().as_u16())
    }

    /// Sends a mutation; nothing where there is no answer.
    pub fn send(&self, token: &str, query: &str) -> Option<Value> {
        let sent = agent()
            .post(&format!("{}/graphql", self.address))
            .header("content-type", "application/json")
            .header("authorization", &format!("Bearer {token}"))
            .send(json!({ "query": query }).to_string());
        let text = sent.ok()?.body_mut().read_to_string().ok()?;
        Some(serde_json::from_str(&text).expect("an answer is JSON"))
    }

    /// Waits until `/readyz` has this status.
    pub fn wait_until_ready_is(&self, status: u16) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.ready() != status {
            assert!(
                Instant::now() < deadline,
                "/readyz is {} and not {status}: {}",
                self.ready(),
                self.said()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// As if the machine had lost power.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it has ended");
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let told = std::process::Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        // It may have ended by itself.
        told.expect("kill runs");
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return (status, self.said());
            }
            assert!(Instant::now() < deadline, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30)));
    config.http_status_as_error(false).build().new_agent()
}
