//! A connection to the files of a SQLite register that is held from first to last and used for
//! nothing else: as long as it is there, SQLite keeps the log and its index, and whether they are
//! still the same can be seen from outside.

use std::path::Path;
use std::sync::Once;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions, Connection, Row, SqliteConnection};
use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::Mutex;

use super::Db;
use super::sqlite_file::{Look, Paths, RESTORE, SqliteFile, find_space};
use super::unreachable::why_not_written;

/// Holds the files of a register.
pub(super) struct Anchor {
    file: SqliteFile,
    connection: Mutex<Option<SqliteConnection>>,
    left_open: Once,
}

impl Anchor {
    /// Opens the files, and makes sure that nothing of them is missing.
    pub(super) async fn hold(options: SqliteConnectOptions) -> Result<Self, DbErr> {
        let database = options.get_filename().to_owned();
        Paths::new(&database).prepare().map_err(refused)?;
        // What is not there any more cannot be read through memory, and would end the process.
        let connected =
            options.pragma("mmap_size", "0").disable_statement_logging().connect().await;
        let mut connection = connected.map_err(|error| refused(unreadable(&database, &error)))?;
        // The file may have been made just now, and the name of a link be resolved only now.
        let file = SqliteFile::opened(Paths::new(&database)).map_err(refused)?;
        complete(&file, &mut connection).await.map_err(refused)?;
        Ok(Self { file, connection: Mutex::new(Some(connection)), left_open: Once::new() })
    }

    /// The database file.
    pub(super) fn database(&self) -> &Path {
        &self.file.paths().database
    }

    /// Whether the names still lead to the files that were opened.
    pub(super) fn same_files(&self) -> Result<(), String> {
        match self.file.look() {
            Look::Lost(why) => Err(why),
            Look::Whole | Look::Shorter | Look::LogEmptied => Ok(()),
        }
    }

    /// Whether they do, and nothing is missing. Files that have become shorter are looked at more
    /// closely: SQLite makes them smaller, too.
    pub(super) async fn look(&self) -> Result<(), String> {
        let shorter = match self.file.look() {
            Look::Whole => return Ok(()),
            Look::Lost(why) => return Err(why),
            shorter => shorter,
        };
        let mut connection = self.connection.lock().await;
        let Some(connection) = connection.as_mut() else { return Ok(()) };
        // Not both: SQLite would write the log into a database file that has a gap.
        if shorter == Look::LogEmptied {
            return log_is_whole(&self.file, connection).await;
        }
        complete(&self.file, connection).await?;
        self.file.accept_database();
        Ok(())
    }

    /// Whether there is space for a write.
    pub(super) async fn find_space(&self) -> Result<(), String> {
        let database = self.database().to_owned();
        let found = tokio::task::spawn_blocking(move || find_space(&database)).await;
        found.map_err(std::io::Error::other).flatten().map_err(|error| {
            format!("there is no space beside {}: {error}", self.database().display())
        })
    }

    /// Keeps the pools of a database open to the end of the process. The last connection that is
    /// closed writes the log into the file and removes it by its name: into a file that is not
    /// whole, or under the name of another one.
    pub(super) fn keep_from_closing(&self, db: &Db) {
        self.left_open.call_once(|| std::mem::forget(db.clone()));
    }

    /// Closes the connection, as the last one.
    pub(super) async fn release(&self) -> Result<(), DbErr> {
        if let Some(connection) = self.connection.lock().await.take() {
            connection
                .close()
                .await
                .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        }
        self.file.forget_owner();
        Ok(())
    }
}

/// Whether all pages that SQLite counts are there.
async fn complete(file: &SqliteFile, connection: &mut SqliteConnection) -> Result<(), String> {
    let mut number = async |pragma: &'static str| -> Result<u32, sqlx::Error> {
        sqlx::query(pragma).fetch_one(&mut *connection).await?.try_get(0)
    };
    let database = &file.paths().database;
    let failed = |error: sqlx::Error| unreadable(database, &error);
    let page_bytes = number("PRAGMA page_size").await.map_err(failed)?;
    let pages = number("PRAGMA page_count").await.map_err(failed)?;
    file.paths().all_pages(page_bytes.into(), pages)
}

/// Whether the log has what SQLite counts in it and has not yet written into the database file.
async fn log_is_whole(file: &SqliteFile, connection: &mut SqliteConnection) -> Result<(), String> {
    let written = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await;
    match written.and_then(|row| Ok((row.try_get::<i64, _>(1)?, row.try_get::<i64, _>(2)?))) {
        Ok((pages, written)) if pages == written => {
            file.accept_log();
            Ok(())
        }
        // Somebody reads or writes: it is seen at the next look.
        Ok((_, _)) => Ok(()),
        Err(error) => Err(format!(
            "{} has been truncated while the register was open: {error}",
            file.paths().log.display()
        )),
    }
}

/// Why SQLite does not read a file, which it does not name itself.
pub(super) fn unreadable(file: &Path, error: &sqlx::Error) -> String {
    let code = error
        .as_database_error()
        .and_then(|error| error.code())
        .and_then(|code| code.parse::<u32>().ok());
    let database = file.display();
    match code.map(|code| code & 0xff) {
        Some(11) => format!("the database file {database} is damaged: {error}; {RESTORE}"),
        Some(26) => {
            format!("the database file {database} is damaged, or no database of SQLite: {error}")
        }
        // Which SQLite tells by number only.
        Some(8 | 14) => match why_not_written(file) {
            Some(why) => format!("the database file {database} cannot be opened: {why}"),
            None => format!("the database file {database} cannot be opened: {error}"),
        },
        _ => format!("the database file {database} cannot be opened: {error}"),
    }
}

/// The error of a database that is not opened, for a reason that is told.
pub(super) fn refused(why: String) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why))
}
