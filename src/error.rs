//! What can go wrong: a refusal is the writer's to mend, anything else is ours.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr};
use uuid::Uuid;

/// Why the register refuses a write. `message` is a sentence for the person who wrote it, with the actual values in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class of refusal.
    pub code: RefusalCode,
    /// The field that is to be mended, by its column name.
    pub field: &'static str,
    /// What is wrong, with the values.
    pub message: String,
}

impl Refusal {
    /// A refusal of what stands in `field`.
    pub fn new(code: RefusalCode, field: &'static str, message: impl Into<String>) -> Self {
        Self { code, field, message: message.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.field, self.message)
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
    },
    /// The writer may not do this.
    Forbidden,
    /// The database failed; nothing was written.
    Database(DbErr),
    /// A rule broke the contract of the write door; nothing was written.
    Contract(&'static str),
}

/// What databases call it when somebody else was in the way: PostgreSQL's serialisation failure, deadlock and lock timeout,
/// SQLite's busy and its variants. Each of them says that the transaction is undone.
const IN_THE_WAY: [&str; 7] = ["40001", "40P01", "55P03", "5", "261", "517", "6"];

impl WriteError {
    /// Whether the same write may go through when it is tried again: nothing of it has been done, and others were in the way.
    pub fn is_passing(&self) -> bool {
        let Self::Database(DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
            self
        else {
            return false;
        };
        let code = error.as_database_error().and_then(|error| error.code());
        code.is_some_and(|code| IN_THE_WAY.contains(&code.as_ref()))
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
            Self::Stale { expected, current, .. } => write!(f, "version {expected} was expected, {current} is there"),
            Self::Forbidden => f.write_str("this is not allowed"),
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::Contract(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for WriteError {}
