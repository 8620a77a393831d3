//! `jejaring config`

use std::io::Write;

use clap::Args;

use super::{Failure, Serving};
use crate::config::{Config, DEFAULTS};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring config --default > jejaring.toml\n  jejaring config \
                        --config jejaring.toml --json")]
pub(super) struct ConfigVerb {
    /// The defaults, as a file with their documentation
    #[arg(long, conflicts_with = "json")]
    default: bool,

    /// As one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pub(super) serving: Serving,
}

impl ConfigVerb {
    pub(super) fn run(&self, config: &Config) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        if self.default {
            out.write_all(DEFAULTS.as_bytes())?;
        } else if self.json {
            writeln!(out, "{}", serde_json::to_string(&config.shown())?)?;
        } else {
            out.write_all(toml::to_string(&config.shown())?.as_bytes())?;
        }
        Ok(())
    }
}
