//! `jejaring import`

mod bar;
mod said;
mod show;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use entity::import;

use self::bar::Bar;
use super::{Failure, tell_if_new};
use crate::access::Actor;
use crate::app::prepare;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db, Write, exclusively, write};
use crate::error::WriteError;
use crate::exchange::import::{
    Decision, Saved, Upload, apply, clear, decide_all, discard, map, receive, table_named, with_key,
};
use crate::phrase::{Phrase, say};

#[derive(Args)]
#[command(
    after_help = "Example:\n  jejaring import delegations.csv --as delegations\n  jejaring import \
                  delegations.xlsx --as delegations --map \"Asal=country\" --dates day-first \
                  --save-as kemenperin --apply\n  jejaring import agenda.ics --as batches \
                  --set programme=batik\n  jejaring import --waiting import-0123456789ab \
                  --same \"Timor Lorosae=TL\" --apply\n\n\
                  Without --apply nothing is changed: it is shown what would be. \
                  docs/IMPORT.md says which tables there are, and\n\
                  what their columns may be called."
)]
pub(super) struct Import {
    /// The file: CSV (UTF-8, UTF-16 or Windows-1252) or XLSX
    #[arg(required_unless_present = "waiting")]
    file: Option<PathBuf>,

    /// What its rows are to become: delegations, participants, workshops, batches, institutions,
    /// memberships, programmes
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

    /// What a field is in all rows, where no column says so: "field=value"; "field=" takes that
    /// back
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,

    /// Whose a printed name is: "Name=CODE", the code of a country or the key of an institution
    #[arg(long, value_name = "NAME=CODE")]
    same: Vec<String>,

    /// Whose a printed name is not
    #[arg(long, value_name = "NAME=CODE")]
    not: Vec<String>,

    /// Begin with a mapping that was saved
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,

    /// Save what the columns are under a name
    #[arg(long, value_name = "NAME")]
    save_as: Option<String>,

    /// Which comes first in 3/4/2024: day-first or month-first; unless given, such a day is
    /// ambiguous
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

    /// In which language it is told what came of the file, and what is wrong with rows: en or id
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = ["en", "id"])]
    language: String,
}

