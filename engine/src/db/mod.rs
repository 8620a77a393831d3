//! The database: how to connect to it, how to bring it up to date, and the one door through which
//! rows change.

mod after_commit;
mod anchor;
mod archive;
mod backup;
mod before_commit;
mod bulk;
mod connect;
pub mod deliveries;
mod erase;
mod hint;
mod import;
mod integrity;
mod lane;
mod log;
mod memory;
mod migrate;
mod pool;
mod presence;
mod put;
mod quick;
mod reach;
mod receipt;
mod reminder_mail;
pub mod row;
mod savepoint;
mod search;
pub mod shadow;
pub mod sql;
mod sqlite_file;
mod table;
mod task;
mod token_use;
mod transact;
mod unreachable;
mod url;
mod version;
mod wal;
mod write;

pub use after_commit::Rows;
pub use archive::{ArchivedFate, ArchivedRow, ArchivedTable};
pub use backup::{BackupError, backup, restore};
pub use before_commit::{BeforeCommit, ReadColumn};
pub use connect::{Db, DbOptions, Observer, StatementCounts};
pub use erase::purge;
pub use erase::rewritten;
pub use hint::Hints;
pub use import::{clear_rows, stage};
pub use integrity::{LogExtent, Room};
pub use lane::{Readers, Snapshot};
pub use memory::{Memory, News, Undoable};
pub use migrate::{MigrationState, Mismatch, exclusively, migrate, migrations};
pub use presence::{Accept, Presence, PresenceError};
pub use put::{Change, Changes, Put};
pub use reach::Reach;
pub use receipt::{Receipt, Repeated, forget_receipts};
pub use reminder_mail::{
    claim_mail, due_mails, forget_unconfirmed, give_up_mail, mail_was_sent, retry_mail,
};
pub use savepoint::{foresee, rehearse};
pub use sql::{IDS_PER_QUERY, any_of};
pub use task::{OwnTask, in_own_task};
pub use token_use::note_token_use;
pub use unreachable::told;
pub use url::redact;
pub use write::{Write, Written, write};
