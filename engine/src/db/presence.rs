//! What is at the address of a database, before anything is opened for writing there: a register
//! that this program may use, a place where one can be made, or something else.

use std::fmt;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sea_orm::{
    ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DbErr, RuntimeErr,
    SqlxSqliteConnector, Statement,
};
use tokio::sync::watch;

use super::anchor::{refused, unreadable};
use super::connect::{Db, DbOptions, sqlite_file};
use super::migrate::{MigrationState, Mismatch, applied, fit, states};
use super::pool::Pools;
use super::redact;
use super::sqlite_file::Paths;
use super::unreachable::{told, try_server, why_not_made, why_not_written};

/// How a SQLite database begins.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// What is at the address of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The address, without a password.
    pub place: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A register, with its migrations and those that it lacks.
    Register(Vec<MigrationState>),
    /// No register, and nothing that stands in the way of one; with the reason.
    Vacant(&'static str),
    /// Something else, or no place for a register; with the reason.
    Foreign(String),
}

/// Why a database is not used. Nothing in it, and no file beside it, was changed.
#[derive(Debug)]
pub struct PresenceError {
    place: String,
    why: Why,
}

#[derive(Debug)]
enum Why {
    /// There is no register; with the reason.
    NoRegister(String),
    /// A register cannot be made there; with the reason.
    Occupied(String),
    /// Its migrations are not those of this program.
    Mismatch(Mismatch),
    /// It could not be read.
    Database(DbErr),
}

impl fmt::Display for PresenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.place;
        match &self.why {
            Why::NoRegister(why) => write!(
                f,
                "there is no register at {place}: {why}; one is made by `jejaring serve`, `migrate \
                 up`, `load`, `import` and `restore`"
            ),
            Why::Occupied(why) => write!(f, "no register can be made at {place}: {why}"),
            Why::Mismatch(mismatch) => write!(f, "{place}: {mismatch}; nothing was changed"),
            Why::Database(error) => write!(f, "{place} cannot be opened: {}", told(error)),
        }
    }
}

impl std::error::Error for PresenceError {}

/// Which versions of a register a command can work with. None works with a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// One that has all migrations of this program.
    Current,
    /// One that may lack migrations.
    Older,
}

impl Presence {
    /// Looks at the address of a database. Nothing is made or changed there.
    pub async fn find(options: &DbOptions) -> Result<Self, PresenceError> {
        let place = redact(&options.url);
        let kind = match sqlite_file(&options.url) {
            Some(file) => in_file(&file).await,
            None => on_server(options).await,
        };
        match kind {
            Ok(kind) => Ok(Self { place, kind }),
            Err(error) => Err(PresenceError { place, why: Why::Database(error) }),
        }
    }

    /// The migrations of the register, if there is one; an error says why there is none.
    pub fn register(&self) -> Result<&[MigrationState], PresenceError> {
        match &self.kind {
            Kind::Register(states) => Ok(states),
            Kind::Vacant(why) => Err(self.error(Why::NoRegister((*why).to_owned()))),
            Kind::Foreign(why) => Err(self.error(Why::NoRegister(why.clone()))),
        }
    }

    /// Refuses a register of another version of the program, and anything that is no register.
    pub fn accept(&self, accept: Accept) -> Result<(), PresenceError> {
        let states = self.register()?;
        let lacks = states.iter().find(|state| !state.applied);
        let mismatch = match (fit(states), lacks) {
            (Err(mismatch), _) => mismatch,
            (Ok(()), Some(lacks)) if accept == Accept::Current => {
                Mismatch::Older(lacks.name.clone())
            }
            (Ok(()), _) => return Ok(()),
        };
        Err(self.error(Why::Mismatch(mismatch)))
    }

    /// Whether a register is to be made. An error says why none can be, or why the one that is
    /// there cannot be used.
    pub fn is_vacant(&self) -> Result<bool, PresenceError> {
        match &self.kind {
            Kind::Register(_) => self.accept(Accept::Older).map(|()| false),
            Kind::Vacant(_) => Ok(true),
            Kind::Foreign(why) => Err(self.error(Why::Occupied(why.clone()))),
        }
    }

