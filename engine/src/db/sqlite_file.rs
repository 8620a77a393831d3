//! The files of a SQLite register, looked at from outside: whether they are still those that were
//! opened, and whether something of them is missing. SQLite itself notices none of this while it
//! runs.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use super::wal::{self, Salts};

mod paths;

pub(super) use paths::{Paths, RESTORE};

/// More than an ordinary write adds to the log.
const PROBE_BYTES: usize = 1 << 20;

/// The database file with the two files that SQLite keeps beside it.
pub(super) struct SqliteFile {
    paths: Paths,
    opened: Opened,
    seen: Mutex<Sizes>,
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
        Ok(Self {
            device: number(device)?,
            inode: number(inode)?,
            made: made.parse().map_err(|_| ())?,
        })
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

fn gone(path: &Path) -> String {
    format!(
        "{} is gone: it has been removed or renamed while the register was open",
        path.display()
    )
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
                "the database file has several names (hard links): it is damaged when it is opened \
                 under another one"
            );
        }
        let log = match metadata(&paths.log)? {
            None => None,
            Some(log) => {
                let file = File::open(&paths.log)
                    .map_err(|error| format!("{}: {error}", paths.log.display()))?;
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
            tracing::warn!(
                %error,
                file = %self.paths.owner.display(),
                "the owner of the log could not be noted"
            );
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
            Some(now) if FileIdentity::of_file(&now) != opened => Err(format!(
                "{} has been replaced by another file while the register was open",
                path.display()
            )),
            Some(now) => Ok(now.len()),
        };
        // Held while the sizes are taken: what another look sees later must not be compared with
        // what this one saw before.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = Sizes {
            database: same(&self.paths.database, self.opened.database)?,
            ..Sizes::default()
        };
        if let Some((identity, log)) = &self.opened.log {
            now.log = same(&self.paths.log, *identity)?;
            loop {
                let header = wal::header(log)
                    .map_err(|error| format!("{}: {error}", self.paths.log.display()))?;
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
            return Err(format!(
                "{} has been truncated while the register was open",
                self.paths.log.display()
            ));
        }
        if now.database == 0 && seen.database > 0 {
            return Err(format!(
                "{} has been emptied while the register was open",
                self.paths.database.display()
            ));
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
