//! `jejaring export`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::access::{Actor, Visible};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db};
use crate::exchange::iati::activities;
use crate::exchange::package::export;

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring export register-2026-11-22 --database-url \
                        sqlite:///var/lib/jejaring/register.sqlite\n  \
                        jejaring export activities.xml --iati --reporting-org ditjen-ikm \
                        --reporting-ref ID-KEM-1\n\n\
                        `jejaring load` makes a register of the folder again, on either database. \
                        docs/DATA-PACKAGE.md says what\n\
                        is in it and what is not.")]
pub(super) struct Export {
    /// The folder to write, which is not there or empty; with --iati the file, which is not there
    out: PathBuf,

    /// Only what anybody may see: no drafts, nobody who merely took part
    #[arg(long)]
    public: bool,

    /// The rows of each table as one JSON object
    #[arg(long)]
    json: bool,

    /// The public batches as activities of IATI 2.03, instead of a data package
    #[arg(long, requires = "reporting_org", conflicts_with_all = ["public", "json"])]
    iati: bool,

    /// The key of the institution that reports the activities
    #[arg(long, value_name = "KEY", requires = "iati")]
    reporting_org: Option<String>,

    /// Its identifier, where it is not the one that the register has in the scheme IATI
    #[arg(long, value_name = "REF", requires = "iati")]
    reporting_ref: Option<String>,
}

impl Export {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let db = Db::open(&config.db_options(), Accept::Current).await?;
        match &self.reporting_org {
            Some(reporting) => self.activities(&db, reporting).await?,
            None => self.package(&db).await?,
        }
        db.close().await?;
        Ok(())
    }

    async fn package(&self, db: &Db) -> Result<(), Failure> {
        let actor = if self.public { Actor::Anonymous } else { Actor::Operator };
        let package = export(db, &Visible::to(actor)).await?;
        package.write_to(&self.out).map_err(|error| format!("{}: {error}", self.out.display()))?;
        let rows = package.rows();
        let mut out = std::io::stdout();
        if self.json {
            let rows: serde_json::Map<String, serde_json::Value> =
                rows.into_iter().map(|(table, rows)| (table.to_owned(), rows.into())).collect();
            writeln!(out, "{}", serde_json::Value::from(rows))?;
        } else {
            let all: usize = rows.iter().map(|table| table.1).sum();
            writeln!(
                out,
                "{} has the register: {all} rows in {} tables",
                self.out.display(),
                rows.len()
            )?;
        }
        Ok(())
    }

    async fn activities(&self, db: &Db, reporting: &str) -> Result<(), Failure> {
        let made =
            activities(db, &Clock::system(), reporting, self.reporting_ref.as_deref()).await?;
        let file = std::fs::File::create_new(&self.out);
        let written = file.and_then(|mut file| file.write_all(made.xml.as_bytes()));
        written.map_err(|error| format!("{}: {error}", self.out.display()))?;
        let (out, all, left) = (self.out.display(), made.written, made.left_out);
        writeln!(
            std::io::stdout(),
            "{out} has {all} activities; {left} batches without a date are left out"
        )?;
        Ok(())
    }
}
