//! `jejaring backup` and `jejaring restore`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, tell_if_new};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{backup, restore};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring backup register-2026-11-22.backup --database-url \
                        sqlite:///var/lib/jejaring/register.sqlite\n\n\
                        With PostgreSQL this needs its program pg_dump.")]
pub(super) struct Backup {
    /// The file to write; it must not be there
    file: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring restore register-2026-11-22.backup --database-url \
                        sqlite:///var/lib/jejaring/restored.sqlite\n\n\
                        The database must be empty. Its log begins a new epoch: clients with \
                        cursors from before are told that\n\
                        what they heard since the backup is lost. With PostgreSQL this needs its \
                        program pg_restore.")]
pub(super) struct Restore {
    /// The file that `backup` wrote
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        backup(&config.db_options(), &self.file).await?;
        writeln!(std::io::stdout(), "{} has the register", self.file.display())?;
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        tell_if_new(config).await?;
        restore(&config.db_options(), &self.file, &Clock::system()).await?;
        writeln!(
            std::io::stdout(),
            "the register of {} is restored, in a new epoch",
            self.file.display()
        )?;
        Ok(())
    }
}
