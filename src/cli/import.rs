//! `jejaring import`

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use entity::vocabulary::{ImportRowState, ImportState, ImportTable, Vocabulary};
use entity::{import, import_row};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Failure;
use crate::access::Actor;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db, exclusively, migrate, write};
use crate::error::WriteError;
use crate::exchange::import::{
    DayOrder, MappedColumn, Remark, Saved, Upload, apply, clear, discard, fields, map, receive,
};

#[derive(Args)]
#[command(
    after_help = "Example:\n  jejaring import delegations.csv --as delegations\n  jejaring import delegations.xlsx --as delegations \
                        --map \"Asal=country\" --dates day-first --save-as kemenperin --apply\n  jejaring import --waiting import-0123456789ab --apply\n\n\
                        Without --apply nothing is changed: it is shown what would be. docs/IMPORT.md says which tables there are, and\n\
                        what their columns may be called."
)]
pub(super) struct Import {
    /// The file: CSV (UTF-8, UTF-16 or Windows-1252) or XLSX
    #[arg(required_unless_present = "waiting")]
    file: Option<PathBuf>,

    /// What its rows are to become: delegations, participants, workshops, batches, institutions, memberships, programmes
    #[arg(long = "as", value_name = "TABLE", required_unless_present = "waiting")]
    table: Option<String>,

    /// Go on with a file that was read before, by its key
    #[arg(long, value_name = "KEY", conflicts_with_all = ["file", "table"])]
    waiting: Option<String>,

    /// The key of the institution for which it is imported
    #[arg(long = "for", value_name = "KEY")]
    institution: Option<String>,

    /// What a column is, where the guess is wrong: "Heading=field"; "Heading=" leaves it out
    #[arg(long = "map", value_name = "HEADING=FIELD")]
    columns: Vec<String>,

    /// Begin with a mapping that was saved
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,

    /// Save what the columns are under a name
    #[arg(long, value_name = "NAME")]
    save_as: Option<String>,

    /// Which comes first in 3/4/2024: day-first or month-first; unless given, such a day is ambiguous
    #[arg(long, value_name = "ORDER")]
    dates: Option<String>,

    /// Do it: all of it, or nothing
    #[arg(long, conflicts_with = "discard")]
    apply: bool,

    /// Leave out rows that are refused or ambiguous
    #[arg(long, requires = "apply")]
    leave_out: bool,

    /// Throw away what was read
    #[arg(long)]
    discard: bool,

    /// Write what is said of each row into a file (CSV)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// What would change as one JSON object
    #[arg(long)]
    json: bool,
}

/// How many rows are shown one by one.
const SHOWN: u64 = 50;