    fn error(&self, why: Why) -> PresenceError {
        PresenceError { place: self.place.clone(), why }
    }
}

impl Db {
    /// Opens a register that is there. [`Db::connect`] makes a file where there is none.
    pub async fn open(options: &DbOptions, accept: Accept) -> Result<Self, PresenceError> {
        Presence::find(options).await?.accept(accept)?;
        let mut url = options.url.clone();
        if url.starts_with("sqlite:") && !url.contains('?') {
            // A file that goes away in this moment is not made again.
            url.push_str("?mode=rw");
        }
        let opened = Self::connect(&DbOptions { url, ..options.clone() }).await;
        opened.map_err(|error| PresenceError {
            place: redact(&options.url),
            why: Why::Database(error),
        })
    }
}

fn foreign(why: &str) -> Kind {
    Kind::Foreign(why.to_owned())
}

/// What a SQLite file is.
async fn in_file(file: &Path) -> Result<Kind, DbErr> {
    let failed = |error: std::io::Error| refused(error.to_string());
    let metadata = match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(match why_not_made(file) {
                Some(why) => Kind::Foreign(why),
                None => Kind::Vacant("the file does not exist"),
            });
        }
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            return Ok(foreign("a part of the path is no folder"));
        }
        metadata => metadata.map_err(failed)?,
    };
    if !metadata.is_file() {
        return Ok(foreign("it is no file"));
    }
    let mut header = Vec::new();
    let opened = fs::File::open(file);
    let opened =
        opened.map_err(|error| why_not_written(file).map_or_else(|| failed(error), refused))?;
    let mut start = opened.take(SQLITE_HEADER.len() as u64);
    start.read_to_end(&mut header).map_err(failed)?;
    if header.is_empty() {
        return Ok(Kind::Vacant("the file is empty"));
    }
    if header != SQLITE_HEADER {
        return Ok(foreign("the file is no SQLite database"));
    }
    // Without a log of its own nobody has the database open, and it can be read without files of
    // our own beside it.
    let immutable = !Paths::new(file).has_own_log().map_err(refused)?;
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(immutable);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let pool = pool.map_err(|error| refused(unreadable(file, &error)))?;
    let db = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    let kind = kind(&db).await;
    db.close().await?;
    kind.map_err(|error| match error {
        DbErr::Query(RuntimeErr::SqlxError(error)) => refused(unreadable(file, &error)),
        other => other,
    })
}

/// What a PostgreSQL database is.
async fn on_server(options: &DbOptions) -> Result<Kind, DbErr> {
    try_server(&options.url).await?;
    let pools =
        Pools { url: &options.url, writers: 1, anchor: None, reach: &watch::Sender::default() };
    let db = Database::connect(pools.reading(None)?).await?;
    let kind = kind(&db).await;
    db.close().await?;
    kind
}

async fn kind(db: &DatabaseConnection) -> Result<Kind, DbErr> {
    let Some(applied) = applied(db).await? else {
        if db.get_database_backend() == DatabaseBackend::Postgres {
            // Extensions have tables too.
            return Ok(Kind::Vacant("the database has no tables of a register"));
        }
        let any = Statement::from_string(
            db.get_database_backend(),
            "SELECT 1 FROM sqlite_master LIMIT 1",
        );
        return Ok(match db.query_one_raw(any).await? {
            Some(_) => foreign("the file is a SQLite database of something else"),
            None => Kind::Vacant("the database has no tables"),
        });
    };
    let states = states(&applied);
    Ok(match applied.is_empty() {
        true => Kind::Vacant("it was not made to its end"),
        false if states.iter().any(|state| state.known && state.applied) => Kind::Register(states),
        false => foreign("it is a database of another program"),
    })
}
