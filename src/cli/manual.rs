//! `jejaring completions` and `jejaring man`: what packages install beside the program.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use super::{Failure, command};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring completions bash > \
                        /etc/bash_completion.d/jejaring")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring man /usr/local/share/man/man1")]
pub(super) struct Man {
    /// The folder to write them into; it must be there
    folder: PathBuf,
}

impl Completions {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut command = command();
        // Not to standard output itself: an error there would end the program with a panic.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "jejaring", &mut script);
        std::io::Write::write_all(&mut std::io::stdout(), &script)?;
        Ok(())
    }
}

impl Man {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let named = |error| format!("{}: {error}", self.folder.display());
        clap_mangen::generate_to(command(), &self.folder).map_err(named)?;
        Ok(())
    }
}
