//! What can go wrong: a refusal is the writer's to mend, anything else is ours, and of a kind
//! ([`Failure`]) that the client is told.

use std::fmt;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError, SqlxSqliteError};
use uuid::Uuid;

use crate::phrase::Phrase;

/// Why the register refuses a write. `message` is a sentence for the person who wrote it, with the
/// actual values in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class of refusal.
    pub code: RefusalCode,
    /// In which part of what was written the field stands: names of fields and places in lists,
    /// the outermost first. Nothing where it stands in no part.
    pub within: Vec<String>,
    /// The field that is to be mended, by its column name.
    pub field: &'static str,
    /// What is wrong, with the values.
    pub message: Phrase,
}

impl Refusal {
    /// A refusal of what stands in `field`.
    pub fn new(code: RefusalCode, field: &'static str, message: Phrase) -> Self {
        Self { code, within: Vec::new(), field, message }
    }

    /// The same of what stands in a part: in a field, or at a place in a list, counted from 0.
    #[must_use]
    pub fn within(mut self, part: impl ToString) -> Self {
        self.within.insert(0, part.to_string());
        self
    }

    /// What inputs and packages may call the field, beginning with its column: references end in
    /// `_id` or `_code`, or do not, and may say nothing of the kind of group or plan.
    pub fn names(&self) -> [&'static str; 6] {
        let plain = |name: &'static str| name.trim_end_matches("_id").trim_end_matches("_code");
        let field = match self.field {
            "subject_id" | "subject_kind" => "record_id",
            field => field,
        };
        let short = field.trim_start_matches("regional_").trim_start_matches("action_");
        [self.field, field, plain(field), short, plain(short), plain(self.field)]
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.field, self.message.english())
    }
}

/// The classes of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalCode {
    /// Outside what it must lie within.
    OutOfRange,
    /// Something else already stands there.
    Duplicate,
    /// It overlaps with something of its kind.
    Overlap,
    /// It would be above itself.
    Cycle,
    /// It needs something that is missing.
    Required,
    /// It is not what belongs there.
    Invalid,
    /// It refers to nothing that is there and may be seen.
    NotFound,
    /// From where it stands it cannot go there.
    IllegalMove,
    /// Somebody else has changed it meanwhile.
    Conflict,
    /// The idempotency key has been used for something else.
    KeyReused,
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::Duplicate => "DUPLICATE",
            Self::Overlap => "OVERLAP",
            Self::Cycle => "CYCLE",
            Self::Required => "REQUIRED",
            Self::Invalid => "INVALID",
            Self::NotFound => "NOT_FOUND",
            Self::IllegalMove => "ILLEGAL_MOVE",
            Self::Conflict => "CONFLICT",
            Self::KeyReused => "KEY_REUSED",
        })
    }
}

/// Why a write did not happen.
#[derive(Debug)]
pub enum WriteError {
    /// The writer can mend it.
    Refused(Refusal),
    /// The writer knew another version of the record than that which is there.
    Stale {
        /// Which record.
        record: Uuid,
        /// The version that was expected.
        expected: i32,
        /// The version that is there.
        current: i32,
        /// In which part of what was written the version was given, as [`Refusal::within`].
        within: Vec<String>,
    },
    /// The writer may not do this.
    Forbidden,
    /// Another write has taken meanwhile what this one had chosen, such as a key: nothing was
    /// written, and another choice is made when it is tried again.
    Overtaken,
    /// The database failed; nothing was written.
    Database(DbErr),
    /// A rule broke the contract of the write door; nothing was written.
    Contract(&'static str),
}

impl WriteError {
    /// Whether the same write may go through when it is tried again at once: nothing of it has been
    /// done, and others were in the way. A write that found no connection in time is none of these:
    /// it has waited long enough.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Overtaken => true,
            Self::Database(error @ (DbErr::Exec(_) | DbErr::Query(_))) => {
                error.failure() == Failure::Busy
            }
            _ => false,
        }
    }

    /// The same, with what is refused told otherwise.
    #[must_use]
    pub fn retold(self, tell: impl FnOnce(Refusal) -> Refusal) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(tell(refusal)),
            other => other,
        }
    }

    /// The same of what stands in a part, as [`Refusal::within`].
    #[must_use]
    pub fn within(mut self, part: impl ToString) -> Self {
        if let Self::Stale { within, .. } = &mut self {
            within.insert(0, part.to_string());
        }
        self.retold(|refusal| refusal.within(part))
    }
}

