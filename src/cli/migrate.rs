//! `jejaring migrate`

use std::io::Write;

use clap::{Args, Subcommand};

use super::{Failure, tell_if_new};
use crate::config::Config;
use crate::db::{Accept, Db, MigrationState, Presence, exclusively, migrate};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring migrate status --database-url \
                        sqlite:///var/lib/jejaring/register.sqlite")]
pub(super) struct Migrate {
    #[command(subcommand)]
    what: MigrateVerb,
}

#[derive(Subcommand)]
enum MigrateVerb {
    /// Apply what is missing
    #[command(after_help = "Example:\n  \
                      jejaring migrate up --database-url postgres://jejaring@localhost/jejaring")]
    Up,
    /// Say what has been applied; changes nothing. Fails where a newer program has migrated the
    /// database
    #[command(after_help = "Example:\n  jejaring migrate status --json")]
    Status {
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
}

impl Migrate {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let json = match self.what {
            MigrateVerb::Up => return up(config).await,
            MigrateVerb::Status { json } => json,
        };
        let presence = Presence::find(&config.db_options()).await?;
        let states = presence.register()?;
        let mut out = std::io::stdout();
        if json {
            let states = states.iter().map(|state| {
                serde_json::json!({
                    "name": state.name, "applied": state.applied, "known": state.known
                })
            });
            writeln!(out, "{}", serde_json::Value::from(states.collect::<Vec<_>>()))?;
        } else {
            for MigrationState { name, applied, known } in states {
                let state = match (applied, known) {
                    (_, false) => "unknown",
                    (true, true) => "applied",
                    (false, true) => "missing",
                };
                writeln!(out, "{state} {name}")?;
            }
        }
        Ok(presence.accept(Accept::Older)?)
    }
}

async fn up(config: &Config) -> Result<(), Failure> {
    tell_if_new(config).await?;
    let db = Db::connect(&config.db_options()).await?;
    exclusively(&db, async || migrate(&db).await).await?;
    Ok(db.close().await?)
}
