//! What the register knows of a write while it lasts, beside the rows: methods of
//! [`Write`](crate::db::Write) that name batches, parties, sources and events. The door itself
//! (`src/db`) knows none of them.

mod batches;
mod concern;
mod due;
mod reindex;

pub use batches::{Batch, Party};
pub use concern::concerning;
pub use due::RecomputeScope;
