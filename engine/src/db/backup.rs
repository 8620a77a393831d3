//! A copy of the whole register while it is in use, and back again. A restore begins a new epoch of
//! the log: what clients heard after the backup is lost, and their cursors say so.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use entity::event_head;
use sea_orm::prelude::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, QueryFilter, RuntimeErr,
    Statement,
};

use super::connect::{sqlite_file, sqlite_url};
use super::sqlite_file::Paths;
use super::{Accept, Db, DbOptions, Presence, PresenceError};
use crate::clock::Clock;

/// Why there is no copy, or no register from it.
#[derive(Debug)]
pub enum BackupError {
    /// The database failed.
    Database(DbErr),
    /// A file failed.
    File(PathBuf, std::io::Error),
    /// There is something already where the register or the copy is to be.
    Occupied(String),
    /// There is no register, or one of another version of the program.
    Presence(PresenceError),
    /// A program of PostgreSQL failed; with what it said.
    Program(&'static str, String),
}

impl From<PresenceError> for BackupError {
    fn from(error: PresenceError) -> Self {
        Self::Presence(error)
    }
}

impl From<DbErr> for BackupError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Occupied(what) => write!(f, "{what} is there already; nothing is overwritten"),
            Self::Presence(error) => error.fmt(f),
            Self::Program(name, said) => write!(f, "{name} failed: {said}"),
        }
    }
}

impl std::error::Error for BackupError {}

/// Writes a copy of the register, as it stands at one moment, into a file. Others go on writing
/// meanwhile.
pub async fn backup(options: &DbOptions, file: &Path) -> Result<(), BackupError> {
    vacant(file)?;
    let db = Db::open(options, Accept::Older).await?;
    let done = match db.backend() {
        DatabaseBackend::Postgres => {
            let arguments = [
                OsStr::new("--format=custom"),
                OsStr::new("--no-owner"),
                OsStr::new("--file"),
                file.as_os_str(),
            ];
            program("pg_dump", &options.url, &arguments).await
        }
        backend => {
            let into = Statement::from_sql_and_values(
                backend,
                "VACUUM INTO ?",
                [file.to_string_lossy().into_owned().into()],
            );
            db.writing.execute_raw(into).await.map(drop).map_err(BackupError::from)
        }
    };
    if done.is_err() {
        // Half a copy must not be taken for one; it may not even have been begun.
        let _ = std::fs::remove_file(file);
    }
    done?;
    db.close().await?;
    // What is called a backup must survive a failure of power.
    let saved = std::fs::File::open(file).and_then(|copy| copy.sync_all());
    saved.map_err(|error| BackupError::File(file.to_owned(), error))
}

/// Makes a register of a copy, where there is none, and begins a new epoch of its log.
pub async fn restore(options: &DbOptions, file: &Path, clock: &Clock) -> Result<(), BackupError> {
    if options.url.starts_with("sqlite:") {
        return restore_sqlite(options, file, clock).await;
    }
    let db = Db::connect(options).await?;
    let tables =
        "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() LIMIT 1";
    let tables = db.reading.query_one_raw(Statement::from_string(db.backend(), tables)).await?;
    if tables.is_some() {
        db.close().await?;
        return Err(BackupError::Occupied("a database with tables".to_owned()));
    }
    let arguments = [
        OsStr::new("--no-owner"),
        OsStr::new("--exit-on-error"),
        OsStr::new("--single-transaction"),
        file.as_os_str(),
    ];
    program("pg_restore", &options.url, &arguments).await?;
    Presence::find(options).await?.accept(Accept::Older)?;
    begin_epoch(&db, clock).await?;
    db.close().await?;
    Ok(())
}