impl From<Refusal> for WriteError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DbErr> for WriteError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Stale { expected, current, .. } => {
                write!(f, "version {expected} was expected, {current} is there")
            }
            Self::Forbidden => f.write_str("this is not allowed"),
            Self::Overtaken => f.write_str("another write has taken a key that was made"),
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::Contract(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for WriteError {}

/// What a failure on our side means to the client: whether it is worth while to come back, and
/// when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Others were in the way for too long. The transaction is undone or was never begun: nothing
    /// was written.
    Busy,
    /// The database cannot be reached, or refuses. Whether a write that was under way was committed
    /// may be unknown.
    Unavailable(Unavailable),
    /// The database broke a statement off at its time limit.
    TimedOut,
    /// A fault of ours.
    Internal,
}

/// Why the database serves nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// No connection can be made, or the connection broke.
    Away,
    /// It is starting or stopping.
    Starting,
    /// It has no connection, memory or process left to give.
    Exhausted,
    /// It lets nobody in under the name that is configured, or has no database of that name.
    Refused,
    /// It takes no writes.
    ReadOnly,
    /// Its disk is full.
    Full,
    /// Its files cannot be read or written.
    Damaged,
}

impl fmt::Display for Unavailable {
    /// For a client: the kind alone, and nothing of where the database is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Away => "the database cannot be reached",
            Self::Starting => "the database is starting or stopping",
            Self::Exhausted => "the database has no resources left",
            Self::Refused => "the database refuses connections of the server",
            Self::ReadOnly => "the database is read-only",
            Self::Full => "the disk of the database is full",
            Self::Damaged => "the files of the database cannot be read or written",
        })
    }
}

/// A cause of failure that is known to be of a kind.
pub trait Classified: fmt::Display {
    /// Of which kind.
    fn failure(&self) -> Failure {
        Failure::Internal
    }
}

impl Classified for str {}
impl Classified for String {}
impl Classified for csv::Error {}

impl<T: Classified + ?Sized> Classified for &T {
    fn failure(&self) -> Failure {
        T::failure(self)
    }
}

impl<T: Classified> Classified for std::sync::Arc<T> {
    fn failure(&self) -> Failure {
        T::failure(self)
    }
}

impl Classified for WriteError {
    fn failure(&self) -> Failure {
        match self {
            Self::Database(error) => error.failure(),
            Self::Overtaken => Failure::Busy,
            _ => Failure::Internal,
        }
    }
}

impl Classified for DbErr {
    fn failure(&self) -> Failure {
        match self {
            Self::ConnectionAcquire(ConnAcquireErr::Timeout) => Failure::Busy,
            // The pool is closed: the process stops.
            Self::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => {
                Failure::Unavailable(Unavailable::Away)
            }
            Self::Conn(RuntimeErr::SqlxError(error))
            | Self::Exec(RuntimeErr::SqlxError(error))
            | Self::Query(RuntimeErr::SqlxError(error)) => of_driver(error),
            // The files are not those that were opened, or not whole.
            Self::Conn(RuntimeErr::Internal(_)) => Failure::Unavailable(Unavailable::Damaged),
            _ => Failure::Internal,
        }
    }
}

