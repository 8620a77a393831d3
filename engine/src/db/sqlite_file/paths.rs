//! Where the files of a database are, and what can be said of them before SQLite opens them.

use std::fs::{File, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{FileIdentity, gone, metadata, open_files};
use crate::db::wal::{self, CommittedPages};

/// What to do about a damaged file. Copied over it, a backup could not be told from the file to
/// which the log belongs.
pub(in crate::db) const RESTORE: &str =
    "move a backup into its place (do not copy it over the file)";

/// How often files are looked at that change at each look. Each time takes a round of the log, that
/// is hundreds of pages written, and the next round within the next look.
const LOOKS: usize = 20;

/// Where the files are.
#[derive(Clone, Debug)]
pub(in crate::db) struct Paths {
    /// The database file as it was named; symbolic links are followed at each look.
    pub(in crate::db) database: PathBuf,
    /// The write-ahead log, beside the file that the name leads to.
    pub(in crate::db) log: PathBuf,
    /// The index of the log, which all processes share.
    pub(super) index: PathBuf,
    /// To which database file the log belongs.
    pub(super) owner: PathBuf,
}

impl Paths {
    /// The files of the database of this name. As SQLite does, the others are looked for beside the
    /// file that a symbolic link leads to.
    pub(in crate::db) fn new(database: &Path) -> Self {
        let real = std::fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
        let beside = |ending: &str| {
            let mut name = real.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        let (log, index, owner) = (beside("-wal"), beside("-shm"), beside("-wal-owner"));
        Self { database: database.to_owned(), log, index, owner }
    }

    /// All of them.
    pub(in crate::db) fn all(&self) -> [&PathBuf; 4] {
        [&self.database, &self.log, &self.index, &self.owner]
    }

    /// Before SQLite opens the database: refuses one of which pages are missing, since SQLite would
    /// fill the gaps with zeros and take an empty file for a new database. A log that another
    /// database file has left is set aside; SQLite would apply it to this one.
    pub(in crate::db) fn prepare(&self) -> Result<(), String> {
        if self.has_foreign_log()? {
            self.set_log_aside()?;
        }
        self.at_rest(|| {
            self.look_for_gaps()?;
            self.refuse_overwritten()
        })
    }

    /// What is found wrong with the files counts only if they were the same before and after the
    /// look: another process may be writing its log into the database and begin it anew, between
    /// the look at the one and the look at the other.
    fn at_rest<T>(&self, look: impl Fn() -> Result<T, String>) -> Result<T, String> {
        for _ in 1..LOOKS {
            let before = self.state()?;
            match look() {
                Err(_) if self.state()? != before => {}
                settled => return settled,
            }
        }
        look()
    }

    /// What changes with each round of the log. Its time does not tell two writes within one tick
    /// of the clock apart; its salts do tell rounds.
    fn state(&self) -> Result<impl PartialEq, String> {
        let header = match File::open(&self.log) {
            Ok(log) => Some(wal::header(&log).map_err(|error| unreadable(&self.log, &error))?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(&self.log, &error)),
        };
        let file = |path| -> Result<_, String> {
            let file = metadata(path)?;
            Ok(file.map(|file| (FileIdentity::of_file(&file), file.len(), written(&file))))
        };
        Ok((file(&self.database)?, file(&self.log)?, header))
    }

    fn look_for_gaps(&self) -> Result<(), String> {
        let (database, log) = (self.database.display(), self.log.display());
        let has_log = metadata(&self.log)?.is_some();
        match metadata(&self.database)? {
            None if has_log => Err(format!(
                "the database file {database} is missing, but its log {log} is there: put the file \
                 back, or move the log away as well"
            )),
            Some(file) if file.len() == 0 && has_log => Err(format!(
                "the database file {database} is damaged: it is empty, though its log {log} is \
                 there; {RESTORE}"
            )),
            Some(file) => {
                let committed = self.committed()?;
                self.complete(
                    file.len(),
                    committed.page_bytes,
                    committed.database_pages,
                    &committed,
                )
            }
            None => Ok(()),
        }
    }

    /// Refuses a database file that was written after its log, and not from it: somebody has copied
    /// another one over it. SQLite would apply the log to that. Clocks may be wrong and the log may
    /// hold writes that were acknowledged, so it is not for the program to decide.
    fn refuse_overwritten(&self) -> Result<(), String> {
        let (Some(database), Some(log)) = (metadata(&self.database)?, metadata(&self.log)?) else {
            return Ok(());
        };
        if written(&database) <= written(&log)
            || open_files().contains(&FileIdentity::of_file(&database))
        {
            return Ok(());
        }
        let failed =
            |error| format!("{} cannot be compared with its log: {error}", self.database.display());
        if self.committed()?.database_pages == 0
            || wal::shares_a_page(&self.log, &self.database).map_err(failed)?
        {
            return Ok(());
        }
        Err(format!(
            "the database file {} was written after its log {}, and not from it: if it is a copy \
             that was put in place of another file, move the log away; if not, restore a backup, \
             and keep both files",
            self.database.display(),
            self.log.display()
        ))
    }

    fn committed(&self) -> Result<CommittedPages, String> {
        wal::committed_pages(&self.log).map_err(|error| unreadable(&self.log, &error))
    }

    /// Whether each page of the database is either in the file or in the log.
    pub(in crate::db) fn all_pages(&self, page_bytes: u64, pages: u32) -> Result<(), String> {
        self.at_rest(|| {
            let committed = self.committed()?;
            let Some(file) = metadata(&self.database)? else { return Err(gone(&self.database)) };
            self.complete(file.len(), page_bytes, pages, &committed)
        })
    }

    fn complete(
        &self,
        bytes: u64,
        page_bytes: u64,
        pages: u32,
        committed: &CommittedPages,
    ) -> Result<(), String> {
        let whole = u32::try_from(bytes / page_bytes.max(1)).unwrap_or(u32::MAX);
        let missing = (whole.saturating_add(1)..=pages)
            .filter(|page| !committed.logged.contains(page))
            .count();
        // A page that is cut is read from the log as well, or it is not read at all.
        let cut = !bytes.is_multiple_of(page_bytes.max(1)) && committed.database_pages == 0;
        if missing == 0 && !cut {
            return Ok(());
        }
        Err(format!(
            "the database file {} is damaged: it has {bytes} bytes where {pages} pages of \
             {page_bytes} bytes are due, and {missing} of them are missing; {RESTORE}",
            self.database.display()
        ))
    }

    /// Whether there is a log that is the database's own, as far as is known, and no page of the
    /// two is missing. Nothing is changed.
    pub(in crate::db) fn has_own_log(&self) -> Result<bool, String> {
        if metadata(&self.log)?.is_none() || self.has_foreign_log()? {
            return Ok(false);
        }
        self.at_rest(|| {
            self.look_for_gaps()?;
            self.refuse_overwritten()
        })?;
        Ok(true)
    }

    /// Whether there is a log of which it is known that it was written for another database file
    /// than that which is here now.
    fn has_foreign_log(&self) -> Result<bool, String> {
        let (Some(database), Some(log)) = (metadata(&self.database)?, metadata(&self.log)?) else {
            return Ok(false);
        };
        let Ok(owner) = std::fs::read_to_string(&self.owner) else { return Ok(false) };
        let mut known = owner.split_whitespace().map(str::parse);
        let (Some(Ok(of_database)), Some(Ok(of_log))) = (known.next(), known.next()) else {
            return Ok(false);
        };
        Ok(FileIdentity::of_file(&log) == of_log && FileIdentity::of_file(&database) != of_database)
    }

    /// Gives a log another name, under which SQLite does not find it, and removes its index.
    pub(in crate::db) fn set_log_aside(&self) -> Result<(), String> {
        let Some(log) = metadata(&self.log)? else { return Ok(()) };
        let failed = |error: std::io::Error| {
            let log = self.log.display();
            format!(
                "{log} is the log of another database file than {}, and cannot be set aside: \
                 {error}",
                self.database.display()
            )
        };
        let mut name = self.log.clone().into_os_string();
        name.push(format!("-of-another-file-{}", log.ino()));
        match std::fs::remove_file(&self.index) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        std::fs::rename(&self.log, &name).map_err(failed)?;
        let now = PathBuf::from(name);
        tracing::warn!(
            database = %self.database.display(), log = %now.display(),
            "the log beside the database was written for another file, and has been set aside"
        );
        Ok(())
    }
}

/// When a file was last written.
fn written(file: &Metadata) -> (i64, i64) {
    (file.mtime(), file.mtime_nsec())
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}
