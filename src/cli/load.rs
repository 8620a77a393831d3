//! `jejaring load`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, tell_if_new};
use crate::access::Actor;
use crate::app::prepare;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, exclusively};
use crate::exchange::package::{LoadReport, PackageFiles, load};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring load data/reports --database-url \
                        sqlite:///var/lib/jejaring/register.sqlite\n\n\
                        The format is described in docs/DATA-PACKAGE.md.")]
pub(super) struct Load {
    /// The folder of the package, with its datapackage.json
    folder: PathBuf,

    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

impl Load {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let package = PackageFiles::from_dir(&self.folder)?;
        tell_if_new(config).await?;
        let (db, clock) = (Db::connect(&config.db_options()).await?, Clock::system());
        let load_all = async || -> Result<LoadReport, Failure> {
            prepare(&db, &clock).await?;
            Ok(load(&db, &clock, Actor::Operator, &package).await?)
        };
        let report = exclusively(&db, load_all).await?;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            return Ok(db.close().await?);
        }
        for table in report.tables.iter().filter(|table| table.void > 0) {
            writeln!(out, "{}: {} are void, and were left so", table.table, table.void)?;
        }
        if report.changed() {
            for table in report.tables.iter().filter(|table| table.any()) {
                writeln!(
                    out,
                    "{}: {} added, {} changed, {} removed",
                    table.table, table.added, table.changed, table.removed
                )?;
            }
            writeln!(out, "{} is loaded; the log stands at {}", report.package, report.position)?;
        } else {
            writeln!(out, "{} was loaded before; nothing changed", report.package)?;
        }
        db.close().await?;
        Ok(())
    }
}