fn of_driver(error: &SqlxError) -> Failure {
    match error {
        SqlxError::PoolTimedOut => Failure::Busy,
        // Protocol: a server that goes away in the middle of a handshake is not understood.
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Failure::Unavailable(Unavailable::Away),
        SqlxError::Database(error) => {
            let code = error.code().unwrap_or_default();
            match error.try_downcast_ref::<SqlxSqliteError>() {
                Some(_) => code.parse().map_or(Failure::Internal, of_sqlite),
                None => of_postgres(&code),
            }
        }
        _ => Failure::Internal,
    }
}

/// By SQLite's result code, of which the lowest byte is the kind
/// (<https://www.sqlite.org/rescode.html>).
fn of_sqlite(code: u32) -> Failure {
    match code & 0xff {
        // SQLITE_BUSY, SQLITE_LOCKED
        5 | 6 => Failure::Busy,
        // SQLITE_INTERRUPT
        9 => Failure::TimedOut,
        // SQLITE_NOMEM
        7 => Failure::Unavailable(Unavailable::Exhausted),
        // SQLITE_READONLY
        8 => Failure::Unavailable(Unavailable::ReadOnly),
        // SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB
        10 | 11 | 26 => Failure::Unavailable(Unavailable::Damaged),
        // SQLITE_FULL
        13 => Failure::Unavailable(Unavailable::Full),
        // SQLITE_CANTOPEN
        14 => Failure::Unavailable(Unavailable::Away),
        _ => Failure::Internal,
    }
}

/// By SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn of_postgres(code: &str) -> Failure {
    match code {
        // A serialisation failure, a deadlock, a lock that was not had in time: the transaction is
        // undone.
        "40001" | "40P01" | "55P03" => Failure::Busy,
        "57014" => Failure::TimedOut,
        "57P01" | "57P02" | "57P03" => Failure::Unavailable(Unavailable::Starting),
        "25006" => Failure::Unavailable(Unavailable::ReadOnly),
        "53100" => Failure::Unavailable(Unavailable::Full),
        // The server ended the connection of a transaction in which nothing happened for too long.
        "25P03" => Failure::Unavailable(Unavailable::Away),
        // 28: a wrong name or password. 3D: no such database.
        _ => match code.get(..2) {
            Some("08") => Failure::Unavailable(Unavailable::Away),
            Some("28" | "3D") => Failure::Unavailable(Unavailable::Refused),
            Some("53") => Failure::Unavailable(Unavailable::Exhausted),
            Some("58" | "XX") => Failure::Unavailable(Unavailable::Damaged),
            _ => Failure::Internal,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Unavailable, of_postgres, of_sqlite};

    #[test]
    fn codes_of_the_databases_are_of_a_kind() {
        for (code, kind) in [
            (5, Failure::Busy),
            (261, Failure::Busy),
            (517, Failure::Busy),
            (6, Failure::Busy),
            (9, Failure::TimedOut),
            (13, Failure::Unavailable(Unavailable::Full)),
            (778, Failure::Unavailable(Unavailable::Damaged)),
            (14, Failure::Unavailable(Unavailable::Away)),
            (1032, Failure::Unavailable(Unavailable::ReadOnly)),
            (1, Failure::Internal),
            (2067, Failure::Internal),
        ] {
            assert_eq!(of_sqlite(code), kind, "{code}");
        }
        for (code, kind) in [
            ("40001", Failure::Busy),
            ("40P01", Failure::Busy),
            ("55P03", Failure::Busy),
            ("57014", Failure::TimedOut),
            ("57P01", Failure::Unavailable(Unavailable::Starting)),
            ("57P03", Failure::Unavailable(Unavailable::Starting)),
            ("08006", Failure::Unavailable(Unavailable::Away)),
            ("53300", Failure::Unavailable(Unavailable::Exhausted)),
            ("53100", Failure::Unavailable(Unavailable::Full)),
            ("25006", Failure::Unavailable(Unavailable::ReadOnly)),
            ("28P01", Failure::Unavailable(Unavailable::Refused)),
            ("42P01", Failure::Internal),
            ("23505", Failure::Internal),
            ("", Failure::Internal),
        ] {
            assert_eq!(of_postgres(code), kind, "{code}");
        }
    }
}