impl Import {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let (db, clock) = (Db::open(&config.db_options(), Accept::Older).await?, Clock::system());
        exclusively(&db, async || migrate(&db).await).await?;
        let order = self.dates.as_deref().map(order).transpose()?;
        let columns = self.columns.iter().map(|said| column(said)).collect::<Result<Vec<_>, Failure>>()?;
        let row = match &self.waiting {
            Some(key) => {
                let found = import::Entity::find().filter(import::Column::Key.eq(key)).one(db.reading()).await?;
                let row = found.ok_or_else(|| format!("there is no import {key:?}"))?;
                match columns.is_empty() && order.is_none() {
                    true => row,
                    false => self.map(&db, &clock, &row, Saved { columns, order, save_as: None }).await?,
                }
            }
            None => self.read(&db, &clock, columns, order).await?,
        };
        let row = match &self.save_as {
            Some(name) => {
                let said = Saved { save_as: Some(name.clone()), ..Saved::default() };
                self.map(&db, &clock, &row, said).await?
            }
            None => row,
        };
        if self.discard {
            write(&db, &clock, Actor::Operator, async |w| discard(w, &row).await).await?;
            clear(&db).await?;
            writeln!(std::io::stdout(), "{} is thrown away", row.key)?;
            return Ok(db.close().await?);
        }
        let row = if self.apply { self.apply(&db, &clock, &row).await? } else { row };
        if let Some(report) = &self.report {
            write_report(&db, &row, report).await?;
        }
        self.show(&db, &row).await?;
        Ok(db.close().await?)
    }

    async fn read(
        &self,
        db: &Db,
        clock: &Clock,
        columns: Vec<(String, Option<String>)>,
        order: Option<DayOrder>,
    ) -> Result<import::Model, Failure> {
        let (Some(path), Some(table)) = (&self.file, &self.table) else { return Err("which file?".into()) };
        let table = ImportTable::parse(&table.to_uppercase().replace('-', "_"))?;
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let upload = Upload {
            table,
            file_name: name,
            institution: self.institution.clone(),
            mapping: self.mapping.clone(),
            columns,
            order,
        };
        let bar = Bar::new("read");
        let row = receive(db, clock, &Actor::Operator, upload, file, |_, rows| bar.tell(rows, None)).await;
        bar.end();
        Ok(row.map_err(|error| format!("{}: {error}", path.display()))?)
    }

    async fn map(&self, db: &Db, clock: &Clock, row: &import::Model, said: Saved) -> Result<import::Model, Failure> {
        let mapped = write(db, clock, Actor::Operator, async |w| map(w, &Actor::Operator, row, &said).await).await?;
        Ok(mapped.value.row)
    }

    async fn apply(&self, db: &Db, clock: &Clock, row: &import::Model) -> Result<import::Model, Failure> {
        let bar = Bar::new("applied");
        let all = [row.new_rows, row.changed_rows, row.unchanged_rows]
            .into_iter()
            .map(|rows| u64::try_from(rows).unwrap_or(0));
        let all = all.sum();
        let told = |rows| bar.tell(rows, Some(all));
        let applying = async |w: &mut crate::db::Write| apply(w, &Actor::Operator, row, self.leave_out, told).await;
        let applied = write(db, clock, Actor::Operator, applying).await;
        bar.end();
        match applied {
            Ok(written) => Ok(written.value.row),
            Err(error) => {
                self.show(db, row).await?;
                let why = match error {
                    WriteError::Refused(refusal) => refusal.message,
                    other => other.to_string(),
                };
                Err(format!("nothing is changed: {why}").into())
            }
        }
    }

    async fn show(&self, db: &Db, row: &import::Model) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        let columns: Vec<MappedColumn> = serde_json::from_value(row.columns.clone()).unwrap_or_default();
        if self.json {
            let shown = serde_json::json!({
                "key": row.key, "table": row.into_table, "state": row.state, "written": row.written, "columns": columns,
                "new": row.new_rows, "changed": row.changed_rows, "unchanged": row.unchanged_rows,
                "refused": row.refused_rows, "ambiguous": row.ambiguous_rows,
            });
            writeln!(out, "{shown}")?;
            return Ok(());
        }
        writeln!(out, "{} ({}) as {}", row.file_name, row.written, row.into_table.to_string().to_lowercase())?;
        let widest = columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
        for column in &columns {
            let field = column.field.as_deref().unwrap_or("– left out");
            writeln!(out, "  {:widest$}  {field}", column.name)?;
        }
        let missing = fields(row.into_table)
            .iter()
            .filter(|field| !columns.iter().any(|column| column.field.as_deref() == Some(field.name)));
        let missing: Vec<&str> = missing.map(|field| field.name).collect();
        if !missing.is_empty() {
            writeln!(out, "  no column is {}", missing.join(", "))?;
        }
        let import::Model { new_rows, changed_rows, unchanged_rows, refused_rows, ambiguous_rows, .. } = row;
        writeln!(
            out,
            "{new_rows} new, {changed_rows} changed, {unchanged_rows} unchanged, {refused_rows} refused, {ambiguous_rows} ambiguous"
        )?;
        let remarked = rows(db, row, 0, [ImportRowState::Refused, ImportRowState::Ambiguous], SHOWN).await?;
        for row in &remarked {
            let remarks: Vec<Remark> = serde_json::from_value(row.remarks.clone()).unwrap_or_default();
            for remark in remarks {
                writeln!(out, "  line {}, {}: {remark}", row.line, row.state.to_string().to_lowercase())?;
            }
        }
        let rest = i64::from(refused_rows + ambiguous_rows) - i64::try_from(remarked.len()).unwrap_or(i64::MAX);
        if rest > 0 {
            writeln!(out, "  … and {rest} more rows: --report writes all of them into a file")?;
        }
        match row.state {
            ImportState::Applied => writeln!(out, "{} is applied", row.key)?,
            _ => writeln!(out, "nothing is changed yet: `jejaring import --waiting {} --apply` does it", row.key)?,
        }
        Ok(())
    }
}

