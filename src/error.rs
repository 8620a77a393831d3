//! What can go wrong: a refusal is the writer's to mend, anything else is ours.

use std::fmt;

use sea_orm::DbErr;

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
        })
    }
}

/// Why a write did not happen.
#[derive(Debug)]
pub enum WriteError {
    /// The writer can mend it.
    Refused(Refusal),
    /// The database failed; nothing was written.
    Database(DbErr),
    /// A rule broke the contract of the write door; nothing was written.
    Contract(&'static str),
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
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::Contract(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for WriteError {}
