//! `jejaring person`

use std::io::Write;

use clap::{Args, Subcommand};
use entity::person;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Failure;
use crate::access::Actor;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db, purge, write};
use crate::people::person::erase::{called_alike, erase, export};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring person export person-0123456789ab > known.json")]
pub(super) struct Person {
    #[command(subcommand)]
    what: PersonVerb,
}

#[derive(Subcommand)]
enum PersonVerb {
    /// Print all that the register knows of a person, as one JSON object
    #[command(after_help = "Example:\n  jejaring person export person-0123456789ab > known.json")]
    Export {
        /// The key of the person
        key: String,
    },
    /// Remove all that the register knows of a person, for good; counts stay
    #[command(after_help = "Example:\n  jejaring person erase person-0123456789ab --yes")]
    Erase {
        /// The key of the person
        key: String,

        /// That you mean it: what is removed does not come back
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Write the database anew, without what it keeps of removed rows: the last step of `erase`, to
    /// be done again
    #[command(after_help = "Example:\n  jejaring person purge")]
    Purge,
}

impl Person {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let db = Db::open(&config.db_options(), Accept::Current).await?;
        match &self.what {
            PersonVerb::Export { key } => {
                let row = find(&db, key).await?;
                writeln!(std::io::stdout(), "{:#}", export(db.reading(), &row).await?)?;
            }
            PersonVerb::Erase { key, .. } => {
                let row = find(&db, key).await?;
                let alike = called_alike(db.reading(), &row).await?;
                write(&db, &Clock::system(), Actor::Operator, async |w| erase(w, &row).await)
                    .await?;
                let mut out = std::io::stdout();
                writeln!(out, "what was known of {} is removed", row.id)?;
                for record in alike {
                    writeln!(out, "not removed, though called alike: {record}")?;
                }
                out.flush()?;
                purge(&config.db_options()).await.map_err(|error| {
                    format!(
                        "traces of it are left in the database: {error}; `jejaring person \
                         purge` tries again"
                    )
                })?;
            }
            PersonVerb::Purge => purge(&config.db_options()).await?,
        }
        db.close().await?;
        Ok(())
    }
}

async fn find(db: &Db, key: &str) -> Result<person::Model, Failure> {
    let row = person::Entity::find().filter(person::Column::Key.eq(key)).one(db.reading()).await?;
    Ok(row.ok_or("there is no person with this key")?)
}