/// Rows of some states behind a line.
async fn rows(
    db: &Db,
    row: &import::Model,
    behind: i32,
    states: impl IntoIterator<Item = ImportRowState>,
    most: u64,
) -> Result<Vec<import_row::Model>, Failure> {
    let select = import_row::Entity::find()
        .filter(import_row::Column::ImportId.eq(row.id))
        .filter(import_row::Column::Line.gt(behind))
        .filter(import_row::Column::State.is_in(states))
        .order_by_asc(import_row::Column::Line)
        .limit(most);
    Ok(select.all(db.reading()).await?)
}

async fn write_report(db: &Db, row: &import::Model, path: &Path) -> Result<(), Failure> {
    use sea_orm::Iterable;
    let mut report = csv::Writer::from_path(path).map_err(|error| format!("{}: {error}", path.display()))?;
    report.write_record(["line", "state", "about", "reasons"])?;
    let mut behind = 0;
    loop {
        let page = rows(db, row, behind, ImportRowState::iter(), 1000).await?;
        let Some(last) = page.last() else { break };
        behind = last.line;
        for row in page {
            let remarks: Vec<Remark> = serde_json::from_value(row.remarks).unwrap_or_default();
            let reasons: Vec<String> = remarks.iter().map(Remark::to_string).collect();
            let about = row.about.unwrap_or_default();
            let state = row.state.to_string();
            report.write_record([
                &row.line.to_string(),
                &state,
                &about,
                &crate::exchange::table::harmless(reasons.join("; ")),
            ])?;
        }
    }
    report.flush()?;
    Ok(())
}

fn order(said: &str) -> Result<DayOrder, Failure> {
    match said {
        "day-first" => Ok(DayOrder::DayFirst),
        "month-first" => Ok(DayOrder::MonthFirst),
        other => Err(format!("--dates takes day-first or month-first, not {other:?}").into()),
    }
}

fn column(said: &str) -> Result<(String, Option<String>), Failure> {
    let (heading, field) =
        said.rsplit_once('=').ok_or_else(|| format!("--map takes \"Heading=field\", not {said:?}"))?;
    Ok((heading.to_owned(), Some(field.trim().to_owned()).filter(|field| !field.is_empty())))
}

/// A line that tells on a terminal how far it is; nothing where nobody looks.
struct Bar {
    what: &'static str,
    seen: bool,
}

impl Bar {
    fn new(what: &'static str) -> Self {
        Self { what, seen: std::io::stderr().is_terminal() }
    }

    fn tell(&self, rows: u64, of: Option<u64>) {
        if !self.seen {
            return;
        }
        let mut out = std::io::stderr();
        let _ = match of.filter(|of| *of > 0) {
            Some(of) => {
                let done = usize::try_from(rows.min(of) * 40 / of).unwrap_or(40);
                write!(out, "\r[{}{}] {rows} of {of} rows {}", "#".repeat(done), " ".repeat(40 - done), self.what)
            }
            None => write!(out, "\r{rows} rows {}", self.what),
        };
        let _ = out.flush();
    }

    fn end(&self) {
        if self.seen {
            let _ = writeln!(std::io::stderr());
        }
    }
}
