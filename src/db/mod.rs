//! The database: how to connect to it, how to bring it up to date, and the one door through which rows change.

mod connect;
mod migrate;
mod write;

pub use connect::{Db, DbOptions, Statements};
pub use migrate::{MigrationState, migrate, migrations};
pub use write::{Change, Changes, Put, Write, Written, write};