impl Import {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let said = Saved {
            columns: self
                .translated(self.columns.iter().map(|said| said::column(said)).collect())?,
            set: self.translated(self.set.iter().map(|said| said::value(said)).collect())?,
            order: self.translated(self.dates.as_deref().map(said::order).transpose())?,
            save_as: None,
        };
        let file = self.file.as_ref().map(|path| self.open(path, &said)).transpose()?;
        let (options, clock) = (config.db_options(), Clock::system());
        let db = match &file {
            // A register is made for a file; what waits is in one that is there.
            Some(_) => {
                tell_if_new(config).await?;
                Db::connect(&options).await?
            }
            None => Db::open(&options, Accept::Older).await?,
        };
        exclusively(&db, async || prepare(&db, &clock).await).await?;
        let names = self.translated(said::names(&db, &self.same, &self.not).await?)?;
        let (row, said) = match file {
            Some((file, upload)) => (self.read(&db, &clock, file, upload).await?, Saved::default()),
            None => (self.waiting(&db).await?, said),
        };
        let said = Saved { save_as: self.save_as.clone(), ..said };
        let row = self.correct(&db, &clock, row, said, &names).await?;
        if self.discard {
            write(&db, &clock, Actor::Operator, async |w| discard(w, &row).await).await?;
            clear(&db).await?;
            let thrown = say!("{key} is thrown away", key = row.key);
            writeln!(std::io::stdout(), "{}", thrown.translate(&self.language))?;
            return Ok(db.close().await?);
        }
        let (row, refused) = match self.apply {
            true => match self.apply(&db, &clock, &row).await {
                Ok(row) => (row, None),
                Err(why) => (row, Some(why)),
            },
            false => (row, None),
        };
        if let Some(report) = &self.report {
            show::report(&db, &row, report, &self.language).await?;
        }
        self.show(&db, &row).await?;
        db.close().await?;
        refused.map_or(Ok(()), Err)
    }

    /// What is refused, in the language that was asked for.
    fn translated<T>(&self, said: Result<T, Phrase>) -> Result<T, Failure> {
        said.map_err(|message| message.translate(&self.language).into())
    }

    /// The file, and what is to become of it.
    fn open(&self, path: &Path, said: &Saved) -> Result<(File, Upload), Failure> {
        let table = self.translated(self.table.as_deref().ok_or_else(|| say!("which table?")))?;
        let table = self.translated(table_named(&table.replace('-', "_")))?;
        let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let upload = Upload {
            table,
            file_name: path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            institution: self.institution.clone(),
            mapping: self.mapping.clone(),
            columns: said.columns.clone(),
            set: said.set.clone(),
            order: said.order,
        };
        Ok((file, upload))
    }

    async fn read(
        &self,
        db: &Db,
        clock: &Clock,
        file: File,
        upload: Upload,
    ) -> Result<import::Model, Failure> {
        let (bar, name) = (Bar::new(&self.language), upload.file_name.clone());
        let row =
            receive(db, clock, &Actor::Operator, upload, file, |_, rows| bar.draw(rows, None))
                .await;
        bar.end();
        Ok(row.map_err(|error| format!("{name}: {}", error.translate(&self.language)))?)
    }

    async fn waiting(&self, db: &Db) -> Result<import::Model, Failure> {
        let key = self.waiting.as_deref().unwrap_or_default();
        let found = with_key(db, key).await?;
        self.translated(found.ok_or_else(|| say!("there is no import \"{key}\"", key)))
    }

    /// Says what columns are, and whose names; the rows are planned again for either, if anything
    /// is said.
    async fn correct(
        &self,
        db: &Db,
        clock: &Clock,
        mut row: import::Model,
        said: Saved,
        names: &[Decision],
    ) -> Result<import::Model, Failure> {
        let says = !said.columns.is_empty()
            || !said.set.is_empty()
            || said.order.is_some()
            || said.save_as.is_some();
        if says {
            let mapped = write(db, clock, Actor::Operator, async |w| {
                map(w, &Actor::Operator, &row, &said).await
            });
            row = self.translated(mapped.await.map_err(in_words))?.value.row;
        }
        if !names.is_empty() {
            let decided = write(db, clock, Actor::Operator, async |w| {
                decide_all(w, &Actor::Operator, &row, names).await
            });
            row = self.translated(decided.await.map_err(in_words))?.value.row;
        }
        Ok(row)
    }

    async fn apply(
        &self,
        db: &Db,
        clock: &Clock,
        row: &import::Model,
    ) -> Result<import::Model, Failure> {
        let bar = Bar::new(&self.language);
        let all = [row.new_rows, row.changed_rows, row.unchanged_rows]
            .into_iter()
            .map(|rows| u64::try_from(rows).unwrap_or(0));
        let all = all.sum();
        let on_progress = |rows| bar.draw(rows, Some(all));
        let applying = async |w: &mut Write| {
            // As it stands now: a server may be about to do the same.
            let now = w.locked::<import::Entity>(row.id).await?;
            apply(w, &Actor::Operator, now.as_ref().unwrap_or(row), self.leave_out, on_progress)
                .await
        };
        let applied = write(db, clock, Actor::Operator, applying).await;
        bar.end();
        let refused = |error| say!("nothing is changed: {why}", why = in_words(error));
        Ok(self.translated(applied.map_err(refused))?.value.row)
    }
}

/// What was refused, for whoever typed it.
fn in_words(error: WriteError) -> Phrase {
    match error {
        WriteError::Refused(refusal) => refusal.message,
        other => Phrase::verbatim(other),
    }
}
