//! Data packages: a register, or a part of one, as files. `docs/DATA-PACKAGE.md` describes the
//! format.
//!
//! A package is checked as a whole before anything is written, in steps, each of which tells all
//! that is wrong and without which the next would tell nonsense: the files (encoding, header, cells
//! of a row), the values (types, vocabularies, keys, references, circles), and the rules of the
//! register. All rules run in one transaction; whatever is wrong undoes it.
//!
//! Records that are there as the package has them cost nothing but the query that finds them, so a
//! package that is loaded again changes nothing and tells nobody.

mod embedded;
mod export;
mod files;
mod keys;
mod problems;
mod read;
mod records;
mod row;
mod sets;
mod table;
mod tables;
#[cfg(test)]
mod tests;

use std::fmt;

use futures::FutureExt;
use futures::future::BoxFuture;

pub use embedded::{reference, reports};
pub use export::export;
pub use files::{FILE_LIMIT, PackageFiles};
pub use problems::{LISTED, Problem, Problems};
pub use read::CELL_LIMIT;
pub use table::TableCounts;

use self::keys::PackageKeys;
use self::read::Sheet;
use self::table::{Load, Table};
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{self, Changes, Db, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};

/// What a load did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LoadReport {
    /// What the package calls itself.
    pub package: String,
    /// Each table of the package, in the order in which it was written.
    pub tables: Vec<TableCounts>,
    /// Where the log stands.
    pub position: i64,
}

impl LoadReport {
    /// Whether the register differs from before.
    pub fn changed(&self) -> bool {
        self.tables.iter().any(TableCounts::any)
    }
}

/// Why nothing was loaded.
#[derive(Debug)]
pub enum LoadError {
    /// Something is wrong with the package.
    Problems(Problems),
    /// Something is wrong with the register.
    Write(WriteError),
}

impl From<Problems> for LoadError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(problems) => problems.fmt(f),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {}

/// Loads a package: all of it, or nothing. In a box: a future is compiled where it is driven, and
/// this is a large one.
pub fn load<'a>(
    db: &'a Db,
    clock: &'a Clock,
    actor: Actor,
    package: &'a PackageFiles,
) -> BoxFuture<'a, Result<LoadReport, LoadError>> {
    loaded(db, clock, actor, package).boxed()
}

async fn loaded(
    db: &Db,
    clock: &Clock,
    actor: Actor,
    package: &PackageFiles,
) -> Result<LoadReport, LoadError> {
    let mut load = Load::default();
    let mut tables = sheets(package, &mut load.problems);
    if !load.problems.is_empty() {
        return Err(load.problems.into());
    }
    let loading = &mut load;
    let written =
        db::write(db, clock, actor, async move |w: &mut Write| run(w, &mut tables, loading).await)
            .await;
    match written {
        Ok(written) => Ok(LoadReport {
            package: package.name.clone(),
            tables: load.tables,
            position: written.cursor.position,
        }),
        Err(_) if !load.problems.is_empty() => Err(load.problems.into()),
        Err(error) => Err(LoadError::Write(error)),
    }
}

/// Finds the table that each file is to be, and reads its cells.
fn sheets(package: &PackageFiles, problems: &mut Problems) -> Vec<(Box<dyn Table>, Sheet)> {
    let mut loading = Vec::new();
    for table in tables::all() {
        let name = table.name();
        let mut resources = package.resources.iter().filter(|resource| resource.table == name);
        if let Some(resource) = resources.next()
            && let Some(sheet) = read::read(resource, table.columns(), problems)
        {
            loading.push((table, sheet));
        }
        for second in resources {
            let message = format!("is the second file for the table {}", second.table);
            problems.push(Problem::of_file(&second.file, message));
        }
    }
    let known: Vec<&'static str> = tables::all().iter().map(|table| table.name()).collect();
    for resource in
        package.resources.iter().filter(|resource| !known.contains(&resource.table.as_str()))
    {
        let message = format!("is no table of this format: it has {}", known.join(", "));
        problems.push(Problem::of_file(&resource.file, message).with(&resource.table, false));
    }
    loading
}

/// Tables whose rows are all public. The event of a load counts the rows of no other: there may be
/// drafts and participants among them.
const PUBLIC_TABLES: [&str; 14] = [
    "countries",
    "country_names",
    "regional_groups",
    "memberships",
    "institutions",
    "institution_names",
    "institution_identifiers",
    "programmes",
    "programme_topics",
    "topics",
    "venues",
    "sources",
    "source_relations",
    "indicators",
];

/// Checks and writes, in a transaction. Any problem ends it.
async fn run(
    w: &mut Write,
    tables: &mut [(Box<dyn Table>, Sheet)],
    load: &mut Load,
) -> Result<(), WriteError> {
    w.lock_register().await?;
    let keys = PackageKeys::collect(w, tables, &mut load.problems).await?;
    for (table, sheet) in &mut *tables {
        table.read(sheet, &keys, &mut load.problems);
    }
    stop_at_problems(load)?;
    for (table, _) in &mut *tables {
        table.write(w, load).await?;
    }
    stop_at_problems(load)?;
    // What the claims say must be reconciled before what has to agree with it is checked.
    crate::provenance::reconcile(w).await?;
    for (table, _) in &mut *tables {
        table.check(w, load).await?;
    }
    stop_at_problems(load)?;
    let changed: Changes = load
        .tables
        .iter()
        .filter(|counts| counts.any() && PUBLIC_TABLES.contains(&counts.table))
        .map(|counts| {
            let TableCounts { added, changed, removed, .. } = counts;
            let count =
                serde_json::json!({ "added": added, "changed": changed, "removed": removed });
            (counts.table.to_owned(), count)
        })
        .collect();
    if load.tables.iter().any(TableCounts::any) {
        w.record(Event::general(EventKind::RegisterLoaded).changing(changed));
    }
    Ok(())
}

fn stop_at_problems(load: &Load) -> Result<(), WriteError> {
    if load.problems.is_empty() {
        Ok(())
    } else {
        Err(WriteError::Contract("the package has problems"))
    }
}
