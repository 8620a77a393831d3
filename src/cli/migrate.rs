//! `jejaring migrate`

use std::io::Write;

use clap::{Args, Subcommand};

use super::Failure;
use crate::config::Config;
use crate::db::{Db, exclusively, migrate, migrations};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring migrate status --database-url sqlite:///var/lib/jejaring/register.sqlite")]
pub(super) struct Migrate {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Apply what is missing
    #[command(after_help = "Example:\n  jejaring migrate up --database-url postgres://jejaring@localhost/jejaring")]
    Up,
    /// Say what has been applied; changes nothing
    #[command(after_help = "Example:\n  jejaring migrate status --json")]
    Status {
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
}

impl Migrate {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let db = Db::connect(&config.db_options()).await?;
        let mut out = std::io::stdout();
        match self.what {
            What::Up => exclusively(&db, async || migrate(&db).await).await?,
            What::Status { json: true } => {
                let states = migrations(&db).await?.into_iter();
                let states: Vec<_> =
                    states.map(|state| serde_json::json!({ "name": state.name, "applied": state.applied })).collect();
                writeln!(out, "{}", serde_json::Value::from(states))?;
            }
            What::Status { json: false } => {
                for state in migrations(&db).await? {
                    writeln!(out, "{} {}", if state.applied { "applied" } else { "missing" }, state.name)?;
                }
            }
        }
        db.close().await?;
        Ok(())
    }
}
