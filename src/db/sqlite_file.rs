//! The files of a SQLite register, looked at from outside: whether they are still those that were
//! opened, and whether something of them is missing. SQLite itself notices none of this while it
//! runs.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use super::wal::{self, CommittedPages, Salts};

/// What to do about a damaged file. Copied over it, a backup could not be told from the file to
/// which the log belongs.
pub(super) const RESTORE: &str = "move a backup into its place (do not copy it over the file)";

/// More than an ordinary write adds to the log.
const PROBE_BYTES: usize = 1 << 20;

/// The database file with the two files that SQLite keeps beside it.
pub(super) struct SqliteFile {
    paths: Paths,
    opened: Opened,
    seen: Mutex<Sizes>,
}

/// Where the files are.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    /// The database file as it was named; symbolic links are followed at each look.
    pub(super) database: PathBuf,
    /// The write-ahead log, beside the file that the name leads to.
    pub(super) log: PathBuf,
    /// The index of the log, which all processes share.
    index: PathBuf,
    /// To which database file the log belongs.
    owner: PathBuf,
}

/// Which files were opened.
struct Opened {
    database: FileIdentity,
    /// None where the database may not be written, and so has neither log nor index.
    log: Option<(FileIdentity, File)>,
    index: Option<FileIdentity>,
}

/// The sizes at the last look.
#[derive(Clone, Copy, Default)]
struct Sizes {
    database: u64,
    log: u64,
    log_salts: Option<Salts>,
}

/// What a look at the files tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// They are those that were opened, and no shorter than before.
    Whole,
    /// The database file is shorter than before: truncated, or made smaller by SQLite.
    Shorter,
    /// The log is empty and was not before: truncated, or begun anew by SQLite.
    LogEmptied,
    /// What is written does not reach the files, for this reason.
    Lost(String),
}

/// By what a file is known, whatever its name. The moment at which it was made, where the file
/// system has that, tells a new file from a former one whose number it has been given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileIdentity {
    device: u64,
    inode: u64,
    made: u128,
}

impl FileIdentity {
    fn of_file(metadata: &Metadata) -> Self {
        let made = metadata.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        let made = made.map_or(0, |since| since.as_nanos());
        Self { device: metadata.dev(), inode: metadata.ino(), made }
    }
}

impl fmt::Display for FileIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.device, self.inode, self.made)
    }
}

impl FromStr for FileIdentity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, ':');
        let mut part = || parts.next().ok_or(());
        let (device, inode, made) = (part()?, part()?, part()?);
        let number = |text: &str| text.parse().map_err(|_| ());
        Ok(Self { device: number(device)?, inode: number(inode)?, made: made.parse().map_err(|_| ())? })
    }
}

/// The database files that this process has open.
fn open_files() -> MutexGuard<'static, Vec<FileIdentity>> {
    static OPEN: Mutex<Vec<FileIdentity>> = Mutex::new(Vec::new());
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Metadata of a file; nothing where there is none.
fn metadata(path: &Path) -> Result<Option<Metadata>, String> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be looked at: {error}", path.display())),
    }
}

