//! `jejaring doctor`

use std::io::Write;

use clap::Args;

use super::Failure;
use crate::clock::Clock;
use crate::config::Config;
use crate::doctor::{Condition, examine};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring doctor --database-url \
                        sqlite:///var/lib/jejaring/register.sqlite\n  jejaring doctor --json | jq \
                        '.checks[] | select(.condition == \"failed\")'\n\n\
                        The exit status is 1 where something has failed. A server may be running; \
                        a large register takes minutes.")]
pub(super) struct Doctor {
    /// As one JSON object
    #[arg(long)]
    json: bool,

    /// Derive anew what is not what it is derived from: accepted values, findings, the search
    #[arg(long)]
    repair: bool,
}

impl Doctor {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let report = examine(config, &Clock::system(), self.repair).await;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
        } else {
            for check in &report.checks {
                writeln!(
                    out,
                    "{:<8} {}: {}",
                    check.condition.to_string(),
                    check.check,
                    check.message
                )?;
            }
        }
        let failed = report.checks.iter().filter(|check| check.condition == Condition::Failed);
        let failed: Vec<_> =
            failed.map(|check| format!("{}: {}", check.check, check.message)).collect();
        if failed.is_empty() { Ok(()) } else { Err(failed.join("; ").into()) }
    }
}
