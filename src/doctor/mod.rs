//! Whether a register is well: its settings, its database, what is derived in it, and what it
//! reaches outside. Nothing is changed, unless what is derived is to be mended.

mod database;
mod derived;
mod surroundings;

use std::fmt;

use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db};

/// How something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// As it should be.
    Ok,
    /// It could not be looked at, or there is nothing to look at.
    Skipped,
    /// It works, and somebody should see to it.
    Warning,
    /// It does not work, or is wrong.
    Failed,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "WARNING",
            Self::Failed => "FAILED",
        })
    }
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: one word or two, the same in all versions.
    pub check: &'static str,
    /// How it was found.
    pub condition: Condition,
    /// What was found, and what to do about it.
    pub message: String,
}

/// All that was found, in the order in which it was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was found of each thing.
    pub checks: Vec<Check>,
}

impl Report {
    fn note(&mut self, check: &'static str, condition: Condition, message: impl Into<String>) {
        self.checks.push(Check { check, condition, message: message.into() });
    }

    /// Notes what was looked at, or why it could not be.
    fn looked(
        &mut self,
        check: &'static str,
        found: Result<(Condition, String), impl fmt::Display>,
    ) {
        match found {
            Ok((condition, message)) => self.note(check, condition, message),
            Err(error) => self.note(check, Condition::Failed, format!("cannot be seen: {error}")),
        }
    }

    /// The worst that was found.
    pub fn worst(&self) -> Condition {
        self.checks.iter().map(|check| check.condition).max().unwrap_or(Condition::Ok)
    }
}

/// Looks at all of a register. With `repair`, what is derived and differs from what it is derived
/// from is derived anew.
pub async fn examine(config: &Config, clock: &Clock, repair: bool) -> Report {
    let mut report = Report::default();
    surroundings::settings(config, &mut report);
    match Db::open(&config.db_options(), Accept::Current).await {
        Ok(db) => {
            database::examine(&db, clock, &mut report).await;
            derived::examine(&db, clock, repair, &mut report).await;
            surroundings::webhooks(&db, config, &mut report).await;
            if let Err(error) = db.close().await {
                report.note("database", Condition::Failed, error.to_string());
            }
        }
        Err(error) => report.note("database", Condition::Failed, error.to_string()),
    }
    surroundings::provider(config, clock, &mut report).await;
    report
}