impl Paths {
    /// The files of the database of this name. As SQLite does, the others are looked for beside the
    /// file that a symbolic link leads to.
    pub(super) fn new(database: &Path) -> Self {
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
    pub(super) fn all(&self) -> [&PathBuf; 4] {
        [&self.database, &self.log, &self.index, &self.owner]
    }

    /// Before SQLite opens the database: refuses one of which pages are missing, since SQLite would
    /// fill the gaps with zeros and take an empty file for a new database. A log that another
    /// database file has left is set aside; SQLite would apply it to this one.
    pub(super) fn prepare(&self) -> Result<(), String> {
        if self.has_foreign_log()? {
            self.set_log_aside()?;
        }
        // Others may be writing meanwhile: what is missing is missing at a second look, too.
        self.look_for_gaps().or_else(|_| self.look_for_gaps())?;
        self.refuse_overwritten()
    }

    fn look_for_gaps(&self) -> Result<(), String> {
        let (database, log) = (self.database.display(), self.log.display());
        let has_log = metadata(&self.log)?.is_some();
        match metadata(&self.database)? {
            None if has_log => Err(format!(
                "the database file {database} is missing, but its log {log} is there: put the file back, \
                 or move the log away as well"
            )),
            Some(file) if file.len() == 0 && has_log => Err(format!(
                "the database file {database} is damaged: it is empty, though its log {log} is there; \
                 {RESTORE}"
            )),
            Some(file) => {
                let committed = self.committed()?;
                self.complete(file.len(), committed.page_bytes, committed.database_pages, &committed)
            }
            None => Ok(()),
        }
    }

    /// Refuses a database file that was written after its log, and not from it: somebody has copied
    /// another one over it. SQLite would apply the log to that. Clocks may be wrong and the log may
    /// hold writes that were acknowledged, so it is not for the program to decide.
    fn refuse_overwritten(&self) -> Result<(), String> {
        let (Some(database), Some(log)) = (metadata(&self.database)?, metadata(&self.log)?) else { return Ok(()) };
        let written = |file: &Metadata| (file.mtime(), file.mtime_nsec());
        if written(&database) <= written(&log) || open_files().contains(&FileIdentity::of_file(&database)) {
            return Ok(());
        }
        let failed = |error| format!("{} cannot be compared with its log: {error}", self.database.display());
        if self.committed()?.database_pages == 0 || wal::shares_a_page(&self.log, &self.database).map_err(failed)? {
            return Ok(());
        }
        Err(format!(
            "the database file {} was written after its log {}, and not from it: if it is a copy that was put in place \
             of another file, move the log away; if not, restore a backup, and keep both files",
            self.database.display(),
            self.log.display()
        ))
    }

    fn committed(&self) -> Result<CommittedPages, String> {
        wal::committed_pages(&self.log).map_err(|error| format!("{} cannot be read: {error}", self.log.display()))
    }

    /// Whether each page of the database is either in the file or in the log.
    pub(super) fn all_pages(&self, page_bytes: u64, pages: u32) -> Result<(), String> {
        let look = || {
            let committed = self.committed()?;
            let Some(file) = metadata(&self.database)? else { return Err(gone(&self.database)) };
            self.complete(file.len(), page_bytes, pages, &committed)
        };
        look().or_else(|_| look())
    }

    fn complete(&self, bytes: u64, page_bytes: u64, pages: u32, committed: &CommittedPages) -> Result<(), String> {
        let whole = u32::try_from(bytes / page_bytes.max(1)).unwrap_or(u32::MAX);
        let missing = (whole.saturating_add(1)..=pages).filter(|page| !committed.logged.contains(page)).count();
        // A page that is cut is read from the log as well, or it is not read at all.
        let cut = !bytes.is_multiple_of(page_bytes.max(1)) && committed.database_pages == 0;
        if missing == 0 && !cut {
            return Ok(());
        }
        Err(format!(
            "the database file {} is damaged: it has {bytes} bytes where {pages} pages of {page_bytes} bytes are due, and \
             {missing} of them are missing; {RESTORE}",
            self.database.display()
        ))
    }

    /// Whether there is a log that is the database's own, as far as is known, and no page of the
    /// two is missing. Nothing is changed.
    pub(super) fn has_own_log(&self) -> Result<bool, String> {
        if metadata(&self.log)?.is_none() || self.has_foreign_log()? {
            return Ok(false);
        }
        self.look_for_gaps().or_else(|_| self.look_for_gaps())?;
        self.refuse_overwritten().map(|()| true)
    }

    /// Whether there is a log of which it is known that it was written for another database file
    /// than that which is here now.
    fn has_foreign_log(&self) -> Result<bool, String> {
        let (Some(database), Some(log)) = (metadata(&self.database)?, metadata(&self.log)?) else { return Ok(false) };
        let Ok(owner) = std::fs::read_to_string(&self.owner) else { return Ok(false) };
        let mut known = owner.split_whitespace().map(str::parse);
        let (Some(Ok(of_database)), Some(Ok(of_log))) = (known.next(), known.next()) else { return Ok(false) };
        Ok(FileIdentity::of_file(&log) == of_log && FileIdentity::of_file(&database) != of_database)
    }

    /// Gives a log another name, under which SQLite does not find it, and removes its index.
    pub(super) fn set_log_aside(&self) -> Result<(), String> {
        let Some(log) = metadata(&self.log)? else { return Ok(()) };
        let failed = |error: std::io::Error| {
            let log = self.log.display();
            format!(
                "{log} is the log of another database file than {}, and cannot be set aside: {error}",
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

fn gone(path: &Path) -> String {
    format!("{} is gone: it has been removed or renamed while the register was open", path.display())
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        let mut open = open_files();
        if let Some(at) = open.iter().position(|file| *file == self.opened.database) {
            open.swap_remove(at);
        }
    }
}

impl SqliteFile {
    /// The files as a connection has just opened them.
    pub(super) fn opened(paths: Paths) -> Result<Self, String> {
        let Some(database) = metadata(&paths.database)? else { return Err(gone(&paths.database)) };
        if database.nlink() > 1 {
            tracing::warn!(
                file = %paths.database.display(),
                "the database file has several names (hard links): it is damaged when it is opened under another one"
            );
        }
        let log = match metadata(&paths.log)? {
            None => None,
            Some(log) => {
                let file = File::open(&paths.log).map_err(|error| format!("{}: {error}", paths.log.display()))?;
                Some((FileIdentity::of_file(&log), file))
            }
        };
        let index = metadata(&paths.index)?.map(|index| FileIdentity::of_file(&index));
        let database = FileIdentity::of_file(&database);
        let opened = Opened { database, log, index };
        let file = Self { paths, opened, seen: Mutex::default() };
        open_files().push(database);
        file.note_owner();
        Ok(file)
    }

    /// Writes down to which database file the log belongs, for who opens the database next. Without
    /// it a log that is left behind is taken for the database's own, as SQLite does.
    fn note_owner(&self) {
        let Some((log, _)) = &self.opened.log else { return };
        let owner = format!("{} {log}\n", self.opened.database);
        if std::fs::read_to_string(&self.paths.owner).is_ok_and(|known| known == owner) {
            return;
        }
        if let Err(error) = std::fs::write(&self.paths.owner, owner) {
            tracing::warn!(%error, file = %self.paths.owner.display(), "the owner of the log could not be noted");
        }
    }

    /// After the last connection was closed, and the log with it: nothing is left to note.
    pub(super) fn forget_owner(&self) {
        if !self.paths.log.exists() {
            // It may be gone already.
            let _ = std::fs::remove_file(&self.paths.owner);
        }
    }

    /// Where the files are.
    pub(super) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Looks at the files.
    pub(super) fn look(&self) -> Look {
        self.compare().unwrap_or_else(Look::Lost)
    }

    fn compare(&self) -> Result<Look, String> {
        let same = |path: &Path, opened: FileIdentity| match metadata(path)? {
            None => Err(gone(path)),
            Some(now) if FileIdentity::of_file(&now) != opened => {
                Err(format!("{} has been replaced by another file while the register was open", path.display()))
            }
            Some(now) => Ok(now.len()),
        };
        // Held while the sizes are taken: what another look sees later must not be compared with
        // what this one saw before.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = Sizes { database: same(&self.paths.database, self.opened.database)?, ..Sizes::default() };
        if let Some((identity, log)) = &self.opened.log {
            now.log = same(&self.paths.log, *identity)?;
            loop {
                let header = wal::header(log).map_err(|error| format!("{}: {error}", self.paths.log.display()))?;
                now.log_salts = wal::salts(&header);
                // A log that others empty or begin between the two looks is not one that was cut.
                let before = std::mem::replace(&mut now.log, same(&self.paths.log, *identity)?);
                if before == now.log {
                    break;
                }
            }
        }
        if let Some(index) = self.opened.index {
            same(&self.paths.index, index)?;
        }
        // SQLite begins a log anew with other salts, or empties it; it never shortens it otherwise.
        let is_cut = now.log_salts == seen.log_salts && now.log < seen.log;
        if now.log > 0 && (now.log_salts.is_none() || is_cut) {
            return Err(format!("{} has been truncated while the register was open", self.paths.log.display()));
        }
        if now.database == 0 && seen.database > 0 {
            return Err(format!("{} has been emptied while the register was open", self.paths.database.display()));
        }
        if now.database < seen.database {
            return Ok(Look::Shorter);
        }
        if now.log == 0 && seen.log > 0 {
            return Ok(Look::LogEmptied);
        }
        *seen = now;
        Ok(Look::Whole)
    }

    /// It has been found that nothing is missing of the shorter database file.
    pub(super) fn accept_database(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).database = 0;
    }

    /// It has been found that nothing is missing of the empty log.
    pub(super) fn accept_log(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).log = 0;
    }
}

/// Whether there is space beside the database for a write of the usual size. SQLite alone does not
/// tell: a small write may find room within the log where the next does not.
pub(super) fn find_space(database: &Path) -> std::io::Result<()> {
    let mut probe = database.as_os_str().to_owned();
    probe.push("-space-probe");
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(&[0xa5; PROBE_BYTES])?;
        file.sync_all()
    });
    match std::fs::remove_file(&probe) {
        Err(error) if written.is_ok() && error.kind() != ErrorKind::NotFound => Err(error),
        _ => written,
    }
}

#[cfg(test)]
mod tests;
