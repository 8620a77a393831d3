//! Why a database cannot be opened, in words for whoever runs the program.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{Access, access};
use rustix::process::geteuid;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, ConnectOptions, Connection};
use sea_orm::{DbErr, RuntimeErr};
use tokio::time::timeout;

use super::anchor::refused;

/// How long a server may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Connects to PostgreSQL once and leaves again, so that what is wrong is known at once and by its
/// name: a pool tries a closed port until its time is over, and tells of that time only.
pub(super) async fn try_server(url: &str) -> Result<(), DbErr> {
    let options: PgConnectOptions = url.parse().map_err(|error| refused(reason(&error)))?;
    let options = options.application_name("jejaring").disable_statement_logging();
    match timeout(ANSWERS_WITHIN, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => {
            // It is good; how the other side hears of the end is of no interest.
            let _ = connection.close().await;
            Ok(())
        }
        Ok(Err(error)) => Err(refused(why_no_server(&options, &error))),
        Err(_) => Err(refused(format!(
            "{} does not answer within {} s: see whether a firewall lies between, and whether it \
             is the right host",
            place(&options),
            ANSWERS_WITHIN.as_secs()
        ))),
    }
}

/// The server of an address.
fn place(options: &PgConnectOptions) -> String {
    match socket(options) {
        Some(folder) => {
            format!("PostgreSQL at the socket {folder}/.s.PGSQL.{}", options.get_port())
        }
        None => format!("PostgreSQL at {}, port {}", options.get_host(), options.get_port()),
    }
}

/// The folder of the socket, where the server is reached by one.
fn socket(options: &PgConnectOptions) -> Option<String> {
    let socket = options.get_socket().map(|socket| socket.display().to_string());
    socket.or_else(|| options.get_host().starts_with('/').then(|| options.get_host().to_owned()))
}

fn why_no_server(options: &PgConnectOptions, error: &sqlx::Error) -> String {
    let (place, user) = (place(options), options.get_username());
    // A database is called after the user unless it has a name.
    let database = options.get_database().unwrap_or(user);
    let code = error.as_database_error().and_then(|error| error.code());
    match (error, code.as_deref()) {
        (sqlx::Error::Io(io), _) if io.kind() == ErrorKind::ConnectionRefused => {
            format!("{place}: nothing listens there; is the server running?")
        }
        (sqlx::Error::Io(io), _)
            if socket(options).is_some() && io.kind() == ErrorKind::NotFound =>
        {
            format!(
                "{place}: there is no such socket; is the server running, and is its socket \
                     in that folder?"
            )
        }
        (sqlx::Error::Io(_), _) if socket(options).is_none() && !is_known(options) => {
            format!("the host {:?} is not known: no address of it is found", options.get_host())
        }
        (_, Some("28P01" | "28000")) => {
            format!("{place} does not let {user:?} in: {}", reason(error))
        }
        (_, Some("3D000")) => format!(
            "{place}: the database {database:?} does not exist; `createdb {database}` makes one \
             (as a user who may)"
        ),
        (sqlx::Error::Protocol(_), _) => {
            format!("{place}: what answers there is no PostgreSQL; is the port right?")
        }
        (_, Some("57P03")) => format!("{place} is not ready: {}", reason(error)),
        _ => format!("{place}: {}", reason(error)),
    }
}

/// Whether the name of the host has an address.
fn is_known(options: &PgConnectOptions) -> bool {
    std::net::ToSocketAddrs::to_socket_addrs(&(options.get_host(), options.get_port())).is_ok()
}

/// What an error says, without what the driver says before it.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// What an error of the database says to whoever runs the program: what was said here, as it is.
pub fn told(error: &DbErr) -> String {
    match error {
        DbErr::Conn(RuntimeErr::Internal(why)) => why.clone(),
        error => error.to_string(),
    }
}

/// Why no file can be made under a name; nothing where one can, as far as is known.
pub(super) fn why_not_made(file: &Path) -> Option<String> {
    let folder = match file.parent() {
        None => return Some("it is no file".to_owned()),
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
    };
    let named = folder.display();
    match fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Some(format!("the folder {named} does not exist"))
        }
        Err(error) => Some(format!("the folder {named} cannot be looked at: {error}")),
        Ok(metadata) if !metadata.is_dir() => Some(format!("{named} is no folder")),
        Ok(_) => why_not_allowed(folder, "folder", Access::WRITE_OK | Access::EXEC_OK),
    }
}

/// Why a file of SQLite that is there cannot be written; nothing where it can, as far as is known.
pub(super) fn why_not_written(file: &Path) -> Option<String> {
    if let Some(why) = why_not_allowed(file, "file", Access::READ_OK) {
        return Some(why);
    }
    // What the system itself says, which knows more than permissions: nothing is written.
    match OpenOptions::new().write(true).open(file) {
        Err(error) => {
            let denied = why_not_allowed(file, "file", Access::WRITE_OK);
            Some(denied.unwrap_or_else(|| format!("the file cannot be written: {error}")))
        }
        // The log of SQLite is made beside the file.
        Ok(_) => why_not_made(file),
    }
}

fn why_not_allowed(path: &Path, what: &str, wanted: Access) -> Option<String> {
    let error = access(path, wanted).err()?;
    let done = if wanted == Access::READ_OK { "read" } else { "written to" };
    Some(format!(
        "the {what} {} cannot be {done} by the user with the number {}: {}",
        path.display(),
        geteuid().as_raw(),
        std::io::Error::from(error)
    ))
}
