//! Records that were entered in error: what never was is voided, with all that hangs from it, and
//! can be restored. What is left of a record in the meantime is a tombstone.
//!
//! The rows are taken out of their tables: no list, count or search has to know of voided records,
//! and their places are free. `tables.rs` says what hangs from what.

mod allowed;
mod many;
mod mutation;
mod object;
mod query;
mod restore;
mod tables;
mod take_out;
mod void;

pub(crate) use allowed::Permissions;
pub(crate) use many::{Candidate, void_all};
pub use mutation::VOIDING_MUTATIONS;
pub use object::Tombstone;
pub use query::{TombstoneFilter, TombstoneListFilter, TombstoneOrder, TombstoneOrderField};
pub(crate) use restore::revive;
pub(crate) use tables::{Kept, TABLES, Values, draft, model, table_of};
pub(crate) use take_out::uuid;
