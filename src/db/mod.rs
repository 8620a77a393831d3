//! The database: how to connect to it, how to bring it up to date, and the one door through which rows change.

mod backup;
mod bulk;
mod connect;
pub mod deliveries;
mod hint;
mod import;
mod log;
mod migrate;
mod receipt;
pub mod row;
mod search;
pub(crate) mod sql;
mod token_use;
mod write;

pub use backup::{BackupError, backup, restore};
pub use connect::{Db, DbOptions, Observer, Statements};
pub use hint::Hints;
pub use migrate::{MigrationState, exclusively, migrate, migrations};
pub use receipt::{Receipt, Repeated, forget_receipts};
pub use token_use::note_token_use;
pub use write::{Change, Changes, Extent, Party, Put, Rows, Write, Written, write};