/// Under another name first: a register of which half is there must not be taken for one.
async fn restore_sqlite(
    options: &DbOptions,
    file: &Path,
    clock: &Clock,
) -> Result<(), BackupError> {
    let target = sqlite_file(&options.url);
    let target = target
        .ok_or_else(|| BackupError::Occupied("no file is named, and a database".to_owned()))?;
    vacant(&target)?;
    let copy = DbOptions { url: sqlite_url(file), ..options.clone() };
    Presence::find(&copy).await?.accept(Accept::Older)?;
    // A log that the file had which was there before would be played into this one.
    let failed = |why| DbErr::Conn(RuntimeErr::Internal(why));
    Paths::new(&target).set_log_aside().map_err(failed)?;
    let mut name = target.clone().into_os_string();
    name.push("-restoring");
    let unfinished = PathBuf::from(name);
    // A restore that was cut off may have left some.
    let left = Paths::new(&unfinished);
    for file in left.all() {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(BackupError::File(file.clone(), error));
            }
            _ => {}
        }
    }
    std::fs::copy(file, &unfinished).map_err(|error| BackupError::File(file.to_owned(), error))?;
    let url = sqlite_url(&unfinished);
    let db = Db::connect(&DbOptions { url, ..options.clone() }).await?;
    begin_epoch(&db, clock).await?;
    db.close().await?;
    if left.log.exists() {
        let why = std::io::Error::other(
            "it could not be written into the database file; is the disk full?",
        );
        return Err(BackupError::File(left.log, why));
    }
    let renamed = std::fs::rename(&unfinished, &target);
    renamed.map_err(|error| BackupError::File(target, error))
}

fn vacant(file: &Path) -> Result<(), BackupError> {
    if file.exists() { Err(BackupError::Occupied(file.display().to_string())) } else { Ok(()) }
}

/// The log goes on in another history.
async fn begin_epoch(db: &Db, clock: &Clock) -> Result<(), DbErr> {
    let begin = event_head::Entity::update_many()
        .col_expr(event_head::Column::Epoch, Expr::value(clock.id()))
        .filter(event_head::Column::Id.eq(1));
    db.transact(async |transaction| begin.exec(transaction).await).await.map(drop)
}

/// Runs a program of PostgreSQL, the newest on the machine. The password goes by the environment,
/// where others do not see it.
async fn program(name: &'static str, url: &str, arguments: &[&OsStr]) -> Result<(), BackupError> {
    let (url, password) = split_password(url);
    let mut command = Command::new(installed(name));
    command.arg("--dbname").arg(url).args(arguments);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let failed = |error: &dyn fmt::Display| BackupError::Program(name, error.to_string());
    let ran = tokio::task::spawn_blocking(move || command.output())
        .await
        .map_err(|error| failed(&error))?;
    let ran = ran.map_err(|error| failed(&error))?;
    if ran.status.success() {
        return Ok(());
    }
    Err(BackupError::Program(name, String::from_utf8_lossy(&ran.stderr).trim().to_owned()))
}

/// Where Debian keeps its versions, else the PATH.
fn installed(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin").join(name),
            ))
        })
        .filter(|(_, program)| program.exists())
        .max();
    newest.map_or_else(|| PathBuf::from(name), |(_, program)| program)
}

/// A URL without its password, and the password.
fn split_password(url: &str) -> (String, Option<String>) {
    let whole = || (url.to_owned(), None);
    let Some((scheme, rest)) = url.split_once("://") else { return whole() };
    let Some((credentials, host)) = rest.split_once('@') else { return whole() };
    let Some((user, password)) = credentials.split_once(':') else { return whole() };
    // A plus is itself in this part of a URL.
    let encoded = format!("p={}", password.replace('+', "%2B"));
    let password = form_urlencoded::parse(encoded.as_bytes())
        .next()
        .map(|(_, password)| password.into_owned());
    (format!("{scheme}://{user}@{host}"), password)
}

#[cfg(test)]
mod tests {
    use super::split_password;

    #[test]
    fn a_password_is_not_among_the_arguments() {
        let (url, password) = split_password("postgres://ann:a%40b+c@db/x?host=/tmp");
        assert_eq!(
            (url.as_str(), password.as_deref()),
            ("postgres://ann@db/x?host=/tmp", Some("a@b+c"))
        );
        assert_eq!(split_password("postgres://ann@db/x"), ("postgres://ann@db/x".to_owned(), None));
    }
}
