//! Records that were entered in error: what never was is voided, with all that hangs from it, and
//! can be restored. What is left of a record in the meantime is a tombstone.
//!
//! The rows are taken out of their tables: no list, count or search has to know of voided records,
//! and their places are free. `tables.rs` says what hangs from what.

mod allowed;
mod mutation;
mod object;
mod query;
mod restore;
mod tables;
mod void;

pub use mutation::VOIDING_MUTATIONS;
pub use object::Tombstone;
pub use query::{TombstoneFilter, TombstoneListFilter, TombstoneOrder, TombstoneOrderField};
