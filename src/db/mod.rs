//! The database: how to connect to it, how to bring it up to date, and the one door through which rows change.

mod backup;
mod connect;
mod hint;
mod migrate;
mod write;

pub use backup::{BackupError, backup, restore};
pub use connect::{Db, DbOptions, Observer, Statements};
pub use hint::Hints;
pub use migrate::{MigrationState, exclusively, migrate, migrations};
pub use write::{Change, Changes, Put, Write, Written, write};
